local native = select(2, ...)
local head = require "node.head"
local machines = require "node.machines"
local nodes = require "nodes"
local timeline = require "node.timeline"
local watched = require "node.watched"
local why = require "node.why"

--- Nodes as machines: all that is known of one at a glance, its power, how far its boot came, its console.
--- A lab's machines really fetch what they boot, each stage in the lab's time; the timeline keeps the evidence. On a real
--- head node virtual machines are found by the MACs that SMD has, and reached through libvirt (`virsh`); how far a boot came
--- is put together from what can be read there: the domain's state, coresmd's log, BSS's history, the console's log, SMD.
--- What cannot be read is told as not seen. Machines behind BMCs have no binding yet: for them that is all there is.
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
---@field name? string the machine's: on a lab, or of a domain; else the one discovery gave
---@field nid? integer
---@field state? string as SMD has it
---@field role? string
---@field mac? string the interface it boots from
---@field ip? string what SMD has for that interface
---@field bmc? string the xname of its BMC
---@field groups? string[]
---@field boot? node.BootParams what BSS has for its MAC
---@field cloud_init? node.CloudInit what it gets when it asks, seen through its eyes
---@field power? "off"|"on" where the machine can be reached
---@field stage? node.StageName the first stage of its boot that did not go well, or the last
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
---@field at? string when it was tried last; on a head node not everything has a time
---@field since? string when it went well first, of one that was gone through again because a later one failed
---@field ok boolean
---@field unseen? boolean true: it cannot be told from here how it went, and `what` says why
---@field owner "power"|"coresmd"|"bss"|"artifacts"|"cloud-init"|"node"|"smd" whose work it is
---@field what string one sentence
---@field request? string
---@field status? integer
---@field bytes? integer
---@field tries integer how often it was tried

---@class node.Machine
---@field name? string on a head node that of its domain
---@field xname string
---@field power "off"|"on"
---@field stage? node.StageName ready when it is up, else the first stage of its boot that did not go well, or the last
---@field ok boolean whether that stage went well
---@field since? string when that was
---@field failed? node.StageName[] the stages that did not go well; of one that is up as well: what it lacks
---@field due? string when something happens next; none: it is up, off, or stands still
---@field ip? string the address it was given
---@field mac string
---@field bmc_mac? string on a lab
---@field uuid? string on a lab
---@field wire? boolean it is real, and came by the wire that the lab serves

---@class node.Options
---@field wait? string|number how long to wait until all are up, as `"10m"`; without it the call answers at once

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
  local machine = native.on_lab and type(set) == "string" and machines.known("node.get")[set:lower()]
  local xname = machine and machine.xname
    or machines.only(nodes.xnames(set), "node.get", "task.map(nodes.xnames(SET), node.get) gets each")
  record.xname = xname
  asked(record, "smd", function() of_smd(record, xname) end)
  record.boot = asked(record, "bss", function() return of_bss(record) end)
  if not (record.missing and record.missing.smd) then
    record.cloud_init = asked(record, "cloud_init", function() return of_cloud_init(xname) end)
  end
  machine = machine or native.on_lab and machines.known("node.get")[xname]
  if not native.on_lab then machine = head.now({ xnames = { xname } }, true)[1] end
  if machine and not native.on_lab and not machine.name then machine = nil end
  if machine then
    record.name, record.power, record.stage = machine.name, machine.power, machine.stage
    record.ok, record.since = machine.stage and machine.ok, machine.since
    record.mac = record.mac or machine.mac
  end
  return record
end

--- Switches nodes on; one that is on stays as it is. With `wait` the call answers when all are Ready, and raises what
--- stands in the way when one stands still or it takes too long. On a head node one is up as well when its console asks to
--- log in; what SMD and the console said before it was switched does not count, and where neither would tell nothing is
--- switched.
---@param set nodeset.Set which nodes; on a lab also the names and MACs of machines that SMD does not know
---@param options? node.Options
---@return node.Machine[] machines in the order of the set
---@shell virsh start compute1
---@state 301
---@example node.boot(1)[1].stage --> "power"
function node.boot(set, options) return machines.switched(set, native.options(options).wait, "on", "node.boot") end

--- Switches nodes off, as one pulls a plug.
---@param set nodeset.Set which nodes
---@return node.Machine[] machines in the order of the set
---@shell virsh destroy compute1
---@state 301
---@example node.boot(1); return node.off(1)[1].power --> "off"
function node.off(set) return machines.switched(set, nil, "off", "node.off") end

--- Resets nodes: they boot anew, from what the services say now. One that is off is switched on.
---@param set nodeset.Set which nodes
---@param options? node.Options
---@return node.Machine[] machines in the order of the set
---@shell virsh reset compute1
---@state 301
---@example node.reboot(1)[1].stage --> "power"
function node.reboot(set, options)
  return machines.switched(set, native.options(options).wait, "reset", "node.reboot")
end

---@class node.TraceOptions
---@field log? string coresmd's log, a file or its text: `journalctl -u coresmd-coredhcp` where nothing is said
---@field console? string what the console has shown, a file or its text: the log that the domain keeps where nothing is said

--- Lists the stages of a node's last boot, with the evidence of each: what was asked, what came back, how often.
--- On a head node they are put together from what can be read there; `log` and `console` name files that are elsewhere.
---@param set string|integer which node: xname, NID, MAC or name
---@param options? node.TraceOptions on a head node
---@return node.Stage[] stages in their order
---@state 301
---@example node.boot(1); lab.clock.advance "60s"; return node.trace(1)[2].what:match "172.16.0.1" --> "172.16.0.1"
function node.trace(set, options)
  local where = native.trace_options(options)
  if not native.on_lab then return timeline.told(head.trace(set, where)) end
  local boot = machines.record(machines.one(set, "node.trace").xname).boot
  return timeline.told(boot and boot.stages or {})
end

---@class node.Done
---@field stage node.StageName
---@field ok boolean
---@field after number seconds from the first stage until this one was done
---@field took? number seconds since the stage before; trying again because of a later one is the later one's time; none: not known
---@field what string one sentence
---@field tries integer

---@class node.Picture prints as bars
---@field node string
---@field stages node.Done[] on a head node those that have a time
---@field untimed? boolean true: there were stages, and none has a time

---@class node.TimelineOptions
---@field as? "svg" the text of a drawing that stands alone: `fs.write("boot.svg", …)` keeps it

--- Shows how long each stage of a boot took, as bars. With a second node both are laid beside each other: what took longer,
--- and where they part. In the place of a node its trace may be given, as one that was kept from an earlier boot.
---@overload fun(n: string|integer|node.Stage[], other: string|integer|node.Stage[]): node.Compared
---@overload fun(n: string|integer|node.Stage[], options: node.TimelineOptions): string
---@param n string|integer|node.Stage[] which node, or what `node.trace` gave
---@param other? string|integer|node.Stage[] another, to compare with
---@param options? node.TimelineOptions
---@return node.Picture picture
---@state 301
---@example node.boot(1); lab.clock.advance "60s"; return node.timeline(1).stages[2].stage --> "offer"
---@state 301
---@example node.boot("nid[1-2]"); lab.clock.advance "60s"; return #node.timeline(1, 2).nodes --> 2
---@state 301
---@example node.timeline(1, { as = "png" }) --> raises bad_argument
function node.timeline(n, other, options) return timeline.show(node.trace, n, other, options) end

---@class node.Beside
---@field stage node.StageName
---@field one? node.Done
---@field other? node.Done
---@field more? number seconds that the other took longer

---@class node.Compared prints as a table
---@field nodes string[] the two
---@field stages node.Beside[]
---@field more number seconds that the other took longer, over the stages that both did
---@field apart? string where they part, in words

---@class node.WatchOptions
---@field every? string|number how long to wait between two looks

--- Shows nodes as they come up, one line each, until all are Ready or nothing has moved for 90 seconds, and says what came
--- of it; Ctrl-C leaves it. Very many are told by stage. On a lab its time passes meanwhile; one that serves an interface
--- waits for real machines, of which nobody hears before they ask for an address. On a head node what `node.trace` can see
--- is shown, of very many SMD's State.
---@param set nodeset.Set which nodes
---@param options? node.WatchOptions
---@return node.Machine[] machines as they are then
---@state 301
---@example node.watch("nid[1-2]")[1].power --> "off"
function node.watch(set, options) return watched.watch(set, native.watch_options(options).every) end

--- Gets what a node's console shows of its last boot; on a head node what the domain's log has of it.
---@param set string|integer which node: xname, NID, MAC or name
---@return string text
---@shell virsh console compute1
---@state 301
---@example node.boot(1); lab.clock.advance "45s"; return node.console(1):match "Start PXE over IPv4" --> Start PXE over IPv4
function node.console(set)
  if not native.on_lab then return head.console(set, "node.console") end
  return native.console(machines.one(set, "node.console").xname)
end

--- Runs a command on a node that is up. A lab's node knows a small set of them; another one is `unsupported`.
---@param set string|integer which node: xname, NID, MAC or name
---@param command string as it would be typed there
---@return string output without the last line's end
---@return integer status 0: it went well
---@shell ssh root@172.16.0.1 hostname
---@state 301
---@example node.run(1, "hostname") --> raises conflict
function node.run(set, command)
  local ran = native.run(machines.one(set, "node.run", "n, COMMAND").xname, command)
  return (ran.output:gsub("\n$", "")), ran.status
end

---@class node.Cause
---@field id string its number in the catalogue: `lab.fault.list()` has them all; `dhcp.lint`; `request`: what a stage asked in vain
---@field cause string what lies behind it
---@field certainty "certain"|"likely"|"possible"
---@field evidence string what was seen
---@field fix? string code that puts it right, to be pasted as it stands; capitals left in it are named in `note`
---@field note? string a remark: what no code of here does, what only you can fill in
---@field stage string where a boot meets it, of a file the stage that fetches it
---@field owner string who has it wrong

---@class node.Verdict prints as text
---@field node string the xname
---@field boot "none"|"booting"|"stopped"|"ready" how its last boot went; none: it had none, and its data alone were asked
---@field stage? string the first stage of a boot without evidence, or at which one will go wrong
---@field owner? string who answers for that stage
---@field what? string what was seen there last
---@field seen? string on a head node: the last stage seen to go well, where it cannot be told from here how it went on
---@field causes node.Cause[] the most probable first; none: nothing found wrong
---@field remarks? node.Cause[] what it came up with all the same: worth a look, and nothing wrong
---@field next? string what to type next, where one node was asked about
---@field left_out? string[] what could not be asked here, and why
---@field mended? boolean true: what its last boot asked for in vain is otherwise now
---@field partly? boolean true: a service did not answer, and what it knows is not known

---@class node.WhyOptions
---@field file? string a nodes file to compare SMD with: its path or its text
---@field log? string coresmd's log, as for `node.trace`
---@field console? string what the console has shown, as for `node.trace`
---@field config? string the coredhcp.yaml, a file or its text: `/etc/openchami/configs/coredhcp.yaml` where nothing is said

--- Tells why a node does not come up, or will not: the most probable cause first, with what was seen and what to do.
--- Before the node is switched on it goes by what the services have stored; afterwards by the timeline of the boot as well.
--- It reads only. Put right what stands first and ask again; then `node.reboot`, and `node.trace` shows how far it comes.
--- `node.wrong()` asks about all nodes. What is judged by this host, as libvirt's domains and whether artifacts answer, is
--- left out where the host has no address on the nodes' network.
---@param n string|integer which node: xname, NID, MAC or name
---@param options? node.WhyOptions
---@return node.Verdict verdict prints as text; without causes nothing was found wrong
---@shell chami why NODE
---@state 301
---@example node.why(1).causes[1].id --> F17
---@state 301
---@example smd.iface.update("52:54:00:be:ef:01", { IPAddresses = { "172.16.0.999" } }); return node.why(1).causes[1].id --> F10
function node.why(n, options) return why.one(n, options) end

--- Asks about several nodes at once. What they have in common is listed once, however many they are; each is looked at
--- with its own eyes besides.
---@param set? nodeset.Set which nodes; all of SMD where none are named
---@param options? node.WhyOptions
---@return node.Verdict[] verdicts of those with something wrong
---@state 301
---@example smd.iface.update("52:54:00:be:ef:01", { IPAddresses = { "172.16.0.2" } }); return #node.wrong() --> 5
function node.wrong(set, options) return why.wrong(set, options) end

return node
