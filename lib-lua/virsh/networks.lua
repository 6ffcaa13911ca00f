local native = select(2, ...)
local documents = require "virsh.documents"

--- Networks between domains: a part of `virsh`.
local networks = {}
local virsh = networks ---@class virsh._networks

---@class virsh.Net
---@field name string
---@field state "active"|"inactive"
---@field autostart boolean
---@field persistent boolean

---@class virsh.NetInfo
---@field name string
---@field uuid string
---@field active boolean
---@field persistent boolean
---@field autostart boolean
---@field bridge? string

---@class virsh.Lease
---@field expiry_time string of UTC
---@field mac_address? string
---@field protocol string
---@field ip_address string with its prefix
---@field hostname? string
---@field client_id? string

---@class virsh.LeaseOptions: virsh.Options
---@field mac? string only this one's

--- Lists networks: those that are up, or with `all` all.
---@param filter? virsh.Listing
---@return virsh.Net[] networks
---@shell virsh net-list --all
---@example virsh.net_list()[1].name --> "openchami-net"
function virsh.net_list(filter) return native.net_list(filter) end

--- Tells about one network.
---@param network string
---@param options? virsh.Options
---@return virsh.NetInfo info
---@shell virsh net-info openchami-net
---@example virsh.net_info("openchami-net").bridge --> "virbr-openchami"
---@example virsh.net_info "openchami" --> raises not_found
function virsh.net_info(network, options) return native.net_info(network, options) end

--- Gets a network's document.
---@param network string
---@param options? virsh.DumpOptions
---@return string xml
---@shell virsh net-dumpxml openchami-net
---@example virsh.net_dumpxml("openchami-net"):match "<dhcp" --> nil
function virsh.net_dumpxml(network, options) return native.net_dumpxml(network, options) end

--- Defines a network, or replaces the definition of the one of that name. It does not start, and one that runs goes on as it
--- was: `virsh.net_destroy` and `virsh.net_start` bring the new one in. One that coresmd is to give addresses on has no
--- `<dhcp>`: two servers on one network answer at random.
---@param xml string|virsh.Document the document, or the table of one
---@param options? virsh.Options
---@return virsh.NetInfo info
---@shell virsh net-define openchami-net.xml
---@example virsh.net_define{ name = "isolated", bridge = { _name = "virbr7" } }.active --> false
---@example virsh.net_define{ name = "isolated", bridge = "virbr7" } --> raises bad_argument
function virsh.net_define(xml, options) return native.net_define(documents.document("network", xml), options) end

--- Starts a network.
---@param network string
---@param options? virsh.Options
---@return virsh.NetInfo info
---@shell virsh net-start openchami-net
---@example virsh.net_destroy "openchami-net"; return virsh.net_start("openchami-net").active --> true
---@example virsh.net_start "openchami-net" --> raises conflict
function virsh.net_start(network, options) return native.net_start(network, options) end

--- Stops a network. Its definition stays; the machines on it are cut off.
---@param network string
---@param options? virsh.Options
---@return virsh.NetInfo info
---@shell virsh net-destroy openchami-net
---@example virsh.net_destroy("openchami-net").active --> false
function virsh.net_destroy(network, options) return native.net_destroy(network, options) end

--- Removes a network's definition.
---@param network string
---@param options? virsh.Options
---@return virsh.NetInfo gone what it was
---@shell virsh net-undefine openchami-net
---@example virsh.net_destroy "openchami-net"; virsh.net_undefine "openchami-net"; return #virsh.net_list{ all = true } --> 0
function virsh.net_undefine(network, options) return native.net_undefine(network, options) end

--- Has a network start with libvirt, or no more.
---@param network string
---@param options? virsh.AutostartOptions
---@return virsh.NetInfo info
---@shell virsh net-autostart openchami-net
---@example virsh.net_autostart("openchami-net", { disable = true }).autostart --> false
function virsh.net_autostart(network, options) return native.net_autostart(network, options) end

--- Lists the addresses that libvirt itself has lent. Of a network without `<dhcp>` there are none: there coresmd gives them.
---@param network string
---@param options? virsh.LeaseOptions
---@return virsh.Lease[] leases
---@shell virsh net-dhcp-leases default
---@example #virsh.net_dhcp_leases "openchami-net" --> 0
---@example virsh.net_dhcp_leases("openchami-net", { mac = "zz" }) --> raises bad_argument
function virsh.net_dhcp_leases(network, options)
  local asked = options
  if type(options) == "table" and options.mac ~= nil then
    asked = {}
    for key, value in pairs(options) do asked[key] = value end
    asked.mac = documents.mac(options.mac)
  end
  return native.net_dhcp_leases(network, asked)
end

return virsh
