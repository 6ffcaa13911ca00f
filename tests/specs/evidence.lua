-- The stages of a real node's boot, from what a head node can read: consoles and logs as programs write them.
local evidence = require "node.evidence"
local last_boot = require "node.last_boot"

local MAC, OTHER = "52:54:00:be:ef:01", "52:54:00:00:00:99"
local KERNEL, INITRD = "http://172.16.0.254:9000/b/vmlinuz-5.14", "http://172.16.0.254:9000/b/initramfs-5.14.img"

-- A node with a domain, as probes see one; the log's events by MAC, and when BSS was asked.
local function node_of(more)
  local ctx = {
    xname = "x1000c0s0b0n0", nics = { { MACAddress = MAC } }, firmware = MAC, boot_nic = { MACAddress = MAC },
    domain = { name = "compute1", state = "running", interfaces = { { mac = MAC }, { mac = OTHER, type = "user" } } },
    record = { kernel = KERNEL, initrd = INITRD }, component = { State = "On" }, unsaid = "nobody listens",
  }
  ctx.shared = {
    events = { events = {}, by_mac = more.events or {} }, asked_bss = { last = { [ctx.xname] = more.asked } },
  }
  for key, value in pairs(more) do ctx[key] = value end
  if ctx.said then ctx.said = last_boot(ctx.said) end
  ctx.shared.virt = {}
  return ctx
end

local function by_stage(ctx)
  local found = {}
  for _, one in ipairs(evidence.stages(ctx)) do found[one.stage] = one end
  return found
end

local function event(name, time, mac) return { event = name, time = time, mac = mac or MAC, ip = "172.16.0.1", message = "" } end

local GOOD = { [MAC] = { event("assigned", "2026-11-23T07:00:00Z") } }
local ASKED = 1795417205   -- 2026-11-23T07:00:05Z
local FIRMWARE = "SeaBIOS (version 1.16)\niPXE initialising devices...ok\n"
local LINUX = "[    0.000000] Linux version 5.14.0\n[  OK  ] Reached target Switch Root.\nnid0001 login: "

-- iPXE prints a dot for each second, or a percentage that it takes back.
local WAYS = { " ok", "....... ok", " 12%\b\b\b\b 47%\b\b\b\b    \b\b\b\b ok", ". 12%\b\b\b\b    \b\b\b\b.. ok", " 12%  47% ok" }
for _, way in ipairs(WAYS) do
  local text = FIRMWARE .. KERNEL .. "..." .. way .. "\n" .. INITRD .. "..." .. way .. "\n"
  for _, after in ipairs { "", LINUX } do
    local stages = by_stage(node_of { said = text .. after, events = GOOD, asked = ASKED })
    expect(stages.kernel, has { ok = true, what = "the kernel came" }, "kernel after" .. way)
    expect(stages.initrd, has { ok = true, what = "the initrd came" }, "initrd after" .. way)
    if after ~= "" then expect(stages.config, has { ok = true, what = contains "nid0001" }, "and it runs") end
  end
end
-- A guest may write what it wants: what it takes back is gone, and costs no more than it is long.
local much = ("x"):rep(50000) .. ("\b"):rep(49999) .. "y\n" .. ("z\b"):rep(50000) .. "\b\b\n"
expect(last_boot(much), "xy\n\n", "backspaces")
-- Before its name is set a system may ask as localhost.
local stages = by_stage(node_of { said = "Linux version 5.14.0\nlocalhost login: \n" .. LINUX:match "\n(.*)", events = GOOD })
expect(stages.config, has { ok = true, what = contains "nid0001" }, "the last prompt counts")
stages = by_stage(node_of { said = "Linux version 5.14.0\nlocalhost login: ", events = GOOD })
expect(stages.config, has { ok = false, what = contains "localhost" }, "nobody named it")
local refused = "..... Connection refused (https://ipxe.org/4c126035)\n"
stages = by_stage(node_of { said = FIRMWARE .. KERNEL .. refused, events = GOOD, asked = ASKED })
expect(stages.kernel, has { ok = false, what = "iPXE says: Connection refused (https://ipxe.org/4c126035)" }, "refused")
stages = by_stage(node_of { said = FIRMWARE .. KERNEL .. refused .. KERNEL .. "... ok\n", events = GOOD, asked = ASKED })
expect(stages.kernel, has { ok = true }, "tried again")
stages = by_stage(node_of { said = FIRMWARE .. KERNEL .. "....", events = GOOD, asked = ASKED })
expect(stages.kernel, has { ok = false, unseen = true }, "it is still at it")
-- A kernel that runs had both, whatever was lost of the lines before it.
stages = by_stage(node_of { said = LINUX, events = GOOD, asked = ASKED })
expect({ stages.kernel.ok, stages.initrd.ok }, { true, true }, "the kernel runs")
expect(stages.kernel.what, contains "the kernel runs", "and that is why")

-- A boot begins where somebody speaks whose turn was before; what stands above is of another.
local UEFI = "BdsDxe: loading Boot0001 \"UEFI PXEv4\"\n>>Start PXE over IPv4.\n"
local ended = UEFI .. "iPXE initialising devices...ok\n" .. KERNEL .. "... ok\n" .. INITRD .. "... ok\n" .. LINUX
local stopped = node_of { said = ended .. "\n" .. UEFI .. "  PXE-E18: Server response timeout.\n", events = GOOD, asked = ASKED }
local trace = evidence.stages(stopped)
expect(trace[#trace], has { stage = "offer", ok = false, what = match "says: PXE%-E18: Server response timeout" }, "E18")
stages = by_stage(node_of { said = UEFI .. "  PXE-E16: No valid offer received.\n" .. ended, events = GOOD, asked = ASKED })
expect(stages.config, has { ok = true }, "a try that failed, and one that did not")
expect(last_boot(ended .. "\n" .. FIRMWARE), FIRMWARE, "the latest, of another firmware")
expect(last_boot(LINUX .. LINUX), LINUX:match "Linux.*", "a kernel behind a kernel")
local chained = FIRMWARE .. "undionly.kpxe... ok\niPXE initialising devices...ok\n" .. LINUX
expect(last_boot(chained), chained, "iPXE behind iPXE is one boot")
expect(last_boot "no mark", "no mark", "nobody spoke")

-- An offer of an earlier boot is no offer of this one.
local OLD = { [MAC] = { event("assigned", "2020-01-01T00:00:00Z") } }
stages = by_stage(node_of { events = OLD, asked = ASKED })
expect(stages.offer, has { ok = false, unseen = true, what = contains "that was another boot" }, "older than the script")
stages = by_stage(node_of { events = OLD, started = "2026-11-23T07:00:00Z" })
expect(stages.offer, has { unseen = true, what = contains "was started at 2026-11-23T07:00:00" }, "older than the machine")
-- A system that runs asks for its address again; nobody asks for the script again then.
local LATER = { [MAC] = { event("assigned", "2026-11-23T07:00:00Z"), event("assigned", "2026-11-23T09:30:00Z") } }
stages = by_stage(node_of { events = LATER, asked = ASKED })
expect(stages.script, has { ok = false, unseen = true }, "a renewal says nothing of the script")
stages = by_stage(node_of { events = LATER, asked = ASKED, said = LINUX })
expect(stages.script, has { ok = true }, "the kernel runs")
trace = evidence.stages(node_of { events = LATER, asked = ASKED, started = "2026-11-23T09:29:00Z" })
expect(trace[#trace], has { stage = "script", ok = false, what = contains "not since the machine was started" }, "it never asked")

-- A machine behind a BMC shows no more than its heartbeat.
local refused_once = { [MAC] = { event("stranger", "2020-01-01T00:00:00Z") } }
stages = by_stage(node_of { events = refused_once, domain = false, is_ready = true, component = { State = "Ready" } })
expect({ stages.offer.unseen, stages.ready.ok }, { true, true }, "long ago")
-- Logs may be in local time.
local AHEAD = { [MAC] = { event("assigned", "2026-11-23T08:00:00+01:00") } }
stages = by_stage(node_of { events = AHEAD, started = "2026-11-23T06:59:59Z" })
expect(stages.offer, has { ok = true }, "an hour ahead")
stages = by_stage(node_of { events = AHEAD, started = "2026-11-23T07:00:01Z" })
expect(stages.offer, has { unseen = true }, "and no more")

-- Another card of the domain's may be a stranger: it does not boot.
local both = { [MAC] = GOOD[MAC], [OTHER] = { event("stranger", "2026-11-23T07:10:00Z", OTHER) } }
stages = by_stage(node_of { events = both, asked = ASKED })
expect(stages.offer, has { ok = true, what = contains(MAC) }, "its own card")

-- When libvirt started a machine stands in its log, where that can be read; a log on another host cannot.
local read = fs.read
local function logged(path)
  expect(path, "/var/log/libvirt/qemu/compute1.log", "its log")
  return "2026-11-22 10:00:00.111+0000: starting up libvirt version: 10.0.0\nqemu: terminating\n"
    .. "2026-11-23 07:00:00.222+0000: starting up libvirt version: 10.0.0\n"
end
local running = node_of {}
running.shared.virt = { uri = "qemu:///system" }
rawset(fs, "read", logged)
local begun = evidence.started(running)
rawset(fs, "read", read)
expect(begun, "2026-11-23T07:00:00Z", "the last start")
running.shared.virt.uri, running.domain.log = "qemu+ssh://head/system", "/var/log/libvirt/qemu/console.log"
expect(evidence.started(running), nil, "of another host nothing is known")
expect(select(2, evidence.console(running)), contains "on the host of qemu+ssh://head/system", "nor what its console says")

-- Waiting has a chance where something can tell: a log that is to come counts where one would see it.
local waits = node_of {}
waits.shared.beats, waits.shared.virt.uri, waits.domain.log = false, "qemu:///system", "/never/was/compute1.log"
expect(evidence.tells(waits), false, "nobody can look into its folder")
waits.domain.log = "/tmp/chami-never-was.log"
expect(evidence.tells(waits), true, "it will be there")
waits.shared.virt.uri = "qemu+ssh://head/system"
expect(evidence.tells(waits), false, "it will be on another host")
waits.shared.beats = true
expect(evidence.tells(waits), true, "something sends heartbeats")
