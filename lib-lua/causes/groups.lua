-- Causes that stand in membership: which groups a node is in, and who knows of it. No part of the public API.
local fault = require "fault"
local image = require "causes.image"

-- The groups of a nodes file, as discovery reads it: of each node it names, and all of them.
---@return { of: table<string, string[]>, named: table<string, boolean>, file?: any }
local function read(file)
  local found = { of = {}, named = {} }
  for _, node in ipairs(yaml.decode(chami.discover.convert(file)).nodes or {}) do
    found.of[node.xname:lower()] = node.groups or {}
    for _, label in ipairs(node.groups or {}) do found.named[label] = true end
  end
  return found
end

-- The same, read once for all nodes.
local function filed(ctx)
  local shared = ctx.shared
  local kept = rawget(shared, "filed")
  if not kept or kept.file ~= ctx.file then
    kept = read(ctx.file)
    kept.file, shared.filed = ctx.file, kept
  end
  return kept
end

-- How many members of a group boot what; counted once, however many nodes are asked about.
local function kinds(shared, label)
  shared.kinds = rawget(shared, "kinds") or {}
  if not shared.kinds[label] then
    local count = {}
    for _, id in ipairs(shared.members[label]) do
      local record = shared:record_of(id)
      local boots = record and image.of(record)
      if boots then count[boots] = (count[boots] or 0) + 1 end
    end
    shared.kinds[label] = count
  end
  return shared.kinds[label]
end

-- What all of a group boot alike, and how many they are, one member left out; nil where they differ or nobody boots.
local function common(shared, label, except)
  local what, count
  for boots, number in pairs(kinds(shared, label)) do
    if boots == except then number = number - 1 end
    if number > 0 then
      if what then return nil end
      what, count = boots, number
    end
  end
  return what, count or 0
end

-- The group whose members boot what a node boots that is no member, while a group of its own, the second, boots another
-- image.
local function stranger(ctx)
  if not ctx.record then return nil end
  local mine, other = image.of(ctx.record), nil
  for _, label in ipairs(ctx.labels) do
    -- One neighbour may be spoiled itself, and a group whose members boot this and that says nothing.
    local theirs, count = common(ctx.shared, label, mine)
    if theirs == mine then return nil end
    if theirs and count > 1 then other = other or label end
  end
  if not other then return nil end
  for _, group in ipairs(ctx.shared.groups) do
    local inside = false
    for _, label in ipairs(ctx.labels) do inside = inside or label == group.label end
    if not inside and common(ctx.shared, group.label) == mine then return group.label, other end
  end
end

-- What puts a node into one group instead of another.
local MOVE = "smd.group.member.add(NEW, NODE); smd.group.member.delete(OLD, NODE)"

local function moved(new, old) return { NEW = new, OLD = old, _fix = old and MOVE } end

-- The label that a nodes file wants of a node and SMD has not, and the one that SMD has instead. Of groups that the file
-- speaks of nowhere it says nothing.
local function missed(ctx)
  local file = filed(ctx)
  local wanted, have, keeps = file.of[ctx.xname], {}, {}
  for _, label in ipairs(ctx.labels) do have[label] = true end
  for _, label in ipairs(wanted or {}) do keeps[label] = true end
  local old
  for _, label in ipairs(ctx.labels) do
    if file.named[label] and not keeps[label] then old = old or label end
  end
  for _, label in ipairs(wanted or {}) do
    if not have[label] and ctx.labels[1] then return label, old end
  end
  return nil, nil, wanted ~= nil
end

-- What cloud-init does not know of a node that SMD does, or knows no longer.
local function late(ctx)
  local known = ctx.told.fault
  if known and known.kind == "not_found" and not ctx.blind then
    return ("cloud-init does not know %s yet: %s"):format(ctx.xname, known.message)
  end
  local have = {}
  for _, label in ipairs(ctx.includes and ctx.labels or {}) do
    if not ctx.includes[label] then
      return ("SMD has %s in %s, and cloud-init's list has not"):format(ctx.xname, label)
    end
    have[label] = true
  end
  for label in pairs(ctx.includes or {}) do
    if not have[label] then
      return ("cloud-init's list has %s, and SMD has %s no longer in it"):format(label, ctx.xname)
    end
  end
end

-- cloud-init asks SMD once a minute. What it lacked at one look and lacks at another, later than that, it does not get by
-- itself.
local MINUTE, FORGOTTEN = 60, 600
local lacked = {} ---@type table<string, { first: integer, last: integer }>

-- How certain it is that cloud-init stays behind, and what to do while it may only be late.
local function behind(ctx)
  local now, seen = ctx.shared.now, lacked[ctx.xname]
  if not seen or now - seen.last > FORGOTTEN or now < seen.last then seen = { first = now } end
  seen.last, lacked[ctx.xname] = now, seen
  if now - seen.first > MINUTE then return "certain" end
  return "possible", { _lab = 'lab.clock.advance "61s"', _note = "wait a minute, and ask again" }
end

-- The group that a node without one most likely belongs to: the only one there is, in SMD or else in cloud-init.
local function usual(shared)
  local names = {}
  for _, group in ipairs(shared.groups) do names[#names + 1] = group.label end
  if #names == 0 then
    for name in pairs(shared.clouds) do names[#names + 1] = name end
  end
  return #names == 1 and names[1] or nil
end

local function labels_of(at) return at.shared.labels[at.node] or {} end

return {
  {
    id = "F47", stage = "groups", owner = "smd",
    symptom = "the node boots and is configured with nothing: it is in no group",
    cause = "`group:` in a nodes file with a list of BMCs is read past; there it is `groups:`",
    fix = "smd.group.ensure(GROUP); smd.group.member.ensure(GROUP, NODE)",
    note = "and `groups: [GROUP]` in the nodes file",
    _probe = function(ctx)
      if not ctx.component or #ctx.labels > 0 then return nil end
      local names = { GROUP = usual(ctx.shared) }
      if #ctx.shared.groups > 0 then return ("%s is in no group of SMD"):format(ctx.xname), "likely", names end
      names._cause = "SMD has no group: none was ever loaded, or they were deleted"
      return "SMD has no group, and so this node is in none", "likely", names
    end,
    _inject = function(at)
      local gone = {}
      for i, label in ipairs(labels_of(at)) do
        chami.smd.group.member.delete(label, at.node)
        gone[i] = label
      end
      if #gone == 0 then fault.raise("bad_argument", at.node .. " is in no group already") end
      return ("%s is out of %s"):format(at.node, table.concat(gone, ", "))
    end,
  },
  {
    id = "F49", stage = "groups", owner = "smd",
    symptom = "the node boots a new image with an old configuration: it is in the group it was in before",
    cause = "`ochami discover static --overwrite` changes description and tags of a group, never its members",
    fix = "smd.group.member.add(NEW, NODE)",
    note = "discover.static does it by itself, for all that the nodes file names",
    _probe = function(ctx)
      if not ctx.component then return nil end
      if ctx.file then
        local new, old, named = missed(ctx)
        if new then
          return ("the nodes file says %s, SMD says %s"):format(new, table.concat(ctx.labels, ", ")), "certain",
            moved(new, old)
        end
        if named then return nil end
      end
      local new, old = stranger(ctx)
      if not new then return nil end
      local text = "%s boots what the group %s boots, and is in %s, which boots something else"
      return text:format(ctx.xname, new, old), "likely", moved(new, old)
    end,
    _inject = function(at)
      local own, others, peers = {}, {}, false
      for _, label in ipairs(labels_of(at)) do
        own[label] = true
        local record = at.shared:record_of(at.node)
        local boots, count = common(at.shared, label, record and image.of(record))
        peers = peers or boots ~= nil and count > 1
      end
      for _, group in ipairs(at.shared.groups) do
        local record = group.members.ids[1] and at.shared:record_of(group.members.ids[1])
        local mine = at.shared:record_of(at.node)
        if not own[group.label] and record and mine and image.of(record) ~= image.of(mine)
          and common(at.shared, group.label) then
          others[#others + 1] = { label = group.label, record = record }
        end
      end
      if #others == 0 or not peers then
        local text = "this needs a group of several nodes, and another group that boots another image"
        fault.raise("bad_argument", text, { hint = "cluster.apply" })
      end
      local other = at.pick(others)
      local fields = { kernel = other.record.kernel, initrd = other.record.initrd, params = other.record.params }
      chami.bss.boot.params.set(at.node, fields)
      chami.smd.group.update(other.label, { description = ("The %s group"):format(other.label) })
      return ("%s boots as %s does, and its membership is the old one"):format(at.node, other.label)
    end,
  },
  {
    id = "F45", stage = "groups", owner = "cloud-init",
    symptom = "the node is in a group, and its configuration does not follow",
    cause = "cloud-init asks SMD once a minute who is in which group, and has not done so since",
    note = "wait a minute, then boot the node again; if it stays so, restart cloud-init",
    lab = 'lab.condition("stale_groups", false); lab.clock.advance "60s"',
    _probe = function(ctx)
      -- Of a node without an interface it knows nothing, however long one waits.
      if not ctx.component or #ctx.labels == 0 or #ctx.nics == 0 then return nil end
      local text = late(ctx)
      if text then return text, behind(ctx) end
      lacked[ctx.xname] = nil
    end,
    _inject = function(at)
      local own, others = {}, {}
      for _, label in ipairs(labels_of(at)) do own[label] = true end
      for label in pairs(at.shared.clouds) do
        if not own[label] and at.shared.members[label] then others[#others + 1] = label end
      end
      table.sort(others)
      local label = #others > 0 and at.pick(others) or nil
      -- Looked at, so that it is known from before.
      pcall(chami.cloud_init.node.meta_data, at.node)
      chami.lab.condition("stale_groups", true)
      if label then
        chami.smd.group.member.add(label, at.node)
      else
        label = "late"
        chami.cloud_init.group.set(label, { file = "#cloud-config\ntimezone: Etc/UTC\n" }, { lint = false })
        chami.smd.group.add(label, { members = at.node })
      end
      return ("%s is in %s since this moment"):format(at.node, label)
    end,
  },
}
