local native = select(2, ...)

--- JSON text and Lua values.
--- Null is kept as `json.null`, so that data goes out as it came in.
local json = {
  --- Stands for JSON's null, which a Lua table cannot hold; prints as `null`.
  null = native.null,
}

--- What JSON can say: text, a number, a boolean, `json.null`, a list of such values or a table of them by name.
--- Which of them it is only its reader knows, so an editor takes it for whatever it is used as.
---@alias json.Value any

--- Reads JSON text.
---@param text string the text
---@return json.Value value tables for objects and lists; `json.null` for null
---@example json.decode('{"ID": "x1000c0s0b0n0"}').ID --> x1000c0s0b0n0
function json.decode(text) return native.decode(text) end

--- Writes a value as JSON on one line.
---@param value json.Value a table of named keys becomes an object, a list an array; an empty table an object
---@return string text the JSON text, keys in alphabetical order
---@example json.encode{ ID = "x1", Flags = { 1, 2 } } --> {"Flags":[1,2],"ID":"x1"}
function json.encode(value) return native.encode(value) end

--- Writes a value as JSON over several lines.
---@param value json.Value as for `json.encode`
---@return string text the JSON text, indented by two spaces
---@example json.pretty{ 1 } --> [
---  1
---]
function json.pretty(value) return native.pretty(value) end

--- Marks a table as a list, which matters when it is empty.
---@param list json.Value[] the list
---@return json.Value[] list the same table
---@example json.encode{ members = json.array{} } --> {"members":[]}
function json.array(list) return setmetatable(list, native.list) end

return json
