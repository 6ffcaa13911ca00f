local native = select(2, ...)

--- Sets of names as text: `x1000c0s0b[0-4]n0`, `nid[001-640]!nid007`, `@compute & @io`.
--- The grammar is ClusterShell's: brackets with ranges, padding and steps; `,` joins, `!` takes away, `&` keeps what is in
--- both, `^` what is in one only, from left to right; `@NAME` is a group in SMD.
local nodeset = {}

---@class nodeset.FoldOptions
---@field axis? integer|string|integer[] fold on these axes only: `1` the first number of a name, `-1` the last, `"1-2"`

-- The members of the groups a set names; nothing is looked up when it names none.
local function members(labels)
  if #labels > 0 then return chami.nodes.members(labels) end
end

--- Lists the names a set stands for, each once.
---@param set string|integer|string[] the set; a list is the union of its items
---@return string[] names in natural order; of a list, in the order of its items
---@example nodeset.expand "x1000c0s0b[0,10,2]n0" --> { "x1000c0s0b0n0", "x1000c0s0b2n0", "x1000c0s0b10n0" }
---@example nodeset.expand "nid[01-04/2]!nid03" --> { "nid01" }
function nodeset.expand(set) return native.expand(set, members(native.groups(set))) end

--- Writes names as the shortest set.
---@param names string[] single names
---@param options? nodeset.FoldOptions
---@return string set
---@example nodeset.fold{ "x1000c0s0b1n0", "x1000c0s0b0n0" } --> x1000c0s0b[0-1]n0
---@example nodeset.fold({ "a1b1", "a1b2", "a2b1", "a2b2" }, { axis = 2 }) --> a1b[1-2],a2b[1-2]
function nodeset.fold(names, options) return native.fold(names, options) end

--- Counts the names a set stands for.
---@param set string|integer|string[] the set; a list is the union of its items
---@return integer count
---@example nodeset.count "x[1000-1003]c[0-7]s[0-63]b0n[0-1]" --> 4096
function nodeset.count(set) return #nodeset.expand(set) end

return nodeset
