-- Times as logs write them, and when a domain was started. No part of the public API: `node.evidence`.

-- Firmware asks BSS at most so many seconds after it was given an address, if both belong to one boot.
local APART = 600

local function moment(epoch) return os.date("!%Y-%m-%dT%H:%M:%SZ", epoch) end

-- The start of a time as it is written, to the second: what is compared.
local function stamp(time) return time and time:match "^%d+%-%d+%-%d+T%d+:%d+:%d+" end

-- Seconds since 1970 of such a time: in UTC, or with the hours that it is apart from that.
local function epoch_of(time)
  local year, month, day, hour, min, s = tostring(time):match "^(%d+)%-(%d+)%-(%d+)T(%d+):(%d+):(%d+)"
  if not year then return nil end
  local y, m, d = tonumber(year) or 0, tonumber(month) or 0, tonumber(day) or 0 ---@type number, number, number
  -- Days since 1970, of a year that begins in March.
  if m <= 2 then y, m = y - 1, m + 12 end
  local days = 365 * y + y // 4 - y // 100 + y // 400 + (153 * (m - 3) + 2) // 5 + d - 1 - 719468
  local sign, hours, minutes = time:match "([+-])(%d%d):?(%d%d)$"
  local apart = sign and (tonumber(hours) * 60 + tonumber(minutes)) * (sign == "+" and 60 or -60) or 0
  return days * 86400 + tonumber(hour) * 3600 + tonumber(min) * 60 + tonumber(s) - apart
end

-- Where libvirt writes that it started a machine, each in a file of its own; a user's own machines have theirs at home.
local STARTED = "^(%d%d%d%d%-%d%d%-%d%d) (%d%d:%d%d:%d%d)[^\n]*: starting up"
local PLACES = { ["qemu:///system"] = "/var/log/libvirt/qemu/", ["qemu:///session"] = "~/.cache/libvirt/qemu/log/" }

-- When the domain was started last, where that can be read. It is no younger than its last boot.
local function started(ctx)
  local domain, since = ctx.domain, ctx.shared.since and ctx.shared.since[ctx.xname]
  local at = since and moment(since.at)
  local place = PLACES[ctx.shared.virt.uri or ""]
  if not place or not domain or domain.state ~= "running" then return at end
  local ok, text = pcall(chami.fs.read, place .. domain.name .. ".log")
  for line in (ok and text or ""):gmatch "[^\n]+" do
    local day, hour = line:match(STARTED)
    local when = day and ("%sT%sZ"):format(day, hour)
    if when and (not at or when > at) then at = when end
  end
  return at
end

return { APART = APART, moment = moment, stamp = stamp, epoch = epoch_of, started = started }
