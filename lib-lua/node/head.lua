-- The machines of a real cluster as far as its head node reaches them: virtual ones, through libvirt, each found by the
-- MACs that SMD has. No part of the public API: `node`.
local context = require "causes.context"
local evidence = require "node.evidence"
local fault = require "fault"
local nodes = require "nodes"

local function is_running(domain) return domain.state ~= "shut off" and domain.state ~= "crashed" end

-- Why no machine is found behind a node.
local function missing(ctx, call)
  local virt = ctx.shared.virt
  if virt.fault then
    local text = "%s: the machine behind %s cannot be reached: %s"
    fault.raise("unsupported", text:format(call, ctx.xname, virt.fault.message), {
      hint = "virtual machines want libvirt and chami-virt here, on the head node; others are switched through their "
        .. "BMCs, which chami does not reach yet: ochami pcs transition start",
    })
  end
  local macs = {}
  for i, nic in ipairs(ctx.nics) do macs[i] = nic.MACAddress end
  local known = #macs > 0 and ("SMD has %s for it"):format(table.concat(macs, ", ")) or "SMD has no interface of it"
  fault.raise("not_found", ("%s: no domain of %s is %s: %s"):format(call, chami.virsh.uri(), ctx.xname, known), {
    hint = "virsh.domiflist(DOMAIN) shows a domain's MACs, node.why looks for the one that is misspelt; "
      .. "virsh.connect chooses another libvirt",
  })
end

-- Nodes with their domains, each resource read once. `since`: what there was of some before they were switched. `kept`: what
-- was read before.
---@return table[] list
local function found(set, where, since, kept)
  local shared, list = kept or context.shared(), {}
  shared.where, shared.since = where, since
  for i, xname in ipairs(type(set) == "table" and set.xnames or nodes.xnames(set)) do
    list[i] = context.node(shared, xname)
  end
  return list
end

-- Which stage it is at: the first that is known not to have gone well, else the last that was seen.
local function reached(stages)
  local last
  for _, stage in ipairs(stages) do
    if not stage.unseen then last = stage end
    if not stage.ok and not stage.unseen then break end
  end
  return last
end

---@return node.Machine
local function told(ctx, in_detail)
  local domain, state = ctx.domain, ctx.component and ctx.component.State
  local running = domain and is_running(domain) or not domain and state ~= "Off"
  local up = running and (in_detail and ctx.up or not in_detail and ctx.is_ready)
  local last = in_detail and running and not up and reached(ctx.boot or {}) or nil
  return {
    name = domain and domain.name, xname = ctx.xname, mac = ctx.firmware, power = running and "on" or "off",
    stage = running and (up and "ready" or last and last.stage or "power") or nil,
    ok = running and (up or not last or last.ok) or false, due = running and not up and "unknown" or nil,
    ip = ctx.boot_nic and ctx.boot_nic.IPAddresses and ctx.boot_nic.IPAddresses[1]
      and ctx.boot_nic.IPAddresses[1].IPAddress,
  }
end

-- What changes while machines boot, besides their consoles. Logs and histories are long, and tell nothing that ends the
-- waiting.
local PASSING = { "nodes", "virt" }

-- What was read the last time, without what may have changed.
local function lately(since)
  local kept = since and since.kept
  for _, name in ipairs(kept and PASSING or {}) do kept[name] = nil end
  return kept
end

-- How nodes are now. `quick`: one of many looks, for which the rest is as it was at the last one.
---@return node.Machine[]
local function now(set, in_detail, since, quick)
  local list = found(set, nil, since, quick and lately(since) or nil)
  if since and list[1] then since.kept = list[1].shared end
  for i, ctx in ipairs(list) do
    local mark = since and since[ctx.xname]
    -- From here on Ready is news.
    if mark and not (ctx.component and ctx.component.State == "Ready") then mark.ready = false end
    list[i] = told(ctx, in_detail)
  end
  return list
end

-- What there is of machines before they are switched, by xname. Raises where nothing would tell that one has come up.
local function before(list, action, call)
  local xnames, since, blind = {}, {}, {}
  for i, machine in ipairs(list) do xnames[i] = machine.xname end
  for i, ctx in ipairs(found { xnames = xnames }) do
    local pressed = action == "reset" or list[i].power == "off"
    if pressed then since[ctx.xname] = evidence.before(ctx) end
    if not (evidence.tells(ctx) or not pressed and ctx.up) then blind[#blind + 1] = ctx end
  end
  if not blind[1] then return since end
  local text = "%s: nothing was switched: nothing here would tell that %s has come up: %s, and SMD has no node "
    .. "Ready, as if nothing sent heartbeats"
  local _, why = evidence.console(blind[1])
  fault.raise("unsupported", text:format(call, blind[1].xname, why), {
    hint = "without `wait` it is switched; virsh.install{ console_log = PATH } keeps what a console says, which tells",
  })
end

-- The nodes behind which a machine stands that can be reached.
---@return node.Machine[]
local function machines(set, call)
  local list = found(set)
  for i, ctx in ipairs(list) do
    if not ctx.domain then missing(ctx, call) end
    list[i] = told(ctx)
  end
  return list
end

local function names(list, wanted)
  local out = {}
  for _, machine in ipairs(list) do
    if machine.power == wanted then out[#out + 1] = machine.name end
  end
  return out
end

-- Presses their buttons: one that is as wanted stays as it is.
local ACTIONS = {
  on = { off = "start" }, off = { on = "destroy" }, reset = { off = "start", on = "reset" },
}

---@return node.Machine[]
local function power(list, action)
  for state, verb in pairs(ACTIONS[action]) do
    local which = names(list, state)
    if #which > 0 then chami.virsh[verb](which) end
  end
  local xnames = {}
  for i, machine in ipairs(list) do xnames[i] = machine.xname end
  return now { xnames = xnames }
end

-- The stages of one node's last boot, and what its console said.
local function trace(set, where, since)
  local list = found(set, where, since)
  if #list == 1 then return evidence.stages(list[1]) end
  fault.raise("bad_argument", ("node.trace wants one node, and these are %d"):format(#list), {
    hint = "task.map(nodes.xnames(SET), function(n) return node.trace(n) end) does each",
  })
end

---@return string
local function console(set, call)
  local ctx = found(set)[1] ---@type any
  if not ctx.domain then missing(ctx, call) end
  return ctx.said or fault.raise("unsupported", ("%s: not seen from here: %s"):format(call, ctx.unsaid), {
    hint = ("virsh.console(%q) shows what comes from now on; "):format(ctx.domain.name)
      .. "virsh.install{ console_log = PATH } keeps what came",
  })
end

return { machines = machines, now = now, before = before, power = power, trace = trace, console = console }
