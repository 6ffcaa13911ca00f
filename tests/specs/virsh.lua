-- virsh, on whatever libvirt the first argument names: the lab's twin without one, `test:///default`, a real libvirtd.
-- What one of them cannot do it must refuse as `unsupported`.
local uri, room = ...
if uri then virsh.connect(uri) end
local driver = virsh.version().hypervisor
local lab_, test, qemu = driver == "LAB", driver == "TEST", driver == "QEMU"
local kind = qemu and "qemu" or nil -- what runs it must not depend on the machine under the test

-- What is there: a hypervisor, and the network of the tutorial.
expect(virsh.uri(), uri or "lab:///", "who is asked")
expect(virsh.nodeinfo().cpus, at_least(1), "the machine under the machines")
expect(virsh.capabilities(), contains "<capabilities>", "what it can do")
local NET = virsh.net_dumpxml("openchami-net", { uri = "lab:///" })
if not lab_ then
  expect(virsh.net_define(NET), has { name = "openchami-net", active = false, persistent = true }, "defined, not started")
  expect(virsh.net_start "openchami-net", has { active = true, bridge = "virbr-openchami" }, "started")
end
expect(virsh.net_list(), contains(has { name = "openchami-net", state = "active" }), "it is up")
local net = virsh.network.parse(virsh.net_dumpxml "openchami-net")
expect({ net.ip[1]._address, net.forward._mode, net.ip[1].dhcp }, { "172.16.0.254", "route" }, "no DHCP of libvirt's own")
expect_fault("conflict", virsh.net_start, "openchami-net")
expect(expect_fault("not_found", virsh.net_info, "openchami").hint, "did you mean openchami-net?", "a slip")
expect(virsh.net_autostart("openchami-net").autostart, true, "starts with libvirt")
expect(virsh.net_autostart("openchami-net", { disable = true }).autostart, false, "no more")
local unnamed = virsh.network.parse(NET)
unnamed.uuid = nil
expect(virsh.net_define(unnamed).uuid, net.uuid, "what is defined anew without a UUID is the same one")
expect_fault("bad_argument", virsh.net_define, { name = "odd", bridge = "virbr7", ip = "10.0.0.1/24" })
expect(pcall(virsh.net_info, "odd"), false, "and nothing was made of it")
-- Defined anew while it runs: it goes on as it was until it is stopped. libvirt's test driver knows only one definition.
if not test then
  local function mtu(options) return virsh.network.parse(virsh.net_dumpxml("openchami-net", options)).mtu end
  local function again() virsh.net_destroy "openchami-net" return virsh.net_start "openchami-net" end
  net.mtu = { _size = "1400" }
  virsh.net_define(net)
  expect({ mtu() == nil, mtu { inactive = true }._size }, { true, "1400" }, "not yet")
  expect({ again().active, mtu()._size }, { true, "1400" }, "from its next start on")
  virsh.net_define(NET)
  expect({ again().active, mtu() }, { true }, "as before")
end

-- A machine is ordered without XML; it is there, off.
local order = { name = "node7", memory = "256MiB", vcpus = 1, mac = "52:54:00:be:ef:07", network = "openchami-net",
                pxe = true, type = kind, start = false }
expect(virsh.install(order), has { name = "node7", state = "shut off", max_memory = 256 << 10, persistent = true }, "made")
expect(expect_fault("conflict", virsh.install, order).message, contains "node7 already", "not twice")
expect(expect_fault("conflict", virsh.install, { name = "node9", mac = order.mac }).message, contains "node7's", "a MAC once")
if not test then -- whose machines start on networks that are not there
  expect(pcall(virsh.install, { name = "node9", memory = "256MiB", network = "nosuchnet", type = kind }), false, "no network")
  expect_fault("not_found", virsh.dominfo, "node9")
end
expect(virsh.list { all = true }, contains(has { name = "node7", state = "shut off" }), "listed")
expect(virsh.list { inactive = true }, contains(has { name = "node7" }), "among those that are off")
for _, it in ipairs(virsh.list()) do expect(it.name ~= "node7", true, "not among those that run") end
expect(virsh.domstate "node7", "shut off", "its state")
expect(virsh.domiflist "node7", { has { type = "network", source = "openchami-net", model = "virtio",
                                        mac = "52:54:00:be:ef:07" } }, "its card")
expect(expect_fault("not_found", virsh.dominfo, "node77").hint, "did you mean node7?", "a slip")
expect(expect_fault("not_found", virsh.start, "zzz").message, contains 'has no domain "zzz"', "unknown")

-- Its document is a table and a document again; what is not known is kept.
local xml = virsh.dumpxml("node7", { inactive = true })
local domain = virsh.domain.parse(xml)
expect(domain.devices.interface[1].mac._address, "52:54:00:be:ef:07", "read")
expect(virsh.domain.parse(virsh.domain.render(domain)), domain, "there and back")
domain.description = "row 7 <lower>"
expect(virsh.define(domain).name, "node7", "a table is taken as well")
expect(virsh.domain.parse(virsh.dumpxml "node7").description, "row 7 <lower>", "and what was changed is changed")
expect(undo().undid > 0, true, "a definition can be taken back")
expect(virsh.domain.parse(virsh.dumpxml "node7").description, nil, "as before")
local uuid = domain.uuid
domain.uuid = nil
expect(virsh.define(domain).uuid, uuid, "without its UUID it is the same one")
expect_fault("bad_argument", virsh.define, "<domain>")
expect_fault("bad_argument", virsh.define, NET)
expect_fault("bad_argument", virsh.install, { name = "x", mac = "52:54:00" })

-- Amounts.
expect(virsh.setmem("node7", "128MiB", { config = true }).used_memory, 128 << 10, "smaller")
expect_fault("bad_argument", virsh.setmem, "node7", "512MiB", { config = true })
expect_fault("bad_argument", virsh.setmem, "node7", "much")
virsh.setvcpus("node7", 2, { config = true, maximum = true })
expect(virsh.dumpxml("node7", { inactive = true }), match "<vcpu[^>]*>2</vcpu>", "more processors")
expect(virsh.autostart("node7")[1].autostart, true, "starts with libvirt")
expect(virsh.autostart("node7", { disable = true })[1].autostart, false, "no more")

-- Power, and who tells of it.
local events <close> = virsh.events "node7"
expect(virsh.start "node7", { has { name = "node7", state = "running" } }, "on")
local told = events:next { timeout = "10s" }
if qemu then told = events:next { timeout = "10s" } end -- QEMU begins halted: it goes on first
expect(told, has { domain = "node7", event = "started" }, "told")
local running = expect_fault("conflict", virsh.start, "node7")
expect({ running.message, running.hint }, { "domain node7 is already running", contains "virsh.reset" }, "it runs already")
expect(virsh.domstats("node7"), { has { domain = "node7", ["state.state"] = 1 } }, "figures")
if not lab_ then
  expect(virsh.suspend("node7")[1].state, "paused", "halted")
  expect(virsh.resume("node7")[1].state, "running", "goes on")
end
expect(virsh.destroy("node7")[1].state, "shut off", "the plug is pulled")
expect(expect_fault("conflict", virsh.destroy, "node7").message, "domain node7 is not running", "there is no plug left")
expect(expect_fault("unsupported", undo).message, contains "what ran on it is gone", "nor a way back")

-- Several at once; of some that fail each is named.
virsh.install { name = "node8", memory = "256MiB", network = "openchami-net", type = kind, start = false }
expect(#virsh.start { "node7", "node8" }, 2, "both")
local some = expect_fault("partial", function() virsh.destroy "node8"; virsh.start "node[7-8]" end)
expect({ #some.items, some.items[1].node }, { 1, "node7" }, "one ran already")
expect(#virsh.destroy "node[7-8]", 2, "both are off")

-- The console: what the firmware says can be waited for.
if test then
  expect_fault("unsupported", function() virsh.start "node7"; virsh.console "node7" end)
  virsh.destroy "node7"
else
  expect(expect_fault("conflict", virsh.console, "node7").message, contains "not running", "a machine that is off shows nothing")
  virsh.start "node7"
  local console <close> = virsh.console "node7"
  local mac = console:expect(lab_ and "MAC:(%x+)" or "net0: ([%x:]+) using", { timeout = "60s" })
  expect(mac:lower():gsub(":", ""), "525400beef07", "it is this machine")
  expect(console:log(), contains(mac), "all of it can be read again")
  local never = expect_fault("timeout", console.expect, console, "login:", { timeout = 2 })
  expect(never.message, contains '"login:" was not on the console of node7 within 2 s', "nothing to boot")
  if qemu then
    console:expect("Configuring %(net0 52:54:00:be:ef:07%)", { timeout = "60s" })
    expect(expect_fault("conflict", virsh.console, "node7").hint, contains "force = true", "one looks at a time")
  end
  virsh.destroy "node7"
  expect_fault("no_effect", console.expect, console, "login:")
end

-- UEFI's variables go with the machine.
if qemu then
  virsh.install { name = "uefi", memory = "512MiB", network = "openchami-net", firmware = "uefi", type = "qemu",
                  console_log = room .. "/uefi.log" }
  local console <close> = virsh.console "uefi"
  console:expect("Start PXE over IPv4", { timeout = "90s" })
  local nvram = virsh.domain.parse(virsh.dumpxml "uefi").os.nvram
  local file = room .. tostring(nvram._ or nvram):gsub("^/var/lib/libvirt", "/lib")
  expect(fs.exists(file), true, "they are in a file")
  virsh.destroy "uefi"
  virsh.undefine "uefi"
  expect(fs.exists(file), false, "and it is gone")
  expect(fs.read(room .. "/uefi.log"), contains "PXE", "the log has what the console showed")
end

-- A network on which libvirt itself lends addresses.
if qemu then
  virsh.net_define {
    name = "lending", bridge = { _name = "virbr-lending" },
    ip = { { _address = "10.11.12.1", _netmask = "255.255.255.0",
             dhcp = { range = { { _start = "10.11.12.100", _end = "10.11.12.110" } } } } },
  }
  virsh.net_start "lending"
  expect(virsh.net_dhcp_leases "lending", {}, "none yet")
  virsh.install { name = "guest", memory = "256MiB", mac = "52:54:00:be:ef:99", network = "lending", type = "qemu" }
  local console <close> = virsh.console "guest"
  local ip = console:expect("net0: (10%.11%.12%.%d+)/", { timeout = "60s" })
  expect(virsh.net_dhcp_leases "lending", { has { mac_address = "52:54:00:be:ef:99", protocol = "ipv4", ip_address = ip .. "/24",
                                                  expiry_time = match "^%d+%-%d+%-%d+T" } }, "one")
  expect(#virsh.net_dhcp_leases("lending", { mac = "52:54:00:00:00:00" }), 0, "nobody else's")
  expect(virsh.domifaddr("guest", { source = "lease" })[1].address, ip .. "/24", "and it is this machine's")
  virsh.destroy "guest"
  virsh.undefine "guest"
  virsh.net_destroy "lending"
  virsh.net_undefine "lending"
end

-- One that is only created has no definition that would outlive it; undo takes it away as well.
local once = virsh.install_xml { name = "once", memory = "256MiB", network = "openchami-net", type = kind }
expect(virsh.create(once), has { state = "running", persistent = false }, "it runs, and is not kept")
virsh.destroy "once"
expect_fault("not_found", virsh.dominfo, "once")
virsh.create(once)
expect(undo().call, "virsh.create", "taken back")
expect_fault("not_found", virsh.dominfo, "once")

-- Away with them; one comes back.
virsh.undefine { "node7", "node8" }
expect_fault("not_found", virsh.dominfo, "node8")
expect(undo().call, "virsh.undefine", "taken back")
expect(virsh.dominfo("node7").state, "shut off", "it is there again")
virsh.undefine "node[7-8]"

-- What this one has not it says by name.
if lab_ then
  for _, f in ipairs { virsh.suspend, virsh.snapshot_list, virsh.pool_info } do expect_fault("unsupported", f, "compute1") end
  expect_fault("unsupported", virsh.send_key, "compute1", "KEY_ENTER")
else
  virsh.net_destroy "openchami-net"
  virsh.net_undefine "openchami-net"
  expect(undo().call, "virsh.net_undefine", "a network comes back too")
  virsh.net_undefine "openchami-net"
  expect_fault("not_found", virsh.net_info, "openchami-net")
end
if test then
  expect(virsh.snapshot_create("test", { name = "before" }), has { name = "before", state = "running" }, "kept")
  expect(virsh.snapshot_create_as("test", "after", "twice").parent, "before", "by virsh's name")
  virsh.snapshot_delete("test", "after")
  expect(virsh.snapshot_list "test", { has { name = "before" } }, "listed")
  expect(virsh.snapshot_revert("test", "before").state, "running", "as it was")
  virsh.snapshot_delete("test", "before")
  expect(virsh.snapshot_list "test", {}, "gone")
  expect_fault("not_found", virsh.snapshot_revert, "test", "before")
  virsh.send_key("test", { "KEY_LEFTCTRL", "KEY_C" })
  expect(virsh.screenshot("test", room .. "/test.png"), has { mime_type = "image/png", bytes = at_least(100) }, "a picture")
  expect_fault("io", virsh.screenshot, "test", room .. "/test.png")
  expect(virsh.pool_define { _type = "dir", name = "images", target = { path = "/srv/images" } }.state, "inactive", "a pool")
  local same = virsh.pool_define { _type = "dir", name = "images", target = { path = "/srv/images" } }
  expect(same.uuid, virsh.pool_info("images").uuid, "defined anew")
  expect(virsh.pool_build("images").state, "inactive", "what it stands on")
  expect(virsh.pool_autostart("images").autostart, true, "starts with libvirt")
  virsh.pool_start "images"
  expect(virsh.pool_refresh("images").state, "running", "looked at anew")
  expect(virsh.vol_create("images", { name = "a.qcow2", capacity = "1GiB", format = "qcow2" }).capacity, 1 << 30, "a volume")
  expect(virsh.vol_list "images", { has { name = "a.qcow2" } }, "in it")
  expect(expect_fault("not_found", virsh.vol_info, "images", "b.qcow2").hint, contains "a.qcow2", "a slip")
  virsh.vol_delete("images", "a.qcow2")
  expect(virsh.vol_create_as("images", "b.raw", "1MiB", { format = "raw" }).name, "b.raw", "by virsh's name")
  virsh.vol_delete("images", "b.raw")
  virsh.pool_destroy "images"
  virsh.pool_undefine "images"
  expect_fault("not_found", virsh.pool_info, "images")
end
