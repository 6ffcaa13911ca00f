-- node.* and the diagnosis where the target is no lab of the session's.
local way, console = arg[1], arg[2]
local function stages(trace)
  local by_name = {}
  for _, stage in ipairs(trace) do by_name[stage.stage] = stage end
  return by_name
end

-- What coresmd's log, BSS, the console's log and SMD tell of a boot.
local up = stages(node.trace(1, { console = console }))
expect(up.offer, has { ok = true, at = match "^%d+%-%d+%-%d+T", what = "coresmd gave 172.16.0.1 to 52:54:00:be:ef:01" }, "offer")
expect(up.script, has { ok = true, owner = "bss", what = contains "names a kernel" }, "script")
for _, name in ipairs { "kernel", "initrd", "rootfs", "ready" } do expect(up[name], has { ok = true }, name) end
expect(node.why(1, { console = console }), has { boot = "ready" }, "it came up")

-- Without a console it is said that nothing was seen, and never what might have been.
local blind = stages(node.trace(1))
expect(blind.kernel, has { ok = false, unseen = true, what = contains "not seen from here: " }, "no console, no kernel")
expect(tostring(node.trace(1)), contains "– ", "it has a mark of its own")
expect(node.why(1).boot, "ready", "what was not seen did not fail")

local third = [[time="2026-11-23T07:00:00Z" level=info msg="assigning 172.16.0.3 to 52:54:00:be:ef:03 (Node) with a lease duration of 1h"
]]
expect(node.why(3, { log = third }), has { boot = "booting", seen = "offer" }, "as far as can be seen")
expect(tostring(node.why(3, { log = third })), contains "seen from here as far as the stage offer", "in words")

-- A stranger in the log: its boot stops there.
local stranger = node.trace(2)
expect(stranger[#stranger], has { stage = "offer", ok = false, what = match "^the pool lent 172.16.0.2%d%d" }, "a stranger")
expect(node.why(2), has { boot = "stopped", stage = "offer", owner = "coresmd" }, "where it stopped")
expect(node.timeline(1).stages[1].stage, "offer", "what has a time is a bar")

-- A console on which dracut gives up.
local dracut = "Linux version 5.14\ndracut: FATAL: Don't know how to handle 'root=live:http://172.16.0.254:9000/x'\n"
  .. "dracut: Refusing to continue\n"
local verdict = node.why(1, { console = dracut })
expect(verdict.causes, contains(has { id = "F22", evidence = contains "Don't know how to handle" }), "F22 of a console")

-- The log says that coresmd cannot read SMD.
local failed = [[time="2026-11-23T07:00:00Z" level=info msg="Listen 0.0.0.0:67" prefix=server
time="2026-11-23T07:00:01Z" level=error msg="failed to refresh cache: dial tcp: connection refused" prefix="plugins/coresmd"
]]
expect(node.why(3, { log = failed }).causes[1], has { id = "F04", certainty = "certain" }, "F04 of a log")

local died = [[time="2026-11-23T07:00:00Z" level=fatal msg="failed to setup plugin: expected 6 arguments: base URL, got 9"
]]
expect(node.why(3, { log = died }).causes[1], has { id = "F12", fix = contains 'version = "v0.4"' }, "F12 of a log")
expect(node.why(3, { config = dhcp.render { interface = "nosuch0" } }).causes[1], has { id = "F02" }, "F02 of a file")

expect_fault("unsupported", node.run, 1, "hostname")
expect_fault("bad_argument", node.trace, 1, { consol = console })

if way == "bare" then
  local no = expect_fault("unsupported", node.boot, 2)
  expect(no.message, contains "node.boot: the machine behind x1000c0s0b1n0 cannot be reached", "what failed")
  expect(no.hint, contains "BMCs", "the way")
  expect(stages(node.trace(1)).power, has { unseen = true }, "power is not seen")
  expect(node.why(3).left_out, contains(match "^F06, F11, F14, F24: "), "what wants libvirt was not asked")
  expect(node.why(3).partly, nil, "that takes nothing away")
  expect(node.watch(1)[1], has { stage = "ready", ok = true }, "watched until it is Ready")
  return
end

-- Virtual machines, each found by the MAC that SMD has.
virsh.connect "test:///default"
virsh.net_define { name = "openchami-net", bridge = { _name = "virbr7" },
                   ip = { { _address = "172.16.0.254", _netmask = "255.255.255.0" } } }
virsh.net_start "openchami-net"
local function define(name, mac, network, more)
  local domain = {
    _type = "test", name = name, memory = { _unit = "MiB", _ = "4096" }, vcpu = "1", os = { type = "hvm" },
    devices = { interface = { { _type = "network", mac = { _address = mac }, source = { _network = network } } },
                console = { { _type = "pty" } } },
  }
  for key, value in pairs(more or {}) do domain[key] = value end
  virsh.define(domain)
end
define("compute1", "52:54:00:be:ef:01", "openchami-net")
define("compute2", "52:54:00:be:ef:02", "openchami-net")
define("compute3", "52:54:00:be:ef:03", "default")
define("compute4", "52:54:00:be:ef:40", "openchami-net", { memory = { _unit = "MiB", _ = "512" } })

expect(node.get(2), has { name = "compute2", power = "off" }, "what is known of a node")
expect(node.boot "nid[1-2]", { has { name = "compute1", power = "on" }, has { name = "compute2", power = "on" } }, "on")
expect(virsh.domstate "compute2", "running", "libvirt has switched it")
expect(node.trace(2)[1], has { stage = "power", ok = true, what = "the domain compute2 is running" }, "power")
expect(node.reboot(2)[1].power, "on", "reset")
expect(node.off(2)[1].power, "off", "off")
expect(node.off(2)[1].power, "off", "and it stays so")
expect(node.trace(2)[1], has { stage = "power", ok = false, what = "the domain compute2 is shut off" }, "off")
expect(expect_fault("not_found", node.boot, 5).message, contains "no domain of test:///default is x1000c0s0b4n0", "none")
expect(expect_fault("unsupported", node.console, 1).message, contains "keeps no log of its console", "no log")

-- Ready from before the button is no news, and a console counts from there on.
smd.component.update(1, { State = "Ready" })
local late = expect_fault("timeout", node.reboot, 1, { wait = "1s" })
expect(late.message, contains "is not Ready within 1 s", "Ready is stale")
smd.component.update(1, { State = "On", Force = true })
local refused = expect_fault("unsupported", node.reboot, 1, { wait = "10m" })
expect(refused.message, all { contains "nothing was switched", contains "no log", contains "heartbeats" }, "nothing would tell")
local log = console .. ".kept"
fs.write(log, fs.read(console))
virsh.destroy "compute1"
virsh.undefine "compute1"
define("compute1", "52:54:00:be:ef:01", "openchami-net", { devices = {
  interface = { { _type = "network", mac = { _address = "52:54:00:be:ef:01" }, source = { _network = "openchami-net" } } },
  serial = { { _type = "pty", log = { _file = log } } },
} })
expect(expect_fault("timeout", node.boot, 1, { wait = "1s" }).message, contains "is not Ready within 1 s", "an old console")
local done = false
up = task.parallel {
  function()
    local states = node.reboot(1, { wait = "60s" })
    done = true
    return states
  end,
  function()
    -- What it says before it is reset counts for nothing.
    for _ = 1, 100 do
      if done then return end
      task.sleep "200ms"
      fs.append(log, fs.read(console))
    end
  end,
}
expect(up[1], { has { stage = "ready", ok = true, power = "on" } }, "it asks to log in, and nothing sends heartbeats")
smd.component.update(1, { State = "Ready" })

-- What definitions and networks tell, before anything is switched on.
local causes = node.why(3).causes
expect(causes[1], has { id = "F11", certainty = "certain", fix = contains '"openchami-net"' }, "on another network")
assert(load(causes[1].fix or "?"))()
expect(virsh.domiflist("compute3")[1].source, "openchami-net", "the fix can be typed")
expect(node.why(3).causes, {}, "and mends it")
local found = {}
for _, one in ipairs(node.why(4).causes) do found[one.id] = one end
expect(found.F24, has { certainty = "likely", evidence = contains "402 MiB, and the domain compute4 512 MiB" }, "small")
expect(found.F01, has { evidence = contains "52:54:00:be:ef:40" }, "the domain has another MAC")
virsh.define((virsh.dumpxml("compute2", { inactive = true }):gsub("<console.*</console>", ""):gsub("<serial.*</serial>", "")))
virsh.start "compute3"
local silent = node.trace(3)
expect(silent[2], has { stage = "offer", ok = false, what = contains "no DISCOVER of it came there" }, "nothing in the log")

-- A DHCP server of libvirt's own, where a node has its address.
smd.iface.update("52:54:00:be:ef:05", { IPAddresses = { "192.168.122.5" } })
define("compute5", "52:54:00:be:ef:05", "default")
local rogue = node.why(5).causes[1]
expect(rogue, has { id = "F06", evidence = contains "192.168.122.1" }, "F06")
local range = [['<range start="192.168.122.2" end="192.168.122.254"/>']]
expect(rogue.note, all { contains(range), contains "net-update 'default'" }, "and nobody is cut off")
local net = virsh.network.parse(virsh.net_dumpxml "default")
for _, ip in ipairs(net.ip --[[@as virsh.Document[] ]]) do ip.dhcp = nil end
virsh.net_destroy "default"
virsh.net_define(net)
virsh.net_start "default"
for _, one in ipairs(node.why(5).causes) do expect(one.id ~= "F06", true, "its fix mends it") end

-- All at once.
local said = tostring(doctor())
expect(said, all {
  contains "F01, certain, on x1000c0s0b3n0", contains "sends 52:54:00:be:ef:40, which SMD does not have",
  contains "✓ domains are on the network of their addresses",
}, "doctor")

-- A domain that was defined with another node's MAC.
local ok = pcall(virsh.destroy, "compute2")
expect(ok, false, "it is off")
virsh.undefine "compute2"
define("compute2", "52:54:00:be:ef:01", "openchami-net")
local taken = node.why(2).causes[1]
expect(taken, has { id = "F01", evidence = contains "sends 52:54:00:be:ef:01, which SMD has for x1000c0s0b0n0" }, "taken")
local function of_f01(n)
  for _, one in ipairs(node.why(n).causes) do
    if one.id == "F01" then return one end
  end
end
expect(of_f01(1), has { evidence = contains "compute1 and compute2 have 52:54:00:be:ef:01 both" }, "doubled")
