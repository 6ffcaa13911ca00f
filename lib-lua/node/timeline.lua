-- A boot as a picture: when each stage was done, how long it took; and two boots beside each other. No part of the public
-- API: `node.timeline`.
local native = select(2, ...)
local fault = require "fault"
local machines = require "node.machines"

-- What shows how far a boot came, and what each stage had as evidence.
local Timeline = { __data = true }

function Timeline.__tostring(stages)
  if #stages == 0 then return "it has not booted" end
  local lines = {}
  for _, stage in ipairs(stages) do
    local mark = stage.ok and "✓" or stage.unseen and "–" or "✗"
    local clock = ("%8s"):format(stage.at and stage.at:match "T(%d+:%d+:%d+)" or stage.at or "")
    local tries = stage.tries > 1 and (" (%d tries)"):format(stage.tries) or ""
    lines[#lines + 1] = ("%s %s  %-11s  %s%s"):format(mark, clock, stage.stage, stage.what, tries)
    if not stage.ok and not stage.unseen and stage.request then
      lines[#lines + 1] = ("%26s%s  %s"):format("", stage.request, stage.status or "")
    end
  end
  return table.concat(lines, "\n")
end

local WIDTH = 32

local function round(number) return math.floor(number * 10 + 0.5) / 10 end

-- Those that were seen and have a time: the others are no bars.
local function timed(stages)
  local out = {}
  for _, stage in ipairs(stages) do
    if stage.at and not stage.unseen then out[#out + 1] = stage end
  end
  return out
end

-- Each stage with the second it was done at, counted from the first, and what it took since the one before. One that went
-- well is gone through again where a later one fails: that is the later one's time. Where only its last try is known
-- nobody knows what it took.
local function measured(stages)
  local out, begun, last = {}, nil, nil
  local all = timed(stages)
  for i, stage in ipairs(all) do
    local following = all[i + 1]
    local again = stage.ok and stage.tries > 1 and not stage.since and following and following.tries > 1
    local now = native.seconds(stage.since or stage.at)
    begun, last = begun or now, last or now
    out[i] = {
      stage = stage.stage, ok = stage.ok, after = round(now - begun), took = not again and round(now - last) or nil,
      what = stage.what, tries = stage.tries,
    }
    if not again then last = now end
  end
  return out
end

local Picture = { __data = true }

-- Why there are no bars.
local function nothing(picture)
  return picture.untimed and "of no stage that was seen it is known when it was" or "it has not booted"
end

-- What the whole came to, in words.
local function sum(picture)
  local last = picture.stages[#picture.stages]
  for _, stage in ipairs(picture.stages) do
    if not stage.ok then return ("stopped at %s after %.1f s: %s"):format(stage.stage, stage.after, stage.what) end
  end
  return last.stage == "ready" and ("ready after %.1f s"):format(last.after)
    or ("at %s after %.1f s"):format(last.stage, last.after)
end

-- What a stage took; a dash where that is not known. Its bytes are more than its letters, so it is padded by hand.
local function seconds(stage) return stage.took and ("%7.1f s"):format(stage.took) or (" "):rep(6) .. "–  " end

function Picture.__tostring(picture)
  if #picture.stages == 0 then return picture.node .. ": " .. nothing(picture) end
  local lines, whole = { picture.node .. ": " .. sum(picture) }, 0
  for _, stage in ipairs(picture.stages) do whole = math.max(whole, stage.after) end
  for _, stage in ipairs(picture.stages) do
    local scale = whole > 0 and WIDTH / whole or 0
    local took = stage.took or 0
    local from = math.floor((stage.after - took) * scale)
    local bar = math.max(1, math.floor(took * scale + 0.5))
    local line = ("%s %-11s %s"):format(stage.ok and "✓" or "✗", stage.stage, seconds(stage))
    if stage.took then line = ("%s  %s%s"):format(line, (" "):rep(from), ("█"):rep(bar)) end
    if stage.tries > 1 then line = ("%s  %d tries"):format(line, stage.tries) end
    lines[#lines + 1] = line
  end
  return table.concat(lines, "\n")
end

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

local function escaped(text) return (text:gsub('[&<>"]', ENTITIES)) end

-- The same as a drawing that stands alone.
local function svg(picture)
  local row, left, room = 22, 120, 560
  local whole = 0
  for _, stage in ipairs(picture.stages) do whole = math.max(whole, stage.after) end
  local scale = whole > 0 and room / whole or 0
  local height = 44 + row * #picture.stages
  local out = {
    ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 %d" font-family="sans-serif" font-size="12">'):format(
      height),
    ('<title>%s</title>'):format(escaped("boot of " .. picture.node)),
    ('<rect width="760" height="%d" fill="#fff"/>'):format(height),
    ('<text x="12" y="22" font-size="14" font-weight="bold">%s</text>'):format(
      escaped(picture.node .. ": " .. (#picture.stages > 0 and sum(picture) or nothing(picture)))),
  }
  for i, stage in ipairs(picture.stages) do
    local y = 34 + (i - 1) * row
    local took = stage.took or 0
    local x = left + (stage.after - took) * scale
    local width = math.max(2, took * scale) ---@type number
    out[#out + 1] = ('<text x="12" y="%d">%s</text>'):format(y + 14, escaped(stage.stage))
    out[#out + 1] = ('<rect x="%.1f" y="%d" width="%.1f" height="14" rx="2" fill="%s"><title>%s</title></rect>'):format(
      x, y + 3, width, stage.ok and "#2a7ab0" or "#c0392b", escaped(stage.what))
    local text = stage.took and ("%.1f s"):format(took) or ("%d tries"):format(stage.tries)
    out[#out + 1] = ('<text x="%.1f" y="%d" fill="#444">%s</text>'):format(x + width + 4, y + 14, text)
  end
  out[#out + 1] = "</svg>"
  return table.concat(out, "\n") .. "\n"
end

local function of(name, stages)
  local bars = measured(stages)
  return setmetatable({ node = name, stages = bars, untimed = #bars == 0 and #stages > 0 or nil }, Picture)
end

local Pair = { __data = true }

local function cell(side)
  if not side then return (" "):rep(10) .. "–" end
  return ("%s %s"):format(side.ok and "✓" or "✗", seconds(side))
end

function Pair.__tostring(pair)
  local lines = { ("%-11s  %-14s  %-14s  %s"):format("", pair.nodes[1], pair.nodes[2], "differs") }
  for _, row in ipairs(pair.stages) do
    local line = ("%-11s  %s     %s     %s"):format(
      row.stage, cell(row.one), cell(row.other), row.more and ("%+.1f s"):format(row.more) or "")
    lines[#lines + 1] = (line:gsub("%s+$", ""))
  end
  lines[#lines + 1] = pair.apart or ("both went the same way; %+.1f s in all"):format(pair.more)
  return table.concat(lines, "\n")
end

-- Where they part: the first stage that went well for one of them only.
local function apart(rows, names)
  for _, row in ipairs(rows) do
    for i, side in ipairs { "one", "other" } do
      local mine, theirs = row[side], row[side == "one" and "other" or "one"]
      if theirs and theirs.ok and not (mine and mine.ok) then
        local what = mine and "of %s: %s" or "%s never came so far"
        local text = "they part at the stage %s: it went well for %s; " .. what
        return text:format(row.stage, names[3 - i], names[i], mine and mine.what)
      end
    end
  end
end

local function compared(one, other)
  local rows, at, more = {}, {}, 0
  for _, side in ipairs { "one", "other" } do
    for _, stage in ipairs((side == "one" and one or other).stages) do
      if not at[stage.stage] then
        at[stage.stage] = { stage = stage.stage }
        rows[#rows + 1] = at[stage.stage]
      end
      at[stage.stage][side] = stage
    end
  end
  for _, row in ipairs(rows) do
    if row.one and row.other and row.one.took and row.other.took then
      row.more = round(row.other.took - row.one.took)
      more = more + row.more
    end
  end
  local names = { one.node, other.node }
  return setmetatable({ nodes = names, stages = rows, more = round(more), apart = apart(rows, names) }, Pair)
end

local function is_trace(n) return type(n) == "table" and type(n[1]) == "table" and n[1].stage ~= nil end

-- What stands for a node: its name, or the stages it is made of.
local function picture(trace, n)
  if is_trace(n) then return of("kept", n) end
  local name = native.on_lab and machines.one(n, "node.timeline").xname or chami.nodes.xnames(n)[1]
  return of(name, trace(n))
end

---@return any
local function show(trace, n, other, options)
  -- A list is a trace or names a node; named keys are options.
  if type(other) == "table" and not options and other[1] == nil and next(other) then other, options = nil, other end
  local as = native.timeline_options(options).as
  local one = picture(trace, n)
  if other ~= nil then one = compared(one, picture(trace, other)) end
  if not as then return one end
  return other ~= nil and fault.raise("bad_argument", "node.timeline: two boots are compared as text only", {
    hint = 'node.timeline(1, { as = "svg" }) draws one',
  }) or svg(one)
end

-- Stages as one reads them. A list that a native gave keeps its own metatable, so it is copied.
---@return node.Stage[]
local function told(stages) return setmetatable(table.move(stages, 1, #stages, 1, {}), Timeline) end

return { told = told, show = show }
