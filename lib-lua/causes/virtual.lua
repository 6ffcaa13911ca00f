-- Causes that stand in a virtual machine's definition, or in the networks of its hypervisor. No part of the public API.
local fault = require "fault"
local hypervisor = require "causes.hypervisor"
local image = require "causes.image"

local LAB = { uri = "lab:///" }

-- What changes a definition, so that it can be typed: the machine is off meanwhile, for a running one keeps its old one.
local function amended(change)
  return "node.off(NODE); local d = virsh.domain.parse(virsh.dumpxml(DOMAIN, { inactive = true })); " .. change
    .. "; virsh.define(d)"
end

local PLUG = amended 'local nic = d.devices.interface[PLACE]; nic._type, nic.source = "network", { _network = NET }'
local CONSOLE = amended 'd.devices.console = { { _type = "pty" } }'
-- Its bridge goes and comes again: what is plugged into it, and who listens on it, are cut off by that.
local NO_DHCP = "local net = virsh.network.parse(virsh.net_dumpxml(NET)); "
  .. "for _, ip in ipairs(net.ip) do ip.dhcp = nil end; "
  .. "virsh.net_destroy(NET); virsh.net_define(net); virsh.net_start(NET)"

-- A word that a shell takes as it stands.
local function quoted(word) return "'" .. word:gsub("'", "'\\''") .. "'" end

-- What takes the range away in a shell. Nobody is cut off by that.
local UPDATE = "in a shell, and nobody is cut off: virsh net-update %s delete ip-dhcp-range %s --live --config; "
  .. "then systemctl restart coresmd-coredhcp"

local function update(net)
  local range = net.ranges and net.ranges[1] or {}
  local text = ("<range start=\"%s\" end=\"%s\"/>"):format(range._start, range._end)
  return UPDATE:format(quoted(net.name), quoted(text))
end

-- The card that a domain boots from, its place among all, and the address SMD has for it.
local function card(ctx)
  local nic, place = hypervisor.card(ctx)
  local known = ctx.boot_nic
  for _, one in ipairs(ctx.nics) do
    if nic and one.MACAddress:lower() == nic.mac then known = one end
  end
  local address = known and known.IPAddresses and known.IPAddresses[1]
  return nic, place, address and address.IPAddress
end

-- Where most nodes are plugged in: what an address does not tell.
local function usual(ctx)
  local count, most = {}, nil
  for _, domain in pairs(ctx.shared.virt.domains) do
    for _, nic in ipairs(domain.interfaces) do
      local source = ctx.shared.by_nic[nic.mac or ""] and nic.source
      if source then
        count[source] = (count[source] or 0) + 1
        if not most or count[source] > count[most] then most = source end
      end
    end
  end
  return most
end

-- Where QEMU itself has an answer for all it asks, and nobody else hears it.
local function alone(ctx, names)
  names.NET = names.NET or usual(ctx)
  local text = "a card of the domain %s is of <interface type='user'>: QEMU answers it itself, and no network of the "
    .. "host's hears it, as in qemu:///session"
  return text:format(ctx.domain.name), "certain", names
end

-- That its card is on no network that is up, or on another than the nodes'.
local function astray(ctx)
  local virt, nic, place, ip = ctx.shared.virt, card(ctx)
  if not nic then
    local text = "the domain %s has no network card"
    return text:format(ctx.domain.name), "certain", { _note = "virsh.install defines one that has" }
  end
  local home = hypervisor.home(virt, ip)
  local names = { DOMAIN = ctx.domain.name, PLACE = place, NET = home and home.name, _fix = PLUG }
  if nic.type == "user" then return alone(ctx, names) end
  if nic.type ~= "network" then
    local bridge = home and home.bridge
    if not bridge or nic.source == bridge or nic.type ~= "bridge" then return nil end
    local text = "the domain %s is plugged into the bridge %s; %s, which SMD has for it, is on %s"
    return text:format(ctx.domain.name, nic.source, ip, bridge), "likely", names
  end
  local net = hypervisor.named(virt, nic.source)
  if not net then
    local text = "the domain %s is plugged into %s, a network that is not there"
    return text:format(ctx.domain.name, nic.source), "certain", names
  elseif home and net ~= home then
    local text = "the domain %s is plugged into %s; %s, which SMD has for it, is on %s"
    return text:format(ctx.domain.name, net.name, ip, home.name), "certain", names
  elseif not net.active then
    names.NET, names._fix = net.name, "virsh.net_start(NET)"
    return ("the domain %s is plugged into %s, which is not up"):format(ctx.domain.name, net.name), "certain", names
  end
  local most = not home and not virt.on_lab and usual(ctx)
  if most and most ~= net.name then
    names.NET = most
    local text = "the domain %s is plugged into %s, and most nodes into %s"
    return text:format(ctx.domain.name, net.name, most), "possible", names
  end
end

-- Puts a network there on which nobody of the head node's answers.
local function other_network(at)
  local name = at.pick { "default", "old-net" }
  local taken = false
  for _, net in ipairs(chami.virsh.net_list { all = true, uri = LAB.uri }) do taken = taken or net.name == name end
  if not taken and name == "default" then
    chami.virsh.net_define({
      name = name, bridge = { _name = "virbr0" }, forward = { _mode = "nat" },
      ip = { { _address = "192.168.122.1", _netmask = "255.255.255.0",
               dhcp = { range = { { _start = "192.168.122.2", _end = "192.168.122.254" } } } } },
    }, LAB)
    chami.virsh.net_start(name, LAB)
  elseif not taken then
    chami.virsh.net_define({ name = name, bridge = { _name = "virbr7" } }, LAB)
  end
  return name
end

-- What a system takes besides its image, and the layer that is written to.
local ASIDE = 512

local function mib(bytes) return bytes // (1 << 20) end

return {
  {
    id = "F11", stage = "offer", owner = "libvirt", asks = "libvirt",
    heard = "one node says that it finds no network, and the cable is in",
    symptom = "no DISCOVER of this one machine reaches coresmd; or it gets an address of another network",
    cause = "the domain is plugged into `default`, or into a network that is not up, instead of the nodes' network",
    fix = PLUG,
    _probe = function(ctx)
      if ctx.domain then return astray(ctx) end
    end,
    _inject = function(at)
      local d, machine = hypervisor.definition(at)
      local name = other_network(at)
      d.devices.interface[1].source = { _network = name }
      chami.virsh.define(d, LAB)
      return ("%s is plugged into %s"):format(machine.name, name)
    end,
  },
  {
    id = "F06", stage = "offer", owner = "libvirt", asks = "libvirt",
    heard = "since somebody looked after the network no node comes up: they get addresses nobody has given out",
    symptom = "two servers answer a DISCOVER; a node has an address of a foreign range, and no boot file",
    cause = "libvirt's own DHCP server answers on the nodes' network: `<dhcp>` stands in the network's definition",
    note = UPDATE:format("NET", "RANGE"),
    lab = NO_DHCP,
    _probe = function(ctx)
      local nic, _, ip = nil, nil, nil
      if ctx.domain then nic, _, ip = card(ctx) end
      local net = nic and hypervisor.named(ctx.shared.virt, nic.source)
      if not net or not net.dhcp or not net.active then return nil end
      -- On another network than its own it is the network that is wrong.
      if ip and not hypervisor.holds(net, ip) then return nil end
      local text = "the definition of %s has a DHCP server of libvirt's own on it, at %s"
      return text:format(net.name, net.dhcp), "certain", { NET = net.name, _note = update(net) }
    end,
    _inject = function(at)
      local _, machine = hypervisor.definition(at)
      local domain = at.shared.virt.domains[machine.name]
      local name = domain and domain.interfaces[1].source or "openchami-net"
      local net = chami.virsh.network.parse(chami.virsh.net_dumpxml(name, LAB))
      local first = at.pick { 100, 120, 150 }
      net.ip[1].dhcp = { range = { { _start = "172.16.0." .. first, _end = "172.16.0." .. first + 20 } } }
      -- Somebody looked after it: stopped, changed, started.
      chami.virsh.net_destroy(name, LAB)
      chami.virsh.net_define(net, LAB)
      chami.virsh.net_start(name, LAB)
      return ("the definition of %s got a DHCP server of libvirt's own"):format(name)
    end,
  },
  {
    id = "F14", stage = "power", owner = "libvirt", asks = "libvirt", advice = true,
    heard = "I look at the console of one node and see nothing at all, though it answers",
    symptom = "the console stays blank, from the firmware on; the node boots all the same",
    cause = "the domain has no serial console: all it says goes to a screen that nobody has",
    fix = CONSOLE,
    _probe = function(ctx)
      local domain = ctx.domain
      if not domain or domain.serial then return nil end
      return ("the definition of %s has neither <serial> nor <console>"):format(domain.name), "certain",
        { DOMAIN = domain.name }
    end,
    _inject = function(at)
      local d, machine = hypervisor.definition(at)
      d.devices.serial, d.devices.console = nil, nil
      chami.virsh.define(d, LAB)
      return ("the definition of %s lost its serial console"):format(machine.name)
    end,
  },
  {
    id = "F24", stage = "rootfs", owner = "libvirt", asks = "libvirt",
    heard = "one node dies in the middle of its image, its neighbours do not",
    symptom = "it stops while the root file system comes: `No space left on device`, or the kernel kills for memory",
    cause = "the image and what is written over it are larger than the machine's memory",
    fix = "node.off(NODE); virsh.setmem(DOMAIN, SIZE, { config = true, maximum = true }); "
      .. "virsh.setmem(DOMAIN, SIZE, { config = true })",
    _probe = function(ctx)
      local domain = ctx.domain
      if not domain or domain.memory == 0 then return nil end
      local root = ctx.record and image.root(ctx.record)
      local bytes, memory = root and ctx.shared:bytes(root), domain.memory >> 10
      local wanted = bytes and mib(bytes) or memory
      -- In powers of two, with room for what is written.
      local size = 2
      while size << 10 < 2 * wanted + ASIDE do size = size * 2 end
      local names = { DOMAIN = domain.name, SIZE = size .. "GiB" }
      if bytes and wanted + ASIDE > memory then
        local text = "the root file system has %d MiB, and the domain %s %d MiB of memory"
        -- What is written over it nobody knows, but for a lab.
        local how = (ctx.machine or wanted >= memory) and "certain" or "likely"
        return text:format(wanted, domain.name, memory), how, names
      end
      local line = ctx.said and (ctx.said:match "[^\n]*No space left on device[^\n]*"
        or ctx.said:match "[^\n]*Out of memory[^\n]*")
      if line then return ("its console says: %s"):format(line), "likely", names end
    end,
    _inject = function(at)
      local _, machine = hypervisor.definition(at)
      local root = at.record and image.root(at.record)
      if not root then fault.raise("bad_argument", at.node .. " boots no image that could be too large") end
      local size = at.pick { "512MiB", "640MiB", "768MiB" }
      local change = { config = true, uri = LAB.uri }
      chami.virsh.setmem(machine.name, size, change)
      return ("%s has %s of memory"):format(machine.name, size)
    end,
  },
}
