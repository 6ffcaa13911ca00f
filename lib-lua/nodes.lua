local native = select(2, ...)
local fault = require "fault"
local names = require "nodes.words"
local sources = require "nodes.sources"

--- Who a set of nodes is: xnames, NIDs or boot MACs, looked up in SMD.
--- A node may be named by xname, NID (`3`, `"nid003"`), MAC or node name, in any set that `nodeset` reads. Literal xnames
--- need no look-up; for everything else each resource is listed once per set.
local nodes = {}

-- Up to so many nodes' interfaces are asked for by name: listing all for each of many single nodes takes long.
local FEW = 8

-- Whether words are nothing but xnames of nodes, for which nothing need be listed.
local function literal(words)
  if #words.asked > 0 or #words.names == 0 then return false end
  for _, name in ipairs(words.names) do
    if not name:find "^[xX]%d+[cC]%d+[sS]%d+[bB]%d+[nN]%d+$" then return false end
  end
  return true
end

-- A set → its words; what is none is refused.
local function parse(set)
  local sort = type(set)
  if sort ~= "string" and sort ~= "number" and sort ~= "table" then
    local said = set == nil and "none is named" or "this is a " .. sort
    fault.raise("bad_argument", "a set of nodes is wanted, and " .. said, {
      hint = 'such as "x1000c0s0b0n0", 3, "nid[1-5]", "@compute", or a list of these',
    })
  end
  local words = native.words(set)
  for _, asked in ipairs(words.asked) do
    if asked.sort == "labels" then native.no_nodes(asked.word) end
  end
  return words
end

-- A set → its xnames, what was listed of SMD for it, and whether it is literal.
local function resolved(set)
  local words = parse(set)
  local found, list = sources.meanings(words.asked)
  found.names = names.xnames(words.names, list)
  return native.expand(set, found), list, literal(words)
end

--- Looks up what a set asks for: groups, attributes and masks; each resource is listed once.
---@param asked { word: string, sort: string, source?: string, name: string }[] the words, as `nodeset` reads them
---@return { members: table<string, string[]>, all: table<string, string> } meanings by word; all names masks may mean
---@state 301
---@example #nodes.meanings({ { word = "State=On", sort = "attribute", source = "State", name = "On" } }).members["State=On"] --> 5
function nodes.meanings(asked) return (sources.meanings(asked)) end

--- Lists the members of groups, with one call.
---@param groups string[] as they are written after the `@`: `compute`, `role:Compute`; `*` stands for all nodes
---@return table<string, string[]> members xnames by group
---@state 301
---@example nodes.members{ "compute" }.compute[5] --> x1000c0s0b4n0
function nodes.members(groups)
  local asked, members = {}, {}
  for i, group in ipairs(groups) do
    local source, name = group:match "^(.-):(.*)$"
    asked[i] = { word = "@" .. group, sort = "group", source = source, name = name or group }
    members[group] = false
  end
  local found = sources.meanings(asked).members
  for group in pairs(members) do members[group] = found["@" .. group] end
  return members
end

--- Lists the xnames of a set.
---@param set nodeset.Set what `nodeset` reads, where names are xnames, NIDs, MACs or node names
---@return string[] xnames as `nodeset.expand` orders them; of a list, in the order of its items
---@example nodes.xnames "x1000c0s0b[0-1]n0" --> { "x1000c0s0b0n0", "x1000c0s0b1n0" }
---@state 301
---@example nodes.xnames "nid[001-003] ! 52:54:00:be:ef:02" --> { "x1000c0s0b0n0", "x1000c0s0b2n0" }
---@state 301
---@example nodes.xnames "@compute & State=On & compute*[4-5]" --> { "x1000c0s0b3n0", "x1000c0s0b4n0" }
function nodes.xnames(set) return (resolved(set)) end

--- Lists the xnames of several sets, for which each resource is listed but once.
---@param sets nodeset.Set[] as for `nodes.xnames`; `{}` is the empty set
---@return string[][] xnames of each set, in the order of the sets
---@state 301
---@example #nodes.several({ "@compute", 3 })[1] --> 5
function nodes.several(sets)
  local parsed, asked, found = {}, {}, {}
  for i, set in ipairs(sets) do
    if type(set) ~= "table" or next(set) ~= nil then
      parsed[i] = parse(set)
      table.move(parsed[i].asked, 1, #parsed[i].asked, #asked + 1, asked)
    end
  end
  local meanings, list = sources.meanings(asked)
  for i, set in ipairs(sets) do
    found[i] = {}
    if parsed[i] then
      meanings.names = names.xnames(parsed[i].names, list)
      found[i] = native.expand(set, meanings)
    end
  end
  return found
end

--- Lists the NIDs of a set.
---@param set nodeset.Set as for `nodes.xnames`
---@return integer[] nids in the order of the set
---@state 301
---@example nodes.nids "@compute" --> { 1, 2, 3, 4, 5 }
function nodes.nids(set)
  local xnames, known = resolved(set)
  local nids, list = {}, {}
  for _, component in ipairs(known "component") do
    if component.Type == "Node" then nids[component.ID] = component.NID end
  end
  for i, xname in ipairs(xnames) do
    list[i] = nids[xname] or names.unknown("NID of node", xname, names.keys(nids))
  end
  return list
end

-- Interfaces → the MAC that each node boots from.
local function booting(nics)
  local first = {}
  for _, nic in ipairs(nics) do
    local seen = first[nic.ComponentID]
    -- Discovery numbers the interfaces in their description, and the first one boots.
    if not seen or nic.Description:find "^Interface 0 for " then first[nic.ComponentID] = nic.MACAddress end
  end
  return first
end

-- Of a node that SMD knows, and has no interface of; of another one those that it has may be meant.
local function no_interface(xname, known, first)
  local hint = "SMD knows the node, and no MAC of it; smd.iface.add(MAC, { ComponentID = %q }) gives it one"
  for _, component in ipairs(next(first) and known "component" or {}) do
    if component.ID == xname then
      fault.raise("bad_argument", ("there is no interface of node `%s`"):format(xname), { hint = hint:format(xname) })
    end
  end
  return names.unknown("interface of node", xname, names.keys(first))
end

--- Lists the MAC addresses that the nodes of a set boot from: of each its first interface.
---@param set nodeset.Set as for `nodes.xnames`
---@return string[] macs in the order of the set
---@state 301
---@example nodes.macs{ "compute2", 1 } --> { "52:54:00:be:ef:02", "52:54:00:be:ef:01" }
function nodes.macs(set)
  local xnames, known, is_literal = resolved(set)
  local first, list = {}, {}
  if is_literal and #xnames > 0 and #xnames <= FEW then
    first = booting(chami.smd.iface.list { ComponentID = xnames })
  end
  for i, xname in ipairs(xnames) do
    -- Where one has none, the fault names another that has.
    if not first[xname] then first = booting(known "iface") end
    list[i] = first[xname] or no_interface(xname, known, first)
  end
  return list
end

return nodes
