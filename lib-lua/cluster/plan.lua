-- What stands between declared roles and the cluster: one list call per resource, then one write per difference.
-- No part of the public API.
local args = require "bss.args"
local nodes = require "nodes"
local nodeset = require "nodeset"
local BOOT = require("cluster.roles").BOOT

-- Arguments as they are compared: their words in their order, whatever stands between them.
local function words_of(text)
  local words = {}
  for _, word in ipairs(args.new(text)) do words[#words + 1] = word:match "%S.*" end
  return table.concat(words, " ")
end

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for key, value in pairs(a) do
    if not same(value, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

local function set_of(list)
  local set = {}
  for _, item in ipairs(list) do set[item] = true end
  return set
end

-- Those of a list that are not among others.
local function without(list, others)
  local rest, set = {}, set_of(others)
  for _, item in ipairs(list) do
    if not set[item] then rest[#rest + 1] = item end
  end
  return rest
end

local function fold(xnames) return #xnames > 0 and nodeset.fold(xnames) or "" end

-- One difference, with the call that ends it.
local function add(plan, change, write)
  plan.changes[#plan.changes + 1] = change
  plan.writes[#plan.writes + 1] = write
end

local function by(list, field)
  local map = {}
  for _, record in ipairs(list) do map[record[field]] = record end
  return map
end

-- What of a cloud-init group is not as declared.
local function odd_fields(wanted, now)
  local odd = {}
  if wanted.file and chami.cloud_init.group.config(now.name) ~= wanted.file.content then odd[1] = "config" end
  if wanted.meta_data and not same(wanted.meta_data, now["meta-data"] or {}) then odd[#odd + 1] = "meta_data" end
  if wanted.description and wanted.description ~= now.description then odd[#odd + 1] = "description" end
  return odd
end

local function clouds(plan, roles)
  local there
  for _, role in ipairs(roles) do
    local wanted = role.cloud
    if wanted then
      there = there or by(chami.cloud_init.group.list(), "name")
      local now = there[role.label]
      local odd = now and odd_fields(wanted, now) or { "config" }
      if #odd > 0 then
        local change = {
          action = now and "change" or "create", resource = "cloud-init", role = role.label, nodes = fold(role.xnames),
          detail = table.concat(odd, ", "),
        }
        add(plan, change, function() chami.cloud_init.group.ensure(role.label, wanted) end)
      end
    end
  end
end

-- What becomes of a group: who joins, who leaves, whether its description changes.
local function turn(role, now)
  local ids = now and now.members.ids or {}
  local one = { role = role, now = now, joins = without(role.xnames, ids), leaves = without(ids, role.xnames) }
  one.told = role.description ~= nil and role.description ~= (now and now.description)
  return one
end

local function write_group(one)
  local role, group = one.role, chami.smd.group
  if not one.now then
    group.add(role.label, { description = role.description, members = role.xnames })
  elseif one.told then
    group.update(role.label, { description = role.description, members = role.xnames })
  elseif #one.joins > 0 then
    group.member.set(role.label, role.xnames)
  else
    group.member.delete(role.label, one.leaves)
  end
end

local function tell_group(one)
  local parts = {}
  if #one.joins > 0 then parts[1] = "joins " .. fold(one.joins) end
  if #one.leaves > 0 then parts[#parts + 1] = "leaves " .. fold(one.leaves) end
  if one.told then parts[#parts + 1] = "description" end
  return table.concat(parts, ", ")
end

-- Groups gain before others lose, so that nobody is in none meanwhile; where SMD allows one of several only
-- (`exclusiveGroup`), they lose first.
local function groups(plan, roles)
  local there, turns = by(chami.smd.group.list(), "label"), {}
  for _, role in ipairs(roles) do
    local one = turn(role, there[role.label])
    if not one.now or one.told or #one.joins + #one.leaves > 0 then turns[#turns + 1] = one end
  end
  local function rank(one)
    if one.now and one.now.exclusiveGroup then return #one.joins > 0 and 4 or 3 end
    return #one.leaves > 0 and (#one.joins > 0 and 1 or 2) or 0
  end
  table.sort(turns, function(a, b)
    local first, second = rank(a), rank(b)
    if first ~= second then return first < second end
    return a.role.label < b.role.label
  end)
  local lost = false
  local function lose_first()
    if lost then return end
    lost = true
    for _, one in ipairs(turns) do
      if rank(one) == 4 and #one.leaves > 0 then chami.smd.group.member.delete(one.role.label, one.leaves) end
    end
  end
  for _, one in ipairs(turns) do
    local change = {
      action = one.now and "change" or "create", resource = "group", role = one.role.label,
      nodes = fold(one.role.xnames), detail = tell_group(one),
    }
    add(plan, change, function()
      if rank(one) == 4 then lose_first() end
      write_group(one)
    end)
  end
end

-- Boot parameters by MAC, as firmware finds them.
local function records()
  local found = {}
  for _, record in ipairs(chami.bss.boot.params.list()) do
    for _, mac in ipairs(record.macs or {}) do found[mac:lower()] = record end
  end
  return found
end

-- Of a role: the MACs whose parameters differ, whose they are, and which fields they are.
local function odd_boots(role, macs, found)
  local odd, who, fields, new = {}, {}, {}, false
  for _, xname in ipairs(role.xnames) do
    local mac = macs[xname]
    local now, differs = found[mac:lower()], false
    new = new or not now
    for _, key in ipairs(BOOT) do
      local want, have = role.boot[key] or "", now and now[key] or ""
      if key == "params" then want, have = words_of(want), words_of(have) end
      if want ~= have then
        differs = true
        if not fields[key] then fields[key], fields[#fields + 1] = true, key end
      end
    end
    if differs then odd[#odd + 1], who[#who + 1] = mac, xname end
  end
  return odd, who, fields, new
end

local function boots(plan, roles)
  local all = {}
  for _, role in ipairs(roles) do
    if role.boot then table.move(role.xnames, 1, #role.xnames, #all + 1, all) end
  end
  if #all == 0 then return end
  local macs, found = {}, records()
  for i, mac in ipairs(nodes.macs(all)) do macs[all[i]] = mac end
  for _, role in ipairs(roles) do
    local odd, who, fields, new = {}, {}, {}, false
    if role.boot then odd, who, fields, new = odd_boots(role, macs, found) end
    if #odd > 0 then
      local change = {
        action = new and "create" or "change", resource = "boot", role = role.label, nodes = fold(who),
        detail = table.concat(fields, ", "),
      }
      add(plan, change, function()
        local boot = role.boot
        local wanted = { macs = odd, kernel = boot.kernel, initrd = boot.initrd, params = boot.params }
        chami.bss.boot.params.set(wanted)
      end)
    end
  end
end

-- The differences in the order in which they are written: configuration waits for members, members for nothing.
local function make(roles)
  local plan = { changes = {}, writes = {} }
  clouds(plan, roles)
  groups(plan, roles)
  boots(plan, roles)
  return plan
end

return { make = make }
