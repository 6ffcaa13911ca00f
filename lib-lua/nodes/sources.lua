-- What a set asks for besides names: groups, attributes and masks, looked up in SMD. No part of the public API.
local words = require "nodes.words"

-- The attributes of a component, in lower case → as SMD writes them.
local spellings = {
  "Arch", "Class", "Enabled", "Flag", "Locked", "NetType", "NID", "ReservationDisabled", "Role", "SoftwareStatus",
  "State", "SubRole", "Subtype", "Type",
}
local attributes = {}
for _, name in ipairs(spellings) do attributes[name:lower()] = name end

-- Those that are true or false, and false where SMD leaves them out.
local switches = { Enabled = true, Locked = true, ReservationDisabled = true }

-- What SMD also takes for a word.
local also = { Flag = { warn = "warning" } }

-- Lists each of SMD's resources at most once in the course of one look-up. Components are nodes, and what else `types`
-- (a set of lower-case names, `*` for all) names.
local function once(types)
  local kept = {}
  local nodes_only = { type = "Node" }
  local function component()
    if not next(types) then return chami.smd.component.list(nodes_only) end
    local list = {}
    for _, one in ipairs(chami.smd.component.list()) do
      if one.Type == "Node" or types["*"] or types[(one.Type or ""):lower()] then list[#list + 1] = one end
    end
    return list
  end
  return function(resource)
    if not kept[resource] then
      kept[resource] = resource == "component" and component()
        or chami.smd[resource].list(resource == "compep" and nodes_only or nil)
    end
    return kept[resource]
  end
end

-- A value as it is compared: in any case, numbers without leading zeros.
local function plain(value) return (tostring(value):lower():gsub("^0+(%d+)$", "%1")) end

local function value_of(component, attribute)
  local value = component[attribute]
  if value == nil and switches[attribute] then return false end
  return value
end

-- The xnames of components by their value of an attribute, and the values as SMD writes them.
local function by_value(attribute, list)
  local found, values = {}, {}
  for _, component in ipairs(list "component") do
    local value = value_of(component, attribute)
    if value ~= nil then
      local key = plain(value)
      values[#values + 1] = not found[key] and tostring(value) or nil
      found[key] = found[key] or {}
      table.insert(found[key], component.ID)
    end
  end
  return found, values
end

-- The words an attribute can be, or nil when it can be any.
local function vocabulary(attribute, values)
  if switches[attribute] then return { "true", "false" } end
  if attribute == "NID" then return values end
  return chami.smd.service.values()[attribute]
end

-- The xnames of those whose attribute is so. None is no mistake, if it could be so.
local function attribute(name, value, list)
  local found, values = by_value(name, list)
  local key = plain(value)
  key = also[name] and also[name][key] or key
  if key == "*" then
    local all = {}
    for _, xnames in pairs(found) do table.move(xnames, 1, #xnames, #all + 1, all) end
    return all
  end
  if found[key] then return found[key] end
  local allowed = vocabulary(name, values)
  for _, word in ipairs(allowed or { value }) do
    if plain(word) == key then return {} end
  end
  return words.unknown(name, value, allowed)
end

-- The members of SMD's groups by label.
local function groups(list)
  local found = {}
  for _, group in ipairs(list "group") do found[group.label] = group.members.ids end
  return found
end

local function partitions(list)
  local found = {}
  for _, partition in ipairs(list "partition") do found[partition.name] = partition.members.ids end
  return found
end

-- Sources of groups besides attributes: each → members by label.
local sources = { smd = groups, partition = partitions }

local function all_nodes(list)
  local found = {}
  for _, component in ipairs(list "component") do
    if component.Type == "Node" then found[#found + 1] = component.ID end
  end
  return found
end

-- The names of all sources.
local function known()
  local names = words.keys(attributes)
  for name in pairs(sources) do names[#names + 1] = name end
  return names
end

-- `@compute`, `@smd:compute`, `@role:Compute`, `@*`, `@role:*`.
local function group(asked, list)
  local source = (asked.source or "smd"):lower()
  if attributes[source] then return attribute(attributes[source], asked.name, list) end
  local members = sources[source] or words.unknown("source of groups", asked.source, known())
  if asked.name == "*" and source == "smd" then return all_nodes(list) end
  local labels = members(list)
  if asked.name == "*" then
    local all = {}
    for _, ids in pairs(labels) do table.move(ids, 1, #ids, #all + 1, all) end
    return all
  end
  local what = source == "smd" and "group" or source
  local found = labels[asked.name:lower()]
  if found then return found end
  -- Spelled as the word was: with the sign before it.
  local front, names = asked.word:sub(1, #asked.word - #asked.name), words.keys(labels)
  for i, name in ipairs(names) do names[i] = front .. name end
  return words.unknown(what, asked.word, names)
end

-- `@@`, `@@role`: the names of the groups themselves.
local function labels(asked, list)
  local source = (asked.source or "smd"):lower()
  if attributes[source] then
    local _, values = by_value(attributes[source], list)
    return values
  end
  local members = sources[source] or words.unknown("source of groups", asked.source, known())
  return words.keys(members(list))
end

-- `State=Ready`.
local function equation(asked, list)
  local name = attributes[asked.source:lower()] or words.unknown("attribute", asked.source, spellings)
  return attribute(name, asked.name, list)
end

local find = { group = group, labels = labels, attribute = equation }

-- The types a set names, for which not only nodes are listed.
local function types_of(asked)
  local types = {}
  for _, one in ipairs(asked) do
    local kind = (one.sort == "group" or one.sort == "attribute") and (one.source or ""):lower() == "type"
    if kind and one.name:lower() ~= "node" then types[one.name:lower()] = true end
  end
  return types
end

-- What each word stands for, and what was listed for it.
local function meanings(asked)
  local list, members, masks = once(types_of(asked)), {}, {}
  for _, one in ipairs(asked) do
    if one.sort == "mask" then masks[#masks + 1] = one.word else members[one.word] = find[one.sort](one, list) end
  end
  return { members = members, all = #masks > 0 and words.all(masks, list) or {} }, list
end

return { meanings = meanings }
