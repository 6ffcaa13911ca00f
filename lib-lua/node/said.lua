-- What a console's log says of the last boot: firmware, iPXE, kernel, dracut, cloud-init. No part of the public API:
-- `node.evidence`.
local told = require "node.seen"
local seen, unseen = told.seen, told.unseen

local QUIET = "its console says nothing of it"

local OK = "^ok%f[^%w]"

-- iPXE's last word on a file: `…vmlinuz....... ok`, a dot or a percentage for each second it took; nil while it has none.
local function downloaded(text, url)
  local name = url:match "([^/]+)$"
  local result
  for line in (name and text or ""):gmatch "[^\n]+" do
    local _, at = line:find(name, 1, true)
    local word = at and line:match("^%.%.%.(.*)$", at + 1)
    local rest = word
    while rest do
      word, rest = rest, rest:match "^[%.%s]+(.*)$" or rest:match "^%d+%%(.*)$"
    end
    if word and word ~= "" then result = word end
  end
  return result
end

-- How the fetch of the kernel or the initrd went. A kernel that speaks had both.
---@return node.Stage
local function fetched(stage, url, said, why)
  if not said then return unseen(stage, "artifacts", why) end
  if not url or url == "" then return unseen(stage, "artifacts", "BSS names no " .. stage .. " for it") end
  local result = downloaded(said, url)
  if said:find "Linux version " then
    local what = result and result:find(OK) and ("the %s came"):format(stage)
      or ("the %s came: its console says that the kernel runs"):format(stage)
    return seen(stage, "artifacts", true, what, { request = "GET " .. url })
  end
  if not result then return unseen(stage, "artifacts", QUIET) end
  local ok = result:find(OK) ~= nil
  local what = ok and ("the %s came"):format(stage) or ("iPXE says: %s"):format(result)
  return seen(stage, "artifacts", ok, what, { request = "GET " .. url })
end

-- The last line in which one of some patterns is found, of the first pattern that is.
local function line_of(text, patterns)
  for _, pattern in ipairs(patterns) do
    local found
    for line in text:gmatch("[^\n]*" .. pattern .. "[^\n]*") do found = line end
    if found then return (found:gsub("^%s+", "")) end
  end
end

-- What firmware says that got no address, or nothing to boot with it; nil where a later try came further.
local NO_OFFER = { "PXE%-E%d+:", "No configuration methods succeeded", "Nothing to boot" }

---@return string? line
local function no_offer(said)
  local last, line ---@type integer?, string?
  for _, pattern in ipairs(NO_OFFER) do
    local from = 1
    while true do
      local at, to = said:find("[^\n]*" .. pattern .. "[^\n]*", from)
      if not at then break end
      if at > (last or 0) then last, line = at, said:sub(at, to) end
      from = to + 1
    end
  end
  if not last or not line then return nil end
  local rest = said:sub(last)
  for _, later in ipairs { "iPXE initialising devices", "Linux version ", ">>Start ", "%.%.%.[%.%s]*ok%f[%W]" } do
    if rest:find(later) then return nil end
  end
  return (line:gsub("^%s+", ""))
end

local BROKEN = {
  "dracut: FATAL", "Don't know how to handle", "Kernel panic", "curl: %(%d+%)", "No space left on device",
  "Out of memory", "Failed to start dracut initqueue hook", "Entering emergency mode",
}
local MOUNTED = { "Reached target Switch Root", "Reached target.-Switch Root", "Switching root", "Cloud%-init v" }

---@return node.Stage
local function rootfs(said, why)
  if not said then return unseen("rootfs", "artifacts", why) end
  local mounted, broken = line_of(said, MOUNTED), line_of(said, BROKEN)
  if broken and not mounted then return seen("rootfs", "artifacts", false, "its console says: " .. broken) end
  if mounted then return seen("rootfs", "artifacts", true, "its console says: " .. mounted) end
  return unseen("rootfs", "artifacts", QUIET)
end

---@return node.Stage meta_data
---@return node.Stage config
local function cloud(said, why)
  if not said then return unseen("meta-data", "cloud-init", why), unseen("config", "node", why) end
  local refused = line_of(said, { "Calling 'http[^']*meta%-data' failed", "DataSourceNoCloudNet'> failed" })
  local done = line_of(said, { "Cloud%-init v[^\n]*finished" })
  local source = done and done:match "Datasource (DataSource%w+)"
  local login
  for name in said:gmatch "(%S+) login:" do login = name end
  local first, second
  if refused then
    local status = tonumber(refused:match "bad status code (%d+)")
    first = seen("meta-data", "cloud-init", false, "its console says: " .. refused, { status = status })
  elseif source then
    first = seen("meta-data", "cloud-init", source ~= "DataSourceNone", "cloud-init's data came by " .. source)
  end
  if done then
    second = seen("config", "node", true, "its console says: " .. done)
  elseif login then
    second = seen("config", "node", login ~= "localhost", ("its console asks to log in to %s"):format(login))
  end
  return first or unseen("meta-data", "cloud-init", QUIET), second or unseen("config", "node", QUIET)
end

-- The kernel's arguments as it says them itself.
---@return string?
local function arguments(said) return said:match "Command line: ([^\n]*)" end

return { fetched = fetched, no_offer = no_offer, rootfs = rootfs, cloud = cloud, arguments = arguments }
