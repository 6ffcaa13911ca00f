-- Names of nodes: xnames, NIDs, MACs, the names discovery gave. No part of the public API.
local native = select(2, ...)
local fault = require "fault"

-- Refuses a word that is none of those known.
local function unknown(what, word, known) return native.unknown(what, word, known) end

-- As SMD writes xnames: lower case, no leading zeros. Nil when it is written so already.
local function normal(xname)
  if not xname:find "%u" and not xname:find "%a0%d" then return nil end
  return (xname:lower():gsub("(%a)0+(%d)", "%1%2"))
end

-- A cabinet or what stands in one: letters that name a sort of thing, each with a number.
local function is_place(word)
  if word:find "^[xX]%d+[cC]%d+[sS]%d+[bB]%d+[nN]%d+$" then return true end
  return word:find "^%w+$" ~= nil and not word:find "[^acdefghijklmnprstvwxACDEFGHIJKLMNPRSTVWX%dbB]"
    and not word:find "%a%a" and not word:find "%a$"
end

-- A word that begins like an xname and is none goes no further than here.
local function checked(word)
  if is_place(word) then return normal(word) end
  fault.raise("bad_argument", ("`%s` is no xname"):format(word), {
    hint = "x1000c0s0b0n0: cabinet, chassis, slot, BMC, node, each a letter and a number",
  })
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

-- What a word of this sort is looked up by → xname.
local index = {}

index["NID"] = function(list)
  local found = {}
  for _, component in ipairs(list "component") do
    if component.NID and component.Type == "Node" then found[tostring(component.NID)] = component.ID end
  end
  return found
end

index["MAC"] = function(list)
  local found = {}
  for _, nic in ipairs(list "iface") do found[nic.MACAddress] = nic.ComponentID end
  return found
end

-- SMD keeps a node's name only where discovery described its system.
index["node name"] = function(list)
  local found = {}
  for _, endpoint in ipairs(list "compep") do
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
  local width = digits:find "^0" and #digits or 0
  for i, nid in ipairs(list) do list[i] = prefix .. ("0"):rep(width - #nid) .. nid end
  return list
end

-- `1-3` and `compute1-3`: a range as other programs write it.
local function no_range(sort, word)
  local front, from, to = word:match "^(%a*)(%d+)%-(%d+)$"
  if not from then return end
  fault.raise("bad_argument", ("there is no %s `%s`"):format(sort, word), {
    hint = ('a range of nodes reads "%s[%s-%s]"'):format(front == "" and "nid" or front, from, to),
  })
end

-- A group's name alone is no node, and what was meant is plain.
local function no_group(sort, word, list)
  local ok, groups = pcall(list, "group")
  for _, group in ipairs(ok and groups or {}) do
    if group.label == word then
      fault.raise("bad_argument", ("there is no %s `%s`"):format(sort, word), {
        hint = ("the nodes of the group %s are \"@%s\""):format(word, word),
      })
    end
  end
end

-- Words → xnames, as far as they are not xnames already: what is missing here stands for itself.
local function xnames(words, list)
  local names, indexes = {}, {}
  for _, word in ipairs(words) do
    local sort = sort_of(word)
    if sort == "xname" then
      names[word] = checked(word)
    else
      indexes[sort] = indexes[sort] or index[sort](list)
      names[word] = indexes[sort][key[sort](word)]
      if not names[word] then
        no_range(sort, word)
        no_group(sort, word, list)
        unknown(sort, word, candidates(sort, word, indexes[sort]))
      end
    end
  end
  return names
end

-- The same of those that SMD knows; the others stand for themselves.
local function known(words, list)
  local names, indexes = {}, {}
  for _, word in ipairs(words) do
    local sort = sort_of(word)
    if sort == "xname" then
      names[word] = is_place(word) and normal(word) or nil
    else
      indexes[sort] = indexes[sort] or index[sort](list)
      names[word] = indexes[sort][key[sort](word)]
    end
  end
  return names
end

-- Every name a mask may describe → xname: `x1000c*` xnames only, others also names and `nid001`.
local function all(masks, list)
  local found, others = {}, false
  for _, mask in ipairs(masks) do others = others or not (mask == "*" or mask:find "^x%d") end
  for _, component in ipairs(list "component") do
    found[component.ID] = component.ID
    if others and component.NID then found[("nid%03d"):format(component.NID)] = component.ID end
  end
  if others then
    for name, xname in pairs(index["node name"](list)) do found[name] = xname end
  end
  return found
end

return { xnames = xnames, known = known, all = all, keys = keys, unknown = unknown }
