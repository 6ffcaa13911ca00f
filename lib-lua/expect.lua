local native = select(2, ...)

--- What a value should be: matchers for checks, and assertions that say what was found instead.
--- Wherever a check or `expect` takes a wanted value it takes a plain value, a table of wanted fields (no more, no less),
--- or a matcher; matchers may stand inside tables and inside each other.
local expect = {}

---@class expect.Matcher something that a value is held against; it prints as it is written

local Matcher = { __name = "matcher" }
function Matcher.__tostring(self) return self.text end

local show

local function show_table(value, depth)
  local parts, n = {}, #value
  for i = 1, math.min(n, 6) do parts[i] = show(value[i], depth + 1) end
  if n > 6 then parts[#parts + 1] = "… " .. n .. " in all" end
  local names = {}
  for key in pairs(value) do
    if math.type(key) ~= "integer" or key < 1 or key > n then names[#names + 1] = tostring(key) end
  end
  table.sort(names)
  for i = 1, math.min(#names, 6) do
    parts[#parts + 1] = names[i] .. " = " .. show(value[names[i]], depth + 1)
  end
  if #names > 6 then parts[#parts + 1] = "…" end
  return #parts == 0 and "{}" or "{ " .. table.concat(parts, ", ") .. " }"
end

-- A value on one line, cut where it is long.
function show(value, depth)
  depth = depth or 0
  if type(value) == "string" then
    local quoted = '"' .. value:gsub('[\\"]', "\\%0"):gsub("\n", "\\n") .. '"'
    return #quoted > 160 and quoted:sub(1, 157) .. '…"' or quoted
  end
  local meta = getmetatable(value)
  if type(value) ~= "table" or meta and meta.__tostring then return tostring(value) end
  return depth > 2 and "{…}" or show_table(value, depth)
end

local function matcher(text, test)
  return setmetatable({ text = text, test = test }, Matcher)
end

local function is_matcher(value) return getmetatable(value) == Matcher end

local function is_scalar(value) return type(value) ~= "table" end

local mismatch

-- Field by field: no field may be missing, and none may be there that was not asked for.
local function unlike_table(got, want, path)
  for key, wanted in pairs(want) do
    local field = math.type(key) == "integer" and ("%s[%d]"):format(path, key) or path .. "." .. tostring(key)
    local why = mismatch(got[key], wanted, field)
    if why then return why end
  end
  for key, value in pairs(got) do
    if want[key] == nil then
      return ("%s.%s is %s, and nothing was expected there"):format(path, tostring(key), show(value))
    end
  end
end

-- Why `got` is not as wanted; nil when it is.
function mismatch(got, want, path)
  path = path or ""
  if is_matcher(want) then return want.test(got, path) end
  if is_scalar(want) or is_scalar(got) then
    if got == want then return nil end
    return ("%s is %s, expected %s"):format(path == "" and "it" or path, show(got), show(want))
  end
  return unlike_table(got, want, path)
end

local function unless(good, got, path, text)
  if good then return nil end
  return ("%s is %s, expected %s"):format(path == "" and "it" or path, show(got), text)
end

expect._mismatch, expect._show = mismatch, show

-- What is in `wanted` and has no partner in `list`, and what is left over there.
local function unpaired(list, wanted)
  local left, missing = table.move(list, 1, #list, 1, {}), {}
  for _, want in ipairs(wanted) do
    local found
    for i, item in ipairs(left) do
      if not mismatch(item, want) then found = i break end
    end
    if found then table.remove(left, found) else missing[#missing + 1] = want end
  end
  return missing, left
end

-- The same for lists of scalars, by counting.
local function uncounted(list, wanted)
  local count, missing, left = {}, {}, {}
  for _, item in ipairs(list) do count[item] = (count[item] or 0) + 1 end
  for _, want in ipairs(wanted) do
    if (count[want] or 0) > 0 then count[want] = count[want] - 1 else missing[#missing + 1] = want end
  end
  for _, item in ipairs(list) do
    if count[item] > 0 then
      count[item] = count[item] - 1
      left[#left + 1] = item
    end
  end
  return missing, left
end

local function all_scalar(list)
  for _, item in ipairs(list) do
    if not is_scalar(item) then return false end
  end
  return true
end

--- Matches a list with exactly these items, in any order.
---@param items any[] the items wanted: values or matchers
---@return expect.Matcher
---@example expect({ 2, 1 }, set { 1, 2 }) -->
function expect.set(items)
  return matcher("set " .. show(items), function(got, path)
    if is_scalar(got) then return unless(false, got, path, "a list") end
    local plain = all_scalar(got) and all_scalar(items)
    local missing, left = (plain and uncounted or unpaired)(got, items)
    local parts = {}
    if #missing > 0 then parts[#parts + 1] = "lacks " .. show(missing) end
    if #left > 0 then parts[#parts + 1] = "also has " .. show(left) end
    if #parts > 0 then return (path == "" and "it" or path) .. " " .. table.concat(parts, " and ") end
  end)
end

--- Matches nothing: nil, or an empty table.
---@type expect.Matcher
expect.none = matcher("none", function(got, path)
  return unless(got == nil or type(got) == "table" and next(got) == nil, got, path, "nothing")
end)

--- Matches a list that is not empty and whose items all match.
---@param want any what each item should be: a value or a matcher
---@return expect.Matcher
---@example expect({ 3, 4 }, each(at_least(3))) -->
function expect.each(want)
  return matcher("each(" .. show(want) .. ")", function(got, path)
    if is_scalar(got) or #got == 0 then return unless(false, got, path, "a list with items") end
    for i, item in ipairs(got) do
      local why = mismatch(item, want, ("%s[%d]"):format(path, i))
      if why then return why end
    end
  end)
end

--- Matches a table with these fields; it may have others.
---@param fields table<string, any> the fields wanted: values or matchers
---@return expect.Matcher
---@example expect({ ID = "x1", NID = 1 }, has { NID = 1 }) -->
function expect.has(fields)
  return matcher("has " .. show(fields), function(got, path)
    if is_scalar(got) then return unless(false, got, path, "a table") end
    for key, want in pairs(fields) do
      local why = mismatch(got[key], want, path .. "." .. tostring(key))
      if why then return why end
    end
  end)
end

--- Matches text with this in it, or a list with such an item.
---@param want any text, or an item: a value or a matcher
---@return expect.Matcher
---@example expect("vmlinuz-5.14", contains "5.14") -->
---@example expect({ "a", "b" }, contains "b") -->
function expect.contains(want)
  return matcher("contains " .. show(want), function(got, path)
    local found = type(got) == "string" and type(want) == "string" and got:find(want, 1, true)
    for _, item in ipairs(type(got) == "table" and got or {}) do
      found = found or not mismatch(item, want)
    end
    return unless(found, got, path, "something that contains " .. show(want))
  end)
end

--- Matches text by a Lua pattern.
---@param pattern string the pattern; `^` and `$` bind it to the ends
---@return expect.Matcher
---@example expect("nid001", match "^nid%d+$") -->
function expect.match(pattern)
  return matcher("match " .. show(pattern), function(got, path)
    return unless(type(got) == "string" and got:find(pattern), got, path, "text like " .. show(pattern))
  end)
end

--- Matches a number of at least this, or a list with at least so many items.
---@param least number the least
---@return expect.Matcher
---@example expect({ 1, 2, 3 }, at_least(3)) -->
function expect.at_least(least)
  return matcher("at_least(" .. least .. ")", function(got, path)
    local size = type(got) == "table" and #got or got
    return unless(type(size) == "number" and size >= least, got, path, "at least " .. least)
  end)
end

--- Matches what all of these match.
---@param wants any[] values and matchers
---@return expect.Matcher
---@example expect("kernel quiet", all { contains "kernel", contains "quiet" }) -->
function expect.all(wants)
  return matcher("all " .. show(wants), function(got, path)
    for _, want in ipairs(wants) do
      local why = mismatch(got, want, path)
      if why then return why end
    end
  end)
end

--- Stops with `check_failed` unless a value is true, or is as wanted.
---@param got any the value found
---@param want? any what it should be: a value, a table of fields, a matcher; text is taken as `why` when nothing follows
---@param why? string what this shows, for the message
---@example expect(#"abc" == 3, "a string has a length") -->
---@example expect({ State = "On" }, { State = "On" }) -->
function expect.expect(got, want, why)
  if why == nil and (want == nil or type(want) == "string") then
    if not got then native.fail(want or "it is " .. show(got), nil) end
    return
  end
  local wrong = mismatch(got, want)
  if wrong then native.fail(why and why .. ": " .. wrong or wrong, nil) end
end

--- Calls a function that must raise a fault of this kind, and returns the fault.
---@param kind string the kind: `"not_found"`, `"conflict"`, …
---@param call fun(...) the function
---@param ... any its arguments
---@return Fault fault
---@example expect_fault("bad_argument", nodeset.expand, "x[").kind --> bad_argument
function expect.expect_fault(kind, call, ...)
  local ok, fault = pcall(call, ...)
  if ok then native.fail(("expected the fault %s, but nothing was raised"):format(kind), nil) end
  if type(fault) ~= "table" or fault.kind ~= kind then
    native.fail(("expected the fault %s, not: %s"):format(kind, tostring(fault)), type(fault) == "table" and fault.hint)
  end
  return fault
end

return expect
