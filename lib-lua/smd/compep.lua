local native = select(2, ...)
local args = require "smd.args"

--- Component endpoints: what is reached through the Redfish endpoints, and how. A discovery makes them.
local compep = {}

---@class smd.Action
---@field ["ResetType@Redfish.AllowableValues"]? string[]
---@field ["@Redfish.ActionInfo"] string
---@field target string
---@field title? string

---@class smd.Actions
---@field ["#ComputerSystem.Reset"]? smd.Action
---@field ["#Manager.Reset"]? smd.Action
---@field ["#Chassis.Reset"]? smd.Action
---@field ["#Outlet.PowerControl"]? smd.OutletAction

---@class smd.OutletAction
---@field ["PowerState@Redfish.AllowableValues"]? string[]
---@field target string
---@field title? string

---@class smd.NicInfo
---@field RedfishId string
---@field ["@odata.id"] string
---@field Description? string
---@field FQDN? string
---@field Hostname? string
---@field InterfaceEnabled? boolean
---@field MACAddress string
---@field PermanentMACAddress? string

---@class smd.OdataId
---@field ["@odata.id"] string

---@class smd.PowerControl
---@field ["@odata.id"] string
---@field MemberId? string
---@field Name? string
---@field RelatedItem? smd.OdataId[]

---@class smd.Control
---@field URL string
---@field Control json.Value

---@class smd.CommandShell
---@field ServiceEnabled boolean
---@field MaxConcurrentSessions integer
---@field ConnectTypesSupported string[]

---@class smd.Info
---@field Name? string
---@field Actions? smd.Actions
---@field EthernetNICInfo? smd.NicInfo[]
---@field PowerURL? string
---@field PowerControl? smd.PowerControl[]
---@field Controls? smd.Control[]
---@field CommandShell? smd.CommandShell

---@class smd.ComponentEndpoint
---@field ID string the component's xname
---@field Type string Node, NodeBMC, …
---@field Domain? string
---@field FQDN? string
---@field RedfishType string
---@field RedfishSubtype string
---@field MACAddr? string
---@field UUID? string
---@field OdataID string
---@field RedfishEndpointID string the BMC it is reached through
---@field Enabled boolean
---@field RedfishEndpointFQDN string
---@field RedfishURL string
---@field ComponentEndpointType string
---@field RedfishChassisInfo? smd.Info
---@field RedfishSystemInfo? smd.Info
---@field RedfishManagerInfo? smd.Info
---@field RedfishPDUInfo? smd.Info
---@field RedfishOutletInfo? smd.Info

---@class smd.ComponentEndpointFilter
---@field id? smd.Word
---@field redfish_ep? smd.Word the BMC
---@field type? smd.Word
---@field redfish_type? smd.Word

--- Lists component endpoints.
---@overload fun(filter: smd.ComponentEndpointFilter): smd.ComponentEndpoint[]
---@param set? nodeset.Set these, in this order; unknown ones are left out
---@param filter? smd.ComponentEndpointFilter only those that match
---@return smd.ComponentEndpoint[] endpoints in natural order of their xnames, or in that of the set
---@shell ochami smd compep get
---@state 301
---@example smd.compep.list{ type = "Node" }[1].RedfishSystemInfo.Name --> "compute1"
function compep.list(set, filter) return native.compep_list(args.listing(set, filter)) end

--- Gets one component endpoint.
---@param node string|integer xname, NID or name
---@return smd.ComponentEndpoint endpoint
---@shell ochami smd compep get
---@state 301
---@example smd.compep.get(1).RedfishEndpointID --> "x1000c0s0b0"
function compep.get(node) return native.compep_get(args.one(node, "smd.compep.list")) end

--- Deletes component endpoints; the components stay.
---@param set nodeset.Set|{ all: true } which ones; all of them only when that is said
---@return smd.ComponentEndpoint[] gone what went
---@shell ochami smd compep delete
---@state 301
---@example #smd.compep.delete{ all = true } --> 10
function compep.delete(set) return native.compep_delete(args.whom(set)) end

return compep
