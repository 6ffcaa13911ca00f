-- The address that a node was offered at its last boot: by coresmd's log, its console, the host's ARP table. No part of the
-- public API: `node.evidence`.
local said_of = require "node.said"
local times = require "node.times"
local told = require "node.seen"

local seen, unseen = told.seen, told.unseen
local moment, stamp, epoch_of, APART = times.moment, times.stamp, times.epoch, times.APART

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

-- Why what coresmd said last belongs to an earlier boot; nil where nothing speaks for that.
local function too_old(ctx, event)
  local at, begun = stamp(event.time), stamp(ctx.started)
  local said = epoch_of(event.time)
  if said and begun and said < epoch_of(begun) then
    return ("the last that coresmd's log has of %s is of %s, and the machine was started at %s"):format(
      event.mac, at, begun)
  end
  -- Of a machine that nobody here can look at its heartbeat is all there is; one that asks in vain asks again and again.
  if said and ctx.is_ready and not ctx.domain and os.time() - said > APART then
    return ("the last that coresmd's log has of %s is of %s, and SMD says that %s is Ready"):format(
      event.mac, at, ctx.xname)
  end
  local asked = ctx.shared.asked_bss.last[ctx.xname]
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

return { offer = offer, too_old = too_old }
