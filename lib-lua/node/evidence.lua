-- The stages of a real node's last boot, put together from what can be read on a head node: libvirt, coresmd's log, BSS's
-- history, the console's log, SMD. What cannot be read is a stage that was not seen, and says why. No part of the public
-- API: `node.trace` and `node.why`.
local last_boot = require "node.last_boot"
local said_of = require "node.said"
local times = require "node.times"
local told = require "node.seen"

local seen, unseen = told.seen, told.unseen
local moment, stamp, epoch_of = times.moment, times.stamp, times.epoch

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

-- The MACs that may have asked, the one it boots from first. What a card of its domain is told that SMD does not know is
-- no matter of its boot, unless there is no other.
local function macs_of(ctx)
  local boots = ctx.firmware or ctx.boot_nic and ctx.boot_nic.MACAddress:lower()
  local list, plugged = { boots }, {}
  for _, nic in ipairs(ctx.domain and ctx.domain.interfaces or {}) do plugged[nic.mac or ""] = true end
  for _, nic in ipairs(ctx.nics) do
    local mac = nic.MACAddress:lower()
    if not ctx.domain or plugged[mac] then list[#list + 1] = mac end
  end
  return list
end

-- What coresmd said last to the first of these that it said something to, and how often the same.
local function last_word(ctx)
  for _, mac in ipairs(macs_of(ctx)) do
    local last, tries = nil, 0
    for _, event in ipairs(ctx.shared.events.by_mac[mac] or {}) do
      if _said[event.event] then
        tries = last and last.event == event.event and tries + 1 or 1
        last = event
      end
    end
    if last then return last, tries end
  end
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

-- Firmware asks BSS at most so many seconds after it was given an address, if both belong to one boot.
local APART = 600

-- Why what coresmd said last belongs to an earlier boot; nil where nothing speaks for that.
local function too_old(ctx, event)
  local at, begun = stamp(event.time), stamp(ctx.started)
  if at and begun and at < begun then
    return ("the last that coresmd's log has of %s is of %s, and the machine was started at %s"):format(
      event.mac, at, begun)
  end
  local asked, said = ctx.shared.asked_bss.last[ctx.xname], epoch_of(event.time)
  if asked and said and asked - said > APART then
    return ("the last that coresmd's log has of %s is of %s, and BSS was asked at %s: that was another boot"):format(
      event.mac, at, moment(asked))
  end
end

local function offer(ctx)
  local last, tries = last_word(ctx)
  local refused = ctx.said and said_of.no_offer(ctx.said)
  local ok, what
  if last then ok, what = _said[last.event](last) end
  -- The console is of this boot; a log's last word may be of any.
  if refused and (not last or ok) then return seen("offer", "coresmd", false, "its console says: " .. refused) end
  local old = last and too_old(ctx, last)
  if old then return unseen("offer", "coresmd", old) end
  if last then
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
  -- Of a kernel that runs it is the log that is short.
  if ctx.said and ctx.said:find "Linux version " then running = false end
  return running and seen("offer", "coresmd", false, text) or unseen("offer", "coresmd", text)
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

-- Whether anything here would tell that it is up: its console's log, or SMD, where something sends heartbeats to it. That
-- is seen by the nodes that are Ready.
local function tells(ctx)
  local where = ctx.shared.where
  local path = where and where.console or ctx.domain and ctx.domain.log
  if path then
    local ok, text = pcall(log_of, ctx)
    -- One that was never switched on has none yet.
    if ok and text or not chami.fs.exists(path) then return true end
  end
  for _, one in pairs(ctx.shared.nodes) do
    if one.Type == "Node" and one.State == "Ready" then return true end
  end
  return false
end

return {
  console = console, events = events, scripts = scripts, stages = stages, started = times.started, before = before,
  tells = tells,
}
