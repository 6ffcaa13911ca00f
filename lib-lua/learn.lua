local native = select(2, ...)
local expect = require "expect"

--- Exercises: a plain script with its goal written first and its checks before its steps.
--- `chami learn` runs and checks them; pasted line by line at the prompt they work as well, and there a check that
--- belongs to no exercise is answered at once.
local learn = {}

---@class learn.Exercise the header of an exercise; literal values only
---@field id string the number, `"301"`
---@field title string one line
---@field goal string what will be true in the end
---@field needs string[] the end states that must hold before
---@field seed string[] the items of the seed it covers
---@field minutes? integer how long it takes
---@field once? boolean true when a second run is refused instead of changing nothing

---@class learn.Check one test of the end state; it must only read
---@field got fun(): any what is found
---@field want any what it should be: a value, a table of fields, or a matcher
---@field within? string how long it may take to come true, `"90s"`
---@field hint? string[] hints, from a nudge to nearly the answer

---@class learn.Result what became of a check
---@field name string the check's name
---@field ok boolean whether it holds
---@field why? string what was found instead
---@field hint string[] its hints

-- The exercise being read or run; nil at a prompt where none was begun.
local current

local HEADER = { id = "string", title = "string", goal = "string", needs = "table", seed = "table" }
local OPTIONAL = { minutes = "number", once = "boolean" }
local CHECK = { got = true, want = true, within = true, hint = true }

local function header_trouble(header)
  if type(header) ~= "table" then return "a table is expected" end
  for key, kind in pairs(HEADER) do
    if type(header[key]) ~= kind then return ("`%s` is missing or no %s"):format(key, kind) end
  end
  for key, value in pairs(header) do
    local kind = HEADER[key] or OPTIONAL[key]
    if not kind then return ("`%s` is not known"):format(key) end
    if type(value) ~= kind then return ("`%s` is no %s"):format(key, kind) end
  end
end

--- Begins an exercise: the first statement of its file.
---@param header learn.Exercise
---@example exercise { id = "0", title = "t", goal = "g", needs = {}, seed = { "UC1" } } -->
function learn.exercise(header)
  local trouble = header_trouble(header)
  if trouble then
    native.refuse("exercise: " .. trouble, "a header has id, title, goal, needs, seed, and perhaps minutes and once")
  end
  current = { header = header, checks = {} }
end

local function attempt(check)
  local ok, got = pcall(check.got)
  if not ok then return tostring(got) end
  return expect._mismatch(got, check.want)
end

-- Tries until the check holds or its time is up; a lab's clock is moved on, a real one waited for.
local function evaluate(check)
  local why = attempt(check)
  if why and check.within then
    local last = chami.task.deadline(check.within)
    while why and not last() do
      chami.task.sleep "5s"
      why = attempt(check)
    end
  end
  return { name = check.name, ok = why == nil, why = why, hint = check.hint or {} }
end

local function say(result)
  print((result.ok and "pass  " or "FAIL  ") .. result.name)
  if not result.ok then
    print("      " .. result.why)
    if result.hint[1] then print("      hint: " .. result.hint[1]) end
  end
end

local function declare(name, spec)
  for key in pairs(spec) do
    if not CHECK[key] then
      native.refuse(("check %q: `%s` is not known"):format(name, tostring(key)), "a check has got, want, within and hint")
    end
  end
  if type(spec.got) ~= "function" or spec.want == nil then
    native.refuse(("check %q needs a function `got` and a value `want`"):format(name), 'got = function() return … end, want = …')
  end
  local check = { name = name, got = spec.got, want = spec.want, within = spec.within, hint = spec.hint }
  if not current then return say(evaluate(check)) end
  if current.section then
    native.refuse(("check %q stands after a step"):format(name), "checks come first, so that they see nothing of the steps")
  end
  current.checks[#current.checks + 1] = check
end

--- Declares a test of the end state. In an exercise it runs when the steps are done, at the prompt at once.
---@param name string what is true when it holds
---@return fun(spec: learn.Check) declare takes the rest: `check "…" { got = …, want = … }`
---@example check "one and one are two" { got = function() return 1 + 1 end, want = 2 } --> pass  one and one are two
function learn.check(name)
  return function(spec) return declare(name, spec) end
end

local function section(sort, title)
  if not current then return end
  current.section = title
  print(("%s  %s"):format(sort, title))
end

--- Marks the lines up to the next marker as a step: they change the cluster.
---@param title string what is done
---@example step "Load the nodes file" -->
function learn.step(title) section("step", title) end

--- Marks the lines up to the next marker as a look: they leave the cluster as it was.
---@param title string what is looked at
---@example look "See what became of it" -->
function learn.look(title) section("look", title) end

--- Names something to try afterwards.
---@param text string what to try
---@example try "Take node 3 out and look again." -->
function learn.try(text)
  if current then print("try   " .. text) end
end

--- Runs the checks of the present exercise.
---@return learn.Result[] results
---@example learn.results() --> {}
function learn.results()
  local results = {}
  for i, check in ipairs(current and current.checks or {}) do results[i] = evaluate(check) end
  return results
end

--- Reads the header out of an exercise's source without running any of it.
---@param source string the text of the file
---@return learn.Exercise? header nil when the file is no exercise
---@example learn.header 'exercise { id = "1", title = "t", goal = "g", needs = {}, seed = {} }'.title --> t
function learn.header(source)
  local literal = ("\n" .. source):match "\nexercise%s*(%b{})"
  if not literal then return nil end
  -- An empty environment: a header that is not literal fails here.
  local read, trouble = load("return " .. literal, "=header", "t", {})
  local ok, header = pcall(read or error, trouble)
  trouble = not ok and tostring(header) or header_trouble(header)
  if trouble then
    native.refuse("the header of this exercise cannot be read: " .. trouble, "it holds literal values only")
  end
  return header
end

return learn
