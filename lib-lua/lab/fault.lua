local causes = require "causes.catalogue"
local context = require "causes.context"
local fault = require "fault"
local nodes = require "nodes"
local words = require "nodes.words"

--- Faults to practise on: what keeps nodes from booting, made to happen on the lab.
--- They are those that `node.why` knows, made with the same calls that anybody has. Nothing undoes one by its id: that
--- would give the answer away. `lab.snapshot "well"` before and `lab.restore "well"` after take all of it back.
local faults = {}

---@class lab.fault.Known
---@field id string
---@field symptom string what one sees
---@field stage string where a boot meets it
---@field owner string who has it wrong

---@class lab.fault.Order
---@field node? string|integer which node; otherwise the seed decides
---@field seed? integer the same seed makes the same fault; 1
---@field quiet? boolean only the symptom is told

---@class lab.fault.Made
---@field id? string
---@field node? string
---@field done? string what was done
---@field symptom string what one sees

-- Numbers that a seed fixes: xorshift, for `math.random` is everybody's.
local function stream(seed)
  local state = (seed * 2654435761 + 88172645463325252) | 1
  local function chance(n)
    state = state ~ (state << 13)
    state = state ~ (state >> 7)
    state = state ~ (state << 17)
    return (state >> 1) % n + 1
  end
  for _ = 1, 3 do chance(1) end
  return chance
end

-- For the fault labs, which choose by the same numbers.
faults._stream = stream

-- On a real cluster this raises `unsupported`, before anything is made.
local function on_a_lab() return chami.lab.status() end

-- Puts an artifact there, so that only what is meant is wrong.
local function artifact(url)
  local path = url:match "^https?://[^/]+/(.*)$"
  if path then chami.lab.artifact.put { path = path, bytes = 14000000 } end
end

--- Lists the faults that can be made.
---@return lab.fault.Known[] faults
---@example #lab.fault.list() > 20 --> true
function faults.list()
  local list = {}
  for i, cause in ipairs(causes.all) do
    list[i] = { id = cause.id, symptom = cause.symptom, stage = cause.stage, owner = cause.owner }
  end
  return list
end

--- Makes a fault happen.
---@param id string which one
---@param order? lab.fault.Order
---@return lab.fault.Made made what was done, and to whom
---@state 301
---@example lab.fault.inject("F10", { node = 1 }).node --> x1000c0s0b0n0
---@state 301
---@example lab.fault.inject("F08", { quiet = true }).node --> nil
function faults.inject(id, order)
  on_a_lab()
  order = order or {}
  local cause = causes.by_id[id]
  if not cause then
    local hint = { hint = "lab.fault.list() has them all" }
    if id == nil then fault.raise("bad_argument", "lab.fault.inject: which fault? none is named", hint) end
    fault.raise("bad_argument", ("there is no fault %q"):format(tostring(id)), hint)
  end
  if type(order) ~= "table" then
    fault.raise("bad_argument", "lab.fault.inject wants a table", { hint = "{ node = 1, seed = 7, quiet = true }" })
  end
  for key in pairs(order) do
    if key ~= "node" and key ~= "seed" and key ~= "quiet" then
      words.unknown("key of lab.fault.inject:", tostring(key), { "node", "seed", "quiet" })
    end
  end
  if order.seed and not (math.type(order.seed) and math.tointeger(order.seed)) then
    fault.raise("bad_argument", "lab.fault.inject: a seed is a whole number", { hint = "{ seed = 7 }" })
  end
  local shared, chance = context.shared(), stream(order.seed or 1)
  local function pick(list) return list[chance(#list)] end
  local xname
  if order.node then
    local named = nodes.xnames(order.node)
    if #named ~= 1 then
      fault.raise("bad_argument", ("lab.fault.inject wants one node, and these are %d"):format(#named), {
        hint = "for _, xname in ipairs(nodes.xnames(SET)) do lab.fault.inject(ID, { node = xname }) end",
      })
    end
    xname = named[1]
  else
    local all = nodes.xnames "@*"
    if #all == 0 then fault.raise("bad_argument", "SMD has no node yet", { hint = 'lab.reset "tutorial"' }) end
    xname = pick(all)
  end
  local at = { node = xname, shared = shared, chance = chance, pick = pick, artifact = artifact }
  at.condition = chami.lab.condition
  at.record = shared:record_of(xname)
  local done = cause._inject(at)
  if order.quiet then return { symptom = cause.symptom } end
  return { id = id, node = xname, done = done, symptom = cause.symptom }
end

return faults
