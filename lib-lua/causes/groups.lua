-- Causes that stand in membership: which groups a node is in, and who knows of it. No part of the public API.
local fault = require "fault"
local image = require "causes.image"

-- The groups that a nodes file gives a node, as a list; nil where it does not name the node.
local function filed(file, xname)
  local text = type(file) == "string" and (file:find "\n" and file or fs.read(file))
  local data = text and yaml.decode(text) or file
  for _, node in ipairs(data.nodes or {}) do
    if node.xname == xname then
      local groups = { table.unpack(node.groups or {}) }
      if node.group then groups[#groups + 1] = node.group end
      return groups
    end
  end
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

-- The group whose members boot what a node boots that is no member, while its own group boots another image.
local function stranger(ctx)
  if not ctx.record then return nil end
  local mine, alone = image.of(ctx.record), true
  for _, label in ipairs(ctx.labels) do
    -- One neighbour may be spoiled itself, and a group whose members boot this and that says nothing.
    local theirs, count = common(ctx.shared, label, mine)
    if theirs == mine then return nil end
    alone = alone and (not theirs or count < 2)
  end
  if alone then return nil end
  for _, group in ipairs(ctx.shared.groups) do
    local inside = false
    for _, label in ipairs(ctx.labels) do inside = inside or label == group.label end
    if not inside and common(ctx.shared, group.label) == mine then return group.label end
  end
end

-- What puts a node into one group instead of another.
local MOVE = "smd.group.member.add(NEW, NODE); smd.group.member.delete(OLD, NODE)"

-- That it is in a group as well that it should not be in.
local function moved(ctx, new, keeps)
  for _, label in ipairs(ctx.labels) do
    if not keeps[label] then return { NEW = new, OLD = label, _fix = MOVE } end
  end
  return { NEW = new }
end

local function labels_of(at) return at.shared.labels[at.node] or {} end

return {
  {
    id = "F47", stage = "groups", owner = "smd",
    symptom = "the node boots and is configured with nothing: it is in no group",
    cause = "`group:` in a nodes file with a list of BMCs is read past; there it is `groups:`",
    fix = "smd.group.member.add(GROUP, NODE)",
    note = "and `groups: [GROUP]` in the nodes file",
    _probe = function(ctx)
      if not ctx.component or #ctx.labels > 0 then return nil end
      return ("%s is in no group of SMD"):format(ctx.xname), "likely"
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
      local wanted = ctx.file and filed(ctx.file, ctx.xname)
      if wanted then
        local have, keeps = {}, {}
        for _, label in ipairs(ctx.labels) do have[label] = true end
        for _, label in ipairs(wanted) do keeps[label] = true end
        for _, label in ipairs(wanted) do
          if not have[label] and #ctx.labels > 0 then
            return ("the nodes file says %s, SMD says %s"):format(label, table.concat(ctx.labels, ", ")), "certain",
              moved(ctx, label, keeps)
          end
        end
        return nil
      end
      local label = stranger(ctx)
      if not label then return nil end
      local text = "%s boots what the group %s boots, and is in %s, which boots something else"
      return text:format(ctx.xname, label, table.concat(ctx.labels, ", ")), "likely", moved(ctx, label, {})
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
      if not ctx.component or #ctx.labels == 0 then return nil end
      local known = ctx.told.fault
      if known and known.kind == "not_found" and not ctx.blind then
        return ("cloud-init does not know %s yet: %s"):format(ctx.xname, known.message), "likely"
      end
      if not ctx.includes then return nil end
      for _, label in ipairs(ctx.labels) do
        if not ctx.includes[label] then
          return ("SMD has %s in %s, and cloud-init's list has not"):format(ctx.xname, label), "certain"
        end
      end
      local have = {}
      for _, label in ipairs(ctx.labels) do have[label] = true end
      for label in pairs(ctx.includes) do
        if not have[label] then
          return ("cloud-init's list has %s, and SMD has %s no longer in it"):format(label, ctx.xname), "certain"
        end
      end
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
