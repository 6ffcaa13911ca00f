local native = select(2, ...)

--- Keeps a session's exchanges on a tape, from which `chami --replay FILE` runs the same lines without any cluster.
--- Tokens, passwords, keys and cookies do not get onto it; what a script computes from one it will not find in the replay.
--- `chami --record FILE` begins with the first request.
local record = {}

---@class record.Recording
---@field path string the tape
---@field exchanges integer how many are on it

--- Records from now on; `record(false)` ends it, `record()` tells how far it is.
--- Each exchange is in the file before its answer is seen. If that fails later, it is said once and the session goes on.
---@param path? string|false a file that does not exist yet; false: no more
---@return record.Recording|nil recording nil when there is none
---@example record() --> nil
---@example record(false) --> nil
function record.record(path)
  if path == nil then return native.state() end
  if path == false then return native.stop() end
  return native.start(path)
end

return record
