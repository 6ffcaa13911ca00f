local agree = require "causes.agree"
local causes = require "causes.catalogue"
local context = require "causes.context"
local nodes = require "nodes"
local options_of = require "node.options"
local remedy = require "causes.remedy"
local why = require "node.why"

--- All checks of the cluster at once.
local doctor = {}

---@class doctor.Check
---@field ok boolean
---@field what string what was asked, and what was found
---@field note? string what to do
---@field left_out? boolean true: it could not be asked

---@class doctor.Sick a cause, and all nodes it was found on
---@field id string its number in the catalogue: help "F19" explains it
---@field cause string
---@field certainty "certain"|"likely"|"possible"
---@field nodes string the set, folded
---@field count integer how many they are
---@field stage string where a boot of the first meets it
---@field evidence string what was seen of the first
---@field fix? string code that puts it right for all of them, or, where `note` says so, for the first
---@field note? string a remark beside it

---@class doctor.Standing nodes whose boot does not go on, or that are up and lack something, and no cause explains it
---@field nodes string the set, folded
---@field count integer how many they are
---@field stage string at which stage
---@field what string what was seen of the first there

---@class doctor.Report prints as text
---@field ok boolean whether nothing was found wrong in what could be asked
---@field checks doctor.Check[] the services, and whether they agree with one another
---@field causes doctor.Sick[] what keeps nodes from booting, the most certain first
---@field standing doctor.Standing[] what stands still all the same
---@field nodes integer how many nodes were looked at
---@field services integer how many of the checks, the first, are about whether services answer

local Report = { __data = true }

local function count(number, one) return ("%d %s"):format(number, number == 1 and one or one .. "s") end

local function who(sick) return sick.count > 1 and ("%d nodes, %s"):format(sick.count, sick.nodes) or sick.nodes end

-- The checks of one kind, each a line; those that could not be asked for one reason share one.
local function checked(lines, checks, wanted)
  local reasons = {}
  for _, check in ipairs(checks) do
    local kind = check.ok and "✓" or check.left_out and "–" or "✗"
    local reason = check.left_out and check.what:match "^not asked whether .-: (.*)$"
    if kind == wanted and reason then
      if not reasons[reason] then reasons[reason], reasons[#reasons + 1] = 0, reason end
      reasons[reason] = reasons[reason] + 1
    elseif kind == wanted then
      lines[#lines + 1] = ("%s %s"):format(kind, check.what)
      remedy.lines(lines, "  ", nil, check.note)
    end
  end
  for _, reason in ipairs(reasons) do
    lines[#lines + 1] = ("– %s left out: %s"):format(count(reasons[reason], "check"), reason)
  end
end

-- What stands first is what is to be put right first: services, then causes, then what does not agree.
function Report.__tostring(report)
  local lines, own = {}, table.move(report.checks, 1, math.min(report.services, #report.checks), 1, {})
  local rest = table.move(report.checks, report.services + 1, #report.checks, 1, {})
  checked(lines, own, "✗")
  checked(lines, own, "✓")
  for _, sick in ipairs(report.causes) do
    lines[#lines + 1] = ("✗ %s, %s, on %s: %s"):format(sick.id, sick.certainty, who(sick), sick.cause)
    lines[#lines + 1] = "  seen: " .. sick.evidence
    remedy.lines(lines, "  ", sick.fix, sick.note)
  end
  for _, one in ipairs(report.standing) do
    lines[#lines + 1] = ("✗ %s: not well at the stage %s: %s"):format(who(one), one.stage, one.what)
  end
  for _, kind in ipairs { "✗", "✓", "–" } do checked(lines, rest, kind) end
  if #report.causes == 0 and #report.standing == 0 and report.nodes > 0 then
    lines[#lines + 1] = ("✓ %s: nothing found wrong"):format(count(report.nodes, "node"))
  elseif report.nodes > 0 then
    lines[#lines + 1] = "next: node.why(NODE) tells more of one; put right what stands first and ask again"
  end
  if not report.ok and (report.nodes == 0 or #report.causes + #report.standing == 0) then
    lines[#lines + 1] = "next: put right what stands first, then doctor() again"
  end
  return table.concat(lines, "\n")
end

-- Each service is asked for something small.
local SERVICES = {
  { "SMD", function() chami.smd.service.status() end },
  { "BSS", function() chami.bss.service.status() end },
  { "cloud-init", function() chami.cloud_init.service.version() end },
}

-- Those that fail in the same way are told as one.
local function services(add)
  local same = {}
  for _, one in ipairs(SERVICES) do
    local ok, raised = pcall(one[2])
    if ok then
      add { ok = true, what = one[1] .. " answers" }
    else
      if type(raised) ~= "table" or raised.kind == "interrupted" then error(raised, 0) end
      local first = same[raised.message]
      if first then
        first.names[#first.names + 1] = one[1]
        first.check.what = ("%s: %s"):format(table.concat(first.names, ", "), raised.message)
      else
        local check = { ok = false, what = ("%s: %s"):format(one[1], raised.message), note = raised.hint }
        same[raised.message] = { names = { one[1] }, check = check }
        add(check)
      end
    end
  end
end

-- `explained`: the MACs of machines that a cause speaks of already.
local function agreement(shared, add, explained)
  for _, one in ipairs(agree.all) do
    local ok, wrong, note, silent = pcall(one[2], shared, explained)
    local lost = one.virt and shared.virt.fault or not ok and wrong
    -- Without a hypervisor there is nothing that could agree with it.
    if lost then
      if type(lost) ~= "table" or lost.kind == "interrupted" then error(lost, 0) end
      add { ok = false, left_out = true, what = ("not asked whether %s: %s"):format(one[1], lost.message) }
    else
      -- A lab's machines are their own domains: only what somebody changed is worth a line.
      local told = wrong or not silent and not one.quiet and (not one.virt or not shared.virt.on_lab)
      if told then add { ok = not wrong, what = wrong or one[1], note = note } end
    end
  end
end

local RANK = { certain = 1, likely = 2, possible = 3 }

-- What one verdict has in common with others: the number of its cause, or, without one, its words.
local function kind_of(one)
  return causes.by_id[one.id] and one.id or table.concat({ one.id, one.stage, one.cause }, " ")
end

-- A set of nodes for what was gathered of each.
local function folded(list)
  local names = {}
  for i, one in ipairs(list) do names[i] = one.node end
  return #list, chami.nodeset.fold(names)
end

-- The code for all of one cause.
local function remedied(sick)
  local fix, whole = remedy.for_all(sick.all)
  if not whole then
    local note = ("this is for %s; node.wrong(%q) has it for each"):format(sick.all[1].node, sick.nodes)
    sick.note = sick.note and ("%s; %s"):format(note, sick.note) or note
  end
  sick.fix, sick.all = fix, nil
end

-- The nodes by what is wrong with them.
local function by_cause(verdicts)
  local found = {}
  for _, verdict in ipairs(verdicts) do
    for _, one in ipairs(verdict.causes) do
      local kind = kind_of(one)
      local sick = found[kind]
      if not sick then
        sick = { id = one.id, cause = one.cause, certainty = one.certainty, evidence = one.evidence, note = one.note }
        sick.all, sick.stage = {}, one.stage
        found[kind], found[#found + 1] = sick, sick
      end
      table.insert(sick.all, { node = verdict.node, fix = one.fix })
    end
  end
  for _, sick in ipairs(found) do
    sick.count, sick.nodes = folded(sick.all)
    remedied(sick)
  end
  table.sort(found, function(a, b)
    local one, other = RANK[a.certainty], RANK[b.certainty]
    if one ~= other then return one < other end
    one, other = causes.stages[a.stage].order, causes.stages[b.stage].order
    if one ~= other then return one < other end
    return a.id < b.id
  end)
  return json.array(table.move(found, 1, #found, 1, {}))
end

-- Nodes that do not go on, or lack something, and of which no cause is known: by stage.
local function standing(verdicts)
  local found = {}
  for _, verdict in ipairs(verdicts) do
    if verdict.what and #verdict.causes == 0 then
      local one = found[verdict.stage]
      if not one then
        one = { stage = verdict.stage, what = verdict.what, all = {} }
        found[verdict.stage], found[#found + 1] = one, one
      end
      table.insert(one.all, { node = verdict.node })
    end
  end
  for _, one in ipairs(found) do
    one.count, one.nodes = folded(one.all)
    one.all = nil
  end
  return json.array(table.move(found, 1, #found, 1, {}))
end

-- The MACs of the machines that a wrong MAC was found on.
local function explained_by(verdicts, shared)
  local macs = {}
  for _, verdict in ipairs(verdicts) do
    for _, one in ipairs(verdict.causes) do
      if one.id == "F01" then macs[context.node(shared, verdict.node).firmware or ""] = true end
    end
  end
  return macs
end

--- Looks at everything: whether the services answer, whether SMD, BSS, cloud-init and the machines tell the same story, and
--- what keeps nodes from booting, the nodes of one cause together. It reads only; what nodes have in common is listed once.
---@param set? nodeset.Set which nodes; all of SMD where none are named
---@param options? node.WhyOptions where logs and files are, if not where they usually are
---@return doctor.Report report prints as text
---@shell chami doctor NODES
---@state 301
---@example doctor().causes[1].id --> F17
---@state 301
---@example smd.iface.delete "52:54:00:be:ef:01"; return doctor(1).causes[1].id --> F08
function doctor.doctor(set, options)
  options = options_of.checked(options, "doctor", "doctor(SET, OPTIONS)")
  local checks = json.array {}
  local function add(check) checks[#checks + 1] = check end
  services(add)
  local report = { checks = checks, causes = json.array {}, standing = json.array {}, nodes = 0, ok = true }
  report.services = #checks
  local shared = context.shared()
  shared.where = options
  if checks[1].ok then
    report.nodes = #nodes.xnames(set or "@*")
    local verdicts = why.wrong(set, options, shared)
    report.causes, report.standing = by_cause(verdicts), standing(verdicts)
    agreement(shared, add, explained_by(verdicts, shared))
  else
    local text = "nothing was compared and no node asked about: SMD does not answer"
    add { ok = false, left_out = true, what = text }
  end
  if report.nodes == 0 and checks[1].ok then
    add { ok = false, what = "SMD knows no node", note = "discover.static loads a nodes file" }
  end
  for _, check in ipairs(checks) do report.ok = report.ok and (check.ok or check.left_out == true) end
  report.ok = report.ok and #report.causes == 0 and #report.standing == 0
  return setmetatable(report, Report)
end

-- For the command line: the report, and whether something is wrong.
function doctor._report(set, file, form)
  local report = doctor.doctor(set ~= "" and set or nil, { file = file ~= "" and file or nil })
  return form == "text" and tostring(report) or why.plain(report), not report.ok
end

return doctor
