local native = select(2, ...)
local args = require "smd.args"

--- Hardware: what is built in where, and the units themselves (FRUs: field-replaceable units). A unit is named by what moves
--- with it, its maker, part and serial number, and stays known when its place is taken out of the inventory.
local hardware = { fru = { history = {} }, history = {} }

---@class smd.HardwareFru
---@field FRUID string the unit's name: sort, maker, part and serial number
---@field Type string
---@field Subtype string
---@field HWInventoryByFRUType string
---@field [string] json.Value `…FRUInfo`: what Redfish says of the unit

---@class smd.HardwareLocation
---@field ID string the xname
---@field Type string Node, Processor, Memory, …
---@field Ordinal integer the number its xname ends in
---@field Status string
---@field HWInventoryByLocationType string
---@field PopulatedFRU? smd.HardwareFru what is in it
---@field [string] json.Value `…LocationInfo`: what Redfish says of the place; in a nested answer also what is inside

---@class smd.HardwareInventory
---@field XName string where it starts
---@field Format string NestNodesOnly or FullyFlat
---@field [string] json.Value places by sort: `Nodes`, `Processors`, …

---@class smd.HardwareFilter
---@field id? smd.Word
---@field type? smd.Word
---@field manufacturer? smd.Word a part of the name is enough
---@field partnumber? smd.Word
---@field serialnumber? smd.Word
---@field fruid? smd.Word
---@field partition? smd.Word

---@class smd.HardwareFruFilter
---@field type? smd.Word
---@field manufacturer? smd.Word a part of the name is enough
---@field partnumber? smd.Word
---@field serialnumber? smd.Word
---@field fruid? smd.Word

---@class smd.HardwareQuery
---@field type? smd.Word only these, with what is inside them
---@field children? boolean also what is under the place; so unless `parents` is asked for
---@field parents? boolean also what is above the place
---@field partition? smd.Word
---@field format? string NestNodesOnly (the parts of a node under it) or FullyFlat

---@class smd.HardwareFields
---@field ID string the xname; it tells the sort
---@field PopulatedFRU { [string]: json.Value } the unit: at least its `…FRUInfo`
---@field [string] json.Value `…LocationInfo`, named after the sort: `NodeLocationInfo`, `MemoryLocationInfo`

---@class smd.HardwareEvent
---@field ID string the place
---@field FRUID string the unit
---@field Timestamp string
---@field EventType string Detected, Added, Removed or Scanned

---@class smd.HardwareHistory
---@field ID string the place or the unit
---@field History smd.HardwareEvent[] the oldest first

---@class smd.HardwareEventFilter
---@field eventtype? smd.Word
---@field starttime? string a time such as 2026-01-31T12:00:00Z
---@field endtime? string a time such as 2026-01-31T12:00:00Z

---@class smd.HardwareHistoryFilter: smd.HardwareEventFilter
---@field id? smd.Word places
---@field fruid? smd.Word units

--- Lists places and what is in them.
---@overload fun(filter: smd.HardwareFilter): smd.HardwareLocation[]
---@param set? nodeset.Set these, in this order; unknown ones are left out
---@param filter? smd.HardwareFilter only those that match
---@return smd.HardwareLocation[] places in natural order of their xnames, or in that of the set
---@example #smd.hardware.list() --> 0
---@example #smd.hardware.list{ manufacturer = "acme" } --> 0
function hardware.list(set, filter) return native.hardware_list(args.listing(set, filter)) end

--- Gets one place and what is in it.
---@param place string|integer xname, NID or name
---@return smd.HardwareLocation place
---@example select(2, pcall(smd.hardware.get, "x0c0s0b0n0")).kind --> "not_found"
function hardware.get(place) return native.hardware_get(args.one(place, "smd.hardware.list")) end

--- Lists what is under a place, by sort; the parts of a node stand under it.
---@param place string xname; `"s0"` is the whole system
---@param options? smd.HardwareQuery what of it, and in which form
---@return smd.HardwareInventory inventory
---@example smd.hardware.query("s0", { format = "FullyFlat" }).Format --> "FullyFlat"
function hardware.query(place, options) return native.hardware_query(place, options) end

--- Puts units into places of which SMD knows none yet; a known one is a `conflict`.
---@param records smd.HardwareFields[] places with their units
---@return smd.HardwareLocation[] places as they are now
---@example
---  local unit = { MemoryFRUInfo = { CapacityMiB = 8192, Manufacturer = "Sam", SerialNumber = "D1" } }
---  local place = { ID = "x0c0s0b0n0d0", MemoryLocationInfo = { Id = "DIMM0" }, PopulatedFRU = unit }
---  return smd.hardware.add{ place }[1].PopulatedFRU.FRUID --> "Memory.Sam.D1"
function hardware.add(records) return native.hardware_add(records) end

--- Puts units into places, whatever was there.
---@param records smd.HardwareFields[] places with their units
---@return smd.HardwareLocation[] places as they are now
---@example
---  local unit = { NodeBMCFRUInfo = { Model = "M1" } }
---  local place = { ID = "x0c0s0b0", NodeBMCLocationInfo = { Name = "BMC" }, PopulatedFRU = unit }
---  return smd.hardware.set{ place }[1].Type --> "NodeBMC"
function hardware.set(records) return native.hardware_set(records) end

--- Takes places out of the inventory; the units stay known.
---@param set nodeset.Set|{ all: true } which ones; all of them only when that is said
---@return smd.HardwareLocation[] gone what went
---@example #smd.hardware.delete{ all = true } --> 0
function hardware.delete(set) return native.hardware_delete(args.whom(set)) end

--- Lists units, built in or not.
---@param filter? smd.HardwareFruFilter only those that match
---@return smd.HardwareFru[] units by name
---@example #smd.hardware.fru.list{ type = "Memory" } --> 0
function hardware.fru.list(filter) return native.fru_list(filter) end

--- Gets one unit.
---@param fru string its name
---@return smd.HardwareFru unit
---@example select(2, pcall(smd.hardware.fru.get, "Memory.Sam.D1")).kind --> "not_found"
function hardware.fru.get(fru) return native.fru_get(fru) end

--- Deletes units; one that a place holds is a `conflict`.
---@param frus string|string[]|{ all: true } which ones; all of them only when that is said
---@return smd.HardwareFru[] gone what went
---@example #smd.hardware.fru.delete{ all = true } --> 0
function hardware.fru.delete(frus) return native.fru_delete(args.whom(frus, args.words)) end

--- Lists where units were seen, by unit.
---@overload fun(filter: smd.HardwareHistoryFilter): smd.HardwareHistory[]
---@param frus? string|string[] these, in this order
---@param filter? smd.HardwareHistoryFilter only events that match
---@return smd.HardwareHistory[] histories
---@example #smd.hardware.fru.history.list() --> 0
function hardware.fru.history.list(frus, filter)
  return native.fru_history_list(args.listing(frus, filter, args.words))
end

--- Gets where one unit was seen.
---@param fru string its name
---@param filter? smd.HardwareEventFilter only events that match
---@return smd.HardwareHistory history
---@example #smd.hardware.fru.history.get("Memory.Sam.D1").History --> 0
function hardware.fru.history.get(fru, filter) return native.fru_history_get(fru, filter) end

--- Forgets where units were seen.
---@param frus string|string[] which ones
---@return smd.HardwareHistory[] gone what went
---@example select(2, pcall(smd.hardware.fru.history.delete, "Memory.Sam.D1")).kind --> "not_found"
function hardware.fru.history.delete(frus) return native.fru_history_delete(args.words(frus)) end

--- Lists which units were seen where, by place.
---@overload fun(filter: smd.HardwareHistoryFilter): smd.HardwareHistory[]
---@param set? nodeset.Set these places, in this order
---@param filter? smd.HardwareHistoryFilter only events that match
---@return smd.HardwareHistory[] histories
---@example #smd.hardware.history.list{ eventtype = "Detected" } --> 0
function hardware.history.list(set, filter) return native.history_list(args.listing(set, filter)) end

--- Gets which units were seen at one place.
---@param place string|integer xname, NID or name
---@param filter? smd.HardwareEventFilter only events that match
---@return smd.HardwareHistory history
---@example smd.hardware.history.get("x0c0s0b0n0").ID --> "x0c0s0b0n0"
function hardware.history.get(place, filter)
  return native.history_get(args.one(place, "smd.hardware.history.list"), filter)
end

--- Forgets which units were seen at places.
---@param set nodeset.Set|{ all: true } which ones; all of them only when that is said
---@return smd.HardwareHistory[] gone what went
---@example #smd.hardware.history.delete{ all = true } --> 0
function hardware.history.delete(set) return native.history_delete(args.whom(set)) end

return hardware
