-- What is read of the cluster, each when it is first asked for. No part of the public API: `causes.shared` keeps it.
local address = require "causes.address"
local evidence = require "node.evidence"
local hypervisor = require "causes.hypervisor"
local image = require "causes.image"
local spare = require "causes.spare"
local times = require "node.times"

-- A property of the cluster: what it is, from what is known already.
---@type table<string, fun(shared: table): any>
local _read = {}

function _read.nodes()
  local by_id = {}
  for _, one in ipairs(chami.smd.component.list()) do by_id[one.ID] = one end
  return by_id
end

function _read.nics() return chami.smd.iface.list() end

function _read.nics_of(shared)
  local by_id = {}
  for _, nic in ipairs(shared.nics) do
    by_id[nic.ComponentID] = by_id[nic.ComponentID] or {}
    table.insert(by_id[nic.ComponentID], nic)
  end
  return by_id
end

function _read.by_ip(shared)
  local by_ip = {}
  for _, nic in ipairs(shared.nics) do
    for _, one in ipairs(nic.IPAddresses or {}) do
      local ip = one.IPAddress
      if ip ~= "" then
        by_ip[ip] = by_ip[ip] or {}
        table.insert(by_ip[ip], nic)
      end
    end
  end
  return by_ip
end

-- All that records say of where things are, as one text: servers are no nodes, and SMD need not know of them.
function _read.places(shared)
  local texts = { tostring(shared.defaults["base-url"]) }
  for _, record in ipairs(shared.params) do
    for _, key in ipairs { "kernel", "initrd", "params" } do texts[#texts + 1] = record[key] end
  end
  return table.concat(texts, " ")
end

-- What most nodes' addresses are more than their NIDs; false where there is no such rule.
function _read.offset(shared)
  local count, most = {}, nil
  for id, one in pairs(shared.nodes) do
    local nic = one.Type == "Node" and one.NID and shared:boot_nic(id)
    local ip = nic and nic.IPAddresses and nic.IPAddresses[1]
    local off = ip and address.number(ip.IPAddress)
    if off then
      off = off - one.NID
      count[off] = (count[off] or 0) + 1
      if not most or count[off] > count[most] then most = off end
    end
  end
  return most and count[most] > 1 and most or false
end

-- The interfaces by MAC.
function _read.by_nic(shared)
  local by_nic = {}
  for _, nic in ipairs(shared.nics) do by_nic[nic.MACAddress:lower()] = nic end
  return by_nic
end

-- Nodes that have something to boot: the first of all under `any`, and the first two of each group.
function _read.booting(shared)
  local ids, found = {}, { any = {}, group = {} }
  for id in pairs(shared.nodes) do ids[#ids + 1] = id end
  table.sort(ids)
  for _, id in ipairs(ids) do
    local record = shared:record_of(id)
    if record and record.kernel then
      found.any[#found.any + 1] = #found.any < 2 and id or nil
      for _, label in ipairs(shared.labels[id] or {}) do
        local list = found.group[label] or {}
        list[#list + 1] = #list < 2 and id or nil
        found.group[label] = list
      end
    end
  end
  return found
end

-- The layers that BSS knows: the folders its kernels lie in.
function _read.layers(shared)
  local known = {}
  for _, record in ipairs(shared.params) do
    local layer = record.kernel and image.layer(record.kernel)
    if layer then known[layer] = true end
  end
  return known
end

-- The interfaces that coredhcp.yaml listens on, by their names.
local function listens(text)
  local ok, config = pcall(chami.yaml.decode, text)
  local server = ok and type(config) == "table" and config.server4
  local listen, names = type(server) == "table" and server.listen or {}, {}
  for _, place in ipairs(type(listen) == "table" and listen or { listen }) do
    names[#names + 1] = tostring(place):match "%%([^%]:]+)"
  end
  return names
end

local IP = "(%d+%.%d+%.%d+%.%d+)"

-- The addresses that strangers are lent, as numbers; nil where the file does not say in words that are known.
local function pool_of(text)
  text = ("\n" .. text):gsub("\n%s*#[^\n]*", "")
  local words = text:match "bootloop:%s*(.-)\n%s*%- " or text:match "bootloop:%s*(.*)$" or ""
  local first, last = words:match("subnet_pool=[^,%s]+," .. IP .. "," .. IP)
  if not first then first, last = words:match(IP .. "%s+" .. IP) end
  return first and { first = address.number(first), last = address.number(last) }
end

-- What is wrong with coredhcp.yaml beside SMD's addresses; why, where the file cannot be had. A lab's server is of one
-- version whatever the file is written for.
function _read.dhcp(shared)
  local read = { found = {}, listens = {} }
  local ok, why = pcall(function()
    local text, version = chami.dhcp._config(shared.where and shared.where.config)
    read.version = version
    read.found = chami.dhcp.lint(text, { smd = true, version = version })
    read.listens, read.pool = listens(text), pool_of(text)
    read.server, read.mask = text:match "\n%s*%- server_id:%s*([%d%.]+)", text:match "\n%s*%- netmask:%s*([%d%.]+)"
    -- Without its plugin nobody looks anything up in SMD.
    read.blind = not ("\n" .. text):find "\n[^#\n]*coresmd:"
    read.scripts = text:match "ipxe_base_uri=(https?://%S+)" or text:match "coresmd:%s+https?://%S+%s+(https?://%S+)"
  end)
  if not ok then
    read.fault = why
    shared:excuse(why)
  end
  for _, finding in ipairs(read.found) do read.dies = read.dies or finding.does == "die" end
  return read
end

function _read.pool(shared) return shared.dhcp.pool or false end

function _read.by_nid(shared)
  local by_nid = {}
  for id, one in pairs(shared.nodes) do
    if one.Type == "Node" and one.NID then
      by_nid[one.NID] = by_nid[one.NID] or {}
      table.insert(by_nid[one.NID], id)
    end
  end
  for _, ids in pairs(by_nid) do table.sort(ids) end
  return by_nid
end

_read.numbers = spare.numbers

-- The time by the cluster's clock, in seconds.
function _read.now(shared)
  return next(shared.machines) and times.epoch(chami.lab.clock.now()) or os.time()
end

-- Whether something sends heartbeats: that is seen by the nodes that are Ready.
function _read.beats(shared)
  for _, one in pairs(shared.nodes) do
    if one.Type == "Node" and one.State == "Ready" then return true end
  end
  return false
end

function _read.groups() return chami.smd.group.list() end

function _read.labels(shared)
  local by_id = {}
  for _, group in ipairs(shared.groups) do
    for _, id in ipairs(group.members.ids) do
      by_id[id] = by_id[id] or {}
      table.insert(by_id[id], group.label)
    end
  end
  return by_id
end

function _read.members(shared)
  local by_label = {}
  for _, group in ipairs(shared.groups) do by_label[group.label] = group.members.ids end
  return by_label
end

function _read.params() return chami.bss.boot.params.list() end

function _read.by_mac(shared)
  local by_mac = {}
  for _, record in ipairs(shared.params) do
    for _, mac in ipairs(record.macs or {}) do by_mac[mac:lower()] = record end
  end
  return by_mac
end

function _read.clouds()
  local by_name = {}
  for _, group in ipairs(chami.cloud_init.group.list()) do by_name[group.name] = group end
  return by_name
end

function _read.defaults() return chami.cloud_init.defaults.get() end

-- The machines of a lab; on a real cluster nobody can list them.
function _read.machines()
  local by_xname = {}
  local ok, machines = pcall(function() return chami.lab.machines() end)
  for _, one in ipairs(ok and machines or {}) do by_xname[one.xname] = one end
  return by_xname
end

-- The machines by the MAC of their card: two may have one.
function _read.by_card(shared)
  local by_card = {}
  for _, machine in pairs(shared.machines) do
    by_card[machine.mac] = by_card[machine.mac] or {}
    table.insert(by_card[machine.mac], machine)
  end
  return by_card
end

-- The last boots of a lab's machines that are on.
function _read.boots() return require("node.machines").boots() end

-- The artifacts of a lab, by path.
function _read.artifacts()
  local by_path = {}
  for _, one in ipairs(chami.lab.artifacts()) do by_path[one.path] = one end
  return by_path
end

-- A lab's server of addresses; elsewhere there is none that could be asked how it stands.
function _read.server(shared)
  if not next(shared.machines) then return false end
  local ok, server = pcall(chami.lab.dhcp.get)
  return ok and server
end

-- Why what this host sees and has is not what nodes see; false where it is on their network, or that is not known.
function _read.away(shared)
  local networks, first = not next(shared.machines) and address.own_networks(), nil
  if not networks then return false end
  for ip in pairs(shared.by_ip) do
    local wanted = address.number(ip)
    first = first or wanted and ip
    for _, one in ipairs(wanted and networks or {}) do
      if wanted & one.mask == one.first then return false end
    end
  end
  return first and ("this host has no address on the network of %s, a node's"):format(first) or false
end

-- The domains and networks of the hypervisor, where there is one.
function _read.virt(shared) return hypervisor.read(next(shared.machines) ~= nil, shared.away or nil) end

-- Faults that keep probes from being asked, and take nothing away that a service would know.
function _read.excused() return {} end

-- What coresmd's log tells, and why nothing where it cannot be read.
function _read.events(shared) return evidence.events(shared.where) end

-- When BSS was asked last for whose script.
function _read.asked_bss() return evidence.scripts() end

-- What coresmd wrote last of its look at SMD: whether that failed, and whether it has known SMD since it started.
function _read.refresh(shared)
  local found = { knew = false }
  for _, event in ipairs(shared.events.events) do
    if event.event == "listening" then
      found = { knew = false }
    elseif event.event == "cache" then
      found = { knew = true }
    elseif event.event == "cache_failed" then
      found.failed = event.message
    end
  end
  return found
end

-- Empty at first, and filled by what is asked: the cloud-configs of groups by name, each read once, and what is wrong with
-- them; arguments and what of them is missing; by URL the status, or nil where nobody answers, and the length.
for _, name in ipairs { "texts", "lints", "args", "missing", "asked", "lengths" } do
  _read[name] = function() return {} end
end

return _read
