-- Moves nodes from one group to another, and has them boot what the nodes there boot.
--
--   chami move-nodes.lua NODES FROM TO [--dry-run]
--   chami move-nodes.lua nid003 compute io
--   chami -C demo move-nodes.lua '@compute & x1000c0s0b[1-2]n0' compute io --dry-run
--
-- SMD has the group, BSS what its nodes boot, under their MACs, and cloud-init what they configure:
-- a move is work in all three. All is read and compared first; what is so already is left alone.
-- Ends with 3 when nodes moved, but the nodes of TO do not tell what is to be booted there.

local words, dry = {}, false ---@type string[], boolean
for _, word in ipairs { ... } do
  if word == "--dry-run" then dry = true else words[#words + 1] = word end
end
local set, from, to = words[1], (words[2] or ""):lower(), (words[3] or ""):lower()
if #words ~= 3 or from == to or table.concat(words, " "):find "%-%-" then
  local hint = "chami move-nodes.lua nid003 compute io --dry-run"
  fault.raise("bad_argument", "wanted: NODES FROM TO, two different groups", { hint = hint })
end

local function named(list)
  local names = {}
  for _, name in ipairs(list) do names[name] = true end
  return names
end

-- Who moves, and which groups each is in. Faults for a group or a node that SMD does not know.
local source, target = smd.group.get(from), smd.group.get(to)
local movers = nodes.xnames(set)
local groups, leaving, joining = {}, {}, {}
for _, node in ipairs(smd.group.membership.list(movers)) do groups[node.id] = node.groupLabels end
for _, node in ipairs(movers) do
  if not groups[node] then
    fault.raise("not_found", "SMD does not know " .. node, { hint = "smd.component.list()" })
  end
  local labels = named(groups[node])
  if not labels[from] and not labels[to] then
    local hint = 'smd.group.member.add("' .. to .. '", "' .. node .. '") needs no move'
    fault.raise("not_found", node .. " is neither in " .. from .. " nor in " .. to, { hint = hint })
  end
  if labels[from] then leaving[#leaving + 1] = node end
  if not labels[to] then joining[#joining + 1] = node end
end

-- What the others in TO boot: one thing, several, or nothing.
local boots = {}
for _, record in ipairs(bss.boot.params.list()) do
  for _, mac in ipairs(record.macs or {}) do boots[mac:lower()] = record end
end
local function content(record)
  if not record then return "nothing" end
  return ("%s  %s  %s"):format(record.kernel or "", record.initrd or "", record.params or "")
end
local moving, settled = named(movers), named(target.members.ids)
local models, kinds = {}, {}
for _, nic in ipairs(smd.iface.list()) do
  local node, record = nic.ComponentID, boots[nic.MACAddress]
  if record and settled[node] and not moving[node] then
    local text = content(record)
    if not models[text] then kinds[#kinds + 1] = text end
    models[text] = models[text] or { record = record, nodes = {} }
    table.insert(models[text].nodes, node)
  end
end
local model = #kinds == 1 and models[kinds[1]].record
local macs, changing = nodes.macs(movers), {}
for i, node in ipairs(model and movers or {}) do
  if content(boots[macs[i]]) ~= content(model) then changing[#changing + 1] = node end
end

-- What cloud-init has for a group: SMD says who is in it, and cloud-init rereads that every minute.
local configs = {}
for _, group in ipairs(cloud_init.group.list()) do configs[group.name] = group end
local function include(label)
  local config = configs[label] and configs[label].file.content or ""
  return label .. ".yaml" .. (config == "" and " (empty: cloud-init has nothing for it)" or "")
end

local function tell(what, list, how)
  print(("%-11s %s"):format(what, #list > 0 and nodeset.fold(list) .. how or "nothing to do"))
end
local moved = #joining > 0 and joining or leaving
tell("group", moved, (": %s → %s"):format(from, to))
if model then
  tell("parameters", changing, ": " .. content(model))
end

if not dry then
  -- Nobody is without a group in between, unless the two exclude each other.
  local apart = source.exclusiveGroup and source.exclusiveGroup == target.exclusiveGroup
  if apart and #leaving > 0 then smd.group.member.delete(from, leaving) end
  if #joining > 0 then smd.group.member.ensure(to, joining) end
  if not apart and #leaving > 0 then smd.group.member.delete(from, leaving) end
  if #changing > 0 then
    local fields = { kernel = model.kernel, initrd = model.initrd, params = model.params }
    bss.boot.params.set(changing, fields)
  end
end

for _, node in ipairs(movers) do
  local files = { include(to) }
  for _, label in ipairs(groups[node]) do
    if label ~= from and label ~= to then files[#files + 1] = include(label) end
  end
  print(("%-11s %s: %s"):format("cloud-init", node, table.concat(files, ", ")))
end
print(dry and "dry run: nothing was changed" or "cloud-init follows within a minute")

if not model then
  for _, text in ipairs(kinds) do print(nodeset.fold(models[text].nodes) .. " boot " .. text) end
  local why = #kinds == 0 and "no other node of %s has boot parameters" or "the nodes of %s differ"
  local hint = ('bss.boot.params.set("%s", { kernel = …, initrd = …, params = … })'):format(set)
  fault.raise("partial", why:format(to) .. ": " .. set .. " boots what it did", { hint = hint })
end
