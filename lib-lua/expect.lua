local fault = require "fault"
local matchers = require "matchers"

--- Assertions for scripts: what must hold here, or the run stops.
local _ENV = setmetatable({}, { __index = _G })

-- For what is no global of a session: editors take any plain name that is set here for one.
local own = _ENV

-- Whether `expect_fault` prints: an exercise that runs shows what it teaches, the prompt shows the value anyway.
own._aloud = false

local function need_text(text)
  if type(text) ~= "string" or text == "" then
    local hint = 'say what must hold and why: expect(#list == 5, "five nodes are known")'
    fault.raise("bad_argument", "expect needs a text", { hint = hint })
  end
end

--- Stops the run with `check_failed` unless what is expected holds.
---
--- With two arguments the first must be true; with three the first must be as the second wants it.
---@overload fun(condition: boolean, text: string)
---@param value Wanted|nil what there is
---@param want Wanted|nil what it must be: a matcher or a value
---@param text? string what must hold, and why
---@example expect(1 + 1 == 2, "sums are right")
---@example expect({ 2, 1 }, set { 1, 2 }, "both are there")
---@example select(2, pcall(expect, 1, at_least(2), "enough")).message --> enough: want at least 2; got 1
function expect(value, want, text, ...)
  if select("#", ...) > 0 then fault.raise("bad_argument", "expect takes two or three arguments") end
  if text == nil then
    need_text(want)
    ---@cast want string
    if not value then fault.raise("check_failed", want) end
    return
  end
  need_text(text)
  local wrong = matchers._compare(want, value)
  if wrong then fault.raise("check_failed", text .. ": " .. wrong) end
end

--- Runs a function that must fail with a fault of this kind, and returns the fault.
---@param kind fault.Kind what sort of failure it must be
---@param f fun(...) what must fail
---@param ... Wanted|nil its arguments
---@return fault.Fault fault
---@example expect_fault("bad_argument", nodeset.expand, "x[1-").kind --> bad_argument
function expect_fault(kind, f, ...)
  local want = "want a fault of kind " .. fault.new(kind, "").kind
  local ok, raised = pcall(f, ...)
  if ok then fault.raise("check_failed", want .. "; nothing failed") end
  if type(raised) ~= "table" or raised.kind ~= kind then
    fault.raise("check_failed", want .. "; got " .. tostring(raised))
  end
  local hint = raised.hint and "\n  hint: " .. raised.hint or ""
  if own._aloud then print("as expected: " .. tostring(raised) .. hint) end
  return raised
end

return _ENV
