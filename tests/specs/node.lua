-- Nodes as machines, from Lua: power, waiting, timelines, what stands in the way.
-- A machine that SMD does not know yet is found by the lab's own name.
expect(node.timeline("compute5").node, "x1000c0s0b4n0", "not known to SMD")
discover.static "data/nodes.yaml"
local HEAD = "http://172.16.0.254"
local KVER = "5.14.0-503.38.1.el9_5.x86_64"
local efi = HEAD .. ":9000/boot-images/efi-images/compute/base"
local image = {
  kernel = efi .. "/vmlinuz-" .. KVER, initrd = efi .. "/initramfs-" .. KVER .. ".img",
  params = "root=live:" .. HEAD .. ":9000/boot-images/compute/base/rocky9.5-compute-base-9.5 ip=dhcp "
    .. "console=ttyS0,115200 ds=nocloud-net;s=" .. HEAD .. ":8081/cloud-init",
}

-- Before anything is configured: what is known is told, and what is not as well.
local one = node.get(1)
expect(one, has { xname = "x1000c0s0b0n0", mac = "52:54:00:be:ef:01", ip = "172.16.0.1", nid = 1, power = "off",
                  groups = { "compute" }, name = "compute1", bmc = "x1000c0s0b0" }, "joined")
expect(one.boot, nil, "no parameters yet")
expect(node.trace(1), {}, "it never booted")
expect(node.console "compute1", "", "nor has its console anything to show")
expect_fault("conflict", node.run, 1, "hostname")

-- A node that has nothing to boot sleeps, and says so when it is waited for.
local late = expect_fault("timeout", node.boot, 1, { wait = "90s" })
expect(late.message, match "x1000c0s0b0n0 is not Ready within 90 s: script: BSS has nothing to boot", "why")
expect(late.hint, contains 'node.why "x1000c0s0b0n0"', "what next")

-- It wakes when it has, beside others that are switched on now.
bss.boot.params.set("@compute", image)
cloud_init.defaults.set { cluster_name = "demo", short_name = "nid", nid_length = 3, base_url = HEAD .. ":8081/cloud-init" }
local role = "#cloud-config\nwrite_files: [{ path: /etc/role, content: compute }]\n"
cloud_init.group.set("compute", { description = "", file = role })
local up = node.boot("nid[1-2]", { wait = "10m" })
expect({ up[1].stage, up[2].stage, up[1].ip }, { "ready", "ready", "172.16.0.1" }, "both are up")
expect(smd.component.get(1).State, "Ready", "and SMD says so")
local timeline = node.trace "52:54:00:be:ef:02"
expect(#timeline, 13, "all stages")
expect(timeline[4], has { stage = "kernel", owner = "artifacts", ok = true, status = 200, bytes = 14 << 20, tries = 1,
                       request = "GET " .. image.kernel }, "each with its evidence")
expect({ node.run(2, "cat /etc/role") }, { "compute", 0 }, "it is what cloud-init made of it")
expect(select(2, node.run(2, "id nosuch")), at_least(1), "a command that fails has a status")
expect_fault("unsupported", node.run, 2, "reboot --now")
expect(node.console(2), all { contains "Start PXE over IPv4", contains "Command line: ", contains "nid002 login:" }, "shown")
expect(node.get(2), has { state = "Ready", stage = "ready", power = "on",
                          boot = has { kernel = image.kernel }, cloud_init = has { hostname = "nid002" } }, "joined")
expect(node.boot(2, { wait = "1s" })[1].stage, "ready", "one that is up stays up")

-- Off is off; a machine may be named as the lab names it.
expect(node.off({ "compute2" })[1].power, "off", "off")
expect(smd.component.get(2).State, "Off", "and SMD was told")
expect_fault("conflict", node.run, 2, "hostname")

-- Who fails costs one look at its timeline, not a list of all machines for each.
node.off "@compute"
bss.boot.params.delete "nid[3-5]"
local asked, none = trace(pcall, node.boot, "nid[3-5]", { wait = 0 })
expect(none, false, "none of them is up")
local lists = 0
for _, request in ipairs(asked) do
  if request.path == "/lab/v1/nodes" then lists = lists + 1 end
end
expect(lists > 0 and lists <= 3, "machines are listed a few times; got " .. lists)
bss.boot.params.set("nid[3-5]", image)

-- A kernel that is gone: the node asks for it again and again, the others are not kept from booting.
lab.artifact.put { path = "boot-images/vmlinuz-" .. KVER, bytes = 1 << 20 }
bss.boot.params.update(3, { kernel = HEAD .. ":9000/boot-images/vmlinuz-" .. KVER })
lab.artifact.delete("boot-images/vmlinuz-" .. KVER)
local some = expect_fault("partial", node.reboot, "nid[2-3]", { wait = "5m" })
expect({ #some.items, some.items[1].node }, { 1, "x1000c0s0b2n0" }, "which")
expect(some.items[1].fault.message, contains "no kernel: 404 Not Found", "and why")
expect(node.trace(3)[4].tries, at_least(2), "tries are counted, not listed")

-- A root file system that is gone: the node stands still, and nobody waits for it.
bss.boot.params.update(3, { kernel = image.kernel, params = "root=live:" .. HEAD .. ":9000/boot-images/nosuch" })
local still = expect_fault("no_effect", node.reboot, 3, { wait = "1h" })
expect(still.message, contains "x1000c0s0b2n0 stands still: rootfs: no root file system: 404", "why")

-- Words that are none.
expect(expect_fault("bad_argument", node.boot, 1, { wiat = "1m" }).message, contains "wiat", "misspelt")
expect_fault("bad_argument", node.boot, "nid009")
expect_fault("bad_argument", node.watch, "nid[1-2]", { every = "x" })
expect(expect_fault("bad_argument", node.run, "nid[1-2]", "id").hint, contains "return node.run(n, COMMAND) end", "each")
expect_fault("bad_argument", node.trace, "nid[1-2]")
local two = expect_fault("bad_argument", node.get, "nid[1-2]")
expect(two.message .. " " .. two.hint, all { contains "these are 2", contains "task.map" }, "one is wanted, and how to get both")
two = expect_fault("bad_argument", lab.fault.inject, "F10", { node = "nid[1-2]" })
expect(two.message, contains "these are 2", "one is spoiled")
expect(expect_fault("not_found", lab.power, { "compute9" }, "on").hint, match "did you mean compute", "no such machine")
expect_fault("bad_argument", lab.power, { "compute1" }, "onn")
expect_fault("not_found", lab.artifact.delete, "boot-images/nosuch")
expect(expect_fault("not_found", lab.condition, "natt", true).hint, contains "nat, impersonation_off", "known ones")

-- Timelines are no differences; what was switched and put is.
local tables = {}
for _, it in ipairs(lab.diff()) do tables[it.table] = true end
expect({ tables.machines, tables.boots, tables.inside }, { true, nil, nil }, "no timelines")

-- A module that fails keeps no node from being up; what it lacks is told.
cloud_init.group.set("compute", { description = "", file = '#cloud-config\nruncmd: [["false"]]\n' })
task.sleep "61s"
local lacking = node.reboot(2, { wait = "10m" })[1]
expect(lacking, has { stage = "ready", ok = true, failed = { "config" } }, "up, and not as it should be")
expect(node.trace(2)[11], has { stage = "config", ok = false, what = contains "scripts-user" }, "the module is told")
