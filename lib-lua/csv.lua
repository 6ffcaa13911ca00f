local native = select(2, ...)

--- CSV text and lists of records.
--- The first line names the columns. Every value is text: `tonumber` makes a number of it.
local csv = {}

--- Reads CSV text.
---@param text string the text
---@param separator? string what stands between two cells; a comma
---@return table<string, string>[] records one for each line after the first
---@example csv.decode("xname,nid\nx1000c0s0b0n0,1")[1].nid --> "1"
function csv.decode(text, separator) return native.decode(text, separator) end

--- Writes a list of records as CSV.
---@param records table<string, string|number|boolean>[] one for each line
---@param columns? string[] the columns and their order; by default all
---@return string text the CSV text
---@example csv.encode({ { nid = 1, xname = "x1" } }, { "xname", "nid" }) --> xname,nid
---x1,1
function csv.encode(records, columns) return native.encode(records, columns) end

return csv
