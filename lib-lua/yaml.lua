local native = select(2, ...)

--- YAML text and Lua values.
--- Null is left out, as in records. Words such as `no` and numbers such as `007` stay text. An empty list is marked with
--- `json.array{}`.
local yaml = {}

--- Reads YAML text of one document.
---@param text string the text
---@return json.Value value tables for mappings and lists
---@example yaml.decode("ID: x1000c0s0b0n0").ID --> x1000c0s0b0n0
function yaml.decode(text) return native.decode(text) end

--- Reads YAML text of several documents, parted by `---`.
---@param text string the text
---@return json.Value[] documents
---@example #yaml.documents("a: 1\n---\nb: 2") --> 2
function yaml.documents(text) return native.documents(text) end

--- Writes a value as YAML.
---@param value json.Value a table of named keys becomes a mapping, a list a list
---@return string text the YAML text
---@example yaml.encode{ ID = "x1000c0s0b0n0" } --> ID: x1000c0s0b0n0
function yaml.encode(value) return native.encode(value) end

return yaml
