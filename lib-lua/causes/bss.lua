-- Causes that stand in BSS: what a node boots, and whether its firmware finds it. No part of the public API.
local fault = require "fault"
local image = require "causes.image"

local function record_of(at)
  local record = at.shared:record_of(at.node)
  if record then return record end
  fault.raise("bad_argument", at.node .. " has no boot parameters to be spoiled", { hint = "name another node" })
end

local function fields_of(record)
  return { kernel = record.kernel, initrd = record.initrd, params = record.params }
end

-- Whether BSS has parameters for the MAC that its firmware sends: then it is SMD that has another.
local function of_firmware(ctx)
  return ctx.firmware ~= nil and not ctx.shared.by_nic[ctx.firmware] and ctx.shared.by_mac[ctx.firmware] ~= nil
end

-- A group of the node none of whose members has parameters, while others have some.
local function bare_group(ctx)
  if not next(ctx.shared.by_mac) then return nil end
  for _, label in ipairs(ctx.labels) do
    local members, bare = ctx.shared.members[label], true
    for _, id in ipairs(members) do bare = bare and not ctx.shared:record_of(id) end
    if bare and #members > 1 then return label, #members end
  end
end

-- Parameters stored under an xname or a NID of the node.
local function elsewhere(ctx)
  local nid = ctx.component and ctx.component.NID
  for _, record in ipairs(ctx.shared.params) do
    for _, host in ipairs(record.hosts or {}) do
      if host == ctx.xname then return "its xname", record end
    end
    for _, number in ipairs(record.nids or {}) do
      if number == nid then return "its NID", record end
    end
  end
end

-- One kernel for all, and how many initrds there are beside it.
local function kernels(shared)
  local kernel ---@type string?
  local initrds, count, macs = {}, 0, 0
  for _, record in ipairs(shared.params) do
    if record.macs and #record.macs > 0 then
      if kernel and kernel ~= record.kernel then return nil end
      kernel, macs = record.kernel, macs + #record.macs
      local initrd = record.initrd or ""
      if not initrds[initrd] then initrds[initrd], count = true, count + 1 end
    end
  end
  return kernel, count, macs
end

local function all_alike(ctx)
  local kernel, initrds, macs = kernels(ctx.shared)
  return kernel and macs > 1 and (ctx.record.kernel == kernel) and { initrds = initrds, macs = macs } or nil
end

-- A kernel of another build: the other layer's where the tutorial's layers are, else another version.
local function other_kernel(record)
  local kernel, root = record.kernel, image.root(record) or ""
  for _, pair in ipairs { { "/base/", "/debug/" }, { "/debug/", "/base/" } } do
    local from, to = pair[1], pair[2]
    local at = kernel:find(from, 1, true)
    if at and root:find(from, 1, true) then return kernel:sub(1, at - 1) .. to .. kernel:sub(at + #from) end
  end
  return image.renamed(kernel, image.later(image.version(kernel)))
end

-- What to do where a node has nothing to boot: as a node does that has, of its own groups rather than of others.
local function as_another(ctx, who)
  local found
  local function first(list)
    for _, id in ipairs(list or {}) do
      if id ~= ctx.xname then found = found or id end
    end
  end
  for _, label in ipairs(ctx.labels) do first(ctx.shared.booting.group[label]) end
  first(ctx.shared.booting.any)
  if not found then return nil end
  local text = "local r = bss.boot.params.get(%q); bss.boot.params.set(%s, "
    .. "{ kernel = r.kernel, initrd = r.initrd, params = r.params })"
  return text:format(found, who)
end

return {
  {
    id = "F18", stage = "script", owner = "bss",
    heard = "one node hangs; its parameters are set, I looked myself",
    symptom = "the parameters are in the list, and the node sleeps and asks again all the same",
    cause = "they are stored under an xname or a NID, and firmware asks by MAC",
    fix = "bss.boot.params.set(NODE, { kernel = KERNEL, initrd = INITRD, params = PARAMS })",
    note = "this stores them under its MAC",
    _probe = function(ctx)
      if #ctx.nics == 0 or ctx.record then return nil end
      local where, record = elsewhere(ctx)
      if not where then return nil end
      local text = "bss.boot.params.set(NODE, { kernel = %q, initrd = %q, params = %q })"
      local fix = text:format(record.kernel or "", record.initrd or "", record.params or "")
      local told = "%s has boot parameters under %s and none under a MAC"
      return told:format(ctx.xname, where), "certain", { _fix = fix }
    end,
    _inject = function(at)
      local fields, nid = fields_of(record_of(at)), at.shared.nodes[at.node].NID
      chami.bss.boot.params.delete(at.node)
      local by_nid = nid and at.chance(2) == 1
      if by_nid then fields.nids = { nid } else fields.hosts = { at.node } end
      chami.bss.boot.params.set(fields)
      return ("what %s boots stands under its %s"):format(at.node, by_nid and "NID" or "xname")
    end,
  },
  {
    id = "F16", stage = "script", owner = "bss",
    heard = "all nodes of one role hang at a blinking cursor since Friday",
    symptom = "all nodes of a group sleep and ask again, though who set their parameters saw a 200",
    cause = "a group's name in `hosts`: BSS knows no groups, and stores nothing",
    fix = 'bss.boot.params.set("@GROUP", { kernel = KERNEL, initrd = INITRD, params = PARAMS })',
    note = "this looks the MACs of its members up",
    _probe = function(ctx)
      if #ctx.nics == 0 or ctx.record or elsewhere(ctx) or of_firmware(ctx) then return nil end
      local label, count = bare_group(ctx)
      if not label then return nil end
      local text = "none of the %d members of %s has boot parameters, and other nodes have"
      return text:format(count, label), "likely", { GROUP = label, _fix = as_another(ctx, ("%q"):format("@" .. label)) }
    end,
    _inject = function(at)
      local total, fit = 0, {}
      for id, one in pairs(at.shared.nodes) do
        if one.Type == "Node" and at.shared:record_of(id) then total = total + 1 end
      end
      for _, label in ipairs(at.shared.labels[at.node] or {}) do
        local count = #at.shared.members[label]
        if count > 1 and count < total then fit[#fit + 1] = label end
      end
      if #fit == 0 then
        local text = "this needs a group of several nodes, and nodes outside it"
        fault.raise("bad_argument", text, { hint = "cluster.apply" })
      end
      local label, record = at.pick(fit), record_of(at)
      chami.bss.boot.params.delete("@" .. label)
      local fields = fields_of(record)
      fields.hosts = { label }
      pcall(chami.bss.boot.params.set, fields)
      return ("what %s boots was set under the group's name, and BSS keeps nothing of it"):format(label)
    end,
  },
  {
    id = "F17", stage = "script", owner = "bss",
    heard = "one node asks what to boot, over and over",
    symptom = "the script is `sleep 10` and `chain`, over and over, each with status 200",
    cause = "BSS has no parameters for the MAC that SMD has for the node",
    fix = "bss.boot.params.set(NODE, { kernel = KERNEL, initrd = INITRD, params = PARAMS })",
    lab_note = 'lab.artifacts() lists what there is to boot, below "http://172.16.0.254:9000/"',
    _probe = function(ctx)
      if #ctx.nics == 0 or ctx.record or elsewhere(ctx) or of_firmware(ctx) then return nil end
      local text = "BSS has no boot parameters for %s of %s"
      local group = bare_group(ctx)
      local names = { _fix = as_another(ctx, "NODE") }
      return text:format(ctx.boot_nic.MACAddress, ctx.xname), group and "possible" or "certain", names
    end,
    _inject = function(at)
      local record, mac = record_of(at), at.shared:boot_nic(at.node).MACAddress
      chami.bss.boot.params.delete(at.node)
      if at.chance(2) == 1 then return ("the boot parameters of %s are gone"):format(at.node) end
      local wrong = mac:gsub("^(%x%x:%x%x:)%x%x", "%10f", 1)
      local fields = fields_of(record)
      fields.macs = { wrong }
      chami.bss.boot.params.set(fields)
      return ("what %s boots stands under %s, which is not its MAC"):format(at.node, wrong)
    end,
  },
  {
    id = "F26", stage = "kernel", owner = "bss",
    heard = "every node runs the same kernel since somebody changed one",
    symptom = "all nodes boot one kernel since somebody changed one",
    cause = "a PUT without macs, hosts or nids means every record BSS has",
    note = "put the others back: journal.list() and undo(ID) if it was chami, else cluster.apply(ROLES)",
    _probe = function(ctx)
      local odd = ctx.record and image.odd(ctx.record)
      local alike = odd and all_alike(ctx)
      if not alike then return nil end
      local text = "all %d MACs have the kernel %s, with %s; of %s %s"
      local initrds = alike.initrds == 1 and "one initrd that is not its own" or alike.initrds .. " initrds"
      return text:format(alike.macs, ctx.record.kernel, initrds, ctx.xname, odd), "certain"
    end,
    _inject = function(at)
      local kernel = other_kernel(record_of(at))
      chami.http.put("/boot/v1/bootparameters", { json = { kernel = kernel } })
      return ("a PUT of the kernel %s without an identity reached every node"):format(kernel)
    end,
  },
  {
    id = "F29", stage = "initrd", owner = "bss",
    heard = "one node starts its kernel, and has no network afterwards",
    symptom = "the kernel starts, finds none of its modules, and stays without network",
    cause = "BSS merges a PUT: what is not sent keeps its old value",
    note = "send kernel, initrd and params of one build together: bss.boot.params.set",
    _probe = function(ctx)
      local odd = ctx.record and image.odd(ctx.record)
      if not odd or all_alike(ctx) then return nil end
      return ("of %s %s"):format(ctx.xname, odd), "certain"
    end,
    _inject = function(at)
      local record = record_of(at)
      local kernel = image.renamed(record.kernel, image.later(image.version(record.kernel)))
      at.artifact(kernel)
      chami.bss.boot.params.update(at.node, { kernel = kernel })
      return ("%s got the kernel %s and kept its initrd"):format(at.node, kernel)
    end,
  },
  {
    id = "F25", stage = "rootfs", owner = "bss", advice = true,
    heard = "the console of one node goes dark after the initrd",
    symptom = "the console is silent after `initrd … ok`",
    cause = "no `console=ttyS0` among the kernel arguments: the kernel talks to a screen that nobody has",
    fix = "bss.boot.params.update(NODE, { params = bss.args(bss.boot.params.get(NODE).params)"
      .. ':add("console", "ttyS0,115200") })',
    _probe = function(ctx)
      if not ctx.record then return nil end
      for _, value in ipairs { ctx.args:get "console" } do
        if tostring(value):find "^tty[%u]" or tostring(value):find "^hvc" then return nil end
      end
      return ("the kernel arguments of %s name no serial console"):format(ctx.xname), "likely"
    end,
    _inject = function(at)
      local args = chami.bss.args(record_of(at).params):remove "console"
      if at.chance(2) == 1 then args:add("console", "tty0") end
      chami.bss.boot.params.update(at.node, { params = args })
      return ("%s has no serial console among its arguments"):format(at.node)
    end,
  },
}
