-- What keeps a node from booting: the catalogue of causes asked about it. No part of the public API: `node.why`.
local causes = require "causes.catalogue"
local context = require "causes.context"
local seen = require "node.evidence"
local fault = require "fault"
local gone = require "causes.gone"
local machines = require "node.machines"
local nodes = require "nodes"
local options_of = require "node.options"
local outside = require "causes.outside"
local remedy = require "causes.remedy"
local request = require "causes.request"

local RANK = { certain = 1, likely = 2, possible = 3 }
local SEVERAL = "node.wrong(SET) asks about several"
local NOTHING = "nothing found wrong"

-- Of a name the one xname; a machine of the lab may be asked about before SMD knows it.
local function xname_of(shared, name)
  local ok, found = pcall(nodes.xnames, name)
  if ok then
    if #found == 1 then return found[1] end
    fault.raise("bad_argument", ("one node is wanted; this set has %d"):format(#found), { hint = SEVERAL })
  end
  for xname, machine in pairs(shared.machines) do
    if machine.name == name or machine.mac == name then return xname end
  end
  error(found, 0)
end

-- Services that do not answer leave their probes out: that is told once each.
local function told_once(left, text, id)
  local last = left[text]
  if last then
    last[#last + 1] = id
  else
    left[text] = { id }
    left[#left + 1] = text
  end
end

-- Why a probe cannot be asked here; nil when it can.
local function not_here(cause, ctx)
  local virt = cause.asks == "libvirt" and ctx.shared.virt
  if virt and virt.fault then return virt.fault.message end
  if cause.asks == "log" and ctx.shared.events.why then return ctx.shared.events.why end
  if cause.asks == "dhcp" and ctx.shared.dhcp.fault then return ctx.shared.dhcp.fault.message end
  if cause.asks ~= "boot" or ctx.boot then return nil end
  return ctx.machine and "only a boot shows it" or "only the timeline of a boot shows it, and there is none"
end

-- What is wrong with coredhcp.yaml and has no number in the catalogue; nil where it hinders nobody, or another node. What
-- is wrong with one line in one way is told once.
local function unnumbered(finding)
  if finding.level ~= "error" and finding.does ~= "die" then return nil end
  if finding.message:find "in SMD: two machines" or finding.message:find "SMD has given to" then return nil end
  return {
    id = "dhcp.lint", cause = finding.message, certainty = "certain", stage = "offer", owner = "coresmd",
    evidence = ("coredhcp.yaml, line %d, %s"):format(finding.line, finding.setting), note = finding.fix,
  }
end

-- Asks every probe about one node: findings, remarks, and what was left out.
local function ask(ctx)
  local found, remarks, left, refused, used = json.array {}, {}, {}, false, {}
  for _, cause in ipairs(causes.all) do
    local why = not_here(cause, ctx)
    local ok, evidence, certainty, names
    if not why then
      ok, evidence, certainty, names = pcall(cause._probe, ctx)
    end
    if why then
      told_once(left, why, cause.id)
    elseif not ok then
      if type(evidence) ~= "table" or not evidence.kind or evidence.kind == "interrupted" then error(evidence, 0) end
      told_once(left, evidence.message, cause.id)
      refused = refused or not ctx.shared.excused[evidence]
    elseif evidence then
      -- What a node came up with all the same is no cause; it is told beside them.
      local hinders = not (ctx.up and (cause.advice or certainty == "possible"))
      local list = hinders and found or remarks
      list[#list + 1] = {
        id = cause.id, cause = names and names._cause or cause.cause, certainty = certainty, evidence = evidence,
        stage = names and names._stage or cause.stage, owner = cause.owner,
      }
      list[#list].fix, list[#list].note = remedy.of(cause, ctx, names)
      for _, finding in ipairs(names and names._findings or {}) do used[finding.line] = true end
    end
  end
  for _, finding in ipairs(ctx.shared.dhcp.found) do
    local way, one = finding.line .. finding.fix, not used[finding.line] and unnumbered(finding)
    if one and not used[way] then
      -- A server that does not start, or that this boot found nothing of, hinders.
      local stage = ctx.stopped and ctx.stopped.stage
      local all = finding.does == "die" or ctx.shared.dhcp.blind and finding.setting == "plugins"
      local list = (all or stage == "offer") and found or remarks
      list[#list + 1], used[way] = one, true
    end
  end
  return found, remarks, left, refused
end

-- Where nothing explains the stage that a boot stopped at: what was asked there, and who set it; nil where something does.
---@return node.Cause? one
---@return boolean? mended it is otherwise now
local function unexplained(ctx, found)
  local limit = ctx.stopped and causes.stages[ctx.furthest.stage].order
  for _, one in ipairs(limit and found or {}) do
    local known = causes.by_id[one.id]
    if not (known and known.advice) and one.certainty ~= "possible" and causes.stages[one.stage].order <= limit then
      return nil
    end
  end
  local cause, evidence, mended = request.of(ctx)
  if not cause then return nil, mended end
  local fix, note = remedy.of(cause, ctx, { GROUP = cause.GROUP })
  ---@type node.Cause
  local one = {
    id = cause.id, cause = cause.cause, certainty = "likely", evidence = evidence or "", stage = cause.stage,
    owner = cause.owner, fix = fix, note = note,
  }
  return one
end

-- What explains the stage that a boot did not get past goes first, then what hinders more than the looking on, then the
-- more certain, then what is met earlier.
local function rank(found, stopped)
  local limit = stopped and causes.stages[stopped.stage]
  local function advises(one) return causes.by_id[one.id] and causes.by_id[one.id].advice and 1 or 0 end
  local function late(one) return limit and causes.stages[one.stage].order > limit.order and 1 or 0 end
  table.sort(found, function(a, b)
    local first, second = late(a), late(b)
    if first ~= second then return first < second end
    first, second = advises(a), advises(b)
    if first ~= second then return first < second end
    first, second = RANK[a.certainty], RANK[b.certainty]
    if first ~= second then return first < second end
    first, second = causes.stages[a.stage].order, causes.stages[b.stage].order
    if first ~= second then return first < second end
    return a.id < b.id
  end)
  return found
end

-- For programs it is data all the same.
local Verdict = { __data = true }

-- The first lines: which node, and how far it gets.
local function head(verdict)
  local nothing = verdict.partly and NOTHING .. " in what could be asked" or NOTHING
  local where = verdict.stage and ("the stage %s (%s)"):format(verdict.stage, verdict.owner)
  if verdict.boot == "ready" and verdict.what then
    return ("it came up, but not all is well: at the stage %s (%s)"):format(verdict.stage, verdict.owner)
  elseif verdict.boot == "ready" then
    return verdict.causes[1] and "it came up; but" or "it came up: " .. nothing
  elseif verdict.seen and not where then
    return ("seen from here as far as the stage %s: %s so far"):format(verdict.seen, nothing)
  elseif verdict.boot == "booting" and not where then
    return "it is still booting: " .. nothing .. " so far"
  elseif verdict.boot == "stopped" then
    local well = verdict.mended and "; " .. nothing .. " now: it was changed since"
      or "; no cause in the catalogue fits what is there now"
    return "it stopped at " .. where .. (verdict.causes[1] and "" or well)
  end
  if not where then return nothing end
  return (verdict.causes[1].certainty == "possible" and "it may go wrong at " or "it goes wrong at ") .. where
end

local function told(lines, front, one)
  lines[#lines + 1] = front .. one.cause
  lines[#lines + 1] = "   seen: " .. one.evidence
  remedy.lines(lines, "   ", one.fix, one.note)
end

function Verdict:__tostring()
  local lines = { self.node .. ": " .. head(self) }
  if self.what then lines[#lines + 1] = "  last: " .. self.what end
  for i, one in ipairs(self.causes) do told(lines, ("%d. %s, %s: "):format(i, one.id, one.certainty), one) end
  for _, one in ipairs(self.remarks or {}) do told(lines, ("remark, %s: "):format(one.id), one) end
  if self.next then lines[#lines + 1] = "next: " .. self.next end
  for _, text in ipairs(self.left_out or {}) do lines[#lines + 1] = "not asked: " .. text end
  return table.concat(lines, "\n")
end

-- The last stage that was seen to go well, where what came after it cannot be told from here.
local function as_far_as(stages)
  local last, blind
  for _, stage in ipairs(stages) do
    if stage.ok then last = stage.stage end
    blind = blind or stage.unseen
  end
  return blind and last
end

local function verdict_of(shared, xname, options)
  local ctx = context.node(shared, xname)
  ctx.file = options.file
  -- Without SMD nothing is known of any node: that it does not answer is the answer.
  local _ = ctx.component
  local found, remarks, left, partly = ask(ctx)
  local asked, mended = unexplained(ctx, found)
  found[#found + 1] = asked
  found[#found + 1] = gone.of(ctx)
  found[#found + 1] = outside.of(ctx)
  rank(found, ctx.furthest)
  local out = { node = xname, causes = found, boot = "none" }
  if ctx.stopped then
    -- Ready is Ready: what failed on the way there is told, and the node is up all the same.
    local last = ctx.boot[#ctx.boot]
    out.boot = last.stage == "ready" and last.ok and "ready" or "stopped"
    out.stage, out.owner, out.what = ctx.stopped.stage, ctx.stopped.owner, ctx.stopped.what
  elseif found[1] then
    out.stage, out.owner = found[1].stage, causes.stages[found[1].stage].owner
  end
  if ctx.boot and not ctx.stopped then
    out.boot = ctx.up and "ready" or "booting"
    out.seen = not ctx.up and as_far_as(ctx.boot) or nil
  end
  out.partly, out.mended = partly or nil, mended or nil
  out.remarks = #remarks > 0 and remarks or nil
  for _, text in ipairs(left) do
    out.left_out = out.left_out or {}
    table.insert(out.left_out, ("%s: %s"):format(table.concat(left[text], ", "), text))
  end
  return setmetatable(out, Verdict), ctx
end

-- Who practises finds it by hand first.
local function open(shared)
  local missing = next(shared.machines) and require("lab.practice")._closed()
  if not missing then return end
  fault.raise("refused", ("node.why is closed in a fault lab; %d hints will open it"):format(missing), {
    hint = "lab.practice.hint() gives the next; diagnose{ cause = … } takes what you think it is",
  })
end

-- What to type next, when one node is asked about.
local function step(verdict, ctx)
  local machine = ctx.machine or ctx.domain
  local call = ("%%s(%q)"):format(verdict.node)
  -- It is waited for where something tells that it has come up.
  local waits = machine and (ctx.machine or seen.tells(ctx)) and ', { wait = "10m" }' or ""
  local boots = ("node.reboot(%q%s)"):format(verdict.node, waits)
  -- One that came by the wire is in other hands than the lab's.
  if machines.is_real(machine) then boots = "virsh.reset, or whatever switches this machine," end
  if verdict.causes[1] then
    local text = "put the first right and ask " .. call:format "node.why" .. " again"
    return machine and text .. ", then " .. (boots:gsub(",$", "")) or text
  end
  if verdict.what then
    local look = call:format "node.trace"
    if not machines.is_real(machine) then look = look .. ", " .. call:format "node.console" end
    if not machine or verdict.boot == "booting" then return look end
    return boots .. " tries again; the last try: " .. look
  end
  if verdict.boot ~= "none" or not machine or machines.is_real(machine) then return nil end
  return (boots:gsub("reboot", "boot", 1))
end

local function one(name, options)
  options = options_of.checked(options, "node.why", SEVERAL)
  local shared = context.shared()
  open(shared)
  shared.where = options
  local verdict, ctx = verdict_of(shared, xname_of(shared, name), options)
  verdict.next = step(verdict, ctx)
  return verdict
end

-- `shared`: what has been read of the cluster already.
local function wrong(set, options, shared)
  options = options_of.checked(options, "node.wrong", "node.wrong(SET, OPTIONS)")
  shared = shared or context.shared()
  local found = {}
  shared.where = options
  open(shared)
  local xnames = nodes.xnames(set or "@*")
  shared:warm(xnames)
  local verdicts = chami.task.map(xnames, function(xname) return (verdict_of(shared, xname, options)) end)
  for _, verdict in ipairs(verdicts) do
    if verdict.what or #verdict.causes > 0 then found[#found + 1] = verdict end
  end
  return found
end

-- What a verdict is without its text.
local function plain(verdict)
  local copy = {}
  for key, value in pairs(verdict) do copy[key] = value end
  return copy
end

-- Of several names of nodes the set; nil for one, and for what is none.
local function several(name)
  local ok, found = pcall(nodes.xnames, name)
  return ok and #found > 1 and name or nil
end

-- For the command line: the verdict of a node, or of all of a set that have something wrong, and whether any has.
local function report(name, file, form)
  local options = options_of.checked({ file = file ~= "" and file or nil }, "chami why")
  local set = name ~= "" and several(name) or nil
  if name ~= "" and not set then
    local verdict = one(name, options)
    local sick = verdict.what ~= nil or #verdict.causes > 0
    return form == "text" and tostring(verdict) or plain(verdict), sick
  end
  local verdicts, out = wrong(set, options), json.array {}
  for i, verdict in ipairs(verdicts) do out[i] = form == "text" and tostring(verdict) or plain(verdict) end
  -- Where there is no node none comes up.
  local none = #out == 0 and #nodes.xnames(set or "@*") == 0
  if form ~= "text" then return out, #out > 0 or none end
  if #out > 0 then return table.concat(out, "\n\n"), true end
  return none and "SMD knows no node: discover.static loads a nodes file" or NOTHING, none
end

return { one = one, wrong = wrong, report = report, plain = plain }
