-- Many nodes as they come up, one line each, again and again. No part of the public API: `node.watch`.
local native = select(2, ...)
local head = require "node.head"
local machines = require "node.machines"
local nodes = require "nodes"
local session = require "session"
local task = require "task"

-- More than this are told by stage instead of by name.
local LINES = 40
-- Of so many that stand still the reason is read.
local REASONS = 10
-- Seconds that pass on a lab between two looks, and how long a look stands there.
local STEP, LOOK = 2, "150ms"
-- Nothing moves any more when so many looks were the same: a node that asks in vain goes round for ever.
local SAME = 45

local function mark(state)
  if state.power == "off" then return "·", "off" end
  if machines.is_up(state) then return "✓", "ready" end
  return state.ok and "▸" or "✗", state.stage or "power"
end

local function reason(state)
  local boot = machines.record(state.xname).boot
  for _, stage in ipairs(boot and boot.stages or {}) do
    if not stage.ok and not stage.unseen then return "  " .. stage.what end
  end
  return ""
end

local function by_name(states)
  local lines, told = {}, 0
  for i, state in ipairs(states) do
    local sign, stage = mark(state)
    local line = ("%s %s  %-11s"):format(sign, state.xname, stage)
    if sign == "✗" and told < REASONS then
      line, told = line .. reason(state), told + 1
    end
    lines[i] = (line:gsub("%s+$", ""))
  end
  return lines
end

local function by_stage(states)
  local groups, lines = {}, {}
  for _, state in ipairs(states) do
    local sign, stage = mark(state)
    local key = sign .. " " .. stage
    if not groups[key] then
      groups[key] = {}
      groups[#groups + 1] = key
    end
    table.insert(groups[key], state.xname)
  end
  table.sort(groups)
  for i, key in ipairs(groups) do
    lines[i] = ("%-13s %6d  %s"):format(key, #groups[key], chami.nodeset.fold(groups[key]))
  end
  return lines
end

-- How far all are, as one text to compare.
local function signature(states)
  local parts = {}
  for i, state in ipairs(states) do parts[i] = table.concat({ mark(state) }, " ") end
  return table.concat(parts, ",")
end

-- Whether something may move; `awaited`: real machines may come, and nobody hears of one before it asks.
local function busy(states, awaited)
  for _, state in ipairs(states) do
    if machines.is_under_way(state) or awaited and state.power == "off" then return true end
  end
  return false
end

-- What came of looking on at a set, in words; nil when all are up. `still`: nothing moved any more.
local function outcome(set, states, still)
  local waiting, off = {}, 0
  for _, state in ipairs(states) do
    if not machines.is_up(state) then
      waiting[#waiting + 1] = state.xname
      off = off + (state.power == "off" and 1 or 0)
    end
  end
  if #waiting == 0 then return nil end
  local all = #waiting == #states and (type(set) == "string" or type(set) == "number")
  local named = all and ("%q"):format(set) or ("%q"):format(chami.nodeset.fold(waiting))
  local who = #states == 1 and waiting[1] .. " is" or ("%d of %d are"):format(#waiting, #states)
  local because = off == #waiting and " off" or still and (" not Ready, and nothing moved for %d s"):format(SAME * STEP)
    or " not Ready"
  local call = off == #waiting and "node.boot(%s) switches " .. (off == 1 and "it" or "them") .. " on"
    or #waiting == 1 and "node.why(%s) looks for the cause" or "node.wrong(%s) looks for the causes"
  return ("note: %s%s; %s"):format(who, because, call:format(named))
end

-- Shows them until all are up, or none is under way any more; the states as they are then.
---@return node.Machine[]
local function watch(set, every)
  local list = native.on_lab and machines.machines(set, "node.watch") or nodes.xnames(set)
  local awaited = native.on_lab and chami.lab.dhcp.get().wire
  local states = {} ---@type node.Machine[]
  local before, same
  local function over()
    local now = signature(states)
    same = now == before and same + 1 or 0
    before = now
    return not busy(states, awaited) or same >= SAME
  end
  -- A lab's time is let pass; with real machines among them it passes by itself.
  local real = awaited and not busy(list)
  for _, machine in ipairs(native.on_lab and list or {}) do real = real or machines.is_real(machine) end
  local function look()
    if states[1] and native.on_lab and not real then task.sleep(STEP) end
    states = native.on_lab and machines.now(list, "node.watch") or head.now({ xnames = list }, #list <= LINES)
    return table.concat(#states > LINES and by_stage(states) or by_name(states), "\n")
  end
  session.watch(function() print(look()) end, every or native.on_lab and not real and LOOK or STEP, {
    done = over,
  })
  local text = outcome(set, states, same >= SAME)
  if text then machines.note(text) end
  return states
end

return { watch = watch }
