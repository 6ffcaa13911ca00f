-- The stages of a real node's last boot, put together from what can be read on a head node: libvirt, coresmd's log, BSS's
-- history, the console's log, SMD. What cannot be read is a stage that was not seen, and says why. No part of the public
-- API: `node.trace` and `node.why`.
local last_boot = require "node.last_boot"
local offer = require("node.offered").offer
local said_of = require "node.said"
local times = require "node.times"
local told = require "node.seen"

local seen, unseen = told.seen, told.unseen
local moment, stamp, epoch_of, APART = times.moment, times.stamp, times.epoch, times.APART

-- A libvirt of this host, whose files can be read here.
local HERE = "^%w+:///"

-- What stands in a console's log, as it is: a file or a text that was named, or the log that the domain keeps.
---@return string? text
---@return string? why not
local function log_of(ctx)
  local domain, named = ctx.domain, ctx.shared.where and ctx.shared.where.console
  local path = named or domain and domain.log
  if not path then
    return nil, domain and ("the domain %s keeps no log of its console"):format(domain.name)
      or "nobody keeps a log of its console"
  end
  if path:find "\n" then return path end
  local uri = ctx.shared.virt.uri
  if not named and not (uri and uri:find(HERE)) then
    return nil, ("the log of its console is %s on the host of %s"):format(path, tostring(uri))
  end
  local ok, text = pcall(chami.fs.read, path)
  if ok then return text end
  return nil, text.message
end

-- What the console has said of the last boot; of one that was begun by us only what came since.
---@return string? text
---@return string? why not
local function console(ctx)
  local text, why = log_of(ctx)
  if not text then return nil, why end
  local since = ctx.shared.since and ctx.shared.since[ctx.xname]
  local before = since and since.console
  -- One that begins anew at each start says nothing of before.
  if before and #text < #before then since.console, before = nil, nil end
  if before and text:sub(1, #before) == before then text = text:sub(#before + 1) end
  return last_boot(text)
end

-- All that coresmd's log tells, once for all nodes; what decides about a MAC also by that.
---@return { events: dhcp.Event[], by_mac: table<string, dhcp.Event[]>, why?: string }
local function events(where)
  local ok, found = pcall(chami.dhcp.log, where and where.log)
  if not ok then return { events = {}, by_mac = {}, why = found.message } end
  local by_mac = {}
  for _, event in ipairs(found) do
    if event.mac then
      by_mac[event.mac] = by_mac[event.mac] or {}
      table.insert(by_mac[event.mac], event)
    end
  end
  return { events = found, by_mac = by_mac }
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

local function power(ctx)
  local domain = ctx.domain
  if domain then
    return seen("power", "power", domain.state == "running", ("the domain %s is %s"):format(domain.name, domain.state))
  end
  local virt = ctx.shared.virt
  return unseen("power", "power", virt.fault and virt.fault.message or "no domain of this libvirt has its MAC")
end

local function script(ctx, offered)
  local asked = ctx.shared.asked_bss
  if asked.why then return unseen("script", "bss", asked.why) end
  local last = asked.last[ctx.xname]
  if not last then return unseen("script", "bss", "BSS has never been asked for its script") end
  local at, begun = moment(last), stamp(ctx.started)
  local runs = ctx.said and ctx.said:find "Linux version "
  if begun and stamp(at) < begun and not runs then
    local text = "BSS was asked for its script at %s, and not since the machine was started at %s"
    -- Until it has an address it asks for nothing.
    return offered.ok and seen("script", "bss", false, text:format(at, begun), { at = at })
      or unseen("script", "bss", text:format(at, begun))
  end
  -- A system that runs asks coresmd again and again, as firmware does that never came to its script.
  local given = offered.ok and epoch_of(offered.at)
  if given and given - last > APART and not runs then
    local text = "BSS was asked for its script at %s, and coresmd gave an address at %s: to the system it boots, or to "
      .. "firmware that did not come so far"
    return unseen("script", "bss", text:format(at, stamp(offered.at)))
  end
  if ctx.record and ctx.record.kernel then
    return seen("script", "bss", true, "BSS was asked, and has a script that names a kernel", { at = at })
  end
  local nothing = "BSS has nothing to boot for this MAC: its script says to come again"
  return seen("script", "bss", false, nothing, { at = at })
end

local function ready(ctx)
  local state = ctx.component and ctx.component.State
  if ctx.is_ready then return seen("ready", "smd", true, ("SMD says that %s is Ready"):format(ctx.xname)) end
  local text = state == "Ready" and ("SMD says that %s is Ready, and said so before it was switched"):format(ctx.xname)
    or state and ("SMD says that it is %s, and Ready only where something sends its heartbeat"):format(state)
    or ("SMD has no %s"):format(ctx.xname)
  return unseen("ready", "smd", text)
end

-- All stages of a node, in their order. After one that is known to have failed nothing was seen because nothing was there.
---@return node.Stage[]
local function stages(ctx)
  local said, why = ctx.said, ctx.unsaid
  local record = ctx.record or {}
  local offered = offer(ctx)
  local meta, config = said_of.cloud(said, why)
  local all = {
    power(ctx), offered, script(ctx, offered), said_of.fetched("kernel", record.kernel, said, why),
    said_of.fetched("initrd", record.initrd, said, why), said_of.rootfs(said, why), meta, config, ready(ctx),
  }
  local out = {}
  for _, one in ipairs(all) do
    out[#out + 1] = one
    if not one.ok and not one.unseen then break end
  end
  return out
end

-- What there is before a machine is switched, so that what comes after can be told from it.
local function before(ctx)
  return { at = os.time(), console = log_of(ctx), ready = ctx.component ~= nil and ctx.component.State == "Ready" }
end

-- Whether a domain was never switched on, so that its console has no log yet: where it will be can be looked into.
local function is_to_come(ctx)
  local uri, path = ctx.shared.virt.uri, ctx.domain and ctx.domain.log
  if not path or not (uri and uri:find(HERE)) then return false end
  local folder, name = path:match "^(.*)/([^/]+)$"
  local ok, list = pcall(chami.fs.list, folder ~= "" and folder or "/")
  if not ok then return false end
  for _, one in ipairs(list) do
    if one == name then return false end
  end
  return true
end

-- Whether anything here would tell that it is up: its console's log, or SMD, where something sends heartbeats to it.
local function tells(ctx) return log_of(ctx) ~= nil or is_to_come(ctx) or ctx.shared.beats end

return {
  console = console, events = events, scripts = scripts, stages = stages, started = times.started, before = before,
  tells = tells,
}
