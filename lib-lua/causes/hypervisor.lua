-- The hypervisor as probes see it: domains as they are defined, networks, and which domain is which node. No part of the
-- public API.
local fault = require "fault"
local networks = require "causes.networks"

-- A lab's machine that nobody has defined anew is as the tutorial's `virt-install` makes it.
local DELIVERED = { memory = 4096 * 1024, network = "openchami-net" }

-- libvirt of this host, as it is asked where nothing else is said; another one somebody has chosen.
local OWN = "^qemu:///"

---@alias causes._Cards table<string, virsh._Surveyed[]> the domains by the MACs of their cards
---@alias causes._Virt { domains: table<string, virsh._Surveyed>, by_mac: causes._Cards, networks: table[], on_lab: boolean }
---@param on_lab boolean
---@param away? string why this host's domains are no nodes
---@return causes._Virt with `fault`: why there are none
local function read(on_lab, away)
  local at = on_lab and { uri = "lab:///" } or nil
  local found = { domains = {}, by_mac = {}, networks = {}, on_lab = on_lab }
  local ok, why = pcall(function()
    found.uri = at and at.uri or chami.virsh.uri()
    for _, domain in ipairs(chami.virsh._survey(at)) do
      found.domains[domain.name] = domain
      for _, nic in ipairs(domain.interfaces) do
        if nic.mac then
          found.by_mac[nic.mac] = found.by_mac[nic.mac] or {}
          table.insert(found.by_mac[nic.mac], domain)
        end
      end
    end
    for i, listed in ipairs(chami.virsh.net_list { all = true, uri = at and at.uri }) do
      found.networks[i] = networks.of(listed, chami.virsh.net_dumpxml(listed.name, at))
    end
  end)
  if not ok then
    if type(why) ~= "table" or why.kind == "interrupted" then error(why, 0) end
    found.fault = why
  elseif away and not on_lab and found.uri:find(OWN) then
    local text = "what runs in %s is no node: %s"
    found = { domains = {}, by_mac = {}, networks = {}, on_lab = on_lab, uri = found.uri }
    found.fault = fault.new("unsupported", text:format(found.uri, away), {
      hint = "chami on the head node, or virsh.connect \"qemu+ssh://HEAD/system\"",
    })
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

-- The domain that has its name.
local function by_name(ctx)
  for _, name in ipairs(names(ctx)) do
    local domain = ctx.shared.virt.domains[name]
    if domain then return domain end
  end
end

-- The domain that is this node: by the MACs that SMD has, else by its name.
local function domain_of(ctx)
  local virt, machine = ctx.shared.virt, ctx.machine
  if machine then
    return virt.domains[machine.name] or {
      name = machine.name, memory = DELIVERED.memory, serial = true, delivered = true,
      state = machine.power == "on" and "running" or "shut off", boots = machine.mac,
      interfaces = { { type = "network", source = DELIVERED.network, mac = machine.mac } },
    }
  end
  if virt.on_lab then return nil end
  local named = by_name(ctx)
  for _, nic in ipairs(ctx.nics) do
    local all = virt.by_mac[nic.MACAddress:lower()] or {}
    for _, domain in ipairs(all) do
      if domain == named then return domain end
    end
    if all[1] then return all[1] end
  end
  return named
end

-- The card that a node's domain boots from, and its place among all: what its boot order says; where that says nothing
-- the firmware tries them all, and that which SMD knows as this node's is meant.
---@return virsh.Interface? card
---@return integer place
local function card(ctx)
  local domain, own = ctx.domain, {}
  local cards, boots = domain.interfaces, ctx.boot_nic and ctx.boot_nic.MACAddress:lower()
  for _, nic in ipairs(ctx.nics) do own[nic.MACAddress:lower()] = true end
  local ordered, known
  for place, one in ipairs(cards) do
    if place > 1 and one.mac and one.mac == domain.boots then ordered = place end
    if one.mac and (one.mac == boots or not known and own[one.mac]) then known = place end
  end
  local place = ordered or known or 1
  return cards[place], place
end

-- For who makes a fault: the document of the machine behind a node, and how it is put back.
local function definition(at)
  local machine = at.shared.machines[at.node]
  if not machine then
    fault.raise("bad_argument", at.node .. " is no machine that could be spoiled", { hint = "name another node" })
  end
  return chami.virsh.domain.parse(chami.virsh.dumpxml(machine.name, { inactive = true, uri = "lab:///" })), machine
end

return {
  read = read, card = card, domain_of = domain_of, by_name = by_name, named = networks.named, home = networks.home,
  holds = networks.holds, definition = definition,
}
