local native = select(2, ...)
local spelled = require "nodes.words"
local sources = require "nodes.sources"

--- Sets of names as text: `x1000c0s0b[0-4]n0`, `nid[001-640]!nid007`, `@compute & State=Ready`.
--- The grammar is ClusterShell's, whole, and `State=Ready` besides:
---
---   n[1-3,7] n[01-10] n[0-8/2]    ranges; padded alike; with a step
---   x1000c[0-7]s[0-63]b0n[0-1]    as many brackets as a name has numbers
---   a , b  a ! b  a & b  a ^ b    either; without; both; one only: left to right
---   @compute  @rack[1-3]  @*      the nodes of a group in SMD; all nodes
---   @role:Compute  @partition:p1  of another source: an attribute, a partition
---   @role:*  @@role               all that have a role; the names of roles
---   State=Ready  NID=[1-5]        nodes by an attribute, in any case
---   x1000*  compute?              nodes that look so: `*` any letters, `?` one
---
--- Beside such words NIDs, MACs and names of nodes that SMD knows stand for their xnames, so that both can be compared.
--- Attributes and masks mean nodes, unless the set names another type: `Type=NodeBMC & State=On`.
local nodeset = {}

--- A set, in one of three forms: text such as `"nid[1-5]"` or `"@compute"`, the number of a node, or a list of these.
---@alias nodeset.Set nodeset.Set

---@class nodeset.FoldOptions
---@field axis? integer|string|integer[] brackets on these axes only: `1` the first number of a name, `-1` the last, `"1-2"`
---@field autostep? integer|string steps from so many numbers on: `4`, `"50%"` of all names, `"auto"` for all of them

-- What the words of a set stand for; nothing is looked up when it only lists names. Beside groups and attributes, which
-- stand for xnames, `nid001` must be one as well: else the two have nothing in common.
local function meanings(words)
  if #words.asked == 0 then return nil end
  local found, list = sources.meanings(words.asked)
  found.names = spelled.known(words.names, list)
  return found
end

--- Lists the names a set stands for, each once.
---@param set nodeset.Set the set; a list is the union of its items
---@return string[] names those alike together, by their numbers; of a list, in the order of its items
---@example nodeset.expand "x1000c0s0b[0,10,2]n0" --> { "x1000c0s0b0n0", "x1000c0s0b2n0", "x1000c0s0b10n0" }
---@example nodeset.expand "nid[01-04/2]!nid03" --> { "nid01" }
---@state 301
---@example nodeset.expand "@compute & nid* ! NID=[2-5]" --> { "x1000c0s0b0n0" }
---@state 301
---@example nodeset.expand "@compute & nid[1-2]" --> { "x1000c0s0b0n0", "x1000c0s0b1n0" }
function nodeset.expand(set) return native.expand(set, meanings(native.asked(set))) end

-- Names: a list as it is, a text expanded.
local function names_of(set) return type(set) == "table" and set or nodeset.expand(set) end

--- Writes names as the shortest set: the text `nodeset --fold` writes.
---@param names string|string[] single names, or a set
---@param options? nodeset.FoldOptions
---@return string set
---@example nodeset.fold{ "x1000c0s0b1n0", "x1000c0s0b0n0" } --> x1000c0s0b[0-1]n0
---@example nodeset.fold({ "a1b1", "a1b2", "a2b1", "a2b2" }, { axis = 2 }) --> a1b[1-2],a2b[1-2]
---@example nodeset.fold("n[0,2,4,6,7]", { autostep = 3 }) --> n[0-6/2,7]
function nodeset.fold(names, options) return native.fold(names_of(names), options) end

--- Counts the names a set stands for.
---@param set nodeset.Set the set; a list is the union of its items
---@return integer count
---@example nodeset.count "x[1000-1003]c[0-7]s[0-63]b0n[0-1]" --> 4096
---@example nodeset.count "n[1-5] & n[4-9]" --> 2
---@example nodeset.count "n[1-100000000000]" --> 100000000000
function nodeset.count(set) return native.count(set) or #nodeset.expand(set) end

--- Splits a set into parts of about the same size, for work in batches.
---@param set nodeset.Set the set; a list is the union of its items
---@param parts integer how many
---@return string[] sets folded; fewer when the set has fewer names
---@example nodeset.split("nid[001-010]", 3) --> { "nid[001-004]", "nid[005-007]", "nid[008-010]" }
function nodeset.split(set, parts) return native.split(nodeset.expand(set), parts) end

return nodeset
