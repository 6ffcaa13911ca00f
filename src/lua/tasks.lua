-- The scheduler behind lib-lua/task.lua: runs functions as coroutines, side by side, on one VM.
-- A native called in a task yields the id of its result (native.lua); the loop below waits for whichever comes first.
-- A `run` inside a task becomes a group that its task waits for; where it cannot yield (a sort callback, a coroutine
-- of the user's own) it gets a loop of its own, which runs nothing but its own tasks.
local core, shared = ...

local token, raise = shared.token, shared.raise
local create, resume, status = coroutine.create, coroutine.resume, coroutine.status
local running, isyieldable, yield, close = coroutine.running, coroutine.isyieldable, coroutine.yield, coroutine.close

local numbers = 0

local function later(span)
  return core.now() + span
end

-- A lab that is not there yet has no time to reckon from.
local function start_clock()
  if shared.started then return end
  shared.started = true
  shared.sleep(0)
end

-- Loops ---------------------------------------------------------------------------------------------------------------

local function new_loop()
  return { ready = {}, first = 1, last = 0, flying = 0, asleep = {} }
end

local function push(loop, task, ...)
  loop.last = loop.last + 1
  loop.ready[loop.last] = { task, ... }
end

local function pop(loop)
  local entry = loop.ready[loop.first]
  if entry then
    loop.ready[loop.first] = nil
    loop.first = loop.first + 1
  end
  return entry
end

-- Groups --------------------------------------------------------------------------------------------------------------

local fail

-- Begins as many tasks as the limit allows.
local function fill(group)
  while not group.over and group.begun < group.count and group.alive < group.limit do
    group.begun = group.begun + 1
    group.alive = group.alive + 1
    local task = { group = group, index = group.begun, co = create(group.body), scope = group.scope }
    group.tasks[task] = true
    shared.tasks[task.co] = task
    shared.patience[task.co] = group.patience
    push(group.loop, task, group.begun)
  end
end

-- What the tasks of a group changed is from now on answered for by the task around it.
local function hand_over(group)
  local above = group.above
  return core.sent(group.number, above and above.group.number or 0)
end

local function disarm(group)
  if group.alarm then
    core.abort(group.alarm)
    shared.waiting[group.alarm] = nil
    group.alarm = nil
  end
  if group.nap then group.nap.over = true end
end

-- The group has an outcome: its task goes on, or the loop that was made for it ends.
local function conclude(group, ok, value)
  group.over, group.ok, group.value = true, ok, value
  disarm(group)
  if group.work then core.step(true) end
  if group.parent then push(group.loop, group.parent, ok, value) end
  if group.ended then group.ended(ok, value) end
end

local abort_group

local function abort_task(task)
  task.over = true
  shared.tasks[task.co] = nil
  if task.id then
    core.abort(task.id)
    if shared.waiting[task.id] then
      shared.waiting[task.id] = nil
      task.group.loop.flying = task.group.loop.flying - 1
    end
  end
  if task.nap then task.nap.over = true end
  if task.child then abort_group(task.child) end
  close(task.co)
end

local function abort_tasks(group)
  for task in pairs(group.tasks) do abort_task(task) end
  group.tasks = {}
end

function abort_group(group)
  group.over = true
  disarm(group)
  abort_tasks(group)
  hand_over(group)
end

-- Ends a group at its first failure; the report says what its tasks have changed already.
function fail(group, reason)
  group.over = true
  abort_tasks(group)
  local sent = hand_over(group)
  if sent and type(reason) == "table" and reason.kind then
    reason.message = reason.message .. "; " .. sent
  elseif sent and type(reason) == "string" then
    reason = reason .. " (" .. sent .. ")"
  end
  conclude(group, false, reason)
end

local function finish(task, ok, value)
  local group = task.group
  task.over = true
  shared.tasks[task.co] = nil
  group.tasks[task] = nil
  group.alive = group.alive - 1
  group.done = group.done + 1
  if group.work then core.step(false) end
  if ok then
    group.results[task.index] = value
  elseif group.failures then
    group.failures[#group.failures + 1] = { index = task.index, reason = value }
  else
    return fail(group, value)
  end
  if group.done == group.count then
    hand_over(group)
    return conclude(group, true, group)
  end
  fill(group)
end

-- Steps ---------------------------------------------------------------------------------------------------------------

local function stepped(task, ok, mark, what, ...)
  task.scope = core.scope()
  if not ok then return finish(task, false, mark) end
  if status(task.co) == "dead" then return finish(task, true, mark) end
  if mark ~= token then
    close(task.co)
    return finish(task, false, "a task cannot yield; wrap a coroutine of its own around what does")
  end
  local loop = task.group.loop
  if what == "group" then
    task.child = ...
  elseif what == "nap" then
    local nap = { till = ..., task = task }
    task.nap = nap
    loop.asleep[#loop.asleep + 1] = nap
  else
    task.id = what
    shared.waiting[what] = task
    loop.flying = loop.flying + 1
  end
end

local function step(entry)
  local task = entry[1]
  if task.over then return end
  if task.late then return fail(task, task.late()) end
  shared.current = task
  core.own(task.group.number, task.scope)
  task.child, task.nap = nil, nil
  if task.id then
    local id = task.id
    task.id = nil
    return stepped(task, resume(task.co, core.take(id)))
  end
  return stepped(task, resume(task.co, table.unpack(entry, 2)))
end

-- Wakes who sleeps shortest, after letting that time pass on a clock that jumps.
local function advance(loop)
  local first
  for _, nap in ipairs(loop.asleep) do
    if not nap.over and (not first or nap.till < first.till) then first = nap end
  end
  if not first then return false end
  local span = first.till - core.now()
  if span > 0 then shared.sleep(span) end
  local left = {}
  for _, nap in ipairs(loop.asleep) do
    if nap.over then
      nap.task = nil
    elseif nap.till > first.till then
      left[#left + 1] = nap
    elseif nap.group then
      nap.over = true
      fail(nap.group, nap.group.late())
    else
      nap.over = true
      push(loop, nap.task, true)
    end
  end
  loop.asleep = left
  return true
end

-- Makes the task ready that waits for this result, in whichever loop it is.
local function deliver(id)
  local waiter = shared.waiting[id]
  shared.waiting[id] = nil
  if not waiter then return end
  if waiter.late then
    core.take(id)
    waiter.alarm = nil
    return push(waiter.loop, waiter)
  end
  local its = waiter.group.loop
  its.flying = its.flying - 1
  push(its, waiter)
end

-- Waits for one result.
local function wait(loop)
  if loop.flying == 0 and advance(loop) then return end
  local id, fault = core.next()
  if not id then raise(fault) end
  deliver(id)
end

local function drive(group)
  local outer = shared.current
  while not group.over do
    local entry = pop(group.loop)
    if entry then
      step(entry)
    else
      local ok, reason = pcall(wait, group.loop)
      if not ok then fail(group, reason) end
    end
  end
  shared.current = outer
  core.own(outer and outer.group.number or 0, group.scope)
  return group.ok, group.value
end

local function set_alarm(group, span, late)
  group.late = late
  local id, fault = core.alarm(span)
  if not id then raise(fault) end
  group.alarm = id
  shared.waiting[id] = group
  if core.jumps then
    start_clock()
    group.nap = { till = later(span), group = group }
    table.insert(group.loop.asleep, group.nap)
  end
end

local function settled(ok, group)
  if ok then return group.results, group.failures end
  error(group, 0)
end

--- Runs `body(1)` … `body(count)` as tasks and gives their results in that order, and with `keep_going` the failures.
--- `span` and `late` end it: late() is the fault then.
local function run(count, body, options)
  numbers = numbers + 1
  local group = {
    number = numbers, count = count, body = body, limit = options.limit or 32, tasks = {}, results = {},
    begun = 0, alive = 0, done = 0, failures = options.keep_going and {} or nil, scope = core.scope(),
  }
  if count == 0 then return group.results, group.failures end
  local me = shared.tasks[running()]
  local inside = me and isyieldable()
  group.loop = inside and me.group.loop or new_loop()
  group.parent = inside and me or nil
  group.above = shared.current
  group.patience = shared.patience[running()]
  group.work = not group.loop.behind and core.work(count)
  if options.span then set_alarm(group, options.span, options.late) end
  fill(group)
  if inside then return settled(yield(token, "group", group)) end
  return settled(drive(group))
end

-- In the background ---------------------------------------------------------------------------------------------------
-- Jobs have a loop of their own, which goes on while a prompt waits. What they have in flight survives the runs between.

local behind = new_loop()
behind.behind = true
local jobs = {}

local function background(body, ended)
  numbers = numbers + 1
  local group = {
    number = numbers, count = 1, body = body, limit = 1, tasks = {}, results = {}, begun = 0, alive = 0, done = 0,
    scope = 0, loop = behind, patience = shared.patience[running()],
  }
  jobs[group] = true
  core.jobs(1)
  group.ended = function(ok, value)
    jobs[group] = nil
    core.jobs(-1)
    if ok then value = value.results[1] end
    ended(ok, value)
  end
  fill(group)
  return group
end

-- Ends a job that nobody wants any more; false when it is over.
local function cancel(group)
  if group.over then return false end
  abort_group(group)
  jobs[group] = nil
  core.jobs(-1)
  return true
end

-- Lets jobs go on as far as they can without waiting.
function shared.tick()
  local outer = shared.current
  core.behind(true)
  for id in core.poll do deliver(id) end
  local ok, reason = true, nil
  for entry in function() return pop(behind) end do
    ok, reason = pcall(step, entry)
    if not ok then break end
  end
  if ok and behind.flying == 0 then ok, reason = pcall(advance, behind) end
  core.behind(false)
  shared.current = outer
  core.own(0, 0)
  if not ok then error(reason, 0) end
end

-- Waits until all jobs are done: the end of a script.
function shared.drain()
  while next(jobs) do
    shared.tick()
    if next(jobs) and behind.first > behind.last and behind.flying > 0 then
      core.behind(true)
      local ok, reason = pcall(wait, behind)
      core.behind(false)
      if not ok then error(reason, 0) end
    end
  end
end

-- A run was torn apart, and what was known of its tasks is void; with `all` that of the jobs too, which end.
function shared.forget(all, why)
  local function void(loop) return all or not loop.behind end
  for co, task in pairs(shared.tasks) do
    if void(task.group.loop) then shared.tasks[co] = nil end
  end
  for id, waiter in pairs(shared.waiting) do
    if void(waiter.loop or waiter.group.loop) then shared.waiting[id] = nil end
  end
  shared.current = nil
  if not all then return end
  behind.ready, behind.first, behind.last, behind.flying, behind.asleep = {}, 1, 0, 0, {}
  for group in pairs(jobs) do
    group.over = true
    pcall(group.ended, false, why)
  end
end

-- On a clock that jumps, sleeping tasks take turns; elsewhere they just wait.
local function sleep(span)
  local seconds = shared.seconds(span)
  if core.jumps and shared.tasks[running()] and isyieldable() then
    start_clock()
    yield(token, "nap", later(seconds))
  else
    shared.sleep(seconds)
  end
end

return run, sleep, background, cancel
