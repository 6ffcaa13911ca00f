-- DHCP from Lua: a configuration written and judged, what a node would be answered and why, leases, the log.

-- What is written for the tutorial's head node is clean in each dialect, and each says its own words.
for version, words in pairs {
  ["v0.4"] = "http://172.16.0.254:8081 /root_ca/root_ca.crt 30s 1h false",
  ["v0.6"] = "ipxe_base_uri=http://172.16.0.254:8081\n",
  ["v0.7"] = "ipxe_uri=http://172.16.0.254:8081/boot/v1/bootscript\n",
} do
  local text = dhcp.render { version = version }
  expect(dhcp.lint(text), {}, version .. " is clean")
  expect(text:find(words, 1, true) ~= nil, true, version .. " in its words")
end
local fault = expect_fault("bad_argument", dhcp.render, { server = "172.16.0.201" })
expect(fault.message, contains "holds 172.16.0.201, which is server_id", "the pool must not hold the head node")
expect(expect_fault("bad_argument", dhcp.render, { intreface = "br0" }).hint, contains "interface", "did you mean")
expect_fault("bad_argument", dhcp.render, { version = "v9.9" })

-- A line of the old dialect under a newer server, and the other way round.
local found = dhcp.lint(dhcp.render { version = "v0.4" }, { version = "v0.6" })
expect(found[1], has { line = 9, setting = "coresmd", does = "skip", level = "error" }, "words by position are none")
expect(found[1].log[1], contains "invalid format 'https://demo.openchami.cluster:8443'", "in the server's words")
found = dhcp.lint(dhcp.render(), { version = "v0.4" })
expect(found[1], has { setting = "coresmd", does = "die" }, "v0.4 counts its words")
found = dhcp.lint(dhcp.render { version = "v0.7" }, { version = "v0.6" })
expect(found[1], has { setting = "coresmd.ipxe_uri", does = "skip" }, "a key of a newer one")

-- The interface must be there; on a lab the head node has one bridge.
found = dhcp.lint(dhcp.render { interface = "virbr-openchmi" })
expect(found, { has { setting = "listen", does = "die", fix = contains "%virbr-openchami" } }, "misspelt")
expect(dhcp.lint(dhcp.render { interface = "br7" }, { interfaces = { "lo", "br7" } }), {}, "another machine's")

-- Without SMD's knowledge everybody is a stranger.
local stranger = dhcp.explain "52:54:00:be:ef:01"
expect(stranger, has { answer = "OFFER", by = "bootloop", ip = "172.16.0.200" }, "nobody knows it")
expect(stranger.node == nil, "and it is no node")
discover.static "data/nodes.yaml"
local one = dhcp.explain(1)
expect(one, has { answer = "OFFER", by = "coresmd", ip = "172.16.0.1", node = "x1000c0s0b0n0",
                  hostname = "nid0001.openchami.cluster", boot_file = "ipxe-x86_64.efi", server = "172.16.0.254" }, "known")
expect(tostring(one), match "^52:54:00:be:ef:01 %(x1000c0s0b0n0%): OFFER 172.16.0.1, by coresmd\n1%. coresmd, line", "told")
expect(dhcp.explain(1, { arch = "bios" }).boot_file, "undionly.kpxe", "BIOS")
expect(dhcp.explain(1, { arch = 9 }).boot_file, nil, "no iPXE for EFI BC")
expect(dhcp.explain(1, { user_class = "iPXE" }).boot_file,
  "http://172.16.0.254:8081/boot/v1/bootscript?mac=52:54:00:be:ef:01", "the second round")
expect(dhcp.explain("x1000c0s0b0n0", { giaddr = "10.9.9.9" }).to, "10.9.9.9:67", "by a relay")
expect_fault("bad_argument", dhcp.explain, 1, { arch = "vax" })
expect_fault("bad_argument", dhcp.explain, 1, { giaddr = "there" })
local both = dhcp.explain("nid[1-2]") --[[@as table<integer, any>]]
expect({ #both, both[1].ip, tostring(both[2]):match "^%S+" }, { 2, "172.16.0.1", "52:54:00:be:ef:02" }, "of a set each")
expect(#dhcp.explain { 1 }, 1, "of a list a list")
expect_fault("bad_argument", dhcp.explain, 1, { architecture = "bios" })

-- What cannot be meant is told by the name of what was called, and a text that could be a file's name is told from one.
for _, call in ipairs {
  { dhcp.lint, 5 }, { dhcp.log, 5 }, { dhcp.explain, 1, 7 }, { dhcp.explain, 1, { config = 5 } }, { dhcp.leases, { config = 5 } },
  { lab.dhcp.set }, { lab.dhcp.set, 5 }, { dhcp.lint, "server4: [" }, { dhcp.explain, "52:54:00:be:ef" },
  { dhcp.watch, { interface = "lo", mac = "x" } }, { dhcp.watch, { interface = "lo", count = 0 } },
} do
  expect(expect_fault("bad_argument", table.unpack(call)).hint ~= nil, true, "with what to type")
end
expect(expect_fault("not_found", lab.dhcp.set, "garbage").message, contains "garbage", "a file's name")
expect(dhcp.log "", {}, "an empty log")
local why = lab.dhcp.set(dhcp.render { version = "v0.4" }).why
expect(why, contains "has the words of coresmd v0.4, and this is v0.6", "not of the first word alone")
lab.dhcp.reset()

-- A rule that ignores; v0.4, which has no rules; a file that no server starts with.
local ignoring = dhcp.render():gsub("node_pattern=", "rule=name:off,id:x1000c0s0b1n0,ignore:true\n        node_pattern=")
expect(dhcp.explain(2, { config = ignoring }), has { answer = "none", by = "rule", rule = "off" }, "dropped")
expect(dhcp.explain(1, { config = ignoring }), has { answer = "OFFER", ip = "172.16.0.1" }, "the others are not")
expect(dhcp.explain(1, { config = dhcp.render { version = "v0.4" } }).hostname, "nid0001", "v0.4 knows no domain")
expect(expect_fault("refused", dhcp.explain, 1, { config = "server4:\n  plugins: []\n" }).message,
  contains "does not start", "no server starts with it")

-- What SMD spells in capitals is never found; nor what has no address.
smd.iface.add("52:54:00:be:ef:77", { ComponentID = "x1000c0s0b0n0", IPAddresses = {} })
local bare = dhcp.explain "52:54:00:be:ef:77"
expect({ bare.by, bare.steps[1].what }, { "bootloop",
  "SMD's interface 52:54:00:be:ef:77 of x1000c0s0b0n0 has no address: it is treated as a stranger" }, "and why")

-- SMD's addresses against the file's.
smd.iface.update("52:54:00:be:ef:77", { IPAddresses = { "172.16.0.210" } })
expect(dhcp.lint(dhcp.render()), {}, "the file alone is clean")
found = dhcp.lint(dhcp.render(), { smd = true })
expect(found[1], has { setting = "bootloop.subnet_pool", level = "error", message = contains "x1000c0s0b0n0" }, "they meet")
smd.iface.delete "52:54:00:be:ef:77"

-- The lab's machines ask by packets: a known node leaves no lease, one that SMD forgot is lent an address and goes round.
lab.clock.advance "60s"
node.boot(1)
lab.clock.advance "60s"
expect(dhcp.leases(), {}, "coresmd lends nothing")
expect(node.trace(1)[2], has { stage = "offer", ok = true,
  what = "coresmd offers 172.16.0.1 to 52:54:00:be:ef:01, which is x1000c0s0b0n0" }, "by SMD's address")
smd.iface.delete "52:54:00:be:ef:02"
lab.clock.advance "60s"
lab.power("compute2", "on")
lab.clock.advance "60s"
local lease = dhcp.leases()
expect(lease, { has { mac = "52:54:00:be:ef:02", ip = "172.16.0.200", source = "bootloop", expired = false } }, "lent")
expect(node.trace "compute2"[2].what,
  "coresmd knows no address of 52:54:00:be:ef:02: the pool lends 172.16.0.200, and a script that reboots", "told")

-- The server's log has all of it, in the words of the real one.
local seen = {}
for _, event in ipairs(dhcp.log()) do
  if event.mac == "52:54:00:be:ef:02" then seen[event.event] = (seen[event.event] or 0) + 1 end
end
expect({ seen.stranger > 0, seen.lent > 0, seen.refused > 0, seen.assigned }, { true, true, true, nil }, "a stranger's round")

-- Leases live with the lab: a snapshot holds them, and a reset forgets them.
lab.snapshot "lent"
lab.reset()
expect(dhcp.leases(), {}, "forgotten")
lab.restore "lent"
expect(#dhcp.leases(), 1, "and back")

-- Other servers' files.
local folder = os.tmpname()
os.remove(folder)
fs.mkdir(folder)
fs.write(folder .. "/virbr0.status", '[{ "ip-address": "192.168.122.5", "mac-address": "52:54:00:00:00:01", "expiry-time": 99 }]')
expect(dhcp.leases { file = folder }, { has { mac = "52:54:00:00:00:01", ip = "192.168.122.5", source = "libvirt",
                                              expired = true } }, "libvirt's folder")
fs.write(folder .. "/leases", "0 52:54:00:00:00:02 10.0.0.2 nid0002 *\n")
expect(dhcp.leases { file = folder .. "/leases" }, { has { hostname = "nid0002", source = "dnsmasq" } }, "dnsmasq's")
fs.write(folder .. "/leases", "nothing of the kind")
expect_fault("protocol", dhcp.leases, { file = folder .. "/leases" })
expect_fault("not_found", dhcp.leases, { file = folder .. "/nowhere" })
fs.remove(folder .. "/leases")
fs.remove(folder .. "/virbr0.status")
fs.remove(folder)
