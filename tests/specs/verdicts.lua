-- What node.why says, and does not say: cases in which it was wrong once, or more certain than it could be.
local HEAD = "http://172.16.0.254"
dofile "tests/support/well.lua"
local function back() lab.restore "well" lab.clock.advance "60s" end

-- A card of a machine's gets another MAC, as somebody defines it.
local function redefined(name, change)
  local d = virsh.domain.parse(virsh.dumpxml(name, { inactive = true }))
  change(d)
  virsh.define(d)
end
local function mac_of(name, mac) redefined(name, function(d) d.devices.interface[1].mac._address = mac end) end

-- A MAC that another node has: whose it is, and what puts it right; the other hears that it is doubled.
mac_of("compute2", "52:54:00:be:ef:01")
local verdict = node.why(2)
expect(verdict, has { stage = "offer" }, "where it goes wrong")
expect(verdict.causes[1], has { id = "F01", certainty = "certain", evidence = contains "SMD has for x1000c0s0b0n0" }, "taken")
expect(node.why(1).causes[1], has { id = "F01", evidence = contains "compute1 and compute2 have" }, "both")
assert(load(verdict.causes[1].fix or "?"))()
expect(node.wrong(), {}, "its fix mends both")
-- Two that changed places.
back()
mac_of("compute1", "52:54:00:be:ef:02")
mac_of("compute2", "52:54:00:be:ef:01")
for n = 1, 2 do expect(node.why(n).causes[1], has { id = "F01", evidence = contains "SMD has for" }, "swapped") end
for n = 1, 2 do assert(load(node.why(n).causes[1].fix or "?"))() end
expect(node.wrong(), {}, "changed back")
-- One that is like none: SMD or the domain is wrong, and nobody knows which.
mac_of("compute2", "52:54:00:aa:bb:cc")
expect(node.why(2).causes, { has { id = "F01", certainty = "likely" } }, "another card")

-- A machine that is merely new.
back()
virsh.install { name = "compute6", network = "openchami-net", pxe = true, start = false }
expect(node.why "compute6".causes[1], has { id = "F15", certainty = "certain", note = contains "discover.static" }, "new")

-- The seed's own fault: coredhcp.yaml has nodes' addresses as the head node's.
back()
lab.dhcp.set(dhcp.render { server = "172.16.0.2", router = "172.16.0.1" })
expect(node.why(2).causes[1], has { id = "F03", evidence = contains "172.16.0.2 as server_id", note = contains "line 5" }, "F03")
expect(node.why(1).causes[1], has { id = "F03", evidence = contains "172.16.0.1 as router" }, "F03 of another")
expect(node.why(3).causes, {}, "no other node's")
expect(tostring(doctor()), all { contains "server_id: 172.16.0.2", contains "router: 172.16.0.1" }, "all errors")
assert(load(node.why(2).causes[1].fix or "?"))()
expect(node.wrong(), {}, "mended")
-- Another error of that file has no number, and is said all the same.
local loop = dhcp.render():gsub("172%.16%.0%.250", "172.16.0.254")
local told = node.why(3, { config = loop })
expect(told, has { causes = {}, remarks = { has { id = "dhcp.lint", cause = contains "which is server_id" } } }, "no number")

-- A file that cannot be read is an error where it was named; elsewhere what wants it is not asked.
for _, key in ipairs { "config", "log", "console" } do
  expect_fault("not_found", node.why, 1, { [key] = "/nosuch" })
  expect(expect_fault("bad_argument", node.why, 1, { [key] = 5 }).message, contains("options." .. key), "no text")
end
expect_fault("bad_argument", node.wrong, 1, { log = 5 })
expect_fault("bad_argument", doctor, 1, { log = 5 })
expect_fault("not_found", doctor, 1, { config = "/nosuch" })
local of_config = dhcp._config
rawset(dhcp, "_config", function() fault.raise("not_found", "there is no coredhcp.yaml here") end)
told = node.why(1)
rawset(dhcp, "_config", of_config)
expect(told.left_out, contains "F02, F03, F13: there is no coredhcp.yaml here", "not asked")
expect(told, has { causes = {} }, "and nothing else was wrong")

-- Which file it is that the stage is of.
for stage, change in pairs {
  rootfs = function(record) return { params = (record.params:gsub("rocky9.5%-compute%-base%-9.5", "nosuch")) } end,
  initrd = function(record) return { initrd = (record.initrd:gsub("initramfs", "initrd")) } end,
} do
  back()
  bss.boot.params.update(1, change(bss.boot.params.get(1)))
  expect(node.why(1), has { stage = stage, causes = { has { id = "F19", stage = stage } } }, stage)
end

-- What a site may want is no certainty.
back()
bss.boot.params.update(1, { params = "console=ttyS0 ds=nocloud-net;s=" .. HEAD .. ":8081/cloud-init" })
expect(node.why(1).causes, { has { id = "F23", certainty = "likely" } }, "an initrd may be all")
back()
smd.group.member.delete("compute", nodes.xnames(1)[1])
lab.clock.advance "60s"
expect(node.why(1).causes, { has { id = "F47", certainty = "likely" } }, "no group")
back()
bss.boot.params.update(1, { params = bss.args(bss.boot.params.get(1).params):remove "ds" })
expect(node.why(1).causes, { has { id = "F50", certainty = "likely" } }, "BSS writes one")
pcall(node.boot, 1, { wait = "5m" })
expect(node.why(1).causes[1], has { id = "F50", certainty = "certain", evidence = contains "started with" }, "a kernel tells")

-- A card that QEMU answers itself.
back()
redefined("compute3", function(d) d.devices.interface[1]._type, d.devices.interface[1].source = "user", nil end)
local astray = node.why(3).causes[1]
expect(astray, has { id = "F11", certainty = "certain", evidence = contains "type='user'" }, "alone")
assert(load(astray.fix or "?"))()
expect(node.why(3).causes, {}, "plugged in")

-- The pool for strangers was used up when it asked.
back()
local up = 'time="2026-01-01T00:00:00Z" level=error msg="Could not allocate IP for MAC 52:54:00:be:ef:01: no address" '
  .. 'prefix="plugins/bootloop"\n'
expect(node.why(1, { log = up }).causes, {}, "SMD has an address for it now: it wants nothing of the pool")
smd.iface.delete "52:54:00:be:ef:01"
local stranger = contains(has { id = "F13", certainty = "likely", evidence = contains "Could not allocate" })
expect(node.why(1, { log = up }).causes, stranger, "used up")

-- What all nodes are asked about together is read once, however many they are.
back()
node.boot("nid[1-5]", { wait = "10m" })
for name, ask in pairs { wrong = node.wrong, doctor = doctor } do
  local count = {}
  for _, request in ipairs((trace(ask))) do
    local path = request.path:gsub("x%d+c%d+s%d+b%d+n%d+", "NODE")
    count[path] = (count[path] or 0) + 1
  end
  expect(count["/lab/v1/nodes"], nil, name .. ": the machines are in the lab's status")
  for path, number in pairs(count) do
    -- A node is looked at with its own eyes; lists of SMD are read for dhcp.lint and for sets as well.
    local most = path:find "NODE" and 5 or 3
    expect(number <= most, ("%s: %s was asked for %d times"):format(name, path, number))
  end
end
