-- libvirt's networks as their documents tell them, and which of them an address belongs to. No part of the public API:
-- `causes.hypervisor`.
local address = require "causes.address"

local number = address.number

-- How many bits of an address are the network's.
local function prefix_of(ip)
  if ip._prefix then return tonumber(ip._prefix) end
  return ip._netmask and address.ones(number(ip._netmask) or 0) or address.class(ip._address)
end

-- A network as its document tells it.
local function network(listed, xml)
  local document = chami.virsh.network.parse(xml) ---@type table
  local found = {
    name = listed.name, active = listed.state == "active", subnets = {},
    bridge = document.bridge and document.bridge._name,
  }
  for _, ip in ipairs(document.ip or {}) do
    local first, prefix = number(ip._address), prefix_of(ip)
    if first then
      table.insert(found.subnets, { first = first >> (32 - prefix), bits = 32 - prefix, address = ip._address })
      if ip.dhcp then found.dhcp, found.ranges = ip._address, ip.dhcp.range end
    end
  end
  return found
end

-- Whether an address is one of a network's.
local function holds(net, ip)
  local wanted = number(ip)
  for _, subnet in ipairs(wanted and net.subnets or {}) do
    if wanted >> subnet.bits == subnet.first then return true end
  end
  return false
end

-- The network of that name; false where there is none.
local function named(virt, name)
  for _, net in ipairs(virt.networks) do
    if net.name == name then return net end
  end
  return false
end

-- The network that an address belongs to.
local function home(virt, ip)
  for _, net in ipairs(virt.networks) do
    if holds(net, ip) then return net end
  end
end

return { of = network, named = named, home = home, holds = holds }
