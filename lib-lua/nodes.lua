local native = select(2, ...)

--- Who a set of nodes is: xnames, NIDs or boot MACs, looked up in SMD.
--- A node may be named by xname, NID (`3`, `"nid003"`), MAC or node name, in any set that `nodeset` reads. Literal xnames
--- need no look-up; for everything else each resource is listed once per set.
local nodes = {}

-- As SMD writes xnames: lower case, no leading zeros. Nil when it is written so already.
local function normal(xname)
  if not xname:find "%u" and not xname:find "%a0%d" then return nil end
  return (xname:lower():gsub("(%a)0+(%d)", "%1%2"))
end

local function is_mac(word)
  local digits, separators = word:gsub("[:%.-]", "")
  return #digits == 12 and not digits:find "%X" and (separators > 0 or digits:find "%a" ~= nil)
end

local function sort_of(word)
  if word:find "^[xX]%d" then return "xname" end
  if is_mac(word) then return "MAC" end
  if word:find "^%d+$" or word:find "^[nN][iI][dD]%d+$" then return "NID" end
  return "node name"
end

-- One list call each: what a word of this sort is looked up by → xname.
local index = {}

index["NID"] = function()
  local found = {}
  for _, component in ipairs(chami.smd.component.list({ type = "Node" })) do
    if component.NID then found[tostring(component.NID)] = component.ID end
  end
  return found
end

index["MAC"] = function()
  local found = {}
  for _, nic in ipairs(chami.smd.iface.list()) do found[nic.MACAddress] = nic.ComponentID end
  return found
end

-- SMD keeps a node's name only where discovery described its system.
index["node name"] = function()
  local found = {}
  for _, endpoint in ipairs(chami.smd.compep.list({ type = "Node" })) do
    local system = endpoint.RedfishSystemInfo
    if system and system.Name then found[system.Name] = endpoint.ID end
  end
  return found
end

-- A word as its index has it.
local key = {
  ["NID"] = function(word) return (word:gsub("^%D+", ""):gsub("^0+(%d)", "%1")) end,
  ["MAC"] = function(word)
    local pairs_of = word:lower():gsub("[:%.-]", ""):gsub("%x%x", "%0:")
    return pairs_of:sub(1, -2)
  end,
  ["node name"] = function(word) return word end,
}

local function keys(map)
  local list = {}
  for name in pairs(map) do list[#list + 1] = name end
  return list
end

-- What could have been meant, spelled as the word is: `nid001` where `nid009` was asked for.
local function candidates(sort, word, known)
  local list = keys(known)
  if sort ~= "NID" then return list end
  local prefix, digits = word:match "^(%a*)(%d+)$"
  for i, nid in ipairs(list) do list[i] = prefix .. ("0"):rep(#digits - #nid) .. nid end
  return list
end

-- Words → xnames, as far as they are not xnames already: what is missing here stands for itself.
local function look_up(words)
  local names, indexes = {}, {}
  for _, word in ipairs(words) do
    local sort = sort_of(word)
    if sort == "xname" then
      names[word] = normal(word)
    else
      indexes[sort] = indexes[sort] or index[sort]()
      names[word] = indexes[sort][key[sort](word)]
      if not names[word] then native.unknown(sort, word, candidates(sort, word, indexes[sort])) end
    end
  end
  return names
end

--- Lists the members of groups, with one call.
---@param labels string[] the groups' labels; `*` stands for all groups
---@return table<string, string[]> members xnames by label
---@state 301
---@example nodes.members{ "compute" }.compute[5] --> x1000c0s0b4n0
function nodes.members(labels)
  local groups, all, found = {}, {}, {}
  for _, group in ipairs(chami.smd.group.list()) do
    groups[group.label] = group.members.ids
    table.move(group.members.ids, 1, #group.members.ids, #all + 1, all)
  end
  for _, label in ipairs(labels) do
    found[label] = label == "*" and all or groups[label:lower()]
    if not found[label] then native.unknown("group", "@" .. label, keys(groups)) end
  end
  return found
end

--- Lists the xnames of a set.
---@param set string|integer|string[] xnames, NIDs, MACs, node names, brackets, `@group`, operators, or a list of these
---@return string[] xnames in natural order; of a list, in the order of its items
---@example nodes.xnames "x1000c0s0b[0-1]n0" --> { "x1000c0s0b0n0", "x1000c0s0b1n0" }
---@state 301
---@example nodes.xnames "nid[001-003] ! 52:54:00:be:ef:02" --> { "x1000c0s0b0n0", "x1000c0s0b2n0" }
function nodes.xnames(set)
  local words = native.words(set)
  local groups = #words.groups > 0 and nodes.members(words.groups) or {}
  return native.expand(set, { names = look_up(words.names), groups = groups })
end

--- Lists the NIDs of a set.
---@param set string|integer|string[] as for `nodes.xnames`
---@return integer[] nids in the order of the set
---@state 301
---@example nodes.nids "@compute" --> { 1, 2, 3, 4, 5 }
function nodes.nids(set)
  local xnames, nids, list = nodes.xnames(set), {}, {}
  for _, component in ipairs(chami.smd.component.list({ type = "Node" })) do
    nids[component.ID] = component.NID
  end
  for i, xname in ipairs(xnames) do
    list[i] = nids[xname] or native.unknown("NID of node", xname, keys(nids))
  end
  return list
end

--- Lists the MAC addresses that the nodes of a set boot from: of each its first interface.
---@param set string|integer|string[] as for `nodes.xnames`
---@return string[] macs in the order of the set
---@state 301
---@example nodes.macs{ "compute2", 1 } --> { "52:54:00:be:ef:02", "52:54:00:be:ef:01" }
function nodes.macs(set)
  local xnames, first, list = nodes.xnames(set), {}, {}
  for _, nic in ipairs(chami.smd.iface.list()) do
    local known = first[nic.ComponentID]
    -- Discovery numbers the interfaces in their description, and the first one boots.
    if not known or nic.Description:find "^Interface 0 for " then first[nic.ComponentID] = nic.MACAddress end
  end
  for i, xname in ipairs(xnames) do
    list[i] = first[xname] or native.unknown("interface of node", xname, keys(first))
  end
  return list
end

return nodes
