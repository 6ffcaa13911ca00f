local native = select(2, ...)
local fault = require "fault"

--- Several things at a time, and waiting.
--- Calls wait for their answer, so a script reads from top to bottom. Here several are on their way at once: while one
--- task waits for an answer another goes on. Lua itself still does one thing at a time: a task that only computes lets no
--- other run. Time is the target's: on a lab, sleeping lets the lab's time pass at once.
local task = {}

--- Runs functions side by side.
--- The first that fails ends the others, and its fault says which writes had been sent by then.
---@param functions (fun(): any)[] what to do; results beyond a function's first are dropped
---@param options? task.Options
---@return task.Value[] results in the order of the functions
---@example task.parallel{ function() return 1 end, function() return 2 end } --> { 1, 2 }
function task.parallel(functions, options)
  return (native.run(#functions, function(i) return functions[i]() end, options or {}))
end

--- Does the same to every item of a list, several at a time.
--- With `keep_going` a failure does not end the rest: all of them are raised at the end as one `partial` fault, which
--- holds the results of the others in `results`.
---@param list task.Value[] the items
---@param f fun(item: any, index: integer): any what to do with one
---@param options? task.MapOptions
---@return task.Value[] results in the order of the list
---@example task.map({ 1, 2, 3 }, function(n) return n * n end, { limit = 2 }) --> { 1, 4, 9 }
function task.map(list, f, options)
  local results, failures = native.run(#list, function(i) return f(list[i], i) end, options or {})
  if not failures or #failures == 0 then return results end
  table.sort(failures, function(a, b) return a.index < b.index end)
  local items = {}
  for i, failure in ipairs(failures) do
    local reason = failure.reason
    if type(reason) ~= "table" or not reason.kind then reason = fault.new("refused", tostring(reason)) end
    items[i] = { node = tostring(list[failure.index]), fault = reason }
  end
  local partial = fault.new("partial", ("%d of %d failed"):format(#items, #list), { items = items })
  partial.results = results
  error(partial, 0)
end

--- Waits for a span of time.
---@param span string|number `"90s"`, `"1m30s"`, `"500ms"`, or seconds
---@example task.sleep "10ms"
function task.sleep(span) native.sleep(span) end

--- Runs a function that must be done in time.
--- In time means the target's time, and the wall's: a call that gets no answer is ended on a lab as well.
---@param span string|number how long it may take
---@param f fun(): any what to do
---@return task.Value result the function's
---@example task.timeout("5s", function() return "done" end) --> "done"
function task.timeout(span, f)
  local function late()
    return fault.new("timeout", ("not done within %s"):format(type(span) == "number" and span .. " s" or span))
  end
  return native.run(1, function() return f() end, { span = native.seconds(span), late = late })[1]
end

--- Asks again and again until the answer is neither nil nor false.
---@param condition fun(): any the question
---@param options? task.WaitOptions
---@return task.Value answer the first that counts; raises `timeout` when there is none in time
---@example task.wait(function() return 42 end, { within = "10s" }) --> 42
function task.wait(condition, options)
  options = options or {}
  local every, within = options.every or "1s", options.within or "60s"
  require("auth").lasts(within)
  return task.timeout(within, function()
    while true do
      local answer = condition()
      if answer then return answer end
      task.sleep(every)
    end
  end)
end

-- The jobs that run, by number.
local running, jobs_by_number, count = {}, setmetatable({}, { __mode = "v" }), 0

---@class task.Job
---@field number integer
---@field name string
---@field state "running"|"done"|"failed"|"cancelled"
---@field value? task.Value what it gave
---@field fault? task.Value why it failed
local Job = {}
Job.__index = Job

--- Ends a job that runs; what it has sent is sent.
---@return task.Job job
---@example task.background(function() task.sleep "1h" end):cancel().state --> cancelled
function Job:cancel()
  local run = running[self.number]
  if run and native.cancel(run) then
    running[self.number] = nil
    self.state = "cancelled"
  end
  return self
end

--- Runs a function in the background: it goes on while the prompt waits, and what it prints stands above the line that is
--- being typed, as does its end. Where a script ends its jobs are waited for.
--- Lua does one thing at a time: a job goes on between two inputs, not during one, and where it calls and waits; one that
--- only computes holds up the prompt, and Ctrl-C ends it.
---@param f fun(): any what to do
---@param name? string what it is called in `task.jobs()`
---@return task.Job job
---@example task.background(function() return 6 * 7 end, "sum").name --> sum
function task.background(f, name)
  count = count + 1
  local job = setmetatable({ number = count, name = name or "job " .. count, state = "running" }, Job)
  local function ended(ok, value)
    running[job.number] = nil
    job.state = ok and "done" or "failed"
    job[ok and "value" or "fault"] = value
    local said = ok and value == nil and "" or ": " .. (ok and chami.inspect(value) or tostring(value))
    print(("[%d] %s %s%s"):format(job.number, job.name, job.state, said))
  end
  jobs_by_number[job.number] = job
  running[job.number] = native.background(f, ended)
  return job
end

--- Lists the background jobs that run.
---@return task.Job[] jobs in the order they were begun
---@example #task.jobs() --> 0
function task.jobs()
  local list = {}
  for number in pairs(running) do list[#list + 1] = jobs_by_number[number] end
  table.sort(list, function(a, b) return a.number < b.number end)
  return list
end

local passing = { unreachable = true, timeout = true }

--- Calls a function again when it failed for a reason that may pass.
---@param f fun(): any what to do
---@param options? task.RetryOptions
---@return task.Value result the function's; the last failure is raised
---@example task.retry(function() return "done" end, { times = 5, every = "2s" }) --> "done"
function task.retry(f, options)
  options = options or {}
  local kinds = passing
  if options.on then
    kinds = {}
    for _, kind in ipairs(options.on) do kinds[kind] = true end
  end
  local pause = native.seconds(options.every or "1s")
  local left = options.times or 3
  while true do
    local ok, result = pcall(f)
    if ok then return result end
    left = left - 1
    if left <= 0 or type(result) ~= "table" or not kinds[result.kind] then error(result, 0) end
    task.sleep(pause)
    pause = pause * (options.factor or 2)
  end
end

local patience = { timeout = true, retries = true, limit = true }

--- Runs a function whose requests are waited for longer, or repeated more often, than usual.
--- A request is repeated when it was answered with 502, 503 or 504 or the connection broke, and only where that cannot do
--- anything twice: reads twice by themselves. With `retries` also when nobody listens or a read is not answered in time;
--- a write only when not one byte of it was sent. The same keys stand in the last table of a single call:
--- `smd.component.list("@io", { timeout = "5s", retries = 4 })`.
---@param options task.Patience
---@param f fun(...): any what to do
---@param ... task.Value its arguments
---@return task.Value ... what it returns
---@example task.with({ timeout = "5s", retries = 4 }, function() return #smd.component.list() end) --> 0
function task.with(options, f, ...)
  for key in pairs(options) do
    if not patience[key] then
      local hint = { hint = "known are: timeout, retries, limit" }
      error(fault.new("bad_argument", ("task.with: no option %q"):format(key), hint), 0)
    end
  end
  return native.with(options, f, ...)
end

--- Whatever a function takes or gives.
---@alias task.Value any

---@class task.Patience
---@field timeout? string|number wall time for one request, answer included; `timeout` of ochami's configuration, or `"30s"`
---@field retries? integer how often a request is repeated that can be; 2 for reads
---@field limit? integer how many requests of one call are under way at once; 32

---@class task.Options
---@field limit? integer how many may be on their way at once; 32

---@class task.MapOptions: task.Options
---@field keep_going? boolean do the rest when one fails

---@class task.WaitOptions
---@field within? string|number how long to go on; `"60s"`
---@field every? string|number the pause between two questions; `"1s"`

---@class task.RetryOptions
---@field times? integer how often at most; 3
---@field every? string|number the pause after the first failure; `"1s"`
---@field factor? number by which each pause is longer than the one before; 2
---@field on? fault.Kind[] the kinds of faults that may pass; `unreachable` and `timeout`

return task
