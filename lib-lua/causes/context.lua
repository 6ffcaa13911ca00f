-- What probes read: each resource of the cluster listed once, and the one node they ask about. No part of the public API.

local evidence = require "node.evidence"
local fault = require "fault"
local hypervisor = require "causes.hypervisor"
local image = require "causes.image"

-- Longer than this no artifact is waited for: a probe asks whether it is there, and reads nothing of it.
local PATIENCE = { timeout = "3s", any_status = true }

local _Shared = {} ---@type table<string, any>

-- A property of the cluster that is read when it is first asked for.
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
    for _, address in ipairs(nic.IPAddresses or {}) do
      local ip = address.IPAddress
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

-- The network that most addresses are in, `172.16.0.`, and the lowest of them there.
local function home(by_ip)
  local count, lowest, most = {}, {}, nil
  for ip in pairs(by_ip) do
    local net, last = ip:match "^(%d+%.%d+%.%d+%.)(%d+)$"
    if net then
      count[net], lowest[net] = (count[net] or 0) + 1, math.min(lowest[net] or 255, tonumber(last) or 255)
      if not most or count[net] > count[most] or count[net] == count[most] and net < most then most = net end
    end
  end
  return most, most and lowest[most] or 255
end

-- The lowest address above the first that nobody has; false where there is none.
function _read.free(shared)
  local net, lowest = home(shared.by_ip)
  for last = lowest, 199 do
    local ip = net .. last
    if not shared.by_ip[ip] and not shared.places:find(ip:gsub("%.", "%%.") .. "%f[^%d]") then return ip end
  end
  return false
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

-- What is wrong with coredhcp.yaml beside SMD's addresses; why, where the file cannot be had. A lab's server is of one
-- version whatever the file is written for.
function _read.dhcp(shared)
  local version = next(shared.machines) and "v0.6" or nil
  local read = { found = {}, listens = {}, version = version }
  local ok, why = pcall(function()
    local text = chami.dhcp._config()
    read.found = chami.dhcp.lint(text, { smd = true, version = version })
    read.listens = listens(text)
  end)
  if not ok then read.fault = why end
  for _, finding in ipairs(read.found) do read.dies = read.dies or finding.does == "die" end
  return read
end

function _read.by_nid(shared)
  local by_nid = {}
  for id, one in pairs(shared.nodes) do
    if one.Type == "Node" and one.NID then
      by_nid[one.NID] = by_nid[one.NID] or {}
      table.insert(by_nid[one.NID], id)
    end
  end
  return by_nid
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

-- The domains and networks of the hypervisor, where there is one.
function _read.virt(shared) return hypervisor.read(next(shared.machines) ~= nil) end

-- What coresmd's log tells, and why nothing where it cannot be read.
function _read.events(shared) return evidence.events(shared.where) end

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

-- The cloud-configs of groups by name, each read once, and what is wrong with them.
function _read.texts() return {} end

function _read.lints() return {} end

-- Each URL is asked once: by its status, or nil where nobody answers.
function _read.asked() return {} end

function _read.lengths() return {} end

_Shared.__index = function(shared, name)
  if _Shared[name] then return _Shared[name] end
  local value = _read[name] and _read[name](shared) ---@type any
  rawset(shared, name, value)
  return value
end

-- Reads all that most probes want, before several nodes are asked about side by side.
function _Shared:warm()
  for _, name in ipairs { "nodes", "nics_of", "by_ip", "by_nid", "labels", "members", "by_mac", "machines", "virt" } do
    local _ = self[name]
  end
  for _, name in ipairs { "clouds", "defaults", "events" } do pcall(function() return self[name] end) end
end

-- The status an artifact is answered with.
function _Shared:status(url)
  local known = self.asked[url]
  if known == nil then
    local ok, answer = pcall(chami.http.head, url, PATIENCE)
    local silent = not ok and (answer.kind == "unreachable" or answer.kind == "timeout")
    self.lengths[url] = ok and answer.status == 200 and tonumber(answer.headers["content-length"]) or nil
    known = ok and answer.status or silent and "silent" or "other"
    self.asked[url] = known
  end
  return math.type(known) and known or nil
end

-- How many bytes an artifact has; nil where that is not told.
function _Shared:bytes(url)
  local _ = self:status(url)
  return self.lengths[url]
end

-- Whether nobody answers there. A certificate that is not believed is an answer.
function _Shared:silent(url)
  local _ = self:status(url)
  return self.asked[url] == "silent"
end

-- A group's cloud-config as it is served.
function _Shared:text(name)
  self.texts[name] = self.texts[name] or chami.cloud_init.group.config(name)
  return self.texts[name]
end

-- What is wrong with it, for one of its nodes: the others get the same text.
function _Shared:lint(name, data)
  self.lints[name] = self.lints[name] or chami.cloud_init.template.lint(self:text(name), data)
  return self.lints[name]
end

-- The interface a node boots from: the lab knows it; else that which has boot parameters, that which discovery numbers
-- first, or the first there is.
function _Shared:boot_nic(xname)
  local nics, machine = self.nics_of[xname] or {}, self.machines[xname]
  local rank, found = 0, nil
  for _, nic in ipairs(nics) do
    local mac = nic.MACAddress:lower()
    local mine = machine and mac == machine.mac and 4
      or self.by_mac[mac] and 3
      or (nic.Description or ""):find "^Interface 0 for " and 2
      or 1
    if mine > rank then rank, found = mine, nic end
  end
  return found
end

-- The record a node's firmware finds, by any of its MACs.
function _Shared:record_of(xname)
  for _, nic in ipairs(self.nics_of[xname] or {}) do
    local record = self.by_mac[nic.MACAddress:lower()]
    if record then return record end
  end
end

local Context = {}

-- A property of one node, in the same way.
local _of = {} ---@type table<string, fun(ctx: table): any>

function _of.component(ctx) return ctx.shared.nodes[ctx.xname] end

function _of.nics(ctx) return ctx.shared.nics_of[ctx.xname] or {} end

function _of.boot_nic(ctx) return ctx.shared:boot_nic(ctx.xname) end

function _of.labels(ctx) return ctx.shared.labels[ctx.xname] or {} end

function _of.record(ctx) return ctx.shared:record_of(ctx.xname) end

function _of.args(ctx) return chami.bss.args(ctx.record and ctx.record.params) end

-- The head node's address, by what the node boots from.
function _of.head(ctx)
  local record = ctx.record or ctx.shared.params[1] or {}
  local host = tostring(record.kernel):match "https?://([%w%.%-]+)"
  return host or ctx.machine and "172.16.0.254" or nil
end

-- An address that nobody has: the lowest that is free beside most others; nil where there is none to go by.
function _of.address(ctx) return ctx.shared.free or nil end

function _of.machine(ctx) return ctx.shared.machines[ctx.xname] end

-- The virtual machine behind it, as its definition is.
function _of.domain(ctx) return hypervisor.domain_of(ctx) end

-- The MAC that its firmware sends, where somebody knows it: a lab's machine has it, a virtual machine's definition.
function _of.firmware(ctx)
  if ctx.machine then return ctx.machine.mac end
  local nic = ctx.domain and ctx.domain.interfaces[1]
  return nic and nic.mac
end

-- What cloud-init tells the node, and why it does not: impersonation may be off, or the node unknown to it.
function _of.told(ctx)
  local ok, data = pcall(chami.cloud_init.node.meta_data, ctx.xname)
  return ok and { data = data } or { fault = data }
end

-- Whether nobody may look through a node's eyes: the client says by which variable that is allowed.
function _of.blind(ctx)
  local refused = ctx.told.fault
  return refused ~= nil and refused.status == 404 and tostring(refused.hint):find "IMPERSONATION" ~= nil
end

-- The groups whose files the node is told to include, as a set; nil where nobody may look.
function _of.includes(ctx)
  if not ctx.told.data then return nil end
  local found = {}
  for name in chami.cloud_init.node.vendor_data(ctx.xname):gmatch "/([^/\n]+)%.yaml" do found[name] = true end
  return found
end

-- Where it is told to fetch these files: what the server says without a base-url nobody has set.
function _of.base(ctx)
  if not ctx.told.data then return ctx.shared.defaults["base-url"] end
  return chami.cloud_init.node.vendor_data(ctx.xname):match "\n(%S+)/[^/\n]+%.yaml"
end

-- What its console has said of its last boot, and why nothing where it is not known.
function _of.heard(ctx)
  if ctx.machine or ctx.shared.virt.on_lab then return {} end
  local text, why = evidence.console(ctx)
  return { text = text, why = why }
end

function _of.said(ctx) return ctx.heard.text end

function _of.unsaid(ctx) return ctx.heard.why end

-- The timeline of its last boot, where there is one: a lab's machine keeps it, elsewhere it is put together from what can
-- be read of it.
function _of.boot(ctx)
  local virt = ctx.shared.virt
  if not ctx.machine and not virt.on_lab then
    if ctx.domain and ctx.domain.state ~= "running" then return nil end
    local stages = evidence.stages(ctx)
    for _, stage in ipairs(stages) do
      if not stage.unseen then return stages end
    end
    return nil
  end
  if not ctx.machine or ctx.machine.power == "off" then return nil end
  local ok, stages = pcall(chami.node.trace, ctx.xname)
  return ok and #stages > 0 and stages or nil
end

-- The first stage that did not go well, and the last: a node that comes again has several.
function _of.stopped(ctx)
  for _, stage in ipairs(ctx.boot or {}) do
    if not stage.ok and not stage.unseen then return stage end
  end
end

function _of.furthest(ctx)
  local last
  for _, stage in ipairs(ctx.boot or {}) do
    if not stage.ok and not stage.unseen then last = stage end
  end
  return last
end

-- Whether it came up: by its last boot on a lab, by SMD elsewhere.
function _of.up(ctx)
  local last = ctx.boot and ctx.boot[#ctx.boot]
  if ctx.machine then return last ~= nil and last.stage == "ready" and not ctx.stopped end
  if ctx.component ~= nil and ctx.component.State == "Ready" then return true end
  for _, stage in ipairs(not ctx.stopped and ctx.boot or {}) do
    if stage.stage == "config" and stage.ok then return true end
  end
  return false
end

Context.__index = function(ctx, name)
  local value = _of[name] and _of[name](ctx)
  rawset(ctx, name, value)
  return value
end

-- Like `ipairs` over the node's groups which cloud-init has: label, record.
local function clouds(ctx)
  local list = {}
  for _, label in ipairs(ctx.labels) do
    local record = ctx.shared.clouds[label]
    if record then list[#list + 1] = record end
  end
  return list
end

-- For who makes a fault: the interface a node boots from; without one nothing can be done to it.
local function boot_nic(at)
  local nic = at.shared:boot_nic(at.node)
  if nic then return nic end
  fault.raise("bad_argument", at.node .. " has no interface to be spoiled", { hint = "name another node" })
end

local function shared() return setmetatable({}, _Shared) end

local function node(cluster, xname)
  return setmetatable({ shared = cluster, xname = xname, clouds = clouds }, Context)
end

return { shared = shared, node = node, boot_nic = boot_nic }
