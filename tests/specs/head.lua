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
expect_fault("refused", head.dir, "/", { mode = "0700" })
expect_fault("refused", head.dir, "/etc", { owner = "rocky" })
expect(head.dir "/etc".action, "unchanged", "that it is there is no harm")
for _, nothing in ipairs { {}, { owner = "rocky" } } do expect_fault("bad_argument", head.dir, nothing) end
expect_fault("bad_argument", head.dir)

-- Files.
local owned = { owner = "rocky", mode = "0600" }
expect(head.file("/opt/workdir/a", "one\n", owned), has { action = "created", mode = "0600" }, "made")
expect(head.file("/opt/workdir/a", "one\n", owned).action, "unchanged", "the same")
expect(head.file("/opt/workdir/a", "two\n").action, "changed", "another text")
expect(head.file("/opt/workdir/a"), has { text = "two\n", owner = "rocky", mode = "0600" }, "its owner and mode stay")
expect(head.file("/opt/workdir/a", nil, { absent = true }).action, "removed", "gone")
expect_fault("not_found", head.file, "/opt/none/a", "text")
expect_fault("not_found", head.file, "/opt/workdir/none", nil, { mode = "0600" })
head.file("/opt/workdir/b", "one\n")
expect(head.file("/opt/workdir/b", nil, { mode = "0600" }), has { action = "changed", mode = "0600" }, "its mode alone")
expect(head.file("/opt/workdir/b").text, "one\n", "and it stays")
undo()
expect(head.stat("/opt/workdir/b").mode, "0644", "that is no secret yet")
expect_fault("bad_argument", head.file, "/opt/workdir/b", "two\n", { owner = "nosuchuser" })
expect(head.file("/opt/workdir/b").text, "one\n", "refused before anything is written")
for _, text in ipairs { "", "10.0.0.1 head\n" } do expect_fault("refused", head.file, "/etc/hosts", text) end
expect_fault("refused", head.file, "/etc/hosts", nil, { absent = true })

-- What only its owner may read is in no journal, and not put back.
head.file("/opt/workdir/key", "sesame\n", { mode = "0600" })
head.file("/opt/workdir/key", "open\n")
expect(expect_fault("unsupported", undo).message, contains "it held a secret", "the text before is not kept")
for _, entry in ipairs(journal.list { last = 3 }) do
  local kept = json.encode(journal.get(entry.id))
  expect(not kept:find "sesame" and not kept:find '"open', "nor the one after")
end
head.file("/opt/workdir/key", nil, { absent = true })
expect_fault("conflict", head.file, "/opt/workdir", "text")

-- Parameters of the kernel.
expect(head.sysctl("net.ipv4.ip_forward", false), has { value = "0", before = "1", action = "changed" }, "off")
expect(head.sysctl("net.ipv4.conf.all.forwarding").value, "0", "one switch with two names")
expect(head.sysctl("net/ipv4/ip_forward", 1, { persistent = true }).file, "/etc/sysctl.d/90-chami.conf", "to last")
expect(head.sysctl("net.ipv4.ip_forward").file, "/etc/sysctl.d/90-chami.conf", "it says so")
expect(head.file("/etc/sysctl.d/90-chami.conf").text, "net.ipv4.ip_forward = 1\n", "in the file")
undo()
expect(head.sysctl("net.ipv4.ip_forward"), { name = "net.ipv4.ip_forward", value = "0" }, "both are taken back")
head.sysctl("vm.swappiness", 10, { file = "/etc/sysctl.d/50-mine.conf" })
expect(head.sysctl("vm.swappiness").file, "/etc/sysctl.d/50-mine.conf", "in whatever file it is")
head.sysctl("vm.swappiness", 20, { file = "/etc/sysctl.conf" })
expect(head.sysctl("vm.swappiness").file, "/etc/sysctl.conf", "the last one has the last word")
local later = expect_fault("conflict", head.sysctl, "vm.swappiness", 30, { persistent = true })
expect(later.message, contains "/etc/sysctl.conf is read after /etc/sysctl.d/90-chami.conf", "and would win")
expect(head.sysctl("vm.swappiness").value, "20", "nothing was set")
for _, file in ipairs { "/etc/passwd", "/etc/sysctl.d/mine" } do
  expect_fault("bad_argument", head.sysctl, "vm.swappiness", 1, { file = file })
end
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
