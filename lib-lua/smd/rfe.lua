local native = select(2, ...)
local args = require "smd.args"

--- Redfish endpoints: the BMCs, with address and login.
local rfe = {}

---@class smd.DiscoveryInfo
---@field LastDiscoveryAttempt? string
---@field LastDiscoveryStatus string NotYetQueried, DiscoverOK, …
---@field RedfishVersion? string

---@class smd.RedfishEndpoint
---@field ID string the BMC's xname
---@field Type string NodeBMC, RouterBMC, …
---@field Name? string
---@field Hostname string
---@field Domain string
---@field FQDN string
---@field Enabled boolean
---@field UUID? string
---@field User string
---@field Password string plain text, when SMD runs without a vault
---@field UseSSDP? boolean
---@field MACRequired? boolean
---@field MACAddr? string
---@field IPAddress? string
---@field RediscoverOnUpdate boolean
---@field TemplateID? string
---@field DiscoveryInfo smd.DiscoveryInfo

---@class smd.RedfishEndpointFilter
---@field id? smd.Word
---@field fqdn? smd.Word
---@field type? smd.Word
---@field uuid? smd.Word
---@field macaddr? smd.Word
---@field ipaddress? smd.Word
---@field laststatus? smd.Word

---@class smd.Nic
---@field uri? string
---@field mac? string
---@field ip? string an interface without one is not stored
---@field name? string
---@field description? string
---@field enabled? boolean

---@class smd.Power
---@field state? string
---@field power_control_ids? string[]

---@class smd.Links
---@field chassis? string[]
---@field managers? string[]

---@class smd.System
---@field uri? string
---@field uuid? string
---@field name? string
---@field system_type? string
---@field ethernet_interfaces? smd.Nic[]
---@field actions? string[]
---@field power? smd.Power
---@field links? smd.Links

---@class smd.Manager
---@field uri? string
---@field uuid? string
---@field name? string
---@field description? string
---@field type? string
---@field ethernet_interfaces? smd.Nic[]
---@field actions? string[]
---@field command_shell? string[]

---@class smd.RedfishEndpointBody
---@field ID? string
---@field Type? string
---@field Name? string
---@field Hostname? string
---@field Domain? string
---@field FQDN? string
---@field Enabled? boolean
---@field UUID? string
---@field User? string
---@field Password? string
---@field UseSSDP? boolean
---@field MACRequired? boolean
---@field MACAddr? string
---@field IPAddress? string
---@field RediscoverOnUpdate? boolean
---@field TemplateID? string
---@field SchemaVersion? integer 1 when a discovery comes along
---@field Systems? smd.System[] the nodes behind the BMC
---@field Managers? smd.Manager[] the BMC's own interfaces

--- Lists Redfish endpoints.
---@overload fun(filter: smd.RedfishEndpointFilter): smd.RedfishEndpoint[]
---@param set? nodeset.Set these, in this order; a node stands for its BMC
---@param filter? smd.RedfishEndpointFilter only those that match
---@return smd.RedfishEndpoint[] endpoints in natural order of their xnames, or in that of the set
---@shell ochami smd rfe get
---@state 301
---@example smd.rfe.list("@compute")[1].IPAddress --> "172.16.0.101"
function rfe.list(set, filter) return native.rfe_list(args.listing(set, filter, args.bmcs)) end

--- Gets one Redfish endpoint.
---@param bmc string|integer the BMC's xname, or a node behind it
---@return smd.RedfishEndpoint endpoint
---@shell ochami smd rfe get
---@state 301
---@example smd.rfe.get("x1000c0s0b0").MACAddr --> "de:ca:fc:0f:fe:e1"
function rfe.get(bmc) return native.rfe_get(args.one(bmc, "smd.rfe.list", args.bmcs)) end

-- A component endpoint as a discovery tells it; `addresses` by MAC.
local function told(part, info, addresses)
  local actions, nics = info.Actions or {}, {}
  local reset = actions["#ComputerSystem.Reset"] or actions["#Manager.Reset"] or {}
  for i, nic in ipairs(info.EthernetNICInfo or {}) do
    nics[i] = {
      uri = nic["@odata.id"], mac = nic.MACAddress, ip = addresses[nic.MACAddress:lower()], name = nic.Hostname,
      description = nic.Description, enabled = nic.InterfaceEnabled,
    }
  end
  local controls, chassis = {}, nil
  for i, control in ipairs(info.PowerControl or {}) do
    controls[i] = control["@odata.id"]
    local related = control.RelatedItem or {}
    chassis = related[2] and related[2]["@odata.id"] or chassis
  end
  return {
    uri = part.OdataID, uuid = part.UUID, name = info.Name, ethernet_interfaces = nics,
    actions = reset["ResetType@Redfish.AllowableValues"],
    system_type = info == part.RedfishSystemInfo and part.RedfishSubtype or nil,
    command_shell = info.CommandShell and info.CommandShell.ConnectTypesSupported,
    links = chassis and { chassis = { chassis } }, power = chassis and { power_control_ids = controls },
  }
end

--- Lists Redfish endpoints as `add` and `set` take them, with the systems and managers a discovery found behind them: to
--- keep them, and to bring them into another SMD. Logins are left out.
---@param set? nodeset.Set these, in this order; a node stands for its BMC
---@return smd.RedfishEndpointBody[] bodies
---@state 301
---@example smd.rfe.bodies("x1000c0s0b0")[1].Systems[1].ethernet_interfaces[1].mac --> "52:54:00:be:ef:01"
---@state 301
---@example local all = smd.rfe.bodies(); smd.rfe.delete { all = true }; smd.rfe.set(all)
---return smd.compep.get("x1000c0s0b0n0").RedfishSystemInfo.Name --> "compute1"
function rfe.bodies(set)
  local addresses, by_id, list = {}, {}, {}
  for _, nic in ipairs(chami.smd.iface.list()) do
    addresses[nic.MACAddress] = nic.IPAddresses[1] and nic.IPAddresses[1].IPAddress
  end
  for i, endpoint in ipairs(rfe.list(set)) do
    local body = { SchemaVersion = 1 }
    for name, value in pairs(endpoint) do body[name] = value end
    body.User, body.Password, body.DiscoveryInfo = nil, nil, nil
    -- Where nobody gave a name SMD takes the xname for the FQDN, and from the first update on for the host name as well.
    if body.FQDN == body.ID then body.Hostname, body.Domain, body.FQDN = nil, nil, nil end
    list[i], by_id[body.ID] = body, body
  end
  for _, part in ipairs(chami.smd.compep.list()) do
    local body, system = by_id[part.RedfishEndpointID], part.RedfishSystemInfo
    local info, sort = system or part.RedfishManagerInfo, system and "Systems" or "Managers"
    if body and info then
      body[sort] = body[sort] or {}
      table.insert(body[sort], told(part, info, addresses))
    end
  end
  return list
end

--- Adds Redfish endpoints, and what a discovery found behind them.
---@param set string|string[]|smd.RedfishEndpointBody[] xnames of BMCs, or whole records
---@param fields? smd.RedfishEndpointBody what they all have
---@return smd.RedfishEndpoint[] endpoints as they are now
---@shell ochami smd rfe add
---@example smd.rfe.add("x1000c0s7b0", { FQDN = "bmc7.local", User = "root" })[1].Hostname --> "bmc7"
function rfe.add(set, fields)
  fields = args.records(set, fields)
  return native.rfe_add(fields)
end

--- Creates Redfish endpoints, or replaces them.
---@param set string|string[]|smd.RedfishEndpointBody[] xnames of BMCs, or whole records
---@param fields? smd.RedfishEndpointBody what they all have
---@return smd.RedfishEndpoint[] endpoints as they are now
---@example smd.rfe.set("x1000c0s7b0", { FQDN = "bmc7.local" })[1].Domain --> "local"
function rfe.set(set, fields)
  fields = args.records(set, fields)
  return native.rfe_set(fields)
end

--- Changes the given fields of Redfish endpoints.
---@param set string|string[]|smd.RedfishEndpointBody[] xnames of BMCs, or records that say what each gets
---@param fields? smd.RedfishEndpointBody what they all get
---@return smd.RedfishEndpoint[] endpoints as they are now
---@state 301
---@example smd.rfe.update("x1000c0s0b[0-4]", { Enabled = false })[5].Enabled --> false
function rfe.update(set, fields)
  fields = args.records(set, fields)
  return native.rfe_update(fields)
end

--- Makes Redfish endpoints exist with the given fields, and does nothing to those that are so already.
---@param set string|string[]|smd.RedfishEndpointBody[] xnames of BMCs, or whole records
---@param fields? smd.RedfishEndpointBody what they all have
---@return smd.RedfishEndpoint[] changed those that were not so
---@state 301
---@example #smd.rfe.ensure("x1000c0s0b[0-4]", { Enabled = true }) --> 0
function rfe.ensure(set, fields)
  fields = args.records(set, fields)
  return native.rfe_ensure(fields)
end

--- Deletes Redfish endpoints with their component endpoints; components, interfaces and groups stay.
---@param set string|string[]|{ all: true } xnames of BMCs; all of them only when that is said
---@return smd.RedfishEndpoint[] gone what went
---@shell ochami smd rfe delete
---@state 301
---@example smd.rfe.delete("x1000c0s0b4")[1].MACAddr --> "de:ca:fc:0f:fe:e5"
function rfe.delete(set) return native.rfe_delete(args.whom(set)) end

return rfe
