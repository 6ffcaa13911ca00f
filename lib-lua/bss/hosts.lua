local native = select(2, ...)
local call = require "bss.call"
local nodes = require "nodes"

--- What BSS heard of SMD: the nodes it makes boot scripts for.
--- BSS reads SMD once and keeps it. A node that is new in SMD is unknown here until something has BSS read SMD again:
--- `bss.hosts.refresh`, or an unknown node that asks for its script.
local hosts = {}

---@class bss.Host
---@field ID string the xname
---@field Type string Node
---@field State? string
---@field Flag? string
---@field Enabled? boolean
---@field SoftwareStatus? string
---@field Role? string
---@field SubRole? string
---@field NID? integer
---@field Subtype? string
---@field NetType? string
---@field Arch? string
---@field Class? string
---@field ReservationDisabled? boolean
---@field Locked? boolean
---@field FQDN string
---@field MAC? string[] as discovery found them and as SMD's interfaces have them: mostly each twice
---@field EndpointEnabled boolean false, where discovery described no system, and then the node never boots

--- Lists the nodes BSS knows.
---@param set? nodeset.Set these, in this order; unknown ones are left out
---@return bss.Host[] hosts in natural order of their xnames, or in that of the set
---@shell ochami bss hosts get
---@state 301
---@example bss.hosts.list("@compute")[5].NID --> 5
function hosts.list(set) return native.host_list(set ~= nil and nodes.xnames(set) or nil) end

--- Gets one node as BSS knows it.
---@param node string|integer xname, NID, MAC or name
---@return bss.Host host
---@shell ochami bss hosts get
---@state 301
---@example bss.hosts.get(3).EndpointEnabled --> true
function hosts.get(node) return native.host_get(call.one(nodes.xnames(node), "bss.hosts.list")) end

--- Has BSS read SMD anew. It does nothing within the second in which it last did.
---@return bss.Host[] hosts all it knows then
---@state 301
---@example #bss.hosts.refresh() --> 5
function hosts.refresh() return native.host_refresh() end

return hosts
