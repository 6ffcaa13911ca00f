-- What matchers say when a value does not fit. Each line: what is wanted, what there is, the text; nil: it fits.
local function told(want, got)
  local ok, fault = pcall(expect, got, want, "it")
  if ok then return nil end
  if type(fault) ~= "table" then return fault end
  return fault.kind .. ": " .. fault.message:gsub("^it: ", "")
end

local function says(want, got, text)
  local said = told(want, got)
  if text then text = "check_failed: " .. text end
  if said ~= text then error(("want %s\n got %s"):format(text, said), 2) end
end

-- Values.
says(1, 1)
says(1, "1", 'want 1; got "1"')
says("a", nil, 'want "a"; got nothing')
says({ 1, 2 }, { 1, 2 })
says({ a = 1 }, { a = 1, b = 2 }, "b: want nothing; got 2")
says({ 1, 2 }, { 1 }, "2: want 2; got nothing")
says({}, {})
says({}, { 1 }, "want an empty list; got { 1 }")
says({ a = each(at_least(2)) }, { a = { 2, 1 } }, "a: item 2: want at least 2; got 1")

-- Sets.
says(set { "b", "a" }, { "a", "b" })
says(set { "a", "b" }, { "b" }, "want exactly a, b; got b; missing a")
says(set { "a" }, { "b", "a", "a" }, "want exactly a; got b, a, a; too many b, a")
says(set { "a" }, {}, "want exactly a; got nothing")
says(set { "a" }, nil, "want exactly a; got nothing")
says(set { 1, 2, 3 }, { 3, 2, 2 }, "want exactly 1, 2, 3; got 3, 2, 2; missing 1; too many 2")
says(set "x0c0s0b[0-7]n0", { "x0c0s0b0n0" },
  "want exactly x0c0s0b0n0, x0c0s0b1n0, x0c0s0b2n0, x0c0s0b3n0, x0c0s0b4n0, x0c0s0b5n0, … (8 in all); "
  .. "got x0c0s0b0n0; "
  .. "missing x0c0s0b1n0, x0c0s0b2n0, x0c0s0b3n0, x0c0s0b4n0, x0c0s0b5n0, x0c0s0b6n0, … (7 in all)")

says(set { has { ID = "a" }, has { ID = "b" } }, { { ID = "b", NID = 2 }, { ID = "a", NID = 1 } })
says(set { has { ID = "a" } }, { { ID = "b" } },
  'want exactly a record with { ID = "a" }; got b; missing a record with { ID = "a" }; too many b')

-- Nothing.
says(none, nil)
says(none, {})
says(none, "")
says(none, { 1, 2 }, "want nothing; got 1, 2")
says(none, false, "want nothing; got false")

-- Each: an empty list proves nothing.
says(each(1), { 1, 1 })
says(each(1), {}, "want at least one item; got an empty list")
says(each(1), nil, "want a list; got nothing")
says(each(has { Role = "Compute" }), { { ID = "x1" }, { ID = "x2", Role = "Compute" } },
  'item 1 (x1): Role: want "Compute"; got nothing')
says(each(1), { 2, 2, 2, 2 },
  "item 1: want 1; got 2; item 2: want 1; got 2; item 3: want 1; got 2; … (4 in all)")

-- Has: other fields do not matter.
says(has { a = 1 }, { a = 1, b = 2 })
says(has { a = none }, { b = 2 })
says(has { a = 1, b = 2 }, { a = 2 }, "a: want 1; got 2; b: want 2; got nothing")
says(has { a = 1 }, "a", 'want a record; got "a"')

-- Parts of texts and lists.
says(contains "oo", "foo")
says(contains "f.o", "foo", 'want something that contains "f.o"; got "foo"')
says(contains(has { ID = "b" }), { { ID = "a" }, { ID = "b" } })
says(contains(3), { 1, 2 }, "want something that contains 3; got 1, 2")
says(contains "x", nil, 'want something that contains "x"; got nothing')
says(match "^f.o$", "foo")
says(match "^o", "foo", 'want text that fits "^o"; got "foo"')
says(match "o", 0, 'want text that fits "o"; got 0')
expect(not pcall(match, "[a"), "a pattern that is none is refused where it stands")

-- Sizes.
says(at_least(2), 2)
says(at_least(2), { 1, 2 })
says(at_least(2), { 1 }, "want at least 2; got 1 item")
says(at_least(2), "22", 'want at least 2; got "22"')

-- All at once: the first that does not fit is told.
says(all { contains "a", contains "b" }, "ab")
says(all { contains "a", contains "b" }, "a", 'want something that contains "b"; got "a"')

-- Unchanged: lists of records are compared by name, and later changes do not reach the snapshot.
local before = { { ID = "a", State = "On" }, { ID = "b", State = "On" } }
local same = unchanged(before)
says(same, { { ID = "b", State = "On" }, { ID = "a", State = "On" } })
before[1].State = "Off"
says(same, before, 'want it unchanged; a.State: was "On", is "Off"')
says(same, { { ID = "b", State = "On" } }, 'want it unchanged; a: was { ID = "a", State = "On" }, is nothing')

-- Matchers can be read.
expect(tostring(each(has { kernel = contains "debug" }))
  == 'each a record with { kernel = something that contains "debug" }', "a matcher prints as what it wants")
