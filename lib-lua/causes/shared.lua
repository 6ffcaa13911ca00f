-- What probes read of the cluster: each resource listed once, when it is first asked for. No part of the public API.
local address = require "causes.address"
local image = require "causes.image"
local read = require "causes.read"

-- A lab's head node.
local HEAD, NAME = "172.16.0.254", "demo.openchami.cluster"

-- Longer than this no artifact is waited for: a probe asks whether it is there, and reads nothing of it.
local PATIENCE = { timeout = "3s", any_status = true }

local _Shared = {} ---@type table<string, any>

_Shared.__index = function(shared, name)
  if _Shared[name] then return _Shared[name] end
  local value = read[name] and read[name](shared) ---@type any
  rawset(shared, name, value)
  return value
end

function _Shared:excuse(fault) self.excused[fault] = true end

-- For probes that want coredhcp.yaml: raises why it is not to be had.
function _Shared:need_dhcp()
  if self.dhcp.fault then error(self.dhcp.fault, 0) end
end

-- Whether strangers are lent an address: the pool of coredhcp.yaml holds it.
function _Shared:lent(ip)
  local pool, wanted = self.pool, address.number(ip)
  return pool and wanted and wanted >= pool.first and wanted <= pool.last or false
end

-- What is listed once for all; those of other services than SMD may fail, and say so to who wants them.
local LISTS = { "nodes", "nics_of", "by_ip", "by_nid", "labels", "members", "machines", "virt" }
local OTHERS = { "by_mac", "clouds", "defaults", "events", "refresh", "server", "dhcp" }

-- The URLs that nodes boot from, and the groups of cloud-init they are in, each once.
local function named_by(shared, xnames)
  local urls, labels, known = {}, {}, {}
  local function add(list, one)
    if one and not known[one] then list[#list + 1], known[one] = one, true end
  end
  for _, xname in ipairs(xnames) do
    local record = shared:record_of(xname)
    for _, pair in ipairs(record and image.wanted(record) or {}) do
      add(urls, tostring(pair[2]):find "^https?://" and pair[2])
    end
    for _, label in ipairs(shared.labels[xname] or {}) do add(labels, shared.clouds[label] and label) end
  end
  return urls, labels
end

-- Reads all that probes want of more than one node, before many are asked about side by side: what is not known yet each
-- of them would ask for.
---@param xnames string[] the nodes
function _Shared:warm(xnames)
  for _, name in ipairs(LISTS) do
    local _ = self[name]
  end
  for _, name in ipairs(OTHERS) do pcall(function() return self[name] end) end
  if next(self.machines) then pcall(function() return self.artifacts and self.boots end) end
  local _ = self.virt.on_lab or self.asked_bss
  pcall(function()
    local urls, labels = named_by(self, xnames)
    chami.task.map(urls, function(url) return self:status(url) or false end)
    chami.task.map(labels, function(label) return self:text(label) end)
  end)
end

-- The only host that the simulated machines of a lab reach; nil where there are real ones.
local function only_host(shared)
  local any
  for _, machine in pairs(shared.machines) do
    if machine.wire then return nil end
    any = true
  end
  return any and HEAD or nil
end

-- Whether it is asked of a host that this cluster's nodes do not reach, though this one might.
local function is_beyond(shared, url)
  if shared.only == nil then shared.only = only_host(shared) or false end
  local host = tostring(url):match "^%a+://([^/:]+)"
  return shared.only and host ~= nil and host ~= HEAD and host:lower() ~= NAME
end

-- The status an artifact is answered with.
function _Shared:status(url)
  local known = self.asked[url]
  if known == nil and is_beyond(self, url) then known, self.asked[url] = "silent", "silent" end
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

-- The arguments that a record gives to the kernel, read once for all nodes that share it.
function _Shared:args_of(record)
  local key = record or false
  self.args[key] = self.args[key] or chami.bss.args(record and record.params)
  return self.args[key]
end

-- A group's cloud-config as it is served.
function _Shared:text(name)
  self.texts[name] = self.texts[name] or chami.cloud_init.group.config(name)
  return self.texts[name]
end

-- The names that data have, as one text: nodes of the same names lack the same.
local function names_in(data, out)
  local keys = {}
  for key in pairs(data) do keys[#keys + 1] = tostring(key) end
  table.sort(keys)
  for _, key in ipairs(keys) do
    out[#out + 1] = key
    if type(data[key]) == "table" then
      out[#out + 1] = "{"
      names_in(data[key], out)
      out[#out + 1] = "}"
    end
  end
  return out
end

-- What is wrong with a group's file, for one of its nodes: others of the same names get the same text.
function _Shared:lint(name, data)
  local key = name .. "\0" .. table.concat(names_in(data or {}, {}), "\0")
  self.lints[key] = self.lints[key] or chami.cloud_init.template.lint(self:text(name), data)
  return self.lints[key]
end

-- The names that a group's template asks for and data have not.
---@return string[]
function _Shared:missing_in(name, data)
  local key = name .. "\0" .. table.concat(names_in(data, {}), "\0")
  if not self.missing[key] then
    local part = { { name = name, content = self:text(name) } }
    local ok, merged = pcall(chami.cloud_init.template.merge, part, data)
    self.missing[key] = ok and merged.parts[1] and merged.parts[1].missing or {}
  end
  return self.missing[key]
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

local function shared() return setmetatable({}, _Shared) end

return { shared = shared }
