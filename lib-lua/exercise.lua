local native = select(2, ...)
local assertions = require "expect"
local fault = require "fault"
local matchers = require "matchers"

--- The verbs an exercise is written in: a header, checks of the end state, then steps from top to bottom.
---
--- `chami FILE` on an exercise runs the steps and then the checks; at the prompt each line of it can be pasted.
--- Checks stand before the first step, so that they can be asked without running the solution.
local _ENV = setmetatable({}, { __index = _G })

-- For what is no global of a session: editors take any plain name that is set here for one.
local own = _ENV

---@class exercise.Header
---@field id string the number that the file's name begins with
---@field title string what the exercise is about
---@field goal string the end state in one sentence
---@field needs? string[] ids of the end states that must hold before
---@field seed? string[] tags of the coverage list
---@field minutes? integer how long it takes
---@field once? boolean a second run stops at its first write, instead of changing nothing
---@field backend? "any"|"lab" lab: it cannot be done on a real cluster, and says so there

---@class exercise.Check
---@field got fun(): Wanted|nil reads the cluster, and must not change it
---@field want? Wanted what `got` must return; without it, anything but nil and false
---@field within? string how long to keep asking, on the cluster's clock: `"90s"`
---@field hint? string[] hints in stages, the smallest first

-- Raised by the first step of an exercise that is only read.
local STOP = setmetatable({}, { __tostring = function() return "the first step" end })

-- The exercise of this session: `{ header, checks, marks, tries, chunk }`; and whether it is being read or run.
local work ---@type table<string, any>?
local reading, running

local function need_text(verb, text)
  if type(text) ~= "string" or text == "" then
    fault.raise("bad_argument", verb .. " wants a text", { hint = verb .. ' "what it is about"' })
  end
end

--- Nothing when the check holds, else what is wrong.
local function ask_once(spec)
  local ok, got = pcall(spec.got)
  if not ok then return tostring(got) end
  if spec.want ~= nil then return matchers._compare(spec.want, got) end
  if not got then return "want something; got " .. (got == nil and "nothing" or "false") end
end

--- The same, asked again until it holds or the check's time is over.
local function ask(spec)
  local text
  local function fits()
    text = ask_once(spec)
    return text == nil
  end
  if not fits() and spec.within then pcall(task.wait, fits, { within = spec.within }) end
  return text
end

--- The fields of a check as data: that `got` and `want` are there is all that can be said of them outside Lua.
local function fields_of(spec)
  if type(spec) ~= "table" then fault.raise("bad_argument", 'a check is a table: check "title" { got = … }') end
  local fields = {}
  for name, value in pairs(spec) do fields[name] = value end
  fields.got, fields.want = type(spec.got) == "function" or nil, spec.want ~= nil or nil
  return fields
end

local function report()
  local first
  for _, declared in ipairs(work.checks) do
    local text = ask(declared)
    print((text and "fail  " or "pass  ") .. declared.title)
    if text then print("      " .. text) end
    first = first or (text and declared.hint[1])
  end
  if first then print("hint: " .. first) end
end

--- Begins an exercise: what it is, and which end states it needs.
---@param header exercise.Header
---@example exercise { id = "999", title = "An example", goal = "to see one" }
function exercise(header)
  local checked = native.header(header)
  if not running then work = { header = checked, checks = {}, marks = {}, tries = {} } end
end

--- Declares a check of the end state: `check "what must hold" { got = …, want = …, hint = { … } }`.
---
--- In an exercise it is kept for the end; `check()` asks all that were kept. Without an exercise it is asked at once,
--- and `check_failed` is raised when it does not hold.
---@param title? string what must hold
---@return fun(spec: exercise.Check)? declare
---@example check "sums are right" { got = function() return 1 + 1 end, want = 2 }
---@example
---  exercise { id = "999", title = "An example", goal = "to see one" }
---  check "sums are right" { got = function() return 1 + 1 end, want = 2 }
---  check()
function check(title)
  if title == nil and work then return report() end
  need_text("check", title)
  return function(spec)
    local check = fields_of(spec)
    local kept = native.check(check)
    kept.title, kept.got, kept.want = title, spec.got, spec.want
    if running then return end
    if work then
      work.checks[#work.checks + 1] = kept
      return
    end
    local text = ask(kept)
    if text then fault.raise("check_failed", title .. ": " .. text, { hint = kept.hint[1] }) end
  end
end

local function mark(kind, title)
  need_text(kind, title)
  if reading then error(STOP, 0) end
  if running then
    work.marks[#work.marks + 1] = { kind = kind, title = title, line = native.line(work.chunk) }
    print ""
  end
  print(kind .. "  " .. title)
end

--- Marks the part of an exercise, down to the next mark, that brings the cluster nearer to the goal.
---@param title string what the part does
---@example step "Split one group into two"
function step(title)
  mark("step", title)
end

--- Marks the part of an exercise, down to the next mark, that leaves the cluster as it was.
---@param title string what there is to see
---@example look "See what discovery left behind"
function look(title)
  mark("look", title)
end

--- Proposes something to try after the exercise.
---@param text string what to try
---@example try "Move node 3 to io. Which calls must be repeated, and why?"
function try(text)
  need_text("try", text)
  if running then
    work.tries[#work.tries + 1] = text
  else
    print("try   " .. text)
  end
end

-- What declarations may use: Lua itself, the verbs and the matchers. A cluster that is asked there would be asked by
-- everyone who lists the course.
local PLAIN = {
  "_VERSION", "assert", "error", "ipairs", "math", "next", "pairs", "pcall", "select", "string", "table",
  "tonumber", "tostring", "type", "nodeset",
}

local function declarations()
  local plain, env = {}, {}
  for _, name in ipairs(PLAIN) do plain[name] = true end
  return setmetatable(env, {
    __index = function(_, name)
      local allowed = not reading or plain[name] or rawget(_ENV, name) ~= nil or rawget(matchers, name) ~= nil
      if allowed and (work or not reading or name == "exercise") then return _G[name] end
      local why = work and "stands before the first step" or "stands before the header exercise { … }"
      local hint = "only a check's got may ask the cluster; steps come after"
      fault.raise("bad_argument", name .. " " .. why, { hint = hint })
    end,
  })
end

local function compile(source, chunk, env)
  local main, trouble = load(source, chunk, "t", env)
  if not main then fault.raise("bad_argument", trouble) end
  return main
end

-- For the runner of exercises (src/learn): reads one, runs it, asks its checks; keeps states of the lab.
local _driver = {}
own._driver = _driver

--- Reads header and checks, and stops at the first step.
function _driver.open(source, chunk)
  local main = compile(source, chunk, declarations())
  work, reading = nil, true
  local ok, trouble = pcall(main)
  reading = false
  if not ok and trouble ~= STOP then error(trouble, 0) end
  if ok or not work then
    local hint = 'begin each part with step "title" or look "title"'
    fault.raise("bad_argument", chunk:sub(2) .. " has no step and no look", { hint = hint })
  end
  work.source, work.chunk = source, chunk
  local checks = json.array {}
  for i, kept in ipairs(work.checks) do checks[i] = { title = kept.title, hint = kept.hint } end
  return { header = work.header, checks = checks }
end

--- A value that calls `f` when its block ends, however it ends.
local function finally(f)
  return setmetatable({}, { __close = f })
end

--- Runs code with globals of its own, so that one run leaves nothing to the next. Its data stand beside it.
local function run_apart(source, chunk)
  local before = rawget(_G, "arg")
  local _ <close> = finally(function() rawset(_G, "arg", before) end)
  rawset(_G, "arg", { [0] = chunk:sub(2) })
  compile(source, chunk, setmetatable({}, { __index = _G }))()
end

--- Refuses a cluster, where the opened exercise is for a lab alone.
function _driver.ground()
  local header = work.header
  if header.backend ~= "lab" or native.on_lab then return true end
  local text = "%s, %s, is for a lab alone: it breaks things on purpose"
  fault.raise("unsupported", text:format(header.id, header.title), {
    hint = ("chami learn %s has a lab ready for it; on a cluster node.why and doctor() ask the same questions")
      :format(header.id),
  })
end

-- The number of an exercise that needs something, where a lab is to run it that holds nothing yet.
local function goes_on_from_nothing()
  local header = work.header
  if not native.on_lab or #(header.needs or {}) == 0 then return nil end
  local ok, untouched = pcall(own._driver.untouched)
  return ok and untouched and header.id or nil
end

--- Runs the opened exercise from the top; returns the lines of its marks and what it proposes to try. Without `pcall`, so
--- that an error is told with its own place.
function _driver.run()
  own._driver.ground()
  local bare = goes_on_from_nothing()
  local _ <close> = finally(function(_, raised)
    running, assertions._aloud = false, false
    if raised == nil or not bare then return end
    local note = "\nnote: this lab was empty; chami learn %s opens the exercise on one that holds what it needs"
    print(note:format(bare))
  end)
  work.marks, work.tries, running = json.array {}, json.array {}, true
  assertions._aloud = true
  run_apart(work.source, work.chunk)
  return { marks = work.marks, tries = work.tries }
end

local function verdicts(how)
  local out = json.array {}
  for i, kept in ipairs(work.checks) do
    local text = how(kept)
    out[i] = { title = kept.title, pass = text == nil, text = text, hint = kept.hint }
  end
  return out
end

--- Asks the checks of the opened exercise, as long as each may take.
function _driver.verify()
  own._driver.ground()
  return verdicts(ask)
end

--- Asks each check once, as things stand.
function _driver.glance() return verdicts(ask_once) end

--- Runs a script that builds an end state, without a word: an exercise's steps, or plain Lua.
function _driver.build(source, chunk)
  local say = print
  local _ <close> = finally(function()
    work, running = nil, false
    rawset(_G, "print", say)
  end)
  work, running = { marks = {}, tries = {}, chunk = chunk }, true
  rawset(_G, "print", function() end)
  run_apart(source, chunk)
  return true
end

function _driver.reset() return lab.reset() ~= nil end

function _driver.keep(name) return lab.snapshot(name) ~= nil end

function _driver.back(name) return lab.restore(name) ~= nil end

function _driver.changes(name) return lab.diff(name) end

-- For the course at the prompt (src/learn/guide), which runs an exercise part by part in the session itself.

--- Whether expected faults are told, as in a run.
function _driver.aloud(so)
  assertions._aloud = so
  return true
end

local say

--- Lets what runs print nothing, and print again.
function _driver.hush(so)
  say = say or print
  rawset(_G, "print", so and function() end or say)
  return true
end

--- The data of an exercise stand beside it.
function _driver.at(path)
  rawset(_G, "arg", { [0] = path })
  return true
end

--- The lines of the function that the check of this number asks with.
function _driver.asks(number) return native.span(work.checks[number].got) end

function _driver.has(name)
  for _, kept in ipairs(lab.snapshots()) do
    if kept.name == name then return true end
  end
  return false
end

function _driver.drop(name)
  pcall(lab.discard, name)
  return true
end

--- Whether the lab is as new: nobody has told its services anything.
function _driver.untouched()
  local services = lab.status().services
  for _, name in ipairs { "smd", "bss", "cloud-init" } do
    for _, count in pairs(services[name] or {}) do
      if count > 0 then return false end
    end
  end
  return true
end

--- The numbers of the entries in the journal that this session wrote on this target later than `last`, the newest first;
--- without it the newest one's alone. What others write meanwhile is theirs to take back.
function _driver.entries(last, target)
  local found = json.array {}
  for _, entry in ipairs(journal.list { target = target, ours = true, last = not last and 1 or nil }) do
    if entry.id > (last or 0) and not entry.undone then table.insert(found, 1, entry.id) end
  end
  return found
end

--- Takes entries of the journal back, in this order. Some may be back already, from a time when a later one was refused.
function _driver.undo(ids)
  for _, id in ipairs(ids) do
    if not journal.get(id).undone then journal.undo(id) end
  end
  return true
end

--- Has the lab's page show how the exercise stands. That nobody can look is no reason to disturb the work.
function _driver.show(text)
  pcall(lab._show, json.decode(text))
  return true
end

--- Whether this chami can say what keeps a node from being ready.
function _driver.explains_nodes()
  local ok, node = pcall(require, "node")
  return ok and type(node) == "table" and type(rawget(node, "why")) == "function"
end

return _ENV
