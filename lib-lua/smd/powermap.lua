local native = select(2, ...)
local args = require "smd.args"

--- Power maps: which outlets and supplies a component draws its power from.
local powermap = {}

---@class smd.PowerMap
---@field id string the component's xname
---@field poweredBy string[] the xnames of what supplies it

---@class smd.PowerMapFields
---@field poweredBy string[] the xnames of what supplies it

-- Records with the member's own name, as SMD gives them, or with that of the other resources.
local function maps(set, fields)
  local list = args.records(set, fields)
  for _, record in ipairs(list) do record.ID, record.id = record.ID or record.id, nil end
  return list
end

--- Lists power maps.
---@param set? string|string[] these, in this order; unknown ones are left out
---@return smd.PowerMap[] maps in natural order of their xnames, or in that of the set
---@example #smd.powermap.list() --> 0
function powermap.list(set)
  local names = args.listing(set)
  return native.powermap_list(names)
end

--- Gets the map of one component.
---@param place string its xname
---@return smd.PowerMap map
---@example select(2, pcall(smd.powermap.get, "x0c0s0b0n0")).kind --> "not_found"
function powermap.get(place) return native.powermap_get(args.one(place, "smd.powermap.list")) end

--- Adds maps of components that have none; a known one is a `conflict`.
---@param set string|string[]|smd.PowerMap[] components, or whole records
---@param fields? smd.PowerMapFields what supplies them all
---@return smd.PowerMap[] maps as they are now
---@example smd.powermap.add("x0c0s0b0n0", { poweredBy = { "x0m0p0v1" } })[1].poweredBy --> { "x0m0p0v1" }
function powermap.add(set, fields) return native.powermap_add(maps(set, fields)) end

--- Creates or replaces maps.
---@param set string|string[]|smd.PowerMap[] components, or whole records
---@param fields? smd.PowerMapFields what supplies them all
---@return smd.PowerMap[] maps as they are now
---@example #smd.powermap.set("x0c0s0b[0-1]n0", { poweredBy = { "x0m0p0v1" } }) --> 2
function powermap.set(set, fields) return native.powermap_set(maps(set, fields)) end

--- Makes maps be so, and does nothing to those that are so already.
---@param set string|string[]|smd.PowerMap[] components, or whole records
---@param fields? smd.PowerMapFields what supplies them all
---@return smd.PowerMap[] changed those that were not so
---@example
---  smd.powermap.set("x0c0s0b0n0", { poweredBy = { "x0m0" } })
---  return #smd.powermap.ensure("x0c0s0b0n0", { poweredBy = { "x0m0" } }) --> 0
function powermap.ensure(set, fields) return native.powermap_ensure(maps(set, fields)) end

--- Deletes maps.
---@param set string|string[]|{ all: true } which ones; all of them only when that is said
---@return smd.PowerMap[] gone what went
---@example #smd.powermap.delete{ all = true } --> 0
function powermap.delete(set) return native.powermap_delete(args.whom(set)) end

return powermap
