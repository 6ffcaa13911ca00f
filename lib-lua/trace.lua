local native = select(2, ...)

--- The requests behind a call: which ones a function makes, and how long each takes.
local trace = {}

---@class trace.Request
---@field method string
---@field path string path and query at the gateway, or the whole URL of another place
---@field status? integer none when there was no answer
---@field ms number how long it took
---@field bytes integer the length of the answer's body
---@field call? string the function that asked
---@field fault? fault.Fault why there was no answer

--- Runs a function and lists its requests, also those of its tasks; a `trace` within has its own list.
--- When the function fails, its requests are told on standard error, its fault has them as `trace`, and it is raised.
---@param f fun(...): any what to run
---@param ... trace.Value its arguments
---@return trace.Request[] requests in the order in which they ended
---@return trace.Value ... what the function gave
---@example trace(smd.component.list)[1].path --> /hsm/v2/State/Components
---@example #trace(function() smd.group.list() smd.rfe.list() end) --> 2
function trace.trace(f, ...)
  local scope = native.open()
  local out = table.pack(pcall(f, ...))
  local list = native.close(scope, not out[1])
  if out[1] then return list, table.unpack(out, 2, out.n) end
  local reason = out[2]
  if type(reason) == "table" and reason.kind then reason.trace = list end
  error(reason, 0)
end

--- Runs a function and prints how long that took, by the clock on the wall, and how many requests it made.
---@param f fun(...): any what to run
---@param ... trace.Value its arguments
---@return trace.Value ... what the function gave
---@example time(function() return 6 * 7 end) --> 42
function trace.time(f, ...)
  local scope, begun = native.open(), native.wall()
  local out = table.pack(pcall(f, ...))
  local seconds, requests = native.wall() - begun, #native.close(scope, false)
  print(native.took(seconds, requests))
  if out[1] then return table.unpack(out, 2, out.n) end
  error(out[2], 0)
end

--- Whatever a function takes or gives.
---@alias trace.Value any

return trace
