local native = select(2, ...)
local fault = require "fault"
local nodes = require "nodes"
local task = require "task"
local why = require "node.why"

--- Nodes as machines: all that is known of one at a glance, its power, how far its boot came, its console.
--- A lab's machines really fetch what they boot, each stage in the lab's time; the timeline keeps the evidence. Those of a
--- real cluster have no binding yet: there `node.get` works, and the rest is `unsupported`.
local node = {}

---@class node.BootParams
---@field kernel string
---@field initrd? string
---@field params? string

---@class node.CloudInit
---@field hostname? string
---@field local_hostname? string
---@field instance_id? string
---@field includes string[] the addresses that vendor-data includes, one for each group

---@class node.Node
---@field xname? string
---@field name? string the machine's, on a lab; else the one discovery gave
---@field nid? integer
---@field state? string as SMD has it
---@field role? string
---@field mac? string the interface it boots from
---@field ip? string what SMD has for that interface
---@field bmc? string the xname of its BMC
---@field groups? string[]
---@field boot? node.BootParams what BSS has for its MAC
---@field cloud_init? node.CloudInit what it gets when it asks, seen through its eyes
---@field power? "off"|"on" on a lab
---@field stage? node.StageName on a lab: the first stage of its boot that did not go well, or the last
---@field ok? boolean whether that stage went well
---@field since? string when that was
---@field missing? table<string, string> what could not be had, and why, by service

---@alias node.StageName
---| "power"
---| "offer"
---| "script"
---| "kernel"
---| "initrd"
---| "rootfs"
---| "meta-data"
---| "user-data"
---| "vendor-data"
---| "groups"
---| "config"
---| "phone-home"
---| "ready"

---@class node.Stage
---@field stage node.StageName
---@field at string when it was tried last
---@field ok boolean
---@field owner "power"|"coresmd"|"bss"|"artifacts"|"cloud-init"|"node"|"smd" whose work it is
---@field what string one sentence
---@field request? string
---@field status? integer
---@field bytes? integer
---@field tries integer how often it was tried

---@class node.Machine
---@field name string
---@field xname string
---@field power "off"|"on"
---@field stage? node.StageName ready when it is up, else the first stage of its boot that did not go well, or the last
---@field ok boolean whether that stage went well
---@field since? string when that was
---@field failed? node.StageName[] the stages that did not go well; of one that is up as well: what it lacks
---@field due? string when something happens next; none: it is up, off, or stands still
---@field ip? string the address it was given
---@field mac string
---@field bmc_mac string
---@field uuid string

---@class node.Options
---@field wait? string|number how long to wait until all are Ready, as `"10m"`; without it the call answers at once

-- Machines by each of their names.
local function known(call)
  local index = {}
  for _, machine in ipairs(native.machines(call)) do
    for _, name in ipairs { machine.xname, machine.mac, machine.name } do index[name:lower()] = machine end
  end
  return index
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

local function one(set, call)
  return only(machines(set, call), call, ("task.map(nodes.xnames(SET), %s)"):format(call))
end

local function xnames(list)
  local names = {}
  for i, machine in ipairs(list) do names[i] = machine.xname end
  return names
end

-- How machines are now, in the order of the list.
---@return node.Machine[]
local function now(list, call)
  local index, states = known(call), {}
  for i, machine in ipairs(list) do states[i] = index[machine.xname] end
  return states
end

local function is_up(machine) return machine.stage == "ready" and machine.ok end

local function is_under_way(machine) return machine.power == "on" and machine.due and not is_up(machine) end

-- Of so many machines that are not up the timeline is read; of the others the stage is told, which the list has.
local DETAILED = 20

-- At which stage a machine is, in words.
local function standing(machine, in_detail)
  if not in_detail then return machine.stage and ": " .. machine.stage or "" end
  local boot = native.one(machine.xname).boot
  local stages = boot and boot.stages or {}
  local last = stages[#stages]
  for _, stage in ipairs(stages) do
    if not stage.ok then last = stage break end
  end
  return last and (": %s: %s"):format(last.stage, last.what) or ""
end

-- Why a machine that was waited for is not up.
local function failure(machine, wait, in_detail)
  local what_next = 'node.trace "%s" shows each stage; node.console "%s" what it says'
  local hint = { hint = what_next:format(machine.xname, machine.xname) }
  if machine.power == "off" then return fault.new("no_effect", machine.xname .. " is off again", hint) end
  local where = standing(machine, in_detail)
  if machine.due then
    return fault.new("timeout", ("%s is not Ready within %g s%s"):format(machine.xname, wait, where), hint)
  end
  return fault.new("no_effect", ("%s stands still%s"):format(machine.xname, where), hint)
end

-- Lets time pass until all are up, none can come up any more, or it is too late.
local function await(list, wait, call)
  local left, states = wait, now(list, call)
  local function busy()
    for _, machine in ipairs(states) do
      if is_under_way(machine) then return true end
    end
    return false
  end
  while left > 0 and busy() do
    local step = math.min(left, 2)
    task.sleep(step)
    left = left - step
    states = now(list, call)
  end
  local items = {}
  for _, machine in ipairs(states) do
    if not is_up(machine) then
      items[#items + 1] = { node = machine.xname, fault = failure(machine, wait, #items < DETAILED) }
    end
  end
  if #items > 0 then
    if #states == 1 then error(items[1].fault, 0) end
    local what = ("%d of %d not up, the first: %s"):format(#items, #states, items[1].fault.message)
    fault.raise("partial", what, { items = items, hint = "_err.items names each with its fault" })
  end
  return states
end

local function switched(set, options, action, call)
  local wait = native.options(options).wait
  local list = machines(set, call)
  local done = chami.lab.power(xnames(list), action)
  -- A plan is no machine.
  if not wait or not done[1] or (done[1] --[[@as table]]).call then return done end
  return await(list, wait, call)
end

-- What a service says, or why it does not.
local function asked(record, service, f)
  local ok, answer = pcall(f)
  if ok then return answer end
  record.missing = record.missing or {}
  record.missing[service] = type(answer) == "table" and answer.message or tostring(answer)
end

local function first_nic(xname)
  local nics = chami.smd.iface.list { ComponentID = xname }
  local first = nics[1]
  for _, nic in ipairs(nics) do
    if nic.Description:find "^Interface 0 for " then first = nic end
  end
  return first
end

local function of_smd(record, xname)
  local component = chami.smd.component.get(xname)
  record.xname, record.nid = component.ID, component.NID
  record.state, record.role = component.State, component.Role
  record.bmc = component.ID:match "^(x.-b%d+)n%d+$"
  local nic = first_nic(component.ID)
  if nic then
    record.mac = nic.MACAddress
    record.ip = nic.IPAddresses and nic.IPAddresses[1] and nic.IPAddresses[1].IPAddress
  end
  record.groups = chami.smd.group.membership.get(component.ID).groupLabels
end

local function of_bss(record)
  local params = record.mac and chami.bss.boot.params.list({ mac = record.mac })[1]
  return params and { kernel = params.kernel, initrd = params.initrd, params = params.params }
end

local function of_cloud_init(xname)
  local data, includes = chami.cloud_init.node.meta_data(xname), {}
  for url in chami.cloud_init.node.vendor_data(xname):gmatch "\n(%S+)" do includes[#includes + 1] = url end
  return {
    hostname = data.hostname, local_hostname = data["local-hostname"],
    instance_id = data["instance-id"], includes = includes,
  }
end

--- Gets all that is known of a node: SMD's record, its boot interface and groups, what BSS has for it, what cloud-init
--- tells it, and on a lab the machine behind it. What cannot be had stands in `missing` with the reason.
---@param set string|integer which node: xname, NID, MAC or name
---@return node.Node node
---@state 301
---@example node.get(1).ip --> "172.16.0.1"
function node.get(set)
  local record = {}
  local machine = native.on_lab and type(set) == "string" and known("node.get")[set:lower()]
  local xname = machine and machine.xname
    or only(nodes.xnames(set), "node.get", "task.map(nodes.xnames(SET), node.get) gets each")
  record.xname = xname
  asked(record, "smd", function() of_smd(record, xname) end)
  record.boot = asked(record, "bss", function() return of_bss(record) end)
  if not (record.missing and record.missing.smd) then
    record.cloud_init = asked(record, "cloud_init", function() return of_cloud_init(xname) end)
  end
  machine = machine or native.on_lab and known("node.get")[xname]
  if machine then
    record.name, record.power, record.stage = machine.name, machine.power, machine.stage
    record.ok, record.since = machine.stage and machine.ok, machine.since
    record.mac = record.mac or machine.mac
  end
  return record
end

--- Switches nodes on; one that is on stays as it is. With `wait` the call answers when all are Ready, and raises what
--- stands in the way when one stands still or it takes too long.
---@param set nodeset.Set which nodes; on a lab also the names and MACs of machines that SMD does not know
---@param options? node.Options
---@return node.Machine[] machines in the order of the set
---@shell virsh start compute1
---@state 301
---@example node.boot(1)[1].stage --> "power"
function node.boot(set, options) return switched(set, options, "on", "node.boot") end

--- Switches nodes off, as one pulls a plug.
---@param set nodeset.Set which nodes
---@return node.Machine[] machines in the order of the set
---@shell virsh destroy compute1
---@state 301
---@example node.boot(1); return node.off(1)[1].power --> "off"
function node.off(set) return switched(set, nil, "off", "node.off") end

--- Resets nodes: they boot anew, from what the services say now. One that is off is switched on.
---@param set nodeset.Set which nodes
---@param options? node.Options
---@return node.Machine[] machines in the order of the set
---@shell virsh reset compute1
---@state 301
---@example node.reboot(1)[1].stage --> "power"
function node.reboot(set, options) return switched(set, options, "reset", "node.reboot") end

-- A timeline as one reads it: when, what, how it went; where it did not go well also what was asked and came back.
local Timeline = { __data = true }

function Timeline.__tostring(stages)
  if #stages == 0 then return "it has not booted" end
  local lines = {}
  for _, stage in ipairs(stages) do
    local mark, clock = stage.ok and "✓" or "✗", stage.at:match "T(%d+:%d+:%d+)" or stage.at
    local tries = stage.tries > 1 and (" (%d tries)"):format(stage.tries) or ""
    lines[#lines + 1] = ("%s %s  %-11s  %s%s"):format(mark, clock, stage.stage, stage.what, tries)
    if not stage.ok and stage.request then
      lines[#lines + 1] = ("%26s%s  %s"):format("", stage.request, stage.status or "")
    end
  end
  return table.concat(lines, "\n")
end

--- Lists the stages of a node's last boot, with the evidence of each: what was asked, what came back, how often.
---@param set string|integer which node: xname, NID, MAC or name
---@return node.Stage[] stages in their order
---@state 301
---@example node.boot(1); lab.clock.advance "60s"; return node.trace(1)[2].what:match "172.16.0.1" --> "172.16.0.1"
function node.trace(set)
  local boot = native.one(one(set, "node.trace").xname).boot
  -- A list that a native gave keeps its own metatable.
  return setmetatable(table.move(boot and boot.stages or {}, 1, boot and #boot.stages or 0, 1, {}), Timeline)
end

--- Gets what a node's console shows of its last boot.
---@param set string|integer which node: xname, NID, MAC or name
---@return string text
---@shell virsh console compute1
---@state 301
---@example node.boot(1); lab.clock.advance "45s"; return node.console(1):match "Start PXE over IPv4" --> Start PXE over IPv4
function node.console(set) return native.console(one(set, "node.console").xname) end

--- Runs a command on a node that is up. A lab's node knows a small set of them; another one is `unsupported`.
---@param set string|integer which node: xname, NID, MAC or name
---@param command string as it would be typed there
---@return string output without the last line's end
---@return integer status 0: it went well
---@shell ssh root@172.16.0.1 hostname
---@state 301
---@example node.run(1, "hostname") --> raises conflict
function node.run(set, command)
  local ran = native.run(one(set, "node.run").xname, command)
  return (ran.output:gsub("\n$", "")), ran.status
end

---@class node.Cause
---@field id string its number in the catalogue: `lab.fault.list()` has them all
---@field cause string what lies behind it
---@field certainty "certain"|"likely"|"possible"
---@field evidence string what was seen
---@field fix string what to do; capitals stand for what only you know
---@field stage string where a boot meets it
---@field owner string who has it wrong

---@class node.Verdict prints as text
---@field node string the xname
---@field boot "none"|"booting"|"stopped"|"ready" how its last boot went; none: it had none, and its data alone were asked
---@field stage? string the first stage of a boot without evidence, or at which one will go wrong
---@field owner? string who answers for that stage
---@field what? string what was seen there last
---@field causes node.Cause[] the most probable first; none: nothing found wrong
---@field remarks? node.Cause[] what it came up with all the same: worth a look, and nothing wrong
---@field next? string what to type next, where one node was asked about
---@field left_out? string[] what could not be asked here, and why
---@field partly? boolean true: a service did not answer, and what it knows is not known

---@class node.WhyOptions
---@field file? string a nodes file to compare SMD with: its path or its text

--- Tells why a node does not come up, or will not: the most probable cause first, with what was seen and what to do.
--- Before the node is switched on it goes by what the services have stored; afterwards by the timeline of the boot as well.
--- It reads only, each resource once. Put right what stands first and ask again; then `node.reboot`, and `node.trace` shows
--- how far it comes. `node.wrong()` asks about all nodes.
---@param name string|integer which node: xname, NID, MAC or name
---@param options? node.WhyOptions
---@return node.Verdict verdict prints as text; without causes nothing was found wrong
---@shell chami why NODE
---@state 301
---@example node.why(1).causes[1].id --> F17
---@state 301
---@example smd.iface.update("52:54:00:be:ef:01", { IPAddresses = { "172.16.0.999" } }); return node.why(1).causes[1].id --> F10
function node.why(name, options) return why.one(name, options) end

--- Asks about several nodes at once; each resource is still listed once.
---@param set? nodeset.Set which nodes; all of SMD where none are named
---@param options? node.WhyOptions
---@return node.Verdict[] verdicts of those with something wrong
---@state 301
---@example smd.iface.update("52:54:00:be:ef:01", { IPAddresses = { "172.16.0.2" } }); return #node.wrong() --> 5
function node.wrong(set, options) return why.wrong(set, options) end

return node
