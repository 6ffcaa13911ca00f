-- Runs an operator's script where things go wrong, and keeps account: what its fault says of single nodes goes to standard
-- output as JSON, the fault itself ends the process as it would have ended without this.
local script = ...
local ok, failed = pcall(assert(loadfile(script)), select(2, ...))
if ok then return end
local items = {}
for i, item in ipairs(type(failed) == "table" and failed.items or {}) do
  items[i] = { node = item.node, kind = item.fault.kind, status = item.fault.status }
end
print(json.encode { kind = type(failed) == "table" and failed.kind or "error", items = json.array(items) })
error(failed, 0)
