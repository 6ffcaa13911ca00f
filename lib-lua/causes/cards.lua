-- Whose MAC a node's firmware sends: its own, a misspelt one, or another node's. No part of the public API.
local context = require "causes.context"
local hypervisor = require "causes.hypervisor"

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

local FIX = "smd.iface.add(RIGHT, { ComponentID = NODE, IPAddresses = { ADDRESS } }); smd.iface.delete(WRONG)"
local NEW = "a new node: name it in the nodes file with this MAC, and load that: discover.static"

-- Gives a domain's card the MAC that it should have; one that runs keeps its old one until it is off.
local AMEND = 'if virsh.domstate(DOMAIN) == "running" then virsh.destroy(DOMAIN) end; '
  .. "local d = virsh.domain.parse(virsh.dumpxml(DOMAIN, { inactive = true })); "
  .. "d.devices.interface[PLACE].mac._address = RIGHT; virsh.define(d)"

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

-- Whether a machine or a domain has this MAC, or coresmd was asked by it: then it is no slip.
local function is_used(shared, mac)
  mac = mac:lower()
  return shared.by_card[mac] ~= nil or shared.virt.by_mac[mac] ~= nil or shared.events.by_mac[mac] ~= nil
end

local function ip_of(nic) return nic and nic.IPAddresses and nic.IPAddresses[1] and nic.IPAddresses[1].IPAddress end

-- The interface whose MAC is most like this one, of those that nobody uses.
local function nearest(shared, nics, mac)
  local near, by = nil, SLIP + 1
  for _, nic in ipairs(nics) do
    local off = differ(nic.MACAddress, mac)
    if off < by and not is_used(shared, nic.MACAddress) then near, by = nic, off end
  end
  return near
end

-- Of one that came by the wire nobody knows which node it is: a new one, before all.
local function of_stranger(ctx, mac)
  local near = nearest(ctx.shared, ctx.shared.nics, mac)
  if not near then
    return ("its firmware sends %s, which SMD does not have, nor one like it"):format(mac), "possible", { _note = NEW }
  end
  local text = "its firmware sends %s, which SMD does not have; %s of %s is like it, and was not seen yet"
  local instead = "%s; if it is %s with a slip in its MAC: correct the nodes file, and load that"
  return text:format(mac, near.MACAddress, near.ComponentID), "possible",
    { _note = instead:format(NEW, near.ComponentID) }
end

-- The place among a domain's cards of that which has a MAC.
local function place_of(domain, mac)
  for place, nic in ipairs(domain.interfaces) do
    if nic.mac == mac then return place end
  end
  return 1
end

-- What gives a domain its own MAC again.
local function amended(domain, mac, right)
  return { DOMAIN = domain.name, PLACE = place_of(domain, mac), RIGHT = right, _fix = AMEND }
end

-- That its firmware sends what SMD has for another node.
local function of_another(ctx, mac, nic)
  local theirs = ctx.shared.nodes[nic.ComponentID]
  if not ctx.component or not theirs or theirs.Type ~= "Node" then return nil end
  local right = ctx.boot_nic and ctx.boot_nic.MACAddress
  local text = "its firmware sends %s, which SMD has for %s; for %s it has %s"
  return text:format(mac, nic.ComponentID, ctx.xname, right or "none"), "certain", amended(ctx.domain, mac, right)
end

-- That another domain has its MAC as well, or has it in its stead.
local function doubled(ctx, mac)
  for _, other in ipairs(ctx.shared.by_card[mac] or ctx.shared.virt.by_mac[mac] or {}) do
    if other.name ~= ctx.domain.name then
      local text = "%s and %s have %s both: two machines are one node"
      return text:format(ctx.domain.name, other.name, mac), "certain", {
        _note = ("give %s the MAC that is its own: node.why of the node that it is says which"):format(other.name),
      }
    end
  end
  local named = not ctx.machine and hypervisor.by_name(ctx)
  if not named or named.name == ctx.domain.name then return nil end
  for _, card in ipairs(named.interfaces) do
    local nic = ctx.shared.by_nic[card.mac or ""]
    if nic and nic.ComponentID ~= ctx.xname then
      local text = "the domain %s has %s, which SMD has for %s; %s of %s has the domain %s"
      return text:format(named.name, card.mac, nic.ComponentID, mac, ctx.xname, ctx.domain.name), "likely",
        amended(named, card.mac, mac)
    end
  end
end

return {
  {
    id = "F01", stage = "offer", owner = "smd",
    heard = "a node that was unpacked yesterday has not been seen since",
    symptom = "the node gets an address of the pool and reboots for ever; coresmd logs `no EthernetInterfaces`",
    cause = "the MAC in the nodes file is another than its firmware sends: a slip in it, or the machine has another's",
    fix = FIX,
    _probe = function(ctx)
      local mac = ctx.firmware
      if not mac then return nil end
      local theirs = ctx.shared.by_nic[mac]
      if theirs and theirs.ComponentID ~= ctx.xname then return of_another(ctx, mac, theirs) end
      if theirs then return doubled(ctx, mac) end
      if is_stranger(ctx.machine) then return of_stranger(ctx, mac) end
      local near, own = nearest(ctx.shared, ctx.nics, mac), ctx.boot_nic
      if not near and not own then return nil end
      local text = "its firmware sends %s, which SMD does not have; for %s it has %s"
      local nic = near or own
      local seen = text:format(mac, ctx.xname, nic.MACAddress)
      -- What another machine sends is right where it stands.
      if is_used(ctx.shared, nic.MACAddress) then return seen, "likely", amended(ctx.domain, mac, nic.MACAddress) end
      return seen, near and "certain" or "likely", { RIGHT = mac, WRONG = nic.MACAddress, ADDRESS = ip_of(nic) }
    end,
    _inject = function(at)
      local nic = context.boot_nic(at)
      local wrong = at.pick(misspelt(at.shared, nic.MACAddress:lower()))
      context.add_nic(wrong, nic)
      chami.smd.iface.delete(nic.MACAddress)
      return ("SMD has %s in the place of %s"):format(wrong, nic.MACAddress)
    end,
  },
}
