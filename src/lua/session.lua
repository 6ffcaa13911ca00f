-- The environment of the prompt: the session's locals, and behind them the globals.
local declared = {}

-- Modules keep working under chami.*, but the bare name now means something else.
local function warn_about(name)
  local chami = rawget(_G, "chami")
  if chami and getmetatable(chami).names[name] then
    print(("warning: %s is a module; it stays reachable as chami.%s"):format(name, name))
  end
end

local environment = setmetatable({}, {
  __index = _G,
  __newindex = function(self, name, value)
    if declared[name] then return rawset(self, name, value) end
    warn_about(name)
    _G[name] = value
  end,
})

local function declare(name)
  if not declared[name] then warn_about(name) end
  declared[name] = true
end

return environment, declare
