-- What doctor tells first, that nothing that fails is well, and slips of the hand that have no number: which URL, what it
-- answered, who set it; and code that mends all nodes of one cause.
local HEAD = "http://172.16.0.254"
dofile "tests/support/well.lua"
local function back() lab.restore "well" lab.clock.advance "60s" end
local function arg_of(key, value)
  bss.boot.params.update(1, { params = bss.args(bss.boot.params.get(1).params):set(key, value) })
end
local well = bss.boot.params.get(1)
local function served(change)
  local text = lab.dhcp.get().config
  local changed = text:gsub("http://172%.16%.0%.254:8081", change)
  expect(changed ~= text, true, "coredhcp.yaml names BSS")
  lab.dhcp.set(changed)
end

-- Slips of the hand: where the boot stops, whose it is, what is seen; `mends`: the fix as it stands mends it.
local SLIPS = {
  { "groups", "cloud-init", "Unsupported or malformed URL", function()
    cloud_init.defaults.set { base_url = "172.16.0.254:8081/cloud-init" }
  end, mends = true },
  { "groups", "cloud-init", "Connection refused", function()
    cloud_init.defaults.set { base_url = HEAD .. ":8082/cloud-init" }
  end, mends = true },
  { "groups", "cloud-init", "No route to host", function()
    cloud_init.defaults.set { base_url = "http://172.16.0.253:8081/cloud-init" }
  end, mends = true },
  { "groups", "cloud-init", "503", function() cloud_init.defaults.set { base_url = HEAD .. ":8081" } end, mends = true },
  { "meta-data", "bss", "/cloudinit/meta-data", function()
    arg_of("ds", "nocloud-net;s=" .. HEAD .. ":8081/cloudinit")
  end, mends = true },
  { "meta-data", "bss", ":8082/", function()
    arg_of("ds", "nocloud-net;s=" .. HEAD .. ":8082/cloud-init")
  end, mends = true },
  { "rootfs", "bss", "root=liv:", function()
    arg_of("root", (tostring(bss.args(well.params):get "root"):gsub("live:", "liv:")))
  end },
  { "initrd", "bss", "names no initrd", function()
    bss.boot.params.set(1, { kernel = well.kernel, params = well.params })
  end },
  { "kernel", "bss", "is no kernel", function()
    bss.boot.params.set(1, { kernel = well.initrd, initrd = well.kernel, params = well.params })
  end },
  { "script", "coresmd", ":8089/boot", function() served(HEAD .. ":8089") end, mends = true },
  { "script", "coresmd", "172.16.0.253", function() served "http://172.16.0.253:8081" end, mends = true },
  { "config", "cloud-init", "it is a script", function()
    cloud_init.group.update("compute", { file = { content = "#!/bin/sh\ntrue\n" } }, { lint = false })
  end },
}
for _, slip in ipairs(SLIPS) do
  local stage, owner, words, make = table.unpack(slip)
  back()
  make()
  pcall(node.boot, 1, { wait = "3m" })
  local verdict = node.why(1)
  expect(verdict.causes[1], has { id = "request", certainty = "likely", stage = stage, owner = owner,
                                  evidence = contains(words) }, words)
  expect(doctor(), has { ok = false, causes = contains(has { id = "request", stage = stage }) }, words .. ", to doctor")
  assert(load(verdict.causes[1].fix or "?"), words .. ": the fix is code")
  if slip.mends then
    assert(load(verdict.causes[1].fix or "?"))()
    expect(node.why(1), has { causes = {} }, words .. ": mended")
    node.reboot(1, { wait = "10m" })
    expect(node.why(1), has { boot = "ready", causes = {} }, words .. ": it boots")
  end
end

-- What was changed since the boot is said to be; a boot that nothing was changed after is not.
back()
arg_of("ds", "nocloud-net;s=" .. HEAD .. ":8082/cloud-init")
pcall(node.boot, 1, { wait = "3m" })
expect(node.why(1).mended, nil, "nothing was changed")
bss.boot.params.set(1, { kernel = well.kernel, initrd = well.initrd, params = well.params })
expect(node.why(1), has { mended = true, causes = {} }, "changed")
expect(tostring(node.why(1)), contains "it was changed since", "in words")
expect(doctor(), has { ok = false, standing = { has { stage = "meta-data", count = 1 } } }, "and it is not well as it is")
expect(tostring(doctor()), contains "✗ x1000c0s0b0n0: not well at the stage meta-data", "in words")

-- A server of addresses that does not start: a cause, before any boot and after.
back()
lab.dhcp.set((lab.dhcp.get().config:gsub("%- (server_id)", "%1")))
for _ = 1, 2 do
  expect(node.why(1).causes[1], has { id = "dhcp.lint", stage = "offer", evidence = contains "line 6" }, "a dash is missing")
  pcall(node.boot, 1, { wait = "1m" })
end

-- A wrong MAC: the cause first, and nobody is told to delete what is right.
back()
smd.iface.add("52:54:00:be:ef:20", { ComponentID = nodes.xnames(2)[1], IPAddresses = { "172.16.0.2" } })
smd.iface.delete "52:54:00:be:ef:02"
local told = doctor()
expect(tostring(told):match "✗ (%S+)", "F01,", "first")
expect(told.causes, { has { id = "F01" } }, "and nothing else: BSS has parameters for its MAC")
expect(tostring(told):find "bss.boot.params.delete", nil, "nothing is deleted")
assert(load(told.causes[1].fix or "?"))()
expect(doctor().ok, true, "mended")

-- One fix for all.
bss.boot.params.delete "nid[2-4]"
for _, n in ipairs(nodes.xnames "nid[1,5]") do
  bss.boot.params.update(n, { params = bss.args(bss.boot.params.get(n).params):set("ds", "nocloud-net;s=http://localhost/") })
end
told = doctor()
expect(told.causes, contains(has { id = "F50", count = 2 }), "two are sent to themselves")
for _, one in ipairs(told.causes) do assert(load(one.fix or "?"), one.fix)() end
for _, one in ipairs(doctor().causes) do assert(load(one.fix or "?"), one.fix)() end
expect(doctor().ok, true, "mended, all of them")

-- Two machines with one MAC, and what SMD has of the one after the other was switched off.
back()
node.boot(1, { wait = "10m" })
virsh.install { name = "compute6", network = "openchami-net", pxe = true, start = false }
local copy = virsh.domain.parse(virsh.dumpxml("compute6", { inactive = true }))
copy.devices.interface[1].mac._address = "52:54:00:be:ef:01"
virsh.define(copy)
virsh.start "compute6"
virsh.destroy "compute6"
expect(tostring(doctor()), all {
  contains "52:54:00:be:ef:01 is that of compute1 and of compute6", contains "SMD says Off, and the machine runs",
}, "doubled")

-- The one that has its address by its number keeps it; a pool that holds all is what is wrong.
back()
smd.iface.update("52:54:00:be:ef:01", { IPAddresses = { "172.16.0.2" } })
for n = 1, 2 do expect(node.why(n).causes[1], has { id = "F07", fix = contains "52:54:00:be:ef:01" }, "who moves") end
assert(load(node.why(2).causes[1].fix or "?"))()
expect(node.wrong(), {}, "moved")
lab.dhcp.set(dhcp.render { pool = { "172.16.0.1", "172.16.0.250" } })
expect(node.why(1).causes[1], has { id = "F13", fix = "lab.dhcp.reset()" }, "the pool")

-- Wrong calls are told, and names that nobody has.
back()
expect(expect_fault("bad_argument", node.why, 1, 2).hint, contains "node.wrong(SET)", "two nodes")
expect(expect_fault("bad_argument", doctor, 1, 2).hint, contains "doctor(SET, OPTIONS)", "two nodes")
expect(node.why "x1000c0s0b9n0".causes[1], has { id = "F15", certainty = "possible", note = contains "did you mean" }, "a slip")

-- What the catalogue has as code is code, for every cause; words are in a field of their own.
for _, one in ipairs(require("causes.catalogue").all) do
  for _, code in ipairs { one.fix or "", one.lab or "" } do
    expect(select(2, load(code)), nil, one.id .. ": " .. code)
  end
  expect((one.fix or one.note) ~= nil, true, one.id .. " says what to do")
end
