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
    ---@cast node bss.ScriptFor
    for key, value in pairs(node) do whose[key] = value end
  else
    ---@cast node -bss.ScriptFor
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

-- Adds what an update could not change to what is missing: as it tells itself, or all of it.
local function add_failed(missing, macs, found)
  if type(found) ~= "table" or not found.kind or found.kind == "interrupted" then error(found, 0) end
  if found.items and #found.items > 0 then
    table.move(found.items, 1, #found.items, #missing + 1, missing)
    return
  end
  for _, mac in ipairs(macs) do missing[#missing + 1] = { node = mac, fault = found } end
end

-- Ends with what is missing: with its only fault, with what all have in common, or as `partial`.
local function raise_missing(missing, count)
  local first = missing[1].fault
  if count == 1 then error(first, 0) end
  local kind = #missing == count and first.kind or "partial"
  for _, item in ipairs(missing) do
    if item.fault.kind ~= kind then kind = "partial" end
  end
  local message = ("%d of %d not changed, the first: %s"):format(#missing, count, first.message)
  local hint = kind == "partial" and "_err.items names each with its fault" or first.hint
  fault.raise(kind, message, { service = "bss", items = missing, hint = hint })
end

--- Sets the image nodes boot: `root=` among their kernel arguments. All else stays, for each node what it had.
---@param set nodeset.Set which nodes; they have boot parameters
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
    local ok, found = pcall(boot.params.update, { macs = by_text[text], params = text })
    if ok then table.move(found, 1, #found, #now + 1, now) else add_failed(missing, by_text[text], found) end
  end
  if #missing > 0 then raise_missing(missing, #macs) end
  return now
end

return boot
