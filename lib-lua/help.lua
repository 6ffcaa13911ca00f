local native = select(2, ...)
local fault = require "fault"

--- Help on everything, and how values look.
local help = {}

-- An entry of the catalogue of causes, by its id.
local function cause(subject)
  local id = type(subject) == "string" and subject:upper():match "^F%d%d$"
  local one = id and require("causes.catalogue").by_id[id]
  if not one then return nil end
  local lines = {
    ("%s  a cause that node.why looks for: a boot meets it at the stage %s; %s has it wrong"):format(
      id, one.stage, one.owner),
    "symptom  " .. one.symptom, "cause    " .. one.cause,
  }
  if one.fix then lines[#lines + 1] = "fix      " .. one.fix end
  if one.note then lines[#lines + 1] = "note     " .. one.note end
  if one.lab or one.lab_note then lines[#lines + 1] = "on a lab: " .. (one.lab or one.lab_note) end
  lines[#lines + 1] = ("lab.fault.inject(%q) makes it happen there"):format(id)
  return table.concat(lines, "\n")
end

--- Explains a function, a module, a record or a word; without one it says where to begin.
--- Your own functions have help too: write lines of `---` above them. At the prompt `smd.group?` is the same.
---@overload fun(subject?: help.Subject)
---@param ... help.Subject what to explain; a text is looked up, then searched for
---@example help(json.decode)
---@example help "json"
---@example help "F19"
---@example help(nil) --> raises bad_argument
function help.help(...)
  local subject = ...
  if subject == nil and select("#", ...) > 0 then
    fault.raise("bad_argument", "help was given nil: nothing has the name that stands there", {
      hint = 'help() says where to begin; a name in quotes is searched for, as in help "boot"',
    })
  end
  chami.page(cause(subject) or native.explain(subject))
end

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
