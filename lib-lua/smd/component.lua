local native = select(2, ...)
local args = require "smd.args"

--- Components: every place in the machine that SMD knows, nodes and BMCs among them, with state and role.
local component = {}

---@class smd.Component
---@field ID string the xname
---@field Type? string what the xname names: Node, NodeBMC, …
---@field State? string On, Off, Ready, …
---@field Flag? string OK, Warning, Alert, Locked or Unknown
---@field Enabled? boolean
---@field SoftwareStatus? string
---@field Role? string Compute, Service, Management, …
---@field SubRole? string Worker, Master, Storage, …
---@field NID? integer the node's number
---@field Subtype? string
---@field NetType? string
---@field Arch? string X86, ARM, …
---@field Class? string River, Mountain or Hill
---@field ReservationDisabled? boolean
---@field Locked? boolean

---@alias smd.Word string|string[] one word, several (any of these), or `"!x"` (anything but x)

---@alias smd.Arch "X86"|"ARM"|"UNKNOWN"|"Other"

---@alias smd.Class "River"|"Mountain"|"Hill"

---@alias smd.Flag "OK"|"Warning"|"Alert"|"Locked"|"Unknown"

---@alias smd.NetType "Sling"|"Infiniband"|"Ethernet"|"OEM"|"None"

---@alias smd.Role "Compute"|"Service"|"System"|"Application"|"Storage"|"Management" a cluster may have more

---@alias smd.State "Unknown"|"Empty"|"Populated"|"Off"|"On"|"Standby"|"Halt"|"Ready"

---@alias smd.SubRole "Master"|"Worker"|"Storage" a cluster may have more

---@alias smd.Type "Node"|"NodeBMC"|"Chassis"|"ChassisBMC"|"Cabinet"|"RouterBMC"|"MgmtSwitch" the usual ones

---@class smd.ComponentFilter
---@field id? smd.Word
---@field type? smd.Word|smd.Type
---@field state? smd.Word|smd.State
---@field flag? smd.Word|smd.Flag
---@field enabled? boolean
---@field softwarestatus? smd.Word
---@field role? smd.Word|smd.Role
---@field subrole? smd.Word|smd.SubRole
---@field subtype? smd.Word
---@field arch? smd.Word|smd.Arch
---@field class? smd.Word|smd.Class
---@field nid? integer|integer[]|string
---@field nid_start? integer
---@field nid_end? integer
---@field group? smd.Word `"NULL"` finds those in no group
---@field partition? smd.Word

---@class smd.ComponentQuery
---@field type? smd.Word|smd.Type not the places themselves, but what is of this type under them
---@field state? smd.Word|smd.State
---@field flag? smd.Word|smd.Flag
---@field enabled? boolean
---@field softwarestatus? smd.Word
---@field role? smd.Word|smd.Role
---@field subrole? smd.Word|smd.SubRole
---@field subtype? smd.Word
---@field arch? smd.Word|smd.Arch
---@field class? smd.Word|smd.Class
---@field group? smd.Word `"NULL"` finds those in no group
---@field partition? smd.Word

---@class smd.ComponentFields
---@field State? smd.State a new component needs one
---@field Flag? smd.Flag
---@field Enabled? boolean
---@field SoftwareStatus? string
---@field Role? smd.Role|string
---@field SubRole? smd.SubRole|string
---@field NID? integer for one component
---@field Subtype? string
---@field NetType? smd.NetType
---@field Arch? smd.Arch
---@field Class? smd.Class
---@field Force? boolean also makes changes of State that SMD ignores otherwise

---@class smd.ComponentWait: smd.ComponentFilter what they must be
---@field within? string|number how long to wait; `"60s"`
---@field every? string|number the pause between two looks; `"1s"`

--- Lists components.
---@overload fun(filter: smd.ComponentFilter): smd.Component[]
---@param set? nodeset.Set these, in this order; unknown ones are left out
---@param filter? smd.ComponentFilter only those that match
---@return smd.Component[] components in natural order of their xnames, or in that of the set
---@shell ochami smd component get
---@example #smd.component.list() --> 0
---@state 301
---@example smd.component.list("@compute", { nid_end = 2 })[2].ID --> "x1000c0s0b1n0"
function component.list(set, filter) return native.component_list(args.listing(set, filter)) end

--- Gets one component.
---@param node string|integer xname, NID or name
---@return smd.Component component
---@shell ochami smd component get
---@state 301
---@example smd.component.get(3).ID --> "x1000c0s0b2n0"
function component.get(node) return native.component_get(args.one(node, "smd.component.list")) end

--- Lists the components at places, or with a `type` those of that type under them.
---@param places string|string[] xnames; `"s0"` is the whole system
---@param filter? smd.ComponentQuery only those that match
---@return smd.Component[] components in natural order of their xnames
---@state 301
---@example #smd.component.query("x1000c0", { type = "Node" }) --> 5
function component.query(places, filter) return native.component_query(args.words(places), filter) end

--- Lists the components with these NIDs.
---@param ranges string|string[] `"1-3"`, `"7"`
---@param filter? smd.ComponentQuery only those that match
---@return smd.Component[] components in natural order of their xnames
---@state 301
---@example #smd.component.by_nid({ "1-2", "5" }) --> 3
function component.by_nid(ranges, filter) return native.component_by_nid(args.words(ranges), filter) end

--- Adds components; one that SMD knows already is a `conflict` and stays as it is.
---@param set string|string[]|smd.Component[] xnames, or whole records
---@param fields? smd.ComponentFields what they all have
---@return smd.Component[] components as they are now
---@shell ochami smd component add
---@example smd.component.add("x1000c0s7b0n0", { NID = 77, State = "Ready", Role = "Compute" })[1].NID --> 77
function component.add(set, fields)
  fields = args.records(set, fields)
  return native.component_add(fields)
end

--- Creates components, or replaces them: State, Flag, Arch, Class and NetType that are not given go back to their defaults.
---@param set string|string[]|smd.Component[] xnames, or whole records
---@param fields? smd.ComponentFields what they all have
---@return smd.Component[] components as they are now
---@state 301
---@example smd.component.set("x1000c0s0b[0-1]n0", { State = "Ready" })[2].State --> "Ready"
function component.set(set, fields)
  fields = args.records(set, fields)
  return native.component_set(fields)
end

--- Changes the given fields of components. A new State sets the Flag back to OK, a new Role drops the SubRole.
---@param set nodeset.Set|smd.Component[] which ones, or records that say what each gets
---@param fields? smd.ComponentFields what they all get
---@return smd.Component[] components as they are now
---@state 301
---@example smd.component.update("@compute", { State = "Ready", Role = "Service" })[5].Role --> "Service"
function component.update(set, fields)
  local force
  fields, force = args.records(set, fields)
  return native.component_update(fields, force)
end

--- Makes components exist with the given fields, and does nothing to those that are so already.
---@param set nodeset.Set|smd.Component[] which ones, or whole records
---@param fields? smd.ComponentFields what they all have
---@return smd.Component[] changed those that were not so
---@state 301
---@example #smd.component.ensure("@compute", { Role = "Compute" }) --> 0
function component.ensure(set, fields)
  local force
  fields, force = args.records(set, fields)
  return native.component_ensure(fields, force)
end

--- Deletes components; groups lose them too.
---@param set nodeset.Set|{ all: true } which ones; all of them only when that is said
---@return smd.Component[] gone what went
---@shell ochami smd component delete
---@state 301
---@example smd.component.delete("x1000c0s0b4n0")[1].NID --> 5
function component.delete(set) return native.component_delete(args.whom(set)) end

--- Waits until all components of a set match; time is the target's.
---@param set nodeset.Set which ones
---@param options smd.ComponentWait what they must be, and how long to wait
---@return smd.Component[] components as they are then
---@state 301
---@example #smd.component.wait("@compute", { state = "On", within = "5m" }) --> 5
function component.wait(set, options)
  local xnames, filter, pace = args.waiting(set, options)
  return args.wait(xnames, pace, function() return component.list(xnames, filter) end)
end

return component
