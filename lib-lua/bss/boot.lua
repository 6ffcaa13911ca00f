local native = select(2, ...)
local args = require "bss.args"
local call = require "bss.call"
local fault = require "fault"
local nodes = require "nodes"

--- What nodes boot, and the script that tells them.
local boot = { params = require "bss.boot.params", image = {}, script = {} }

---@class bss.ScriptFor whose script: one of the three
---@field mac? string as the firmware asks; its spelling comes back in the script
---@field name? string an xname
---@field nid? integer

---@class bss.ScriptOptions
---@field retry? integer how often the node tried before
---@field arch? string the node's architecture, as an unknown node is asked to say
---@field ts? integer the time stamp such a node was given

--- Gets the boot script that a node's firmware is served: a node is asked for by its boot MAC, as firmware does.
--- Two sorts are served, and both come with status 200. A script with a line `kernel` boots. One with `sleep 10` and a
--- `chain … &arch=${buildarch}` is for a node that has no boot parameters under this identity, or that BSS does not know
--- from SMD (`bss.hosts.get`): it asks again for ever. Asking makes a row in `bss.history`, and for an unknown node
--- has BSS read SMD anew.
---@param node string|integer|bss.ScriptFor a node, or whose script in the wire's words
---@param options? bss.ScriptOptions what the firmware would say besides
---@return string script as served
---@shell ochami bss boot script get
---@state 301
---@example bss.boot.script.get("x1000c0s0b0n0"):find("sleep 10", 1, true) --> 8, 15
function boot.script.get(node, options)
  local whose = {}
  for key, value in pairs(options or {}) do whose[key] = value end
  if call.is_wire(node) then
    for key, value in pairs(node) do whose[key] = value end
  else
    whose.mac = call.one(nodes.macs(node), "bss.boot.params.list")
  end
  return native.script(whose)
end

-- Those of a set that have records: new arguments → MACs, and what is missing.
local function images(macs, root)
  local known, texts, by_text, missing = {}, {}, {}, {}
  for _, record in ipairs(boot.params.list(macs)) do known[record.macs[1]] = record end
  for _, mac in ipairs(macs) do
    if known[mac] then
      local text = tostring(args.new(known[mac].params):set("root", root))
      if not by_text[text] then
        texts[#texts + 1], by_text[text] = text, {}
      end
      table.insert(by_text[text], mac)
    else
      local hint = { hint = "bss.boot.params.set makes some", service = "bss" }
      missing[#missing + 1] = { node = mac, fault = fault.new("not_found", "no boot parameters for " .. mac, hint) }
    end
  end
  return texts, by_text, missing
end

--- Sets the image nodes boot: `root=` among their kernel arguments. All else stays, for each node what it had.
---@param set string|integer|string[] which nodes; they have boot parameters
---@param root string where the image is, `live:http://172.16.0.254/rootfs`
---@return bss.BootParams[] records as they are now, one for each node
---@shell ochami bss boot image set
---@state 301
---@example bss.boot.params.set(1, { kernel = "k", params = "root=a ro" }); return bss.boot.image.set(1, "b")[1].params --> "root=b ro"
function boot.image.set(set, root)
  local macs = nodes.macs(set)
  local texts, by_text, missing = images(macs, root)
  local now = {}
  for _, text in ipairs(texts) do
    for _, record in ipairs(boot.params.update { macs = by_text[text], params = text }) do
      now[#now + 1] = record
    end
  end
  if #missing == 0 then return now end
  if #missing == 1 and #now == 0 then error(missing[1].fault, 0) end
  local message = ("%d of %d not changed, the first: %s"):format(#missing, #macs, missing[1].fault.message)
  local kind = #now == 0 and "not_found" or "partial"
  return fault.raise(kind, message, { service = "bss", items = missing, hint = "_err.items names each with its fault" })
end

return boot
