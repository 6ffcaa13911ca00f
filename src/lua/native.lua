-- Makes natives callable: the Lua half of native.rs, loaded once per VM.
local reap, mark = ...

-- What the scheduler (tasks.lua) shares with the natives: which coroutines are its tasks, who waits for which result,
-- what marks a yield as its own, and how patient the calls of which coroutine are.
local shared = {
  tasks = setmetatable({}, { __mode = "k" }), waiting = {}, token = {}, patience = setmetatable({}, { __mode = "k" }),
}
local token, patience = shared.token, shared.patience
local running, isyieldable, yield = coroutine.running, coroutine.isyieldable, coroutine.yield

-- Raises a fault; mark notes where, for the report.
function shared.raise(fault)
  mark(fault)
  error(fault, 0)
end

local raise = shared.raise

local function settle(ok, ...)
  if ok then return ... end
  raise((...))
end

shared.settle = settle

-- A task gives its id to the scheduler; everything else (a script, a sort callback, a user's own coroutine) blocks.
local function call(start)
  return function(...)
    local me = running()
    local id, fault = start(patience[me], ...)
    if not id then raise(fault) end
    if shared.tasks[me] and isyieldable() then return settle(yield(token, id)) end
    return settle(reap(id))
  end
end

local function pure(body)
  return function(...) return settle(body(...)) end
end

local function restore(me, before, ok, ...)
  patience[me] = before
  if ok then return ... end
  error((...), 0)
end

-- Runs a function whose calls, and those of its tasks, are as patient as `said`; what it leaves out stays as it was.
function shared.with(said, f, ...)
  local me = running()
  local before = patience[me]
  local all = {}
  for _, words in ipairs { before or {}, said } do
    for key, value in pairs(words) do all[key] = value end
  end
  patience[me] = all
  return restore(me, before, pcall(f, ...))
end

-- A facade that misspells a native learns it at once.
function shared.strict(natives, module)
  return setmetatable(natives, {
    __index = function(_, name) error(("%s has no native %q"):format(module, name), 2) end,
  })
end

return call, pure, shared
