local native = select(2, ...)
local args = require "smd.args"

--- Node maps: the NID and the role a node gets when it is added without them. No two maps have one NID.
local nodemap = {}

---@class smd.NodeMap
---@field ID string the node's xname
---@field NID integer
---@field Role? string
---@field SubRole? string
---@field NodeInfo? json.Value whatever else the site wants to say

---@class smd.NodeMapFields
---@field NID? integer for one node; a new map needs one
---@field Role? string
---@field SubRole? string
---@field NodeInfo? json.Value

--- Lists node maps.
---@param set? string|string[] these, in this order; unknown ones are left out
---@return smd.NodeMap[] maps in natural order of their xnames, or in that of the set
---@example #smd.nodemap.list() --> 0
function nodemap.list(set)
  local names = args.listing(set)
  return native.nodemap_list(names)
end

--- Gets the map of one node.
---@param node string its xname
---@return smd.NodeMap map
---@example select(2, pcall(smd.nodemap.get, "x0c0s0b0n0")).kind --> "not_found"
function nodemap.get(node) return native.nodemap_get(args.one(node, "smd.nodemap.list")) end

--- Adds maps of nodes that have none; a known one is a `conflict`.
---@param set string|string[]|smd.NodeMap[] a node, or whole records
---@param fields? smd.NodeMapFields what it gets
---@return smd.NodeMap[] maps as they are now
---@example smd.nodemap.add("x0c0s0b0n0", { NID = 7, Role = "service" })[1].Role --> "Service"
function nodemap.add(set, fields)
  local maps = args.records(set, fields)
  return native.nodemap_add(maps)
end

--- Creates or replaces maps.
---@param set string|string[]|smd.NodeMap[] a node, or whole records
---@param fields? smd.NodeMapFields what it gets
---@return smd.NodeMap[] maps as they are now
---@example #smd.nodemap.set{ { ID = "x0c0s0b0n0", NID = 7 }, { ID = "x0c0s0b1n0", NID = 8 } } --> 2
function nodemap.set(set, fields)
  local maps = args.records(set, fields)
  return native.nodemap_set(maps)
end

--- Changes the given fields of maps that exist.
---@param set string|string[]|smd.NodeMap[] which ones, or records that say what each gets
---@param fields? smd.NodeMapFields what they all get
---@return smd.NodeMap[] maps as they are now
---@example smd.nodemap.add("x0c0s0b0n0", { NID = 7 }); return smd.nodemap.update("x0c0s0b0n0", { Role = "Compute" })[1].NID --> 7
function nodemap.update(set, fields)
  local maps = args.records(set, fields)
  return native.nodemap_update(maps)
end

--- Makes maps be so, and does nothing to those that are so already.
---@param set string|string[]|smd.NodeMap[] a node, or whole records
---@param fields? smd.NodeMapFields what it has
---@return smd.NodeMap[] changed those that were not so
---@example smd.nodemap.add("x0c0s0b0n0", { NID = 7 }); return #smd.nodemap.ensure("x0c0s0b0n0", { NID = 7 }) --> 0
function nodemap.ensure(set, fields)
  local maps = args.records(set, fields)
  return native.nodemap_ensure(maps)
end

--- Deletes maps; nodes that have their NIDs from them keep these.
---@param set string|string[]|{ all: true } which ones; all of them only when that is said
---@return smd.NodeMap[] gone what went
---@example #smd.nodemap.delete{ all = true } --> 0
function nodemap.delete(set) return native.nodemap_delete(args.whom(set)) end

return nodemap
