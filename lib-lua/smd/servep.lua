local native = select(2, ...)
local args = require "smd.args"

--- Service endpoints: the Redfish services of BMCs (accounts, sessions, updates). SMD's own discovery finds them.
local servep = {}

---@class smd.ServiceEndpoint
---@field RedfishEndpointID string the BMC
---@field RedfishType string the service: UpdateService, AccountService, …
---@field RedfishSubtype? string
---@field UUID string
---@field OdataID string
---@field RedfishEndpointFQDN string
---@field RedfishURL string
---@field ServiceInfo? json.Value what Redfish says of it

---@class smd.ServiceEndpointFilter
---@field service? smd.Word
---@field redfish_ep? smd.Word the BMC

--- Lists service endpoints.
---@overload fun(filter: smd.ServiceEndpointFilter): smd.ServiceEndpoint[]
---@param set? nodeset.Set those of these BMCs; a node stands for its BMC
---@param filter? smd.ServiceEndpointFilter only those that match
---@return smd.ServiceEndpoint[] endpoints by BMC and service
---@example #smd.servep.list{ service = "UpdateService" } --> 0
function servep.list(set, filter) return native.servep_list(args.listing(set, filter, args.bmcs)) end

--- Gets one service of a BMC.
---@param service string UpdateService, AccountService, …
---@param bmc string|integer xname of the BMC or of a node of its
---@return smd.ServiceEndpoint endpoint
---@example select(2, pcall(smd.servep.get, "UpdateService", "x0c0s0b0")).kind --> "not_found"
function servep.get(service, bmc) return native.servep_get(service, args.one(bmc, "smd.servep.list", args.bmcs)) end

--- Forgets one service of a BMC, or all services of all.
---@param service string|{ all: true } UpdateService, AccountService, …
---@param bmc? string|integer xname of the BMC or of a node of its
---@return smd.ServiceEndpoint[] gone what went
---@example #smd.servep.delete{ all = true } --> 0
function servep.delete(service, bmc)
  if type(service) == "table" and service.all == true then return native.servep_delete_all() end
  return { native.servep_delete(service, args.one(bmc, "smd.servep.list", args.bmcs)) }
end

return servep
