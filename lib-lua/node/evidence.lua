-- The stages of a real node's last boot, put together from what can be read on a head node: libvirt, coresmd's log, BSS's
-- history, the console's log, SMD. What cannot be read is a stage that was not seen, and says why. No part of the public
-- API: `node.trace` and `node.why`.

-- What stands in a console's log of the last time the machine was switched on.
local FIRST = { "SeaBIOS %(version", "iPXE initialising devices", "BdsDxe: loading Boot", "Linux version " }

local function last_boot(text)
  for _, pattern in ipairs(FIRST) do
    local at, from = nil, 1
    while true do
      local found = text:find(pattern, from)
      if not found then break end
      at, from = found, found + 1
    end
    if at then return text:sub(at) end
  end
  return text
end

-- What the console has said: a file or a text that was named, or the log that the domain keeps.
---@return string? text
---@return string? why not
local function console(ctx)
  local domain, named = ctx.domain, ctx.shared.where and ctx.shared.where.console
  local path = named or domain and domain.log
  if not path then
    return nil, domain and ("the domain %s keeps no log of its console"):format(domain.name)
      or "nobody keeps a log of its console"
  end
  local ok, text = true, path
  if not path:find "\n" then ok, text = pcall(chami.fs.read, path) end
  if not ok then return nil, text.message end
  return last_boot((text:gsub("\27%[[%d;?]*%a", ""):gsub("\r", "")))
end

-- All that coresmd's log tells, once for all nodes.
---@return { events: dhcp.Event[], why?: string }
local function events(where)
  local ok, found = pcall(chami.dhcp.log, where and where.log)
  return ok and { events = found } or { events = {}, why = found.message }
end

-- When BSS was asked last for each node's script, listed once for all nodes.
---@return { last: table<string, integer>, why?: string }
local function scripts()
  local ok, rows = pcall(chami.bss.history, nil, { endpoint = "bootscript" })
  if not ok then return { last = {}, why = rows.message } end
  local last = {}
  for _, row in ipairs(rows) do
    local epoch = row.last_epoch or 0
    if epoch > (last[row.name] or 0) then last[row.name] = epoch end
  end
  return { last = last }
end

local function unseen(stage, owner, why)
  local what = "not seen from here: " .. why
  return { stage = stage, ok = false, owner = owner, unseen = true, what = what, tries = 1 }
end

local function seen(stage, owner, ok, what, more)
  local one = { stage = stage, ok = ok, owner = owner, what = what, tries = 1 }
  for key, value in pairs(more or {}) do one[key] = value end
  return one
end

local function power(ctx)
  local domain = ctx.domain
  if domain then
    return seen("power", "power", domain.state == "running", ("the domain %s is %s"):format(domain.name, domain.state))
  end
  local virt = ctx.shared.virt
  return unseen("power", "power", virt.fault and virt.fault.message or "no domain of this libvirt has its MAC")
end

-- How a line about a MAC is told; those that are not here decide nothing.
local _said = {}

function _said.assigned(event) return true, ("coresmd gave %s to %s"):format(event.ip or "an address", event.mac) end

function _said.lent(event)
  return false, ("the pool lent %s to it, as to a stranger"):format(event.ip or "an address")
end

for name, text in pairs {
  stranger = "coresmd took it for a stranger", no_address = "coresmd has no address for it",
  no_component = "coresmd has no component for it", used_up = "the pool for strangers is used up",
  ignored = "a rule has coresmd ignore it",
} do
  _said[name] = function(event) return false, text .. ": " .. event.message end
end

local function macs_of(ctx)
  local own = {}
  for _, nic in ipairs(ctx.nics) do own[nic.MACAddress:lower()] = true end
  for _, nic in ipairs(ctx.domain and ctx.domain.interfaces or {}) do own[nic.mac or ""] = true end
  return own
end

-- What libvirt's ARP table has of its card, where the log cannot be read.
local function neighbour(ctx)
  local domain = ctx.domain
  if not domain or domain.state ~= "running" then return nil end
  local ok, found = pcall(chami.virsh.domifaddr, domain.name, { source = "arp" })
  local ip = ok and found[1] and found[1].address:match "^[^/]+"
  if not ip then return nil end
  for _, nic in ipairs(ctx.nics) do
    for _, address in ipairs(nic.IPAddresses or {}) do
      if address.IPAddress == ip then
        return seen("offer", "coresmd", true, ("it has %s, which SMD has for it, says the host's ARP table"):format(ip))
      end
    end
  end
  return seen("offer", "coresmd", false, ("it has %s, which SMD has not for it, says the host's ARP table"):format(ip))
end

local function offer(ctx)
  local own, last, tries = macs_of(ctx), nil, 0
  for _, event in ipairs(ctx.shared.events.events) do
    if event.mac and own[event.mac] and _said[event.event] then
      tries = last and last.event == event.event and tries + 1 or 1
      last = event
    end
  end
  if last then
    local ok, what = _said[last.event](last)
    return seen("offer", "coresmd", ok, what, {
      at = last.time, tries = tries, request = "DHCPDISCOVER from " .. last.mac,
    })
  end
  local by_arp, why = neighbour(ctx), ctx.shared.events.why
  -- A log that is silent weighs more than an address that came from elsewhere; the right one can only come from coresmd.
  if by_arp and (why or by_arp.ok) then return by_arp end
  if why then return unseen("offer", "coresmd", why) end
  local running = ctx.domain and ctx.domain.state == "running"
  local text = "coresmd's log has nothing of its MAC: no DISCOVER of it came there"
  return running and seen("offer", "coresmd", false, text) or unseen("offer", "coresmd", text)
end

local function moment(epoch) return os.date("!%Y-%m-%dT%H:%M:%SZ", epoch) end

local function script(ctx, offered)
  local asked = ctx.shared.asked_bss
  if asked.why then return unseen("script", "bss", asked.why) end
  local last = asked.last[ctx.xname]
  if not last then return unseen("script", "bss", "BSS has never been asked for its script") end
  local at = moment(last)
  if offered.ok and offered.at and at < offered.at:gsub("%.%d+", "") then
    local text = "BSS was asked for its script at %s, and not since coresmd gave it an address"
    return seen("script", "bss", false, text:format(at), { at = at })
  end
  if ctx.record and ctx.record.kernel then
    return seen("script", "bss", true, "BSS was asked, and has a script that names a kernel", { at = at })
  end
  local nothing = "BSS has nothing to boot for this MAC: its script says to come again"
  return seen("script", "bss", false, nothing, { at = at })
end

-- iPXE's words behind a file's name.
local function downloaded(text, url)
  local name = url and url:match "([^/]+)$"
  local result
  for line in (name and text or ""):gmatch "[^\n]+" do
    local at = line:find(name, 1, true)
    local word = at and line:sub(at):match "%.%.%.%s*(.*)$"
    if word and word ~= "" then result = word end
  end
  return result
end

local function fetched(stage, url, said, why)
  if not said then return unseen(stage, "artifacts", why) end
  local result = downloaded(said, url)
  if not result then return unseen(stage, "artifacts", "its console says nothing of it") end
  local ok = result:find "^ok" ~= nil
  local what = ok and ("the %s came"):format(stage) or ("iPXE says: %s"):format(result)
  return seen(stage, "artifacts", ok, what, { request = "GET " .. url })
end

-- The last line of a console that one of some patterns finds.
local function line_of(text, patterns)
  for _, pattern in ipairs(patterns) do
    local found = text:match("[^\n]*" .. pattern .. "[^\n]*")
    if found then return (found:gsub("^%s+", "")) end
  end
end

local BROKEN = {
  "dracut: FATAL", "Don't know how to handle", "Kernel panic", "curl: %(%d+%)", "No space left on device",
  "Out of memory", "Failed to start dracut initqueue hook", "Entering emergency mode",
}
local MOUNTED = { "Reached target Switch Root", "Reached target.-Switch Root", "Switching root", "Cloud%-init v" }

local function rootfs(said, why)
  if not said then return unseen("rootfs", "artifacts", why) end
  local mounted, broken = line_of(said, MOUNTED), line_of(said, BROKEN)
  if broken and not mounted then return seen("rootfs", "artifacts", false, "its console says: " .. broken) end
  if mounted then return seen("rootfs", "artifacts", true, "its console says: " .. mounted) end
  return unseen("rootfs", "artifacts", "its console says nothing of it")
end

local function cloud(said, why)
  if not said then return unseen("meta-data", "cloud-init", why), unseen("config", "node", why) end
  local refused = line_of(said, { "Calling 'http[^']*meta%-data' failed", "DataSourceNoCloudNet'> failed" })
  local done = line_of(said, { "Cloud%-init v[^\n]*finished" })
  local source = done and done:match "Datasource (DataSource%w+)"
  local login = said:match "(%S+) login:"
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
  local quiet = "its console says nothing of it"
  return first or unseen("meta-data", "cloud-init", quiet), second or unseen("config", "node", quiet)
end

local function ready(ctx)
  local state = ctx.component and ctx.component.State
  if state == "Ready" then return seen("ready", "smd", true, ("SMD says that %s is Ready"):format(ctx.xname)) end
  local text = state and ("SMD says that it is %s, and Ready only where something sends its heartbeat"):format(state)
    or ("SMD has no %s"):format(ctx.xname)
  return unseen("ready", "smd", text)
end

-- All stages of a node, in their order. After one that is known to have failed nothing was seen because nothing was there.
---@return node.Stage[]
local function stages(ctx)
  local said, why = ctx.said, ctx.unsaid
  local record = ctx.record or {}
  local offered = offer(ctx)
  local meta, config = cloud(said, why)
  local all = {
    power(ctx), offered, script(ctx, offered), fetched("kernel", record.kernel, said, why),
    fetched("initrd", record.initrd, said, why), rootfs(said, why), meta, config, ready(ctx),
  }
  local out = {}
  for _, one in ipairs(all) do
    out[#out + 1] = one
    if not one.ok and not one.unseen then break end
  end
  return out
end

return { console = console, events = events, scripts = scripts, stages = stages }
