-- Names to machines: which are meant, how they are, and waiting until they are up; a lab's, or virtual ones of a head
-- node. No part of the public API.
local native = select(2, ...)
local fault = require "fault"
local head = require "node.head"
local nodes = require "nodes"
local task = require "task"

-- Machines by each of their names.
local function known(call)
  local index = {}
  for _, machine in ipairs(native.machines(call)) do
    for _, name in ipairs { machine.xname, machine.mac, machine.name } do index[name:lower()] = machine end
  end
  return index
end

-- All that is told of one machine, its last boot as well; `since` is what there was before it was switched.
local function record(name, since)
  if not native.on_lab then return { boot = { stages = head.trace(name, nil, since) } } end
  return native.one(name)
end

-- The last boots of all that are on, by xname: for those who ask about many.
---@return table<string, { stages: node.Stage[], cmdline?: string }>
local function boots()
  local by_xname = {}
  for _, machine in ipairs(native.boots()) do by_xname[machine.xname] = machine.boot end
  return by_xname
end

local function listed(set)
  if type(set) == "string" then return { set } end
  return type(set) == "table" and set or {}
end

-- More than one where one is wanted; `several` takes more.
local function only(found, call, several)
  if #found == 1 then return found[1] end
  fault.raise("bad_argument", ("%s wants one node, and these are %d"):format(call, #found), { hint = several })
end

-- A set → its machines. Names the lab itself knows need no SMD: it may not have heard of them.
local function machines(set, call)
  if not native.on_lab then return head.machines(set, call) end
  local index, found = known(call), {}
  for i, word in ipairs(listed(set)) do found[i] = index[tostring(word):lower()] or false end
  local all = #found > 0
  for _, machine in ipairs(found) do all = all and machine ~= false end
  if all then return found end
  found = {}
  for i, xname in ipairs(nodes.xnames(set)) do
    found[i] = index[xname] or fault.raise("not_found", ("no machine stands where SMD has %s"):format(xname), {
      hint = "lab.machines() lists those there are",
    })
  end
  return found
end

-- `words`: how the call is made for one of them.
local function one(set, call, words)
  local each = ("task.map(nodes.xnames(SET), function(n) return %s(%s) end) does each"):format(call, words or "n")
  return only(machines(set, call), call, each)
end

local function xnames(list)
  local names = {}
  for i, machine in ipairs(list) do names[i] = machine.xname end
  return names
end

-- How machines are now, in the order of the list.
---@return node.Machine[]
local function now(list, call, since, quick)
  if not native.on_lab then return head.now({ xnames = xnames(list) }, true, since, quick) end
  local index, states = known(call), {}
  -- A real one that nobody knew is called otherwise once SMD knows it.
  for i, machine in ipairs(list) do states[i] = index[machine.xname] or index[machine.mac] or machine end
  return states
end

-- Whether a machine is real: it came by the wire, the lab tells what it asked for, and has no hand on it.
local function is_real(machine) return machine ~= nil and machine.wire == true end

local function is_up(machine) return machine.stage == "ready" and machine.ok end

-- Of a real one nobody knows what comes next.
local function is_under_way(machine)
  return machine.power == "on" and (machine.due or is_real(machine)) and not is_up(machine)
end

-- Of so many machines that are not up the timeline is read; of the others the stage is told, which the list has.
local DETAILED = 20

-- At which stage a machine is, in words.
local function standing(machine, in_detail, since)
  if not in_detail then return machine.stage and ": " .. machine.stage or "" end
  local boot = record(machine.xname, since).boot
  local stages = boot and boot.stages or {}
  local last = stages[#stages]
  for _, stage in ipairs(stages) do
    if not stage.unseen then last = stage end
    if not stage.ok and not stage.unseen then break end
  end
  return last and (": %s: %s"):format(last.stage, last.what) or ""
end

-- Why a machine that was waited for is not up.
local function failure(machine, wait, in_detail, since)
  local what_next = 'node.why "%s" looks for the cause; node.reboot "%s" boots it anew once that is mended'
  local hint = { hint = what_next:format(machine.xname, machine.xname) }
  if machine.power == "off" then return fault.new("no_effect", machine.xname .. " is off again", hint) end
  local where = standing(machine, in_detail, since)
  if machine.due then
    return fault.new("timeout", ("%s is not Ready within %g s%s"):format(machine.xname, wait, where), hint)
  end
  return fault.new("no_effect", ("%s stands still%s"):format(machine.xname, where), hint)
end

-- What is said beside the values, on standard error.
local function note(text) native.note(text) end

-- Says which of those that came up lack something: Ready is no more than that.
local function tell_lacking(states)
  local lacking = {}
  for _, machine in ipairs(states) do
    if machine.failed and #machine.failed > 0 then lacking[#lacking + 1] = machine end
  end
  local first = lacking[1]
  if not first then return end
  local who = #lacking == 1 and first.xname or ("%d of %d nodes, as %s,"):format(#lacking, #states, first.xname)
  local text = "note: %s came up, but not all went well (%s): node.why(%q)"
  note(text:format(who, table.concat(first.failed, ", "), first.xname))
end

-- Lets time pass until all are up, none can come up any more, or it is too late.
local function await(list, wait, call, since)
  local left, states = wait, now(list, call, since)
  local function busy()
    for _, machine in ipairs(states) do
      if is_under_way(machine) then return true end
    end
    return false
  end
  -- Where looking costs something it is done more and more seldom.
  local pause = 0
  while left > 0 and busy() do
    pause = native.on_lab and 2 or math.min(pause + 1, 5)
    local step = math.min(left, pause)
    task.sleep(step)
    left = left - step
    states = now(list, call, since, true)
    -- What seems to be the end is looked at with all there is.
    if not native.on_lab and not (left > 0 and busy()) then states = now(list, call, since) end
  end
  local items = {}
  for _, machine in ipairs(states) do
    if not is_up(machine) then
      items[#items + 1] = { node = machine.xname, fault = failure(machine, wait, #items < DETAILED, since) }
    end
  end
  if #items > 0 then
    if #states == 1 then error(items[1].fault, 0) end
    local what = ("%d of %d not up, the first: %s"):format(#items, #states, items[1].fault.message)
    fault.raise("partial", what, {
      items = items, hint = "node.wrong() looks for the causes; _err.items names each with its fault",
    })
  end
  tell_lacking(states)
  return states
end

-- Says which of those that were to be switched on were on: of one that is only waited for that is no news.
local function tell_on(list, waited)
  local on = {}
  for _, machine in ipairs(list) do
    if machine.power == "on" and (is_up(machine) or not waited) then on[#on + 1] = machine end
  end
  if #on == 0 then return end
  local who = #on == 1 and on[1].xname .. " is on already and stays as it is"
    or ("%d of %d nodes are on already and stay as they are"):format(#on, #list)
  note(("note: %s; node.reboot boots anew"):format(who))
end

local function switched(set, wait, action, call)
  local list = machines(set, call)
  local since = wait and not native.on_lab and head.before(list, action, call) or nil
  local done = native.on_lab and chami.lab.power(xnames(list), action) or head.power(list, action)
  -- A plan is no machine.
  local planned = not done[1] or (done[1] --[[@as table]]).call
  if action == "on" and not planned then tell_on(list, wait) end
  if not wait or planned then return done end
  return await(list, wait, call, since)
end

return {
  known = known, record = record, boots = boots, only = only, machines = machines, one = one, now = now,
  switched = switched, note = note, is_up = is_up, is_real = is_real, is_under_way = is_under_way,
}
