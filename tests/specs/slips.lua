-- Slips that have no number in the catalogue, and states that look like one and are none.

-- A cluster that was just set up: cloud-init has not asked SMD yet, and that is no fault.
discover.static "data/nodes.yaml"
local HEAD = "http://172.16.0.254"
cloud_init.defaults.set { cluster_name = "demo", base_url = HEAD .. ":8081/cloud-init" }
cloud_init.group.set("compute", { file = "data/cloud-init/compute.yaml" })
local function by_id(verdict)
  local found = {}
  for _, one in ipairs(verdict.causes) do found[one.id] = one end
  return found
end
local young = by_id(node.why(1))
expect(young.F45, has { certainty = "possible", note = contains "wait a minute" }, "it may only be late")
expect(young.F48, nil, "what it is not told to fetch is not judged")
lab.clock.advance "61s"
expect(by_id(node.why(1)).F45, nil, "it knows by itself")

dofile "tests/support/well.lua"
local function back() lab.restore "well" lab.clock.advance "60s" end

-- An address from which nothing is reached: seen before the boot and at it, and mended by the fix.
for _, ip in ipairs { "172.16.1.5", "172.16.0.0", "172.16.0.255", "fe80::1" } do
  back()
  smd.iface.update("52:54:00:be:ef:02", { IPAddresses = { ip } })
  expect(node.why(2).causes[1], has { id = "address", evidence = contains(ip) }, ip)
  pcall(node.reboot, 2, { wait = "3m" })
  expect(node.why(2), has { boot = "stopped", stage = "offer" }, ip .. " does not boot")
  expect(node.why(2).causes[1].id, "address", ip .. " after a boot")
  assert(load(node.why(2).causes[1].fix or "?"))()
  expect(node.why(2).causes, {}, ip .. " is mended")
  node.reboot(2, { wait = "10m" })
end
-- One of another network may be routed; where all are on one that is as it should be.
back()
smd.iface.update("52:54:00:be:ef:02", { IPAddresses = { "10.0.0.2" } })
expect(node.why(2).causes, { has { id = "address", certainty = "possible" } }, "alone")
node.boot(2, { wait = "10m" })
expect(node.why(2).causes, {}, "it is")
for n = 1, 5 do smd.iface.update("52:54:00:be:ef:0" .. n, { IPAddresses = { "10.0.0." .. n } }) end
expect(node.wrong(), {}, "a site's own network")
back()
lab.dhcp.set((lab.dhcp.get().config:gsub("255%.255%.255%.0", "255.255.255.252")))
local masked = doctor().causes[1]
expect(masked, has { id = "address", count = 5, cause = contains "netmask", fix = contains "255.255.255.0" }, "a mask")
assert(load(masked.fix or "?"))()
expect(node.wrong(), {}, "the right one")

-- Nobody stands there.
back()
virsh.undefine "compute1"
expect(node.why(1).causes[1], has { id = "machine", certainty = "certain", stage = "power" }, "no machine")
expect(doctor().ok, false, "and doctor says so")
assert(load(node.why(1).causes[1].fix or "?"))()
expect(node.why(1).causes, {}, "there it is")

-- What SMD lost or never had.
lab.restore "well"
smd.component.delete "x1000c0s0b0n0"
expect(node.why("x1000c0s0b0n0").causes[1], has { id = "F15", cause = contains "its component is gone" }, "deleted")
lab.reset()
expect(node.why "compute1".causes, { has { id = "F15", certainty = "certain", evidence = contains "52:54:00:be:ef:01" } }, "none")
back()
smd.group.delete "compute"
local none = doctor().causes[1]
expect(none, has { id = "F47", cause = contains "SMD has no group", fix = contains '"compute"' }, "no group")
assert(load(none.fix or "?"))()
lab.clock.advance "61s"
expect(node.wrong(), {}, "all are in it again")
back()
smd.iface.delete "52:54:00:be:ef:01"
for _ = 1, 3 do
  local sick = doctor()
  expect(sick.causes, { has { id = "F08", nodes = "x1000c0s0b0n0" } }, "one node, and nothing of the others")
end
expect(tostring(doctor()):find("all boot parameters belong", 1, true), nil, "that is not so")

-- Without coresmd's plugin all are strangers, and no waiting helps.
back()
lab.dhcp.set((lab.dhcp.get().config:gsub("    %- coresmd: |\n.-    %- bootloop", "    - bootloop")))
for _ = 1, 2 do
  local first = node.why(1).causes[1]
  expect(first, has { id = "dhcp.lint", cause = contains "there is no coresmd" }, "no plugin")
  pcall(node.reboot, 1, { wait = "3m" })
end

-- A lab asks nobody outside of it.
back()
bss.boot.params.update(1, { kernel = "http://172.16.0.253:9000/vmlinuz", initrd = "http://172.16.0.253:9000/initrd" })
local asked = 0
for _, request in ipairs((trace(node.why, 1))) do asked = asked + (request.path:find "172.16.0.253" and 1 or 0) end
expect({ asked, node.why(1).causes[1].id }, { 0, "F21" }, "nobody was asked")

-- A kernel is no initrd.
back()
bss.boot.params.update(1, { initrd = bss.boot.params.get(1).kernel })
pcall(node.reboot, 1, { wait = "3m" })
expect(node.why(1).causes[1], has { id = "request", stage = "initrd", evidence = contains "is no initrd" }, "no initrd")

-- Two pairs of nodes with one number each: every one gets its own.
back()
smd.component.update(2, { NID = 1 })
smd.component.update("x1000c0s0b3n0", { NID = 3 })
for _, one in ipairs(node.wrong()) do assert(load(one.causes[1].fix or "?"))() end
local nids = {}
for i, one in ipairs(smd.component.list { type = "Node" }) do nids[i] = one.NID end
table.sort(nids)
expect(nids, { 1, 2, 3, 4, 5 }, "as before")
