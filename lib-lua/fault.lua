local native = select(2, ...)

--- Faults: what chami raises when something cannot be done.
--- A fault is a table with `kind` (one of a closed list, for scripts to compare), `message`, and where they are known
--- `hint`, `status`, `service`, `cause` and `items`. Catch one with `pcall`.
local fault = {}

--- Raises a fault.
---@param kind fault.Kind what sort of failure; fixes the exit status of a script that ends with it
---@param message string what failed and why
---@param more? fault.More what else there is to say
---@diagnostic disable-next-line: undefined-doc-name
---@return never
---@example fault.raise("refused", "not on a Friday") --> raises refused
function fault.raise(kind, message, more)
  -- The `error` is never reached: an editor sees by it that this function does not return.
  error(native.raise(native.new(kind, message, more)))
end

--- Makes a fault without raising it.
---@param kind fault.Kind what sort of failure
---@param message string what failed and why
---@param more? fault.More what else there is to say
---@return fault.Fault fault for `error`, or an item of a `partial` one
---@example fault.new("not_found", "no such rack").kind --> "not_found"
function fault.new(kind, message, more) return native.new(kind, message, more) end

---@class fault.More
---@field hint? string what to type next
---@field status? integer the HTTP status behind it
---@field service? string the service that answered
---@field cause? string what lies behind it
---@field items? fault.Item[] for `partial`: what failed, one by one

---@class fault.Item
---@field node string the node, or whatever the item is about
---@field fault fault.Fault what became of it

---@class fault.Fault: fault.More
---@field kind fault.Kind what sort of failure
---@field message string what failed and why
---@field results? task.Value[] what the others gave, where `task.map` keeps going

---@alias fault.Kind
---| "bad_argument"
---| "partial"
---| "unauthorized"
---| "forbidden"
---| "unreachable"
---| "tls"
---| "check_failed"
---| "drift"
---| "timeout"
---| "interrupted"
---| "not_found"
---| "conflict"
---| "no_effect"
---| "refused"
---| "unsupported"
---| "protocol"
---| "io"
---| "internal"

return fault
