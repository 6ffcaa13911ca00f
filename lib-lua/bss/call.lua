-- What the facades of this folder do to their arguments before the natives take them. No part of the public API.
local native = select(2, ...)
local args = require "bss.args"
local fault = require "fault"
local nodes = require "nodes"

local SORTS = { "macs", "hosts", "nids" }

local function is_list(value) return type(value) == "table" and (value[1] ~= nil or next(value) == nil) end

-- A table that names identities itself, as the wire does: `{ macs = … }`, `{ mac = … }`.
local function is_wire(value) return type(value) == "table" and not is_list(value) end

-- What users of other systems expect, and BSS takes for "everybody".
local function no_groups(groups)
  local name = type(groups) == "table" and groups[1] or groups
  local hint = ('BSS knows no groups; the nodes of one: "@%s" as the first argument'):format(tostring(name))
  fault.raise("bad_argument", 'unknown key "groups"', { hint = hint })
end

-- Fields with arguments as text and identities as lists.
local function plain(fields)
  local copy = {}
  for key, value in pairs(fields or {}) do copy[key] = value end
  if copy.groups ~= nil then no_groups(copy.groups) end
  if args.is(copy.params) then copy.params = tostring(copy.params) end
  for _, sort in ipairs(SORTS) do
    if copy[sort] ~= nil and type(copy[sort]) ~= "table" then copy[sort] = { copy[sort] } end
  end
  return copy
end

-- A set and fields, or all in one table → what the natives take, and whether the set is empty.
local function wanted(set, fields)
  if fields == nil and is_wire(set) then return plain(set), false end
  local copy = plain(fields)
  for _, sort in ipairs(SORTS) do
    if copy[sort] ~= nil then
      fault.raise("bad_argument", "who is meant, the set or " .. sort .. "?", { hint = "name them once" })
    end
  end
  if set ~= nil then
    local empty = type(set) == "table" and next(set) == nil
    copy.macs = empty and {} or nodes.macs(set)
  end
  return copy, set ~= nil and #copy.macs == 0
end

-- The one name of a set, for `get`; `list` is the function that takes several.
local function one(names, list) return native.one(names, list) end

return { is_wire = is_wire, wanted = wanted, one = one }
