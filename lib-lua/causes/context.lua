-- What probes read: each resource of the cluster listed once (`shared`), and the one node they ask about. No part of the
-- public API.
local address = require "causes.address"
local evidence = require "node.evidence"
local fault = require "fault"
local hypervisor = require "causes.hypervisor"
local said = require "node.said"
local shared = require "causes.shared"
local spare = require "causes.spare"

local Context = {}

-- A property of one node, in the same way.
local _of = {} ---@type table<string, fun(ctx: table): any>

function _of.component(ctx) return ctx.shared.nodes[ctx.xname] end

function _of.nics(ctx) return ctx.shared.nics_of[ctx.xname] or {} end

function _of.boot_nic(ctx) return ctx.shared:boot_nic(ctx.xname) end

function _of.labels(ctx) return ctx.shared.labels[ctx.xname] or {} end

function _of.record(ctx) return ctx.shared:record_of(ctx.xname) end

-- The arguments of its kernel; they are only read.
function _of.args(ctx) return ctx.shared:args_of(ctx.record) end

-- The head node's address, by what the node boots from.
function _of.head(ctx)
  local record = ctx.record or ctx.shared.params[1] or {}
  local host = tostring(record.kernel):match "https?://([%w%.%-]+)"
  return host or ctx.machine and "172.16.0.254" or nil
end

-- The address that it should have by its NID, as most others have theirs; nil where there is no such rule.
function _of.regular(ctx)
  local nid, offset = ctx.component and ctx.component.NID, ctx.shared.offset
  return nid and offset and address.text(nid + offset) or nil
end

-- An address that nobody has: its own by its NID, else one that is free beside most others; nil where there is none to go
-- by.
function _of.address(ctx)
  local own = ctx.regular
  if own and not ctx.shared.by_ip[own] and not ctx.shared:lent(own) then return own end
  return spare.address_for(ctx.shared, ctx.xname)
end

function _of.machine(ctx) return ctx.shared.machines[ctx.xname] end

-- The virtual machine behind it, as its definition is.
function _of.domain(ctx) return hypervisor.domain_of(ctx) end

-- The MAC that its firmware sends, where somebody knows it: a lab's machine has it, or a virtual machine's definition.
function _of.firmware(ctx)
  if ctx.machine then return ctx.machine.mac end
  local card = ctx.domain and hypervisor.card(ctx)
  return card and card.mac
end

-- Whether SMD's Ready is of the last boot: of a machine that was just switched it may be an old one.
function _of.is_ready(ctx)
  local since = ctx.shared.since and ctx.shared.since[ctx.xname]
  return ctx.component ~= nil and ctx.component.State == "Ready" and not (since and since.ready)
end

-- When its last boot can have begun at the earliest.
function _of.started(ctx) return evidence.started(ctx) end

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

-- The list of files that the node is told to include; nil where nobody may look.
function _of.vendor(ctx) return ctx.told.data and chami.cloud_init.node.vendor_data(ctx.xname) end

-- The groups whose files it is told to include, as a set.
function _of.includes(ctx)
  if not ctx.vendor then return nil end
  local found = {}
  for name in ctx.vendor:gmatch "/([^/\n]+)%.yaml" do found[name] = true end
  return found
end

-- Where it is told to fetch these files: what the server says without a base-url nobody has set.
function _of.base(ctx)
  if not ctx.vendor then return ctx.shared.defaults["base-url"] end
  return ctx.vendor:match "\n(%S+)/[^/\n]+%.yaml"
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
  local stages = ctx.kept and ctx.kept.stages
  return stages and #stages > 0 and stages or nil
end

-- What a lab keeps of the last boot of a machine that is on.
function _of.kept(ctx)
  if not ctx.machine or ctx.machine.power == "off" then return nil end
  -- Where many are asked about all were listed.
  local boots = rawget(ctx.shared, "boots")
  if boots then return boots[ctx.xname] end
  local ok, record = pcall(require("node.machines").record, ctx.xname)
  return ok and record.boot or nil
end

-- The arguments that its kernel was started with, where it or a lab tells.
function _of.cmdline(ctx)
  if ctx.machine then return ctx.kept and ctx.kept.cmdline end
  return ctx.said and said.arguments(ctx.said)
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
  local off = ctx.domain and ctx.domain.state ~= "running"
  if off or ctx.stopped then return false end
  if ctx.is_ready then return true end
  for _, stage in ipairs(ctx.boot or {}) do
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

local function node(cluster, xname)
  return setmetatable({ shared = cluster, xname = xname, clouds = clouds }, Context)
end

-- Gives SMD this interface again, or with another MAC: how faults are made.
local function add_nic(mac, nic)
  chami.smd.iface.add(mac, {
    ComponentID = nic.ComponentID, Description = nic.Description, IPAddresses = nic.IPAddresses,
  })
end

return { add_nic = add_nic, shared = shared.shared, node = node, boot_nic = boot_nic }
