-- What may be said about where evidence lies, for those who look for causes. No part of the public API: `node.why`,
-- `node.wrong`, `doctor`.
local fault = require "fault"

-- How what is named is read, once beforehand: what cannot be read is an error of whoever named it.
local function log(text) chami.dhcp.log(text) end

local function config(text) chami.dhcp._config(text) end

local function console(text)
  if not text:find "\n" then chami.fs.read(text) end
end

local function file(text)
  local data = yaml.decode(text:find "\n" and text or chami.fs.read(text))
  if type(data) == "table" and type(data.nodes) == "table" then return end
  fault.raise("bad_argument", "this is no nodes file: no list `nodes` is in it", {
    hint = "discover.lint tells what is",
  })
end

local KNOWN = { file = file, log = log, config = config, console = console }

---@param several? string how the call is made for a set
local function checked(options, call, several)
  if options ~= nil and type(options) ~= "table" then
    fault.raise("bad_argument", ("%s: options are a table, and this is a %s"):format(call, type(options)), {
      hint = several and "a set of several is one argument: " .. several or "known are: file, log, console, config",
    })
  end
  for key, value in pairs(options or {}) do
    local read = KNOWN[key]
    if read == nil then
      fault.raise("bad_argument", ("%s: no option %q"):format(call, tostring(key)), {
        hint = "known are: file, log, console, config",
      })
    end
    if type(value) ~= "string" then
      local text = "%s: options.%s: a file or its text is wanted, and this is a %s"
      fault.raise("bad_argument", text:format(call, key, type(value)))
    end
    read(value)
  end
  return options or {}
end

return { checked = checked }
