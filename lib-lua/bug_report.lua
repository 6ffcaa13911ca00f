local native = select(2, ...)

--- What to send when something went wrong.
local bug_report = {}

--- Writes a report of this session into one file that only you can read, and tells its path.
--- It holds versions, the configuration, what was typed last and what came of it, and the last requests; secrets are taken
--- out, and its first lines say what is in it and what is not. Read it before you pass it on.
---@param path? string a file that does not exist yet; `chami-report.md` here
---@return string path
---@example bug_report("/no/such/folder/report.md") --> raises io
function bug_report.bug_report(path) return native.write(path, _VERSION) end

return bug_report
