-- Faults of machines and of the server of addresses: what a boot shows of each, that the fix can be typed, and that it
-- mends the lab.
local KVER = "5.14.0-503.38.1.el9_5.x86_64"
dofile "tests/support/well.lua"
expect(node.wrong(), {}, "all is well")

-- What a boot shows: the stage it stops at, whose that is, what stands there, and what the console says.
local SHOWN = {
  F02 = { "offer", "coresmd", "nobody at 172.16.0.254 answers", "PXE%-E16: No valid offer received" },
  F12 = { "offer", "coresmd", "coredhcp does not start", "PXE%-E16: No valid offer received" },
  F04 = { "offer", "coresmd", "the pool lends", "Rebooting" },
  F06 = { "offer", "coresmd", "libvirt's own DHCP server on openchami%-net", "PXE%-E53: No boot filename received" },
  F11 = { "offer", "coresmd", "", "PXE%-E" },
  F22 = { "rootfs", "artifacts", "without livenet", "Don't know how to handle 'root=live:http" },
  F24 = { "rootfs", "power", "no space left on device", "No space left on device" },
}

-- What can be typed of a fix.
local function typed(fix)
  return assert(load(fix, "the fix"))()
end

for _, id in ipairs { "F02", "F04", "F06", "F11", "F12", "F14", "F22", "F24" } do
  for seed = 1, 3 do
    lab.restore "well"
    lab.clock.advance "60s"
    lab.fault.inject(id, { node = 2, seed = seed })
    local found = node.why(2).causes
    expect(found[1], has { id = id, certainty = "certain" }, id .. " before the node is switched on")
    expect(#found, 1, id .. " alone")
    local shown = SHOWN[id]
    pcall(node.boot, 2, { wait = "3m" })
    if shown then
      local verdict = node.why(2)
      expect(verdict, has { boot = "stopped", stage = shown[1], owner = shown[2] }, id .. ", where it stops")
      expect(verdict.what, match(shown[3]), id .. ", what stands there")
      expect(verdict.causes[1].id, id, id .. " after a boot")
      expect(node.console(2), match(shown[4]), id .. ", on the console")
    else
      expect(node.why(2), has { boot = "ready", causes = {}, remarks = { has { id = id } } }, id .. " hinders nothing")
      expect(node.console(2), "", "nothing is to be seen")
    end
    typed(found[1].fix)
    for _, one in ipairs(node.why(2).causes) do expect(one.id ~= id, true, id .. " is mended") end
    node.reboot(2, { wait = "10m" })
    expect(node.why(2), has { boot = "ready", causes = {} }, id .. ": the node boots")
    expect(#node.console(2) > 1000, true, id .. ": and tells of it")
  end
end

-- Others of the cluster suffer from what is everybody's, and from nothing else.
local function sick(id, seed)
  lab.restore "well"
  lab.clock.advance "60s"
  lab.fault.inject(id, { node = 2, seed = seed })
  return #node.wrong()
end
expect({ sick("F02"), sick("F12") }, { 5, 5 }, "the server is everybody's")
expect({ sick("F04"), sick("F06"), sick("F11"), sick("F22"), sick("F24") }, { 5, 5, 1, 5, 1 }, "how many")

-- A network of the nodes' that is down takes all of them, whoever switches it.
lab.restore "well"
virsh.net_destroy "openchami-net"
expect(node.why(3).causes[1], has { id = "F11", fix = 'virsh.net_start("openchami-net")' }, "the network is down")
pcall(node.boot, 3, { wait = "1m" })
expect(node.trace(3)[2].what, contains "no link", "its card says so")
virsh.net_start "openchami-net"
node.reboot(3, { wait = "10m" })
expect(node.why(3).boot, "ready", "it boots")

-- An image that grew is too large for a machine as it was delivered.
local root = "boot-images/compute/base/rocky9.5-compute-base-9.5"
lab.artifact.put { path = root, bytes = 5 << 30, kernel = KVER }
expect(node.why(1).causes[1], has { id = "F24", evidence = contains "5120 MiB" }, "5 GiB in 4")
typed(node.why(1).causes[1].fix)
expect(node.why(1).causes, {}, "more memory")

-- libvirt's own server notes to whom it lent.
lab.restore "well"
lab.fault.inject("F06", { node = 1 })
pcall(node.boot, 1, { wait = "1m" })
expect(virsh.net_dhcp_leases "openchami-net", { has { mac_address = "52:54:00:be:ef:01" } }, "a lease")

-- Without a serial console nobody can open one.
lab.restore "well"
lab.fault.inject("F14", { node = 1 })
virsh.start "compute1"
expect(expect_fault("conflict", virsh.console, "compute1").message, contains "no serial console", "nothing to look at")

-- All at once: libvirt and SMD do not agree.
lab.restore "well"
expect(#doctor().checks, 8, "on a lab as delivered nothing more is told")
local d = virsh.domain.parse(virsh.dumpxml "compute4")
d.devices.interface[1].mac._address = "52:54:00:be:ef:44"
virsh.define(d)
lab.fault.inject("F11", { node = 5 })
lab.fault.inject("F06", { node = 1 })
local said = tostring(doctor())
expect(said, all {
  contains "its firmware sends 52:54:00:be:ef:44, which SMD does not have; for x1000c0s0b3n0 it has 52:54:00:be:ef:04",
  contains "1 domain on another network, or on one that is not up: compute5",
  contains "the definition of openchami-net has a DHCP server of libvirt's own, at 172.16.0.254",
  contains "F01, certain, on x1000c0s0b3n0", contains "F11, certain, on x1000c0s0b4n0",
}, "what doctor tells")
