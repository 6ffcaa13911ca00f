local native = select(2, ...)

--- Help on everything, and how values look.
local help = {}

--- Explains a function, a module, a record or a word; without one it says where to begin.
--- Your own functions have help too: write lines of `---` above them.
---@param subject? help.Subject what to explain; a text is looked up, then searched for
---@example help(json.decode)
---@example help "json"
function help.help(subject) print(native.explain(subject)) end

--- Shows a value as the prompt does.
---@param value help.Value the value
---@return string text nothing left out
---@example inspect{ 1, "two", three = 3 } --> { [1] = 1, [2] = "two", three = 3 }
---@example inspect("3") --> "3"
function help.inspect(value) return native.inspect(value) end

---@alias help.Subject any
---@alias help.Value any

return help
