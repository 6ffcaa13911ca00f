-- The lab's head node: it is made as said, keeps it with the rest of the lab, and gives it back.
expect(#lab.diff(), 0, "as delivered")
local made = head.dir({ "/srv/nfs", "/srv/images/base" }, { owner = "rocky", mode = "755" })
expect({ made[1].action, made[2].action, made[2].mode }, { "unchanged", "created", "0755" }, "each by itself")
expect(head.stat("/srv/images").owner, "root", "those above it are the system's")
expect(head.dir { "/srv/images/base", owner = "rocky" }[1].action, "unchanged", "one table does as well")
local given = head.dir("/srv/images/base", { group = "wheel", owner = "0" })
expect(given, has { action = "changed", owner = "root", group = "wheel" }, "a number is a user too")

-- What the lab keeps it gives back: a difference, a snapshot, the journal.
local changed = lab.diff()
expect({ #changed, changed[1].service, changed[1].key }, { 2, "head", "/srv/images" }, "records of its own")
lab.snapshot "before"
undo()
expect(head.stat("/srv/images/base").owner, "rocky", "the last call is taken back")
undo()
expect_fault("not_found", head.stat, "/srv/images")
expect(#lab.diff(), 0, "as it was")
lab.restore "before"
expect(head.stat("/srv/images/base").group, "wheel", "and there again")
lab.reset()
expect_fault("not_found", head.stat, "/srv/images")

-- Removing takes what is empty.
expect_fault("conflict", head.dir, "/data", { absent = true })
expect(head.dir({ "/data/oci", "/data/s3", "/data" }, { absent = true })[3].action, "removed", "now it is")
undo()
expect(head.stat("/data/oci").owner, "rocky", "with its owner")
expect_fault("refused", head.dir, "/etc", { absent = true })

-- Files.
local owned = { owner = "rocky", mode = "0600" }
expect(head.file("/opt/workdir/a", "one\n", owned), has { action = "created", mode = "0600" }, "made")
expect(head.file("/opt/workdir/a", "one\n", owned).action, "unchanged", "the same")
expect(head.file("/opt/workdir/a", "two\n").action, "changed", "another text")
expect(head.file("/opt/workdir/a"), has { text = "two\n", owner = "rocky", mode = "0600" }, "its owner and mode stay")
expect(head.file("/opt/workdir/a", nil, { absent = true }).action, "removed", "gone")
expect_fault("not_found", head.file, "/opt/none/a", "text")
expect_fault("conflict", head.file, "/opt/workdir", "text")

-- Parameters of the kernel.
expect(head.sysctl("net.ipv4.ip_forward", false), has { value = "0", before = "1", action = "changed" }, "off")
expect(head.sysctl("net.ipv4.conf.all.forwarding").value, "0", "one switch with two names")
expect(head.sysctl("net/ipv4/ip_forward", 1, { persistent = true }).file, "/etc/sysctl.d/90-chami.conf", "to last")
expect(head.sysctl("net.ipv4.ip_forward").file, "/etc/sysctl.d/90-chami.conf", "it says so")
expect(head.file("/etc/sysctl.d/90-chami.conf").text, "net.ipv4.ip_forward = 1\n", "in the file")
undo()
expect(head.sysctl("net.ipv4.ip_forward"), { name = "net.ipv4.ip_forward", value = "0" }, "both are taken back")
expect(expect_fault("unsupported", head.sysctl, "net.ipv4.ip_foward").hint, "did you mean net.ipv4.ip_forward?", "a slip")
expect_fault("refused", head.sysctl, "vm.swappiness", "much")
expect_fault("bad_argument", head.sysctl, "swappiness", 1)

-- Names.
local name = "demo.openchami.cluster"
expect(head.host(name, "172.16.0.1"), has { ips = { "172.16.0.1" }, before = { "172.16.0.254" }, action = "changed" }, "moved")
local hosts = head.file("/etc/hosts").text
head.file("/etc/hosts", hosts .. "172.16.0.1 " .. name .. "\n")
expect(head.host(name).ips, { "172.16.0.1", "172.16.0.1" }, "appended twice")
expect(head.host(name, "172.16.0.254").ips, { "172.16.0.254" }, "once is enough")
expect(head.host(name, nil, { absent = true }).action, "removed", "gone")
expect(head.host(name, nil, { absent = true }).action, "unchanged", "it is gone")
for _, wrong in ipairs { "localhost", "a b", "" } do expect_fault("bad_argument", head.host, wrong, "10.0.0.1") end
expect_fault("bad_argument", head.host, name, "172.16.0.254/24")
expect(expect_fault("bad_argument", head.host, name, "10.0.0.1", { absnt = true }).hint, contains "absent", "a slip")

-- The survey tells what it found and what that means.
local survey = head.survey { nodes = 20 }
expect({ survey.os_id, survey.root, survey.podman }, { "rocky", true, "5.2.2" }, "facts")
expect(tostring(survey), contains "missing  memory             64 GiB, and 20 nodes want 80 GiB", "a verdict")
expect_fault("bad_argument", head.survey, { node = 5 })
