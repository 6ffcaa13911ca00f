-- Causes between the firmware and coresmd: who asks for an address, and which one it is given. No part of the public API.
local fault = require "fault"
local boot_nic = require("causes.context").boot_nic

local function digits(mac) return (mac:lower():gsub("[^%x]", "")) end

-- In how many hexadecimal digits two MACs differ.
local function differ(one, other)
  one, other = digits(one), digits(other)
  if #one ~= #other then return #one end
  local count = 0
  for i = 1, #one do
    if one:byte(i) ~= other:byte(i) then count = count + 1 end
  end
  return count
end

-- An IPv4 address as a number; nil when it is none.
local function number(ip)
  local a, b, c, d = tostring(ip):match "^(%d+)%.(%d+)%.(%d+)%.(%d+)$"
  return a and ((tonumber(a) * 256 + tonumber(b)) * 256 + tonumber(c)) * 256 + tonumber(d)
end

local F01_FIX = "smd.iface.add(RIGHT, { ComponentID = NODE, IPAddresses = { ADDRESS } }); smd.iface.delete(WRONG)"

-- A machine that came by the wire, and that nobody has a place for.
local function is_stranger(machine) return machine ~= nil and machine.wire == true and machine.xname == machine.mac end

-- A slip of the fingers is one digit, or two that changed places.
local SLIP = 2

-- A MAC with one wrong digit behind its vendor's: all that are nobody's.
local function misspelt(shared, mac)
  local taken, found = {}, {}
  for _, nic in ipairs(shared.nics) do taken[nic.MACAddress:lower()] = true end
  for _, machine in pairs(shared.machines) do taken[machine.mac] = true end
  for place = 10, #mac do
    local old = tonumber(mac:sub(place, place), 16)
    for add = 1, old and 15 or 0 do
      local wrong = mac:sub(1, place - 1) .. ("%x"):format((old + add) % 16) .. mac:sub(place + 1)
      if not taken[wrong] then found[#found + 1] = wrong end
    end
  end
  return found
end

-- The addresses of the servers a node is sent to, as far as they are written as such: address → what is there.
local function servers(ctx)
  local found, record = {}, ctx.record
  local function add(url, what)
    local ip = tostring(url):match "https?://(%d+%.%d+%.%d+%.%d+)"
    if ip then found[ip] = found[ip] or what end
  end
  if record then
    add(record.kernel, "its kernel")
    add(record.initrd, "its initrd")
    add(tostring(record.params):match "ds=%S*", "cloud-init")
  end
  return found
end

-- The interface a node boots from, as `smd.iface.add` takes it again.
local function fields_of(nic)
  return {
    ComponentID = nic.ComponentID, Description = nic.Description, IPAddresses = nic.IPAddresses,
  }
end

return {
  {
    id = "F01", stage = "offer", owner = "smd",
    heard = "a node that was unpacked yesterday has not been seen since",
    symptom = "the node gets an address of the pool and reboots for ever; coresmd logs `no EthernetInterfaces`",
    cause = "the MAC in the nodes file is misspelt: the firmware sends another",
    fix = F01_FIX,
    _probe = function(ctx)
      local mac = ctx.firmware
      if not mac or ctx.shared.by_nic[mac] then return nil end
      -- One that came by the wire and is in no place may be any node; else its own interfaces count.
      local lost = is_stranger(ctx.machine)
      if #ctx.nics == 0 and not lost then return nil end
      local near, by = nil, SLIP + 1
      for _, nic in ipairs(lost and ctx.shared.nics or ctx.nics) do
        local digits_off = differ(nic.MACAddress, mac)
        if digits_off < by then near, by = nic, digits_off end
      end
      if not near then
        if not lost then return nil end
        return ("its firmware sends %s, which SMD does not have, nor one like it"):format(mac), "possible",
          { _fix = "name it in the nodes file, as the MAC of the node that it is, and load that: discover.static" }
      end
      local ip = near.IPAddresses and near.IPAddresses[1] and near.IPAddresses[1].IPAddress
      local text = "its firmware sends %s, which SMD does not have; for %s it has %s"
      return text:format(mac, near.ComponentID, near.MACAddress), "certain", {
        RIGHT = mac, WRONG = near.MACAddress, ADDRESS = ip,
        _fix = (F01_FIX:gsub("NODE", ("%q"):format(near.ComponentID))),
      }
    end,
    _inject = function(at)
      local nic = boot_nic(at)
      local wrong = at.pick(misspelt(at.shared, nic.MACAddress:lower()))
      chami.smd.iface.add(wrong, fields_of(nic))
      chami.smd.iface.delete(nic.MACAddress)
      return ("SMD has %s in the place of %s"):format(wrong, nic.MACAddress)
    end,
  },
  {
    id = "F03", stage = "offer", owner = "smd",
    heard = "since this morning the head node drops connections, and comes back",
    symptom = "since one node was switched on the head node answers now and then: two machines have its address",
    cause = "SMD gives a node the address of the server that all nodes boot from",
    fix = "smd.iface.update(MAC, { IPAddresses = { ADDRESS } }), an address that nobody has",
    _probe = function(ctx)
      local used = servers(ctx)
      for _, nic in ipairs(ctx.nics) do
        for _, address in ipairs(nic.IPAddresses or {}) do
          local what = used[address.IPAddress]
          if what then
            local text = "%s is the address of %s in SMD, and of the server it gets %s from"
            return text:format(address.IPAddress, ctx.xname, what), "certain", { MAC = nic.MACAddress }
          end
        end
      end
    end,
    _inject = function(at)
      local nic, record = boot_nic(at), at.record
      local ip = record and tostring(record.kernel):match "https?://(%d+%.%d+%.%d+%.%d+)"
      if not ip then fault.raise("bad_argument", at.node .. " boots from no server that is named by its address") end
      chami.smd.iface.update(nic.MACAddress, { IPAddresses = { ip } })
      return ("%s got %s, the head node's address"):format(at.node, ip)
    end,
  },
  {
    id = "F13", stage = "offer", owner = "coresmd",
    symptom = "now and then a node and a stranger have one address, or strangers get none",
    cause = "the pool for strangers in coredhcp.yaml holds an address that SMD gives to a node",
    fix = "smd.iface.update(MAC, { IPAddresses = { ADDRESS } }), or another `subnet_pool` in coredhcp.yaml",
    _probe = function(ctx)
      local nic = ctx.boot_nic
      local address = nic and nic.IPAddresses and nic.IPAddresses[1]
      local ip = address and number(address.IPAddress)
      for _, finding in ipairs(ip and ctx.shared.dhcp.found or {}) do
        -- It names one address of all that are in the pool.
        local first, last = finding.message:match "^the pool (%S+) to (%S+) holds"
        if first and ip >= number(first) and ip <= number(last) then
          local text = "%s has %s, and the pool for strangers is %s to %s (coredhcp.yaml, line %d)"
          local seen = text:format(ctx.xname, address.IPAddress, first, last, finding.line)
          return seen, "certain", { MAC = nic.MACAddress }
        end
      end
    end,
    _inject = function(at)
      local nic, free = boot_nic(at), {}
      for last = 201, 250 do
        if not at.shared.by_ip["172.16.0." .. last] then free[#free + 1] = "172.16.0." .. last end
      end
      local ip = at.pick(free)
      chami.smd.iface.update(nic.MACAddress, { IPAddresses = { ip } })
      return ("%s got %s, which strangers are lent"):format(at.node, ip)
    end,
  },
  {
    id = "F05", stage = "offer", owner = "coresmd", asks = "boot",
    symptom = "a node that was just added gets an address of the pool; an hour later the same node boots",
    cause = "coresmd reads SMD every 30 seconds, and did not know of the node yet",
    fix = "nothing is to be mended: wait half a minute, then node.reboot(NODE)",
    _probe = function(ctx)
      local stage, nic = ctx.stopped, ctx.boot_nic
      if not stage or stage.stage ~= "offer" or not nic or not ctx.component then return nil end
      -- Waiting helps where it reads SMD, and there only.
      if ctx.shared.refresh.failed then return nil end
      local ip = nic.IPAddresses and nic.IPAddresses[1] and nic.IPAddresses[1].IPAddress
      local stranger = stage.what:find "^SMD has no interface" or stage.what:find "a stranger"
      -- On a head node the log says who asked.
      local mac = ctx.firmware or tostring(stage.request):match "from (%S+)$"
      if nic.MACAddress ~= mac or not ip or ip == "" or not stranger then return nil end
      local text = "coresmd took %s for a stranger, and SMD has %s for it now"
      return text:format(nic.MACAddress, ip), ctx.machine and "certain" or "likely"
    end,
    _inject = function(at)
      local nic = boot_nic(at)
      chami.smd.iface.delete(nic.MACAddress)
      chami.lab.clock.advance "31s"
      chami.node.reboot(at.node)
      -- Until its firmware has asked.
      for _ = 1, 60 do
        if #chami.node.trace(at.node) > 1 then break end
        chami.lab.clock.advance "1s"
      end
      chami.smd.iface.add(nic.MACAddress, fields_of(nic))
      return ("%s was switched on a moment before its interface came to SMD"):format(at.node)
    end,
  },
}
