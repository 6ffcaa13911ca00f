-- Whether the services and the machines tell the same story. No part of the public API: `doctor`.
local causes = require "causes.catalogue"
local context = require "causes.context"
local hypervisor = require "causes.hypervisor"

-- The first few of a list, and how many there are besides.
local function some(list)
  table.sort(list)
  local shown = table.concat(list, ", ", 1, math.min(#list, 5))
  return #list > 5 and ("%s and %d more"):format(shown, #list - 5) or shown
end

-- How many, in words.
local function many(list, one) return ("%d %s"):format(#list, #list == 1 and one or one .. "s") end

-- All nodes with what is known of each.
local function contexts(shared)
  local all = {}
  for id, one in pairs(shared.nodes) do
    if one.Type == "Node" then all[#all + 1] = context.node(shared, id) end
  end
  return all
end

-- The machines there are: a lab's, or the domains on the nodes' networks.
local function machines(shared)
  local all = {}
  for _, machine in pairs(shared.machines) do all[#all + 1] = machine end
  if shared.virt.on_lab then return all end
  local homes = {}
  for ip in pairs(shared.by_ip) do
    local net = hypervisor.home(shared.virt, ip)
    if net then homes[net.name] = true end
  end
  for name, domain in pairs(shared.virt.domains) do
    for _, nic in ipairs(domain.interfaces) do
      if nic.mac and homes[nic.source] then
        all[#all + 1] = { name = name, mac = nic.mac }
        break
      end
    end
  end
  return all
end

-- So many errors of one file are told.
local ERRORS = 6

-- Whether the services tell the same story. Each gives what is wrong, or nil; what to do; and whether there is nothing to
-- be said, though it is not wrong.
local AGREE = {
  { "every interface belongs to a component", function(shared)
    local lost = {}
    for _, nic in ipairs(shared.nics) do
      if nic.ComponentID ~= "" and not shared.nodes[nic.ComponentID] then lost[#lost + 1] = nic.MACAddress end
    end
    if #lost == 0 then return nil end
    return ("%s without a component in SMD: %s"):format(many(lost, "interface"), some(lost)),
      "coresmd offers them nothing: add the component, or smd.iface.delete the interface"
  end },
  { "all boot parameters belong to an interface", function(shared)
    local known, used, lost = shared.by_nic, {}, {}
    local missing = false
    -- What a machine has is right in BSS, and it is SMD that lacks it: another line tells that.
    for _, machine in ipairs(machines(shared)) do used[machine.mac] = true end
    for mac in pairs(shared.by_mac) do
      local real = used[mac] or shared.virt.by_mac[mac]
      if not known[mac] and not real then lost[#lost + 1] = mac end
      missing = missing or not known[mac] and real ~= nil
    end
    if #lost == 0 then return nil, nil, missing end
    return ("boot parameters of %s that no interface of SMD has: %s"):format(many(lost, "MAC"), some(lost)),
      "a misspelt MAC, here or in SMD: compare it with smd.iface.list(); what a node left that is gone hinders nobody"
  end },
  { "every group of cloud-init is one of SMD", function(shared)
    local lost = {}
    for name in pairs(shared.clouds) do
      if not shared.members[name] then lost[#lost + 1] = name end
    end
    if #lost == 0 then return nil end
    return ("%s of cloud-init that SMD does not have, so no node gets the files: %s"):format(
      many(lost, "group"), some(lost)),
      "smd.group.add(NAME, { members = … }), or cloud_init.group.delete(NAME)"
  end },
  { "coredhcp.yaml is sound", function(shared)
    if shared.dhcp.fault then error(shared.dhcp.fault, 0) end
    -- One line with many words that are wrong in the same way is told once.
    local lines, fixes, told, more = {}, {}, {}, ""
    for _, finding in ipairs(shared.dhcp.found) do
      local way = finding.line .. finding.fix
      if (finding.level == "error" or finding.does == "die") and not told[way] then
        told[way] = true
        lines[#lines + 1] = ("line %d, %s: %s"):format(finding.line, finding.setting, finding.message)
        if not told[finding.fix] then fixes[#fixes + 1], told[finding.fix] = finding.fix, true end
      end
    end
    if #lines == 0 then return nil end
    local most = math.min(#lines, ERRORS)
    if #lines > most then more = ("; and %d more errors: dhcp.lint() lists them"):format(#lines - most) end
    return "coredhcp.yaml, " .. table.concat(lines, "; ", 1, most) .. more,
      table.concat(fixes, "; ", 1, math.min(#fixes, most))
  end },
  { "every machine is known to SMD", function(shared, explained)
    local known, lost = shared.by_nic, {}
    for _, machine in ipairs(machines(shared)) do
      if not known[machine.mac] and not explained[machine.mac] then
        lost[#lost + 1] = ("%s (%s)"):format(machine.name, machine.mac)
      end
    end
    if #lost == 0 then return nil end
    return ("SMD has no interface of %s: %s"):format(many(lost, "machine"), some(lost)),
      "discover.static loads a nodes file; discover.lint finds what is misspelt in it"
  end },
  { "no two machines have one MAC", function(shared)
    local all, odd, list = {}, {}, machines(shared)
    local function name_of(machine) return machine.name or machine.xname end
    table.sort(list, function(a, b) return name_of(a) < name_of(b) end)
    for _, machine in ipairs(list) do
      local name, other = name_of(machine), all[machine.mac]
      all[machine.mac] = name
      if other and other ~= name then
        odd[#odd + 1] = ("%s is that of %s and of %s"):format(machine.mac, other, name)
      end
    end
    if #odd == 0 then return nil end
    return table.concat(odd, "; "), "each wants its own: virsh.domiflist(DOMAIN) shows a domain's"
  end, quiet = true },
  { "SMD says Off of no machine that runs", function(shared)
    local odd = {}
    for _, ctx in ipairs(contexts(shared)) do
      local machine, domain = ctx.machine, ctx.domain
      local on = machine and machine.power == "on" or not machine and domain and domain.state == "running"
      if on and ctx.component.State == "Off" then odd[#odd + 1] = ctx.xname end
    end
    if #odd == 0 then return nil end
    return ("SMD says Off, and the machine runs: %s"):format(chami.nodeset.fold(odd)),
      "somebody else was switched in its name, or its button was pressed past SMD; node.why(NODE) looks at it"
  end, quiet = true },
  { "domains have the MACs that SMD has for them", function(shared, explained)
    local odd = {}
    for _, ctx in ipairs(contexts(shared)) do
      local domain, own = ctx.domain, {}
      for _, nic in ipairs(ctx.nics) do own[nic.MACAddress:lower()] = true end
      local same = not domain or #ctx.nics == 0
      for _, nic in ipairs(domain and domain.interfaces or {}) do same = same or own[nic.mac] end
      if not same and not explained[ctx.firmware or ""] then
        odd[#odd + 1] = ("%s has %s, SMD has %s for %s"):format(
          domain.name, tostring(ctx.firmware), ctx.nics[1].MACAddress, ctx.xname)
      end
    end
    if #odd == 0 then return nil end
    return ("%s with another MAC than SMD has: %s"):format(many(odd, "domain"), some(odd)),
      "node.why(NODE) says which is to be changed; virsh.domiflist(DOMAIN) shows a domain's"
    -- One that a cause explains is told there, and all the same not well.
  end, virt = true, quiet = true },
  { "domains are on the network of their addresses", function(shared)
    local odd = {}
    for _, ctx in ipairs(contexts(shared)) do
      local seen = ctx.domain and causes.by_id.F11._probe(ctx)
      if seen then odd[#odd + 1] = ctx.domain.name end
    end
    if #odd == 0 then return nil end
    return ("%s on another network, or on one that is not up: %s"):format(many(odd, "domain"), some(odd)),
      "F11 says where each belongs"
  end, virt = true },
  { "no DHCP server of libvirt's own is on the nodes' network", function(shared)
    for _, net in ipairs(shared.virt.networks) do
      for ip in pairs(net.dhcp and net.active and shared.by_ip or {}) do
        if hypervisor.holds(net, ip) then
          return ("the definition of %s has a DHCP server of libvirt's own, at %s"):format(net.name, net.dhcp),
            ("take <dhcp> out of virsh.net_dumpxml(%q): help \"F06\" says how"):format(net.name)
        end
      end
    end
  end, virt = true },
}

return { all = AGREE, contexts = contexts }
