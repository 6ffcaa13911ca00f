-- Tells where SMD, BSS and cloud-init do not agree about nodes; corrects nothing.
--
--   chami consistency.lua [NODES]             all of it, or what concerns these nodes
--
-- Mistakes show when a node does not boot; with any, it ends with 6. cloud-init rereads SMD once a
-- minute (what is new may be told as not seen yet) and gives nodes looked at a lasting instance-id.

local set, more = ...
if more or set == "" or (set and set:find "^%-") then
  fault.raise("bad_argument", "wanted: one set of nodes", { hint = "chami consistency.lua @io" })
end

-- Findings by rule and text, each with everybody it is true of.
local order, who_by = {}, {}
local function tell(rule, who, text, ...)
  local line = ("%-13s %%s: %s"):format(rule, (text:format(...):gsub("%%", "%%%%")))
  if not who_by[line] then order[#order + 1], who_by[line] = line, {} end
  table.insert(who_by[line], who)
end

-- SMD: nobody shares an address, a number or a MAC; everybody has an interface and a group.
local chosen, wanted, known, taken = nodes.xnames(set or "@*"), {}, {}, {}
for _, id in ipairs(chosen) do wanted[id] = true end
local function unique(what, value, who)
  local other = taken[what .. value]
  taken[what .. value] = other or who
  if other and (wanted[who] or wanted[other]) then
    tell("twice", who, "%s %s is that of %s, too", what, value, other)
  end
end
local macs, groups, owner, boots = {}, {}, {}, {}
for _, node in ipairs(smd.component.list { type = "Node" }) do
  known[node.ID], macs[node.ID], groups[node.ID] = node, {}, {}
  if node.NID then unique("NID", node.NID, node.ID) end
end
local function small(number) return tonumber(number) < 256 and "" or nil end
for _, nic in ipairs(smd.iface.list()) do
  local id, mac = nic.ComponentID, nic.MACAddress
  owner[mac] = id
  if known[id] then table.insert(macs[id], mac) end
  if wanted[id] and #nic.IPAddresses == 0 then tell("address", id, "%s has none", mac) end
  for _, address in ipairs(nic.IPAddresses) do
    local ip = address.IPAddress
    local odd = not ip:find ":" and ip:gsub("%d+", small) ~= "..."
    if odd and wanted[id] then tell("address", id, "%q is none", ip) end
    unique("IP", ip, id)
  end
end
for _, bmc in ipairs(smd.rfe.list()) do unique("MAC", bmc.MACAddr or bmc.ID, bmc.ID) end
for _, group in ipairs(smd.group.list()) do
  for _, id in ipairs(group.members.ids) do
    if groups[id] then table.insert(groups[id], group.label) end
  end
end
for _, id in ipairs(chosen) do
  local hint = 'smd.component.list { type = "Node" }'
  if not known[id] then fault.raise("not_found", "SMD has no node " .. id, { hint = hint }) end
  if #macs[id] == 0 then tell("interface", id, "SMD has none: it gets no address") end
  if #groups[id] == 0 then tell("group", id, "in none: cloud-init has nothing for it") end
end

-- BSS: firmware asks by MAC. Kernel, initrd and root are of one layer, and ds= is the base-url.
for _, record in ipairs(bss.boot.params.list()) do
  for _, mac in ipairs(record.macs or {}) do
    boots[mac:lower()] = record
    if not set and not owner[mac:lower()] then tell("boot-mac", mac, "SMD does not know it") end
  end
  local others = { table.unpack(record.hosts or {}) }
  for _, nid in ipairs(record.nids or {}) do others[#others + 1] = taken["NID" .. nid] or nid end
  for _, id in ipairs(others) do
    if not set or wanted[id] then tell("boot-identity", id, "no firmware asks by xname or NID") end
  end
end
local base = (cloud_init.defaults.get()["base-url"] or "no"):gsub("/$", "")
for _, id in ipairs(chosen) do
  local record
  for _, mac in ipairs(macs[id]) do record = record or boots[mac] end
  if not record then tell("boot", id, "no parameters under its MACs") end
  local r, args = record or {}, bss.args(record and record.params)
  local place, kernel = (r.kernel or ""):match "^(.-)([^/]*)$"
  local other, initrd = (r.initrd or ""):match "^(.-)([^/]*)$"
  local version, root = kernel:match "%d+%.%d+.*", tostring(args:get "root" or "no")
  local layer, seed = place:match "[^/]+/$", tostring((args:get "ds")):match "s=([^;]*)" or "no"
  if other ~= place or not initrd:find(version or "", 1, true)
    or layer and not root:find("/" .. layer, 1, true) then
    tell("boot-image", id, "kernel %s, initrd %s, root=%s", r.kernel, r.initrd, root)
  end
  if record and seed:gsub("/$", "") ~= base then
    tell("boot-ds", id, "ds= names %s, base-url is %s", seed, base)
  end
end

-- cloud-init: groups of one name, members that are seen, names of their own, values that are there.
local configs = {}
for _, group in ipairs(cloud_init.group.list()) do
  configs[group.name] = cloud_init.group.config(group.name)
  if not set and not group.smd then tell("config", group.name, "SMD has no such group") end
end
for _, id in ipairs(chosen) do
  local data, list = cloud_init.node.meta_data(id), cloud_init.node.vendor_data(id)
  unique("host name", data["local-hostname"], id)
  local served
  for _, label in ipairs(groups[id]) do served = served or configs[label] end
  for _, label in ipairs(groups[id]) do
    if not served then tell("config", label, "cloud-init has nothing for its members") end
    local seen = list:find("/" .. label .. ".yaml", 1, true)
    if not seen then tell("group", id, "cloud-init has not seen it in %s yet", label) end
    local ok, text = pcall(cloud_init.template.render, configs[label] or "", data)
    if not ok then tell("template", id, "%s.yaml: %s", label, text.message) end
    for line in (ok and text or ""):gmatch "%S[^\n]*" do
      local empty = line:find "[:-] +[\"']*$" or line:find "%w=[\"']*$" or line:find "CI_MISSING"
      if empty then tell("empty", id, "%s.yaml: %s", label, line) end
    end
  end
end

for _, line in ipairs(order) do print(line:format(nodeset.fold(who_by[line]))) end
if #order == 0 then return print(#chosen .. " nodes: SMD, BSS and cloud-init agree") end
fault.raise("drift", "they do not agree: see above", { hint = "begin with what SMD has wrong" })
