local native = select(2, ...)

--- The environment variables of chami's process.
local env = {}

--- Reads a variable.
---@param name string the variable's name
---@return string|nil value nil when it is not set
---@example env.get "CHAMI_NO_SUCH_VARIABLE" --> nil
function env.get(name) return native.get(name) end

--- Lists all variables; what looks like a token, key or password is shown as `(hidden)`.
---@return table<string, string> variables by name
---@example type(env.list()) --> table
function env.list() return native.list() end

return env
