local native = select(2, ...)
local args = require "smd.args"

--- Discovery by SMD itself: it asks BMCs over Redfish what is behind them. (`discover` tells SMD instead.)
--- How far a BMC is stands in its Redfish endpoint, `DiscoveryInfo.LastDiscoveryStatus`; SMD's own status says little.
local discovery = {}

---@class smd.DiscoveryStatus
---@field ID integer
---@field Status string
---@field LastUpdateTime string
---@field Details? json.Value

---@class smd.DiscoveryOptions
---@field force? boolean also those that are being asked already

--- Lists SMD's discovery statuses; there is one.
---@return smd.DiscoveryStatus[] statuses
---@example smd.discovery.list()[1].Status --> "NotStarted"
function discovery.list() return native.discovery_list() end

--- Gets one discovery status.
---@param id integer its number
---@return smd.DiscoveryStatus status
---@example smd.discovery.get(0).ID --> 0
function discovery.get(id) return native.discovery_get(id) end

--- Has SMD ask BMCs over Redfish; it does so in the background.
---@param set nodeset.Set|{ all: true } which ones, a node stands for its BMC; all of them only when that is said
---@param options? smd.DiscoveryOptions
---@return smd.RedfishEndpoint[] endpoints as they are right after
---@state 301
---@example #smd.discovery.start("x1000c0s0b0n0") --> 1
function discovery.start(set, options)
  local names, all = args.whom(set, args.bmcs)
  return native.discovery_start(names, all, options and options.force)
end

return discovery
