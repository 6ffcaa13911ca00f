-- Makes natives callable: the Lua half of native.rs, loaded once per VM.
local reap, mark = ...

-- What the scheduler (tasks.lua) shares with the natives: which coroutines are its tasks, who waits for which result,
-- and what marks a yield as its own.
local shared = { tasks = setmetatable({}, { __mode = "k" }), waiting = {}, token = {} }
local token = shared.token
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
    local id, fault = start(...)
    if not id then raise(fault) end
    if shared.tasks[running()] and isyieldable() then return settle(yield(token, id)) end
    return settle(reap(id))
  end
end

local function pure(body)
  return function(...) return settle(body(...)) end
end

-- A facade that misspells a native learns it at once.
function shared.strict(natives, module)
  return setmetatable(natives, {
    __index = function(_, name) error(("%s has no native %q"):format(module, name), 2) end,
  })
end

return call, pure, shared
