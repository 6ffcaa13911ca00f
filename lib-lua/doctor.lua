local causes = require "causes.catalogue"
local context = require "causes.context"
local hypervisor = require "causes.hypervisor"
local nodes = require "nodes"
local options_of = require "node.options"
local why = require "node.why"

--- All checks of the cluster at once.
local doctor = {}

---@class doctor.Check
---@field ok boolean
---@field what string what was asked, and what was found
---@field fix? string what to do
---@field left_out? boolean true: it could not be asked

---@class doctor.Sick a cause, and all nodes it was found on
---@field id string its number in the catalogue: help "F19" explains it
---@field cause string
---@field certainty "certain"|"likely"|"possible"
---@field nodes string the set, folded
---@field count integer how many they are
---@field stage string where a boot of the first meets it
---@field evidence string what was seen of the first
---@field fix string what to do for the first

---@class doctor.Report prints as text
---@field ok boolean whether nothing was found wrong in what could be asked
---@field checks doctor.Check[] the services, and whether they agree with one another
---@field causes doctor.Sick[] what keeps nodes from booting, the most certain first
---@field nodes integer how many nodes were looked at

local Report = { __data = true }

function Report.__tostring(report)
  local lines = {}
  for _, check in ipairs(report.checks) do
    lines[#lines + 1] = (check.ok and "✓ " or check.left_out and "– " or "✗ ") .. check.what
    if check.fix then lines[#lines + 1] = "  fix:  " .. check.fix end
  end
  for _, sick in ipairs(report.causes) do
    local many = sick.count > 1 and ("%d nodes, %s"):format(sick.count, sick.nodes) or sick.nodes
    lines[#lines + 1] = ("✗ %s, %s, on %s: %s"):format(sick.id, sick.certainty, many, sick.cause)
    lines[#lines + 1] = "  seen: " .. sick.evidence
    lines[#lines + 1] = "  fix:  " .. sick.fix
  end
  if #report.causes == 0 and report.nodes > 0 then
    lines[#lines + 1] = ("✓ %d nodes: nothing found wrong"):format(report.nodes)
  elseif #report.causes > 0 then
    lines[#lines + 1] = "next: node.why(NODE) tells more of one; put right what stands first and ask again"
  end
  return table.concat(lines, "\n")
end

-- The first few of a list, and how many there are besides.
local function some(list)
  table.sort(list)
  local shown = table.concat(list, ", ", 1, math.min(#list, 5))
  return #list > 5 and ("%s and %d more"):format(shown, #list - 5) or shown
end

-- Each service is asked for something small.
local SERVICES = {
  { "SMD", function() chami.smd.service.status() end },
  { "BSS", function() chami.bss.service.status() end },
  { "cloud-init", function() chami.cloud_init.service.version() end },
}

local function services(add)
  for _, one in ipairs(SERVICES) do
    local ok, raised = pcall(one[2])
    if ok then
      add { ok = true, what = one[1] .. " answers" }
    else
      if type(raised) ~= "table" or raised.kind == "interrupted" then error(raised, 0) end
      add { ok = false, what = ("%s: %s"):format(one[1], raised.message), fix = raised.hint }
    end
  end
end

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

-- Whether the services tell the same story. Each gives what is wrong, or nil.
local AGREE = {
  { "every interface belongs to a component", function(shared)
    local lost = {}
    for _, nic in ipairs(shared.nics) do
      if nic.ComponentID ~= "" and not shared.nodes[nic.ComponentID] then lost[#lost + 1] = nic.MACAddress end
    end
    if #lost == 0 then return nil end
    return ("%d interfaces belong to a component that SMD does not have: %s"):format(#lost, some(lost)),
      "coresmd offers them nothing: add the component, or smd.iface.delete the interface"
  end },
  { "all boot parameters belong to an interface", function(shared)
    local known, lost = shared.by_nic, {}
    for mac in pairs(shared.by_mac) do
      if not known[mac] then lost[#lost + 1] = mac end
    end
    if #lost == 0 then return nil end
    return ("%d MACs have boot parameters and are no interface in SMD: %s"):format(#lost, some(lost)),
      "a misspelt MAC, or a node that is gone: bss.boot.params.delete { macs = { MAC } }"
  end },
  { "every group of cloud-init is one of SMD", function(shared)
    local lost = {}
    for name in pairs(shared.clouds) do
      if not shared.members[name] then lost[#lost + 1] = name end
    end
    if #lost == 0 then return nil end
    return ("%d groups of cloud-init are none in SMD, so no node gets their files: %s"):format(#lost, some(lost)),
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
  { "every machine is known to SMD", function(shared)
    local known, lost = shared.by_nic, {}
    for _, machine in ipairs(machines(shared)) do
      if not known[machine.mac] then lost[#lost + 1] = ("%s (%s)"):format(machine.name, machine.mac) end
    end
    if #lost == 0 then return nil end
    return ("SMD has no interface of %d machines: %s"):format(#lost, some(lost)),
      "discover.static loads a nodes file; discover.lint finds what is misspelt in it"
  end },
  { "domains have the MACs that SMD has for them", function(shared)
    local odd = {}
    for _, ctx in ipairs(contexts(shared)) do
      local domain, own = ctx.domain, {}
      for _, nic in ipairs(ctx.nics) do own[nic.MACAddress:lower()] = true end
      local same = not domain or #ctx.nics == 0
      for _, nic in ipairs(domain and domain.interfaces or {}) do same = same or own[nic.mac] end
      if not same then
        odd[#odd + 1] = ("%s has %s, SMD has %s for %s"):format(
          domain.name, tostring(ctx.firmware), ctx.nics[1].MACAddress, ctx.xname)
      end
    end
    if #odd == 0 then return nil end
    return ("%d domains have another MAC than SMD: %s"):format(#odd, some(odd)),
      "node.why(NODE) says which is to be changed; virsh.domiflist(DOMAIN) shows a domain's"
  end, virt = true },
  { "domains are on the network of their addresses", function(shared)
    local odd = {}
    for _, ctx in ipairs(contexts(shared)) do
      local seen = ctx.domain and causes.by_id.F11._probe(ctx)
      if seen then odd[#odd + 1] = ctx.domain.name end
    end
    if #odd == 0 then return nil end
    return ("%d domains are on another network, or on one that is not up: %s"):format(#odd, some(odd)),
      "F11 below says where each belongs"
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

local function agreement(shared, add)
  for _, one in ipairs(AGREE) do
    local ok, wrong, fix = pcall(one[2], shared)
    -- Without a hypervisor there is nothing that could agree with it.
    if one.virt and shared.virt.fault then
      add { ok = false, left_out = true, what = ("not asked whether %s: %s"):format(one[1], shared.virt.fault.message) }
    elseif not ok then
      if type(wrong) ~= "table" or wrong.kind == "interrupted" then error(wrong, 0) end
      add { ok = false, left_out = true, what = ("not asked whether %s: %s"):format(one[1], wrong.message) }
    else
      -- A lab's machines are their own domains: only what somebody changed is worth a line.
      local told = wrong or not one.virt or not shared.virt.on_lab
      if told then add { ok = not wrong, what = wrong or one[1], fix = fix } end
    end
  end
end

local RANK = { certain = 1, likely = 2, possible = 3 }

-- The nodes by what is wrong with them.
local function by_cause(verdicts)
  local found = {}
  for _, verdict in ipairs(verdicts) do
    for _, one in ipairs(verdict.causes) do
      local sick = found[one.id]
      if not sick then
        sick = { id = one.id, cause = one.cause, certainty = one.certainty, evidence = one.evidence, fix = one.fix }
        sick.all, sick.stage = {}, one.stage
        found[one.id], found[#found + 1] = sick, sick
      end
      table.insert(sick.all, verdict.node)
    end
  end
  for _, sick in ipairs(found) do
    sick.count, sick.nodes, sick.all = #sick.all, chami.nodeset.fold(sick.all), nil
  end
  table.sort(found, function(a, b)
    local one, other = RANK[a.certainty], RANK[b.certainty]
    if one ~= other then return one < other end
    one, other = causes.stages[a.stage].order, causes.stages[b.stage].order
    if one ~= other then return one < other end
    return a.id < b.id
  end)
  return json.array(table.move(found, 1, #found, 1, {}))
end

--- Looks at everything: whether the services answer, whether SMD, BSS, cloud-init and the machines tell the same story, and
--- what keeps nodes from booting, the nodes of one cause together. It reads only; what nodes have in common is listed once.
---@param set? nodeset.Set which nodes; all of SMD where none are named
---@param options? node.WhyOptions where logs and files are, if not where they usually are
---@return doctor.Report report prints as text
---@state 301
---@example doctor().causes[1].id --> F17
---@state 301
---@example smd.iface.delete "52:54:00:be:ef:01"; return doctor(1).causes[1].id --> F08
function doctor.doctor(set, options)
  options = options_of.checked(options, "doctor")
  local checks = json.array {}
  local function add(check) checks[#checks + 1] = check end
  services(add)
  local shared = context.shared()
  shared.where = options
  agreement(shared, add)
  local report = { checks = checks, causes = json.array {}, nodes = 0, ok = true }
  if checks[1].ok then
    report.nodes = #nodes.xnames(set or "@*")
    report.causes = by_cause(why.wrong(set, options, shared))
  end
  if report.nodes == 0 and checks[1].ok then
    add { ok = false, what = "SMD knows no node", fix = "discover.static loads a nodes file" }
  end
  for _, check in ipairs(checks) do report.ok = report.ok and (check.ok or check.left_out == true) end
  report.ok = report.ok and #report.causes == 0
  return setmetatable(report, Report)
end

return doctor
