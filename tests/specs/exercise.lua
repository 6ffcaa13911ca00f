-- The verbs outside an exercise, and what expect and expect_fault answer.
local function fault_of(f, ...)
  local ok, fault = pcall(f, ...)
  expect(not ok, "it fails")
  expect(type(fault) == "table", "with a fault; got " .. tostring(fault))
  return fault
end

-- expect
expect(true, "fine")
expect(fault_of(expect, false, "five nodes are known").message, "five nodes are known", "the text is the message")
expect(fault_of(expect, nil, "x").kind, "check_failed", "nil is not enough")
expect(fault_of(expect, false).kind, "bad_argument", "a text is wanted")
expect(fault_of(expect, 1, 2, "one").message, "one: want 2; got 1", "the difference is told")

-- expect_fault
local found = expect_fault("check_failed", function() expect(false, "so") end)
expect(found.message, "so", "the fault is returned")
expect(fault_of(expect_fault, "conflict", function() end).message, "want a fault of kind conflict; nothing failed",
  "success is a failure")
expect(fault_of(expect_fault, "conflict", function() error "plain" end).message,
  match "^want a fault of kind conflict; got .*plain$", "an error that is no fault does not count")
expect(fault_of(expect_fault, "conflikt", function() end).hint, contains "conflict", "a misspelt kind is told")

-- check, without an exercise: asked at once
check "sums are right" { got = function() return 1 + 1 end, want = 2 }
check "something is there" { got = function() return "yes" end }
local failing = fault_of(check "sums are wrong", { got = function() return 1 + 1 end, want = 3, hint = { "Count." } })
expect(failing, has { kind = "check_failed", message = "sums are wrong: want 3; got 2", hint = "Count." }, "told")
expect(fault_of(check "it raises", { got = function() expect(false, "no such node") end }).message,
  "it raises: check_failed: no such node", "a got that raises fails with the fault's text")
expect(fault_of(check "typo", { got = print, wnat = 3 }).message, contains "wnat", "unknown fields are refused")
expect(fault_of(check "no got", { want = 3 }).kind, "bad_argument", "a check without got is refused")

-- within: asked again on the lab's clock, and no longer than that
local function after(moment) return function() return lab.clock.now() >= moment end end
check "some time passes" { got = after "2026-01-01T00:00:30Z", within = "2m" }
expect(lab.clock.now(), match "^2026%-01%-01T00:00:3", "no longer than it takes")
local slow = fault_of(check "an hour passes", { got = after "2026-01-01T01:00:00Z", within = "20s" })
expect(slow.message, "an hour passes: want something; got false", "the last answer is told")
expect(lab.clock.now(), match "^2026%-01%-01T00:00:5", "then it is given up")

-- exercise: the header is checked, and checks are kept from then on
expect(fault_of(exercise, { id = "1", title = "t" }).message, contains "goal", "a missing field is told")
expect(fault_of(exercise, { id = "1", title = "t", goal = "g", neds = {} }).message, contains "neds", "a typo is told")
exercise { id = "1", title = "t", goal = "g" }
check "kept for later" { got = function() return 1 end, want = 2, hint = { "Look again." } }
