-- The hypervisor as probes see it: domains as they are defined, networks, and which domain is which node. No part of the
-- public API.
local fault = require "fault"

-- A lab's machine that nobody has defined anew is as the tutorial's `virt-install` makes it.
local DELIVERED = { memory = 4096 * 1024, network = "openchami-net" }

local function number(ip)
  local a, b, c, d = tostring(ip):match "^(%d+)%.(%d+)%.(%d+)%.(%d+)$"
  return a and ((tonumber(a) * 256 + tonumber(b)) * 256 + tonumber(c)) * 256 + tonumber(d)
end

-- How many bits of an address are the network's.
local function prefix_of(ip)
  if ip._prefix then return tonumber(ip._prefix) end
  local mask, bits = number(ip._netmask or "255.255.255.0") or 0, 0
  for bit = 31, 0, -1 do
    if mask >> bit & 1 == 0 then break end
    bits = bits + 1
  end
  return bits
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
      if ip.dhcp then found.dhcp = ip._address end
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

---@alias causes._Domains table<string, virsh._Surveyed>
---@return { domains: causes._Domains, by_mac: causes._Domains, networks: table[], on_lab: boolean, fault?: table }
local function read(on_lab)
  local at = on_lab and { uri = "lab:///" } or nil
  local found = { domains = {}, by_mac = {}, networks = {}, on_lab = on_lab }
  local ok, why = pcall(function()
    for _, domain in ipairs(chami.virsh._survey(at)) do
      found.domains[domain.name] = domain
      for _, nic in ipairs(domain.interfaces) do
        if nic.mac then found.by_mac[nic.mac] = found.by_mac[nic.mac] or domain end
      end
    end
    for i, listed in ipairs(chami.virsh.net_list { all = true, uri = at and at.uri }) do
      found.networks[i] = network(listed, chami.virsh.net_dumpxml(listed.name, at))
    end
  end)
  if not ok then
    if type(why) ~= "table" or why.kind == "interrupted" then error(why, 0) end
    found.fault = why
  end
  return found
end

-- The names that discovery gave a node: `Interface 0 for compute1`.
local function names(ctx)
  local list = { ctx.xname }
  for _, nic in ipairs(ctx.nics) do
    list[#list + 1] = (nic.Description or ""):match " for (%S+)$"
  end
  return list
end

-- The domain that is this node: by the MACs that SMD has, else by its name.
local function domain_of(ctx)
  local virt, machine = ctx.shared.virt, ctx.machine
  if machine then
    return virt.domains[machine.name] or {
      name = machine.name, memory = DELIVERED.memory, serial = true, delivered = true,
      state = machine.power == "on" and "running" or "shut off",
      interfaces = { { type = "network", source = DELIVERED.network, mac = machine.mac } },
    }
  end
  if virt.on_lab then return nil end
  for _, nic in ipairs(ctx.nics) do
    local domain = virt.by_mac[nic.MACAddress:lower()]
    if domain then return domain end
  end
  for _, name in ipairs(names(ctx)) do
    if virt.domains[name] then return virt.domains[name] end
  end
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

-- For who makes a fault: the document of the machine behind a node, and how it is put back.
local function definition(at)
  local machine = at.shared.machines[at.node]
  if not machine then
    fault.raise("bad_argument", at.node .. " is no machine that could be spoiled", { hint = "name another node" })
  end
  return chami.virsh.domain.parse(chami.virsh.dumpxml(machine.name, { inactive = true, uri = "lab:///" })), machine
end

return { read = read, domain_of = domain_of, named = named, home = home, holds = holds, definition = definition }
