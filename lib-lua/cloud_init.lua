local native = select(2, ...)

--- cloud-init: what nodes are told about themselves, and the configuration they get, when they boot.
--- What holds for all nodes is in `defaults`; each group of SMD can have a cloud-config here, in `group`; what is special
--- about one node is in `node`, and there one sees what a node gets; what it makes of that, `template` knows. Writes read
--- back what they wrote.
local cloud_init = {
  defaults = require "cloud_init.defaults",
  group = require "cloud_init.group",
  node = require "cloud_init.node",
  template = require "cloud_init.template",
  service = {},
}

---@class cloud_init.Version
---@field process_name string
---@field build_info string what it was built from
---@field uptime string how long it runs
---@field runtime_host string where it runs
---@field bytes_allocated integer

---@class cloud_init.PhoneHome
---@field pub_key_rsa? string the node's host keys
---@field pub_key_ecdsa? string
---@field pub_key_ed25519? string
---@field instance_id? string
---@field hostname? string
---@field fqdn? string

---@class cloud_init.Tunnel
---@field message string
---@field ["client-vpn-ip"] string the node's address in the tunnel
---@field ["server-public-key"] string
---@field ["server-ip"] string
---@field ["server-port"] string

--- Asks whether cloud-init answers.
---@return string words that it runs
---@shell ochami cloud-init service status
---@example cloud_init.service.status() --> "cloud-init is running"
function cloud_init.service.status() return native.status() end

--- Asks cloud-init what it is.
---@return cloud_init.Version version
---@shell ochami cloud-init service version
---@example cloud_init.service.version().process_name --> "cloud-init-server"
function cloud_init.service.version() return native.version() end

--- Says what a node says when its configuration is done: a tunnel it has is taken down. Nothing else happens.
---@param id string the node's name
---@param told? cloud_init.PhoneHome what it tells
---@example cloud_init.phone_home("x1000c0s0b0n0", { hostname = "nid001" })
function cloud_init.phone_home(id, told) native.phone_home(id, told) end

--- Asks for a WireGuard tunnel, as a node does before it fetches its data.
---@param public_key string the key of the node's end
---@return cloud_init.Tunnel tunnel what was granted
---@example cloud_init.wg_init "9NS6+NR0J38SZ9IlY9hBDLs6aBpNDhxHUHL8OTlNEDU=" --> raises refused
function cloud_init.wg_init(public_key) return native.wg_init(public_key) end

return cloud_init
