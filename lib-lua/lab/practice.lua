local causes = require "causes.catalogue"
local context = require "causes.context"
local fault = require "fault"
local words = require "nodes.words"

--- Fault labs: one to three faults happen on a cluster that was well, you see what a user sees, and find the causes.
--- `start` makes them, `diagnose` takes what you think they are, `status` tells how far you are. `node.why` is closed
--- meanwhile, until the third hint: `hint` gives one after the other.
local practice = {}

---@class lab.practice.Order
---@field seed? integer the same seed makes the same faults; 1

---@class lab.practice.Diagnosis
---@field cause string|string[] the ids of what you found, as `lab.fault.list()` has them

---@class lab.practice.Status
---@field lab string which fault lab
---@field seed integer
---@field symptoms string[] what users tell you
---@field faults integer how many faults there are
---@field named integer how many of them you have named
---@field wrong integer how many of those you named last are wrong
---@field left integer how many faults are still there
---@field hints integer how many hints you have had

-- Which faults a lab is made of. Those of one node each can come together; the others come alone. Seeds from 20 on draw
-- from the later ones as well.
---@alias lab.practice._Set table<"single"|"group"|"alone"|"later"|"later_alone", string[]?>
---@type table<string, lab.practice._Set?>
local LABS = {
  ["691"] = {
    single = { "F01", "F03", "F07", "F08", "F09", "F10" },
    later = { "F11" }, later_alone = { "F02", "F04", "F06", "F12" },
  },
  ["692"] = {
    single = { "F17", "F18", "F19", "F25", "F29" }, group = { "F16" }, alone = { "F26", "F28" },
    later = { "F24" }, later_alone = { "F22" },
  },
}
local LATER = 20

local function joined(list, more)
  local all = table.move(list or {}, 1, #(list or {}), 1, {})
  return table.move(more or {}, 1, #(more or {}), #all + 1, all)
end

-- What a seed draws from.
local function kinds_of(id, seed)
  local set = LABS[id] --[[@as lab.practice._Set]]
  if seed < LATER then return set end
  local alone = joined(set.alone, set.later_alone)
  return { single = joined(set.single, set.later), group = set.group, alone = #alone > 0 and alone or nil }
end

-- What is noted is kept on the artifact server, as files of one byte: so it is kept and put back with all else.
local FOLDER = "practice/"

local HINTS = 3

-- A cause as a number, so that a look at the files does not name it.
local function code(index, seed) return (index * 617 + seed * 389) % 9973 end

local function fault_noted(value, seed)
  local number, xname = value:match "^(%d+)(%a%w*)$"
  for i, cause in ipairs(causes.all) do
    if code(i, seed) == tonumber(number) then return { id = cause.id, node = xname ~= "all" and xname or nil } end
  end
end

local function notes()
  local found = { named = {}, hints = 0, faults = {} } ---@type table<string, any>
  local faults = {}
  for _, artifact in ipairs(chami.lab._files()) do
    local id, word, value = artifact.path:match("^" .. FOLDER .. "(%w+)/(%a+)%-(%w+)$")
    if word == "seed" then
      found.lab, found.seed = id, tonumber(value)
    elseif word == "fault" then
      faults[#faults + 1] = value
    elseif word == "named" then
      found.named[value] = true
    elseif word == "hint" then
      found.hints = math.max(found.hints, tonumber(value) or 0)
    end
  end
  for i, value in ipairs(faults) do found.faults[i] = fault_noted(value, found.seed) end
  return found
end

local function path_of(id, word, value) return ("%s%s/%s-%s"):format(FOLDER, id, word, value) end

local function note(id, word, value) chami.lab.artifact.put { path = path_of(id, word, value), bytes = 1 } end

local function unnote(id, word, value) chami.lab.artifact.delete(path_of(id, word, value)) end

local function nodes_by_group()
  local groups = {}
  for _, group in ipairs(chami.smd.group.list()) do
    if #group.members.ids > 0 then groups[#groups + 1] = group.members.ids end
  end
  return groups
end

-- The faults of a seed, each with the node it is made on: on a cluster of the same groups, the same each time.
local function choose(id, seed)
  local kinds, chance, made = kinds_of(id, seed), chami.lab.fault._stream(seed * 7919), {}
  if kinds.alone and chance(5) == 1 then return { { id = kinds.alone[chance(#kinds.alone)] } } end
  local groups, single = nodes_by_group(), { table.unpack(kinds.single) }
  local free = {}
  local big ---@type string[]?
  for _, members in ipairs(groups) do
    if #members > 1 and not big then big = members end
  end
  if big and kinds.group and chance(2) == 1 then
    made[1] = { id = kinds.group[1], node = big[1] }
  else
    big = nil
  end
  for _, members in ipairs(groups) do
    for _, xname in ipairs(members) do
      if members ~= big then free[#free + 1] = xname end
    end
  end
  local count = math.min(1 + chance(2), #made + #free)
  while #made < count do
    local which, who = chance(#single), chance(#free)
    made[#made + 1] = { id = table.remove(single, which), node = table.remove(free, who) }
  end
  -- What takes another node's address comes last, so that this is still one.
  for i, one in ipairs(made) do
    if one.id == "F07" then
      table.insert(made, table.remove(made, i))
      break
    end
  end
  return made
end

-- A table that is asked for, with no other keys than these.
local function checked(call, given, keys)
  if type(given) ~= "table" then
    fault.raise("bad_argument", ("%s wants a table"):format(call), { hint = ("{ %s = … }"):format(keys[1]) })
  end
  local known = {}
  for _, key in ipairs(keys) do known[key] = true end
  for key in pairs(given) do
    if not known[key] then words.unknown(("key of %s:"):format(call), tostring(key), keys) end
  end
  return given
end

-- What is noted of a seed must be read again, so it is checked before the first fault is made.
local function seed_of(id, order)
  local seed = checked("lab.practice.start", order or {}, { "seed" }).seed
  if seed == nil then return 1 end
  local number = math.type(seed) and math.tointeger(seed)
  if not number or number < 0 then
    local text = ("lab.practice.start: a seed is a whole number from 0 on, and this is %s"):format(tostring(seed))
    fault.raise("bad_argument", text, { hint = ("lab.practice.start(%q, { seed = 7 })"):format(id) })
  end
  return number
end

local function started()
  local found = notes()
  if found.lab then return found, found.faults end
  fault.raise("bad_argument", "no fault lab is under way", {
    hint = "lab.practice.start(691) begins one, and so does lab.practice.start(692)",
  })
end

-- The cluster must be there, and well.
local function healthy(id)
  if #chami.nodes.xnames "@*" == 0 then
    local hint = "chami learn %s opens it on a lab that holds what it needs; here: discover.static, cluster.apply"
    fault.raise("bad_argument", "SMD knows no node, so nothing can go wrong with one", { hint = hint:format(id) })
  end
  local sick = #chami.node.wrong()
  if sick == 0 then return end
  local text = ("%d nodes have something wrong before it begins"):format(sick)
  fault.raise("bad_argument", text, { hint = "node.wrong() tells what; cluster.apply puts it right" })
end

-- How many of the faults their own probes still see.
local function still_there(faults)
  local shared, count = context.shared(), 0
  for _, one in ipairs(faults) do
    local seen = false
    for id, component in pairs(shared.nodes) do
      if not seen and component.Type == "Node" and (not one.node or one.node == id) then
        local ok, evidence = pcall(causes.by_id[one.id]._probe, context.node(shared, id))
        seen = ok and evidence ~= nil
      end
    end
    if seen then count = count + 1 end
  end
  return count
end

--- Begins a fault lab: makes its faults and tells what users tell. The cluster must be well before.
---@param number string|integer of the exercise
---@param order? lab.practice.Order
---@return lab.practice.Status status
---@state 301
---@example lab.practice.start "999" --> raises bad_argument
---@example lab.practice.start(691) --> raises bad_argument
function practice.start(number, order)
  local id = tostring(number)
  if not LABS[id] then
    fault.raise("bad_argument", ("there is no fault lab %s"):format(id), { hint = "there are 691 and 692" })
  end
  local seed = seed_of(id, order)
  if notes().lab then
    fault.raise("conflict", "a fault lab is under way", { hint = "lab.practice.stop() ends it" })
  end
  healthy(id)
  for _, one in ipairs(choose(id, seed)) do
    chami.lab.fault.inject(one.id, { node = one.node, seed = seed, quiet = true })
    for i, cause in ipairs(causes.all) do
      if cause.id == one.id then note(id, "fault", code(i, seed) .. (one.node or "all")) end
    end
  end
  note(id, "seed", seed)
  return practice.status()
end

--- Tells how far you are in the fault lab that is under way.
---@return lab.practice.Status status
---@example lab.practice.status() --> raises bad_argument
function practice.status()
  local found, faults = started()
  local named, wrong, symptoms, real = 0, 0, {}, {}
  for i, one in ipairs(faults) do symptoms[i], real[one.id] = causes.by_id[one.id].heard, true end
  for id in pairs(found.named) do
    if real[id] then named = named + 1 else wrong = wrong + 1 end
  end
  table.sort(symptoms)
  return {
    lab = found.lab, seed = found.seed, symptoms = symptoms, faults = #faults, named = named, wrong = wrong,
    left = still_there(faults), hints = found.hints,
  }
end

--- Says what you think the causes are, all of them: each call replaces what was said before. Which of them is right is
--- not told, only how many.
---@param diagnosis lab.practice.Diagnosis
---@return lab.practice.Status status
---@example diagnose{ cause = "F19" } --> raises bad_argument
function practice.diagnose(diagnosis)
  local found = started()
  local given = checked("diagnose", diagnosis, { "cause" }).cause
  local ids = type(given) == "table" and given or { given }
  if #ids == 0 then
    fault.raise("bad_argument", "diagnose: no cause is named", { hint = 'diagnose{ cause = "F19" }; lab.fault.list()' })
  end
  local said = {}
  for _, id in ipairs(ids) do
    if not causes.by_id[id] then
      local hint = { hint = "lab.fault.list() has them all" }
      fault.raise("bad_argument", ("there is no fault %q"):format(tostring(id)), hint)
    end
    said[id] = true
  end
  for id in pairs(found.named) do
    if not said[id] then unnote(found.lab, "named", id) end
  end
  for _, id in ipairs(ids) do
    if not found.named[id] then note(found.lab, "named", id) end
  end
  return practice.status()
end

-- The hints for a fault, in stages.
local function hint_of(one, stage)
  local cause, who = causes.by_id[one.id], one.node or "all nodes"
  if stage == 1 then
    local order, before = causes.stages[cause.stage].order, "none"
    for name, place in pairs(causes.stages) do
      if place.order == order - 1 then before = name end
    end
    local look = one.node and ("node.trace(%q) shows them all"):format(one.node) or "node.trace(NODE) shows them all"
    return ("%s: the last stage that is as it should be: %s. %s"):format(who, before, look)
  end
  local text = "%s: what comes next is the matter of %s, and %s has wrong what it goes by"
  return text:format(who, causes.stages[cause.stage].owner, cause.owner)
end

--- Gives the next hint on the faults, with the node that each was made on. The third opens `node.why`.
---@return string[] hints one for each
---@example lab.practice.hint() --> raises bad_argument
function practice.hint()
  local found, faults = started()
  local stage, hints = math.min(found.hints + 1, HINTS), {} ---@type integer, string[]
  if stage > found.hints then note(found.lab, "hint", stage) end
  if stage == HINTS then return { "node.why(NODE) answers from now on" } end
  for i, one in ipairs(faults) do hints[i] = hint_of(one, stage) end
  return hints
end

--- Ends the fault lab: what was noted goes, the cluster stays as it is.
---@return lab.practice.Status|nil status how it stood; nil when none was under way
---@example lab.practice.stop() --> nil
function practice.stop()
  local last = notes().lab and practice.status() or nil
  for _, artifact in ipairs(chami.lab._files()) do
    if artifact.path:find("^" .. FOLDER) then chami.lab.artifact.delete(artifact.path) end
  end
  return last
end

-- For `node.why`: how many hints are missing until it answers; nil when nothing is practised, or all causes are named.
function practice._closed()
  local found = notes()
  if not found.lab or found.hints >= HINTS then return nil end
  for _, one in ipairs(found.faults) do
    if not found.named[one.id] then return HINTS - found.hints end
  end
end

return practice
