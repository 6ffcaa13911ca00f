--- Says what a value must look like, and tells how it differs.
---
--- Matchers stand as `want` in a `check`, as second argument of `expect`, and inside one another.
--- Every name of this file is a global.
local _ENV = setmetatable({}, { __index = _G })

-- For what is no global of a session: editors take any plain name that is set here for one.
local own = _ENV

---@class Matcher What a value must look like; print it to read it.

---@alias Wanted Matcher|table|string|number|boolean A matcher, or the value itself; a table may hold matchers

local Matcher = {}
Matcher.__index = Matcher
Matcher.__tostring = function(self) return self.text end

--- `test(got)` returns nothing when the value fits, else what is wrong with it.
local function matcher(text, test)
  return setmetatable({ text = text, test = test }, Matcher)
end

local function is_matcher(value)
  return getmetatable(value) == Matcher
end

local SHOWN = 6      -- items of a list in a text
local REPORTED = 3   -- items that fail, told one by one

local function is_list(value)
  if type(value) ~= "table" then return false end
  local count = 0
  for _ in pairs(value) do count = count + 1 end
  return count == #value
end

local function sorted_keys(record)
  local keys = {}
  for key in pairs(record) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  return keys
end

--- Up to `limit` texts, and how many there are when these are not all.
local function enumerate(texts, limit, separator)
  if #texts <= limit then return table.concat(texts, separator) end
  return table.concat(texts, separator, 1, limit) .. separator .. "… (" .. #texts .. " in all)"
end

local show

local function show_table(value, depth)
  if next(value) == nil then return "an empty list" end
  if depth > 2 then return "{…}" end
  local parts, list = {}, is_list(value)
  for _, key in ipairs(sorted_keys(value)) do
    local text = show(value[key], depth + 1)
    parts[#parts + 1] = list and text or tostring(key) .. " = " .. text
  end
  return "{ " .. enumerate(parts, SHOWN, ", ") .. " }"
end

--- A value in one short line.
show = function(value, depth)
  if value == nil then return "nothing" end
  if is_matcher(value) then return value.text end
  if type(value) == "string" then
    local text = value:gsub("%c", " ")
    if #text > 80 then text = text:sub(1, 60) .. "… (" .. #value .. " characters)" end
    return '"' .. text .. '"'
  end
  if type(value) == "table" and not (getmetatable(value) or {}).__tostring then
    return show_table(value, depth or 1)
  end
  return tostring(value)
end

--- What people call a record.
local function label(record)
  if type(record) ~= "table" then return nil end
  return record.ID or record.id or record.label or record.name or record.Name
end

--- The items of a list by name, without quotes: `x1000c0s0b0n0, x1000c0s0b1n0`.
local function names(list)
  if #list == 0 then return "nothing" end
  local texts = {}
  for i, item in ipairs(list) do
    texts[i] = type(item) ~= "table" and tostring(item) or label(item) or show(item)
  end
  return enumerate(texts, SHOWN, ", ")
end

--- A list by its names, anything else as it is.
local function brief(value)
  return is_list(value) and names(value) or show(value)
end

-- Two long texts are shown from a little before where they part.
local AROUND, LONG = 24, 60

local function apart(want, got)
  if type(want) ~= "string" or type(got) ~= "string" or #want <= LONG and #got <= LONG then return nil end
  local at = 1
  while at <= #want and want:byte(at) == got:byte(at) do at = at + 1 end
  local from = at - AROUND
  if from < 8 then return nil end
  while from > 1 and want:byte(from) & 0xC0 == 0x80 do from = from - 1 end
  local function tail(text) return show("…" .. text:sub(from)) end
  return "want " .. tail(want) .. "; got " .. tail(got)
end

local function differs(want, got)
  local text = apart(want, got)
  if text then return text end
  return "want " .. show(want) .. "; got " .. show(got)
end

local compare

local function compare_fields(want, got, keys)
  local wrong = {}
  for _, key in ipairs(keys) do
    local text = compare(want[key], got[key])
    if text then wrong[#wrong + 1] = tostring(key) .. ": " .. text end
  end
  if #wrong > 0 then return enumerate(wrong, REPORTED, "; ") end
end

--- Nothing when `got` is as wanted, else what is wrong.
compare = function(want, got)
  if is_matcher(want) then return want.test(got) end
  if type(want) ~= "table" then
    if want ~= got then return differs(want, got) end
    return nil
  end
  if type(got) ~= "table" or (next(want) == nil) ~= (next(got) == nil) then return differs(want, got) end
  local keys = {}
  for _, record in ipairs { want, got } do
    for key in pairs(record) do keys[key] = true end
  end
  return compare_fields(want, got, sorted_keys(keys))
end

-- For `expect` and `check`: nothing when the value is as wanted, else what is wrong.
own._compare, own._is_matcher = compare, is_matcher

--- What of `values` finds no partner among `others`, each of which serves once.
local function unpaired(values, others, fits)
  local free, alone = {}, {}
  for i, other in ipairs(others) do free[i] = { other } end
  for _, value in ipairs(values) do
    local partner
    for i, slot in ipairs(free) do
      if fits(value, slot[1]) then partner = i break end
    end
    if partner then table.remove(free, partner) else alone[#alone + 1] = value end
  end
  return alone
end

--- The same for plain values, by counting: sets of nodes are large.
local function beyond(values, others)
  local left, alone = {}, {}
  for _, other in ipairs(others) do left[other] = (left[other] or 0) + 1 end
  for _, value in ipairs(values) do
    local count = left[value] or 0
    if count > 0 then left[value] = count - 1 else alone[#alone + 1] = value end
  end
  return alone
end

local function has_tables(list)
  for _, item in ipairs(list) do
    if type(item) == "table" then return true end
  end
  return false
end

--- What is missing in `got`, and what is too many there.
local function set_difference(wanted, got)
  if not has_tables(wanted) then return beyond(wanted, got), beyond(got, wanted) end
  local function fits(want, item) return compare(want, item) == nil end
  return unpaired(wanted, got, fits), unpaired(got, wanted, function(item, want) return fits(want, item) end)
end

--- Wants exactly these items, in any order.
---@param items string|Wanted[] values or matchers, or a node set
---@return Matcher matcher
---@example expect({ 3, 1, 2 }, set { 1, 2, 3 }, "order does not matter")
---@example expect({ "x0c0s0b1n0", "x0c0s0b0n0" }, set "x0c0s0b[0-1]n0", "a node set names its members")
function set(items)
  if type(items) == "string" then items = nodeset.expand(items) end
  local text = "exactly " .. names(items)
  return matcher(text, function(got)
    if not is_list(got) then return "want " .. text .. "; got " .. show(got) end
    local missing, extra = set_difference(items, got)
    if #missing == 0 and #extra == 0 then return nil end
    local out = "want " .. text .. "; got " .. names(got)
    if #missing > 0 and #got > 0 then out = out .. "; missing " .. names(missing) end
    if #extra > 0 then out = out .. "; too many " .. names(extra) end
    return out
  end)
end

--- Wants nothing: nil, an empty list or an empty text.
---@type Matcher
none = matcher("nothing", function(got)
  local empty = got == nil or got == "" or (type(got) == "table" and next(got) == nil)
  if not empty then return "want nothing; got " .. brief(got) end
end)

--- Wants a list whose items are all as wanted; an empty list is not enough.
---@param want Wanted what each item must be
---@return Matcher matcher
---@example expect({ 4, 5 }, each(at_least(4)), "no item is too small")
---@example expect_fault("check_failed", function() expect({}, each(at_least(4)), "an empty list proves nothing") end)
function each(want)
  return matcher("each " .. show(want), function(got)
    if not is_list(got) then return "want a list; got " .. show(got) end
    if #got == 0 then return "want at least one item; got an empty list" end
    local wrong = {}
    for i, item in ipairs(got) do
      local text = compare(want, item)
      if text then
        local name = label(item)
        wrong[#wrong + 1] = "item " .. i .. (name and " (" .. name .. ")" or "") .. ": " .. text
      end
    end
    if #wrong > 0 then return enumerate(wrong, REPORTED, "; ") end
  end)
end

--- Wants a record with these fields; it may have others.
---@param fields table<string, Wanted> names of fields, and what each must be
---@return Matcher matcher
---@example expect({ ID = "x0", State = "On" }, has { State = "On" }, "other fields do not matter")
function has(fields)
  return matcher("a record with " .. show(fields), function(got)
    if type(got) ~= "table" then return "want a record; got " .. show(got) end
    return compare_fields(fields, got, sorted_keys(fields))
  end)
end

--- Wants a text with this part, or a list with such an item.
---@param part Wanted the part of the text, or what the item must be
---@return Matcher matcher
---@example expect("ip=dhcp console=ttyS0", contains "console=", "the console is named")
---@example expect({ 1, 2, 3 }, contains(2), "2 is among them")
function contains(part)
  local text = "something that contains " .. show(part)
  return matcher(text, function(got)
    if type(got) == "string" and type(part) == "string" then
      if got:find(part, 1, true) then return nil end
    elseif type(got) == "table" then
      for _, item in pairs(got) do
        if not compare(part, item) then return nil end
      end
    end
    return "want " .. text .. "; got " .. brief(got)
  end)
end

--- Wants a text that fits a Lua pattern.
---@param pattern string the pattern; `^` and `$` tie it to the ends
---@return Matcher matcher
---@example expect("52:54:00:be:ef:01", match "^52:54:00:", "the prefix of QEMU's MAC addresses")
function match(pattern)
  local _ = string.find("", pattern)   -- a pattern that is none is told here, where it stands
  local text = "text that fits " .. show(pattern)
  return matcher(text, function(got)
    if type(got) ~= "string" or not got:find(pattern) then return "want " .. text .. "; got " .. show(got) end
  end)
end

--- Wants a number that is not smaller, or a list that is not shorter.
---@param least number the smallest number, or the shortest length
---@return Matcher matcher
---@example expect(5, at_least(3), "enough")
---@example expect({ "a", "b" }, at_least(2), "a list is counted")
function at_least(least)
  return matcher("at least " .. least, function(got)
    local size = type(got) == "table" and #got or got
    if type(size) == "number" and size >= least then return nil end
    if type(got) ~= "table" then return "want at least " .. least .. "; got " .. show(got) end
    return "want at least " .. least .. "; got " .. #got .. (#got == 1 and " item" or " items")
  end)
end

--- Wants all of these at once.
---@param wants Wanted[] matchers or values
---@return Matcher matcher
---@example expect("kernel debug", all { contains "kernel", contains "debug" }, "both words are there")
function all(wants)
  local texts = {}
  for i, want in ipairs(wants) do texts[i] = show(want) end
  return matcher(enumerate(texts, SHOWN, ", and "), function(got)
    for _, want in ipairs(wants) do
      local text = compare(want, got)
      if text then return text end
    end
  end)
end

--- The same data, so that what happens to the original later does not matter; lists of records by their names.
local function snapshot(value)
  if type(value) ~= "table" then return value end
  local copy, list = {}, is_list(value)
  for key, item in pairs(value) do
    local name = list and label(item) or key
    copy[copy[name] == nil and name or key] = snapshot(item)
  end
  return copy
end

local function changes(before, now, path, out)
  if type(before) ~= "table" or type(now) ~= "table" then
    if before ~= now then
      out[#out + 1] = (path == "" and "" or path .. ": ") .. "was " .. show(before) .. ", is " .. show(now)
    end
    return out
  end
  local keys = {}
  for key in pairs(before) do keys[key] = true end
  for key in pairs(now) do keys[key] = true end
  for _, key in ipairs(sorted_keys(keys)) do
    changes(before[key], now[key], path == "" and tostring(key) or path .. "." .. tostring(key), out)
  end
  return out
end

--- Wants what was there before; the order of a list of records does not matter.
---@param before Wanted what was read earlier
---@return Matcher matcher
---@example
---  local before = { { ID = "a", State = "On" }, { ID = "b", State = "On" } }
---  local now    = { { ID = "b", State = "On" }, { ID = "a", State = "On" } }
---  expect(now, unchanged(before), "only the order differs")
function unchanged(before)
  local kept = snapshot(before)
  return matcher("what was there before", function(got)
    local out = changes(kept, snapshot(got), "", {})
    if #out > 0 then return "want it unchanged; " .. enumerate(out, REPORTED, "; ") end
  end)
end

return _ENV
