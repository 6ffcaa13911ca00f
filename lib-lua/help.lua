local native = select(2, ...)
local fault = require "fault"

--- Help on everything, and how values look.
local help = {}

--- Explains a function, a module, a record or a word; without one it says where to begin.
--- Your own functions have help too: write lines of `---` above them. At the prompt `smd.group?` is the same.
---@param subject? help.Subject what to explain; a text is looked up, then searched for
---@example help(json.decode)
---@example help "json"
function help.help(subject) chami.page(native.explain(subject)) end

--- Shows a value as the prompt does.
---@param value help.Value the value
---@return string text nothing left out
---@example inspect{ 1, "two", three = 3 } --> { [1] = 1, [2] = "two", three = 3 }
---@example inspect("3") --> "3"
function help.inspect(value) return native.inspect(value) end

-- What a path such as `smd.group.add` leads to.
local function named(path)
  local value = _G
  for word in path:gmatch "[^.]+" do
    if type(value) ~= "table" then return nil end
    value = value[word]
  end
  return value
end

--- Shows the Lua text of a function, with the lines of `---` above it. At the prompt `smd.group.add??` is the same.
---@param subject help.Subject a function, or its name
---@example source(json.decode)
---@example source "smd.group.add"
function help.source(subject)
  local value = subject
  if type(subject) == "string" then value = named(subject) end
  local text = type(value) == "function" and native.source(value)
  if text then return chami.page(text) end
  local what = type(subject) == "string" and subject or "this " .. type(subject)
  fault.raise("bad_argument", "there is no Lua text of " .. what, {
    hint = 'name a function of the library or one of yours, as in source "smd.group.add"; help explains all else',
  })
end

---@alias help.Subject any
---@alias help.Value any

return help
