-- What the facades of this folder do to their arguments before the natives take them. No part of the public API.
local native = select(2, ...)
local nodes = require "nodes"
local nodeset = require "nodeset"
local task = require "task"

-- A set → xnames. An empty table is the empty set.
local function xnames(set)
  if type(set) == "table" and next(set) == nil then return {} end
  return nodes.xnames(set)
end

local function is_list(value) return type(value) == "table" and (value[1] ~= nil or next(value) == nil) end

-- `list(set, filter)`, `list(filter)`, `list()` → names or nil, filter. An empty table is the empty set, never "all".
local function listing(set, filter, expand)
  if set == nil or (filter == nil and type(set) == "table" and not is_list(set)) then return nil, set or filter end
  return (expand or xnames)(set), filter
end

-- The BMCs behind a set: a node stands for its BMC.
local function bmcs(set)
  local list, seen = {}, {}
  for _, xname in ipairs(xnames(set)) do
    local bmc = xname:match "^(x.-b%d+)n%d+$" or xname
    if not seen[bmc] then
      seen[bmc] = true
      list[#list + 1] = bmc
    end
  end
  return list
end

-- The one name of a set, for `get`; `list` is the function that takes several.
local function one(set, list, expand) return native.one((expand or xnames)(set), list) end

-- A set and fields, or a list of records and fields for all of them → records, and what `Force` said.
local function records(set, fields)
  local list, force = {}, nil
  local whole = is_list(set) and type(set[1]) == "table"
  for i, item in ipairs(whole and set or xnames(set)) do
    local record = {}
    for key, value in pairs(whole and item or { ID = item }) do record[key] = value end
    for key, value in pairs(fields or {}) do
      if key == "Force" then force = value else record[key] = value end
    end
    list[i] = record
  end
  return list, force
end

-- What is to be deleted → names, or nil and true for `{ all = true }`.
local function whom(set, expand)
  if type(set) == "table" and set.all == true then return nil, true end
  return set ~= nil and (expand or xnames)(set) or nil
end

-- A set and options → names, what they must be, and how long to wait for it.
local function waiting(set, options)
  local filter, pace = {}, {}
  for key, value in pairs(options or {}) do
    if key == "within" or key == "every" then pace[key] = value else filter[key] = value end
  end
  return xnames(set), filter, pace
end

-- Waits until `list` gives a record for each name; a timeout tells who is missing.
local function wait(names, pace, list)
  local found = {}
  local ok, result = pcall(task.wait, function()
    found = list()
    return #found == #names and found
  end, pace)
  if ok then return result end
  if type(result) == "table" and result.kind == "timeout" and not result.service then
    local left = {}
    for _, name in ipairs(names) do left[name] = true end
    for _, record in ipairs(found) do left[record.ID] = nil end
    local names_left = {}
    for name in pairs(left) do names_left[#names_left + 1] = name end
    result.message = ("%s: %d of %d not yet: %s"):format(result.message, #names_left, #names, nodeset.fold(names_left))
  end
  error(result, 0)
end

-- One word or a list of words.
local function words(list) return type(list) == "table" and list or { list } end

-- One record or a list of records.
local function list_of(given)
  if type(given) == "table" and not is_list(given) then return { given } end
  return given
end

-- Fields of a group or a partition: `members` is a set, or the wire's own `{ ids = … }`.
local function with_members(fields)
  if type(fields) ~= "table" or fields.members == nil then return fields end
  local copy = {}
  for key, value in pairs(fields) do copy[key] = value end
  local members = fields.members
  copy.members = xnames(type(members) == "table" and members.ids or members)
  return copy
end

return {
  xnames = xnames, listing = listing, bmcs = bmcs, one = one, records = records, whom = whom, words = words,
  waiting = waiting, wait = wait, with_members = with_members,
  list_of = list_of,
}
