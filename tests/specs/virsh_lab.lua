-- Domains as what they are in the lab, its machines: virsh and node see the same, and the lab keeps both.
discover.static "data/nodes.yaml"

-- A number is a node's, however libvirt counts what runs; its own is asked for as such.
virsh.start "compute3"
local id = virsh.list()[1].id
expect(expect_fault("conflict", virsh.destroy, "1").message, contains "compute1 is not running", "the node's")
expect(expect_fault("bad_argument", virsh.destroy, { "compute3", "77" }).message, contains "77", "no such node, and no ID")
expect(virsh.domstate "compute3", "running", "it was not meant")
expect(virsh.destroy { id = id }[1].name, "compute3", "libvirt's own")
expect_fault("not_found", virsh.destroy, { id = id })
local both = expect_fault("bad_argument", virsh.destroy, { id = id, "compute1" })
expect(both.message, contains "compute1 stands beside it", "one or several, not both")
for _, none in ipairs { {}, "" } do expect_fault("bad_argument", virsh.start, none) end
for _, f in ipairs { virsh.start, virsh.destroy, virsh.console, virsh.dominfo } do expect_fault("bad_argument", f) end

-- A node's name does wherever a domain's does.
expect({ virsh.dominfo("nid2").name, virsh.dominfo(1).name, virsh.dumpxml "x1000c0s0b1n0" },
  { "compute2", "compute1", virsh.dumpxml "compute2" }, "one that is told about")
expect(virsh.setmem("nid2", "2GiB", { config = true }), has { name = "compute2", used_memory = 2 << 20 }, "one that is changed")
virsh.setmem("nid2", "4GiB", { config = true })
expect(expect_fault("not_found", virsh.dominfo, "nid22").message, contains 'has no domain "nid22"', "neither")
expect_fault("bad_argument", virsh.setmem, "compute2", 2048)

-- Which domains a group's nodes are is one question.
local asked = {}
for _, it in ipairs(trace(function() virsh.autostart("@compute", { disable = true }) end)) do
  if it.path:find "@" or it.path:find "MACs" then asked[#asked + 1] = it.path end
end
expect(asked, { "(MACs of all domains)" }, "libvirt is not asked for a domain of a group's name")

-- Who is switched on by one is on for the other, and boots.
virsh.start "@compute & nid[1-2]"
expect({ lab.machines()[1].power, lab.machines()[3].power }, { "on", "off" }, "the machines are on")
expect(node.trace(1)[1], has { stage = "power", ok = true }, "its boot has begun")
expect(smd.component.get(1).State, "On", "SMD was told")
node.boot(3)
expect(virsh.domstate "compute3", "running", "the other way round")
local console <close> = virsh.console "compute1"
expect(expect_fault("bad_argument", console.expect, console, "[").hint, contains "plain = true", "no pattern")
expect_fault("bad_argument", console.expect, console)
local read = expect_fault("timeout", console.expect, console, "ipxe-x86_64.efi", { timeout = "36s" })
expect(read.hint, contains "plain = true", "a text that reads otherwise as a pattern")
lab.clock.advance "4s"
expect(virsh.domifaddr("compute1", { source = "arp" })[1], has { address = "172.16.0.1/0" }, "what coresmd gave it")
expect(virsh.domifaddr("compute1", { source = "lease" }), {}, "libvirt lent nothing")
expect(node.console(1), contains "172.16.0.1", "the console")
node.off "@compute"
expect(virsh.list(), {}, "all are off")

-- A machine that is installed stands in the rack, unknown to SMD: its firmware gets an address of the pool and no more.
local seen <close> = virsh.events()
virsh.install { name = "login", memory = "8GiB", mac = "52:54:00:be:ef:f0", network = "openchami-net" }
local place = has { name = "login", xname = "x1000c0s0b5n0", mac = "52:54:00:be:ef:f0", power = "on" }
expect(lab.machines(), contains(place), "the first free place")
lab.clock.advance "1m"
local offer = node.trace("login")[2]
expect(offer, has { stage = "offer", ok = false, what = contains "the pool lends" }, "a stranger")
expect(virsh.domifaddr("login")[1].address, match "^172%.16%.0%.2%d%d/0$", "of the pool")
local told = {}
repeat
  local event = seen:next { timeout = 0 }
  if event then told[#told + 1] = event.domain .. " " .. event.event end
until not event
expect(told, { "login defined", "login started" }, "told once each")

-- Kept, compared and put back with all the rest.
lab.snapshot "before"
virsh.destroy "login"
virsh.undefine { "login", "compute5" }
virsh.net_destroy "openchami-net"
local tables = {}
for _, it in ipairs(lab.diff "before") do tables[it.service .. "." .. it.table .. " " .. it.key .. " " .. it.change] = true end
expect(tables, has { ["world.machines compute5 removed"] = true, ["libvirt.domains login removed"] = true,
                     ["libvirt.networks openchami-net added"] = true }, "differences")
expect_fault("conflict", virsh.start, "compute1")
expect(expect_fault("not_found", node.boot, "compute5").message, contains "no machine stands", "no such machine")
lab.restore "before"
expect({ virsh.domstate "login", virsh.domstate "compute5", virsh.net_info("openchami-net").active },
  { "running", "shut off", true }, "as before")
lab.reset()
expect(#virsh.list { all = true }, 5, "as delivered")

-- A MAC that is changed in the definition is what the firmware asks with.
local domain = virsh.domain.parse(virsh.dumpxml "compute1")
domain.devices.interface[1].mac._address = "52:54:00:00:00:99"
virsh.define(domain)
expect(lab.machines()[1].mac, "52:54:00:00:00:99", "the machine has it")

-- Of two with one MAC the one is meant that has the node's name; where none has, or both, nobody is.
discover.static "data/nodes.yaml"
domain.name, domain.uuid = "copy", nil
domain.devices.interface[1].mac._address = "52:54:00:be:ef:02"
virsh.define(domain)
expect(virsh.dominfo("nid2").name, "compute2", "as SMD calls it")
domain.name = "x1000c0s0b1n0"
virsh.define(domain)
local which = expect_fault("conflict", virsh.start, "nid2")
expect({ which.message, which.hint }, { contains "compute2, copy, x1000c0s0b1n0", contains "compute2" }, "who is meant?")
virsh.undefine "x1000c0s0b1n0"
virsh.undefine "compute2"
domain.name = "other"
virsh.define(domain)
expect_fault("conflict", virsh.start, "nid2")
expect(virsh.list(), {}, "nothing was started")
lab.reset()

-- One that is only created is there as long as it is on, whoever switches it off.
local nic = { _type = "network", source = { _network = "openchami-net" } }
virsh.create { _type = "kvm", name = "guest", memory = 524288, devices = { interface = { nic } } }
expect(lab.machines(), contains(has { name = "guest", power = "on" }), "it stands in the rack")
node.off "guest"
expect_fault("not_found", virsh.dominfo, "guest")
expect(#lab.machines(), 5, "and does no more")

-- A prompt that waits for somebody is written once, and is there for who comes later; a boot takes more than a minute.
lab.reset "tutorial"
local files, kernel = "http://172.16.0.254:9000/boot-images/", "5.14.0-503.38.1.el9_5.x86_64"
local efi, base = files .. "efi-images/compute/base/", "http://172.16.0.254:8081/cloud-init"
bss.boot.params.set(1, {
  kernel = efi .. "vmlinuz-" .. kernel, initrd = efi .. "initramfs-" .. kernel .. ".img",
  params = ("root=live:%scompute/base/rocky9.5-compute-base-9.5 console=ttyS0 ds=nocloud-net;s=%s"):format(files, base),
})
cloud_init.defaults.set { cluster_name = "demo", short_name = "nid", nid_length = 3, base_url = base }
lab.clock.advance "60s"
virsh.start "compute1"
do
  local screen <close> = virsh.console "compute1"
  expect(screen:expect "login:", "login:", "it comes up in its time")
end
do
  local screen <close> = virsh.console "compute1"
  expect(screen:log(), "nid001 login: ", "the line that it stands in")
  expect(screen:expect "login:", "login:", "is found")
  expect_fault("timeout", screen.expect, screen, "login:", { timeout = "5s" })
end
expect(tostring(virsh.events "compute1"), contains "events of compute1, listening", "in words")
