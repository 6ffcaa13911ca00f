local native = select(2, ...)

--- What is running.
local version = {}

---@class version.Version
---@field chami string chami's version
---@field lua string the Lua that runs the scripts
---@field target string machine and system it was built for
---@field profile string `release`, or `debug` for a build that is slow

--- Says which chami this is: what a report of a defect should begin with.
---@return version.Version version
---@shell ochami version
---@example version().lua --> Lua 5.4
function version.version()
  local facts = native.facts()
  facts.lua = _VERSION
  return facts
end

return version
