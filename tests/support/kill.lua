-- A script of somebody who shares the lab: writes until it is told to stop, and says what was acknowledged.
local round, stop, stubborn = ...
local label = "script" .. round

local function told(text) io.write(text, "\n") io.flush() end

--- Does a write; whoever is stubborn looks, when the lab changed hands underneath it, and goes on.
local function try(write, ...)
  if stubborn ~= "stubborn" then return write(...) end
  local ok, failed = pcall(write, ...)
  if ok then return failed end
  if failed.kind ~= "unreachable" then error(failed, 0) end
  smd.group.list()
end

local function is_there(path)
  local file = io.open(path)
  if file then file:close() end
  return file ~= nil
end

try(smd.group.ensure, label, { description = "0" })
local n = 0
while not is_there(stop) do
  n = n + 1
  local body = { json = { description = tostring(n) } }
  if try(http.patch, "/hsm/v2/groups/" .. label, body) then told("wrote " .. n) end
end
told "ended well"
