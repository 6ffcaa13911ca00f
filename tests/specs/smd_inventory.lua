-- Redfish endpoints, component endpoints and interfaces from Lua.
local function discovery(n)
  local bmc = ("x1000c0s0b%d"):format(n)
  return {
    ID = bmc, Name = "compute" .. n, SchemaVersion = 1,
    MACAddr = "de:ca:fc:0f:fe:e" .. n, IPAddress = "172.16.0.10" .. n,
    Systems = { {
      uri = "http://127.0.0.1/redfish/v1/Systems/" .. bmc .. "n0", name = "compute" .. n,
      uuid = "00000000-0000-4000-8000-00000000000" .. n,
      ethernet_interfaces = { { mac = "52:54:00:be:ef:0" .. n, ip = "172.16.0." .. n, description = "Interface 0 for x" } },
    } },
    Managers = { {
      uri = "http://127.0.0.1/redfish/v1/Managers/" .. bmc, name = "bmc", type = "NodeBMC",
      uuid = "00000000-0000-4000-8000-00000000001" .. n,
      ethernet_interfaces = { { mac = "de:ca:fc:0f:fe:e" .. n, ip = "172.16.0.10" .. n } },
    } },
  }
end

-- SMD answers 409 to this and stores all of it.
local added = smd.rfe.add { discovery(1), discovery(2) }
expect(#added, 2, "stored, so no fault")
expect(#smd.compep.list(), 4, "BMCs and nodes behind them")
expect_fault("conflict", smd.rfe.add, { discovery(1) })
expect(smd.component.list { type = "Node" }, { has { NID = 1 }, has {} }, "nodes were made")

-- A node stands for its BMC, a name for its node.
expect(smd.rfe.get("x1000c0s0b2n0").Name, "compute2", "by its node")
expect(smd.rfe.list { ipaddress = "172.16.0.101" }, { has { ID = "x1000c0s0b1" } }, "what SMD itself cannot find by")
expect(smd.compep.get("compute1").RedfishSystemInfo.Name, "compute1", "by the node's name")
expect_fault("not_found", smd.rfe.get, "x1000c0s0b9")
expect_fault("not_found", smd.compep.get, "x1000c0s0b9n0")
expect_fault("bad_argument", smd.rfe.add, "x1000c0s0b3", { FDQN = "a.b" })

expect(smd.rfe.update("x1000c0s0b[1-2]", { Enabled = false }), each(has { Enabled = false }), "in sets")
expect(smd.rfe.ensure("x1000c0s0b[1-2]", { Enabled = false }), {}, "so already")
expect(smd.rfe.set("x1000c0s0b1", { FQDN = "bmc1.local" })[1], has { Hostname = "bmc1", Enabled = true }, "replaced")
expect_fault("bad_argument", smd.rfe.delete)
expect(smd.rfe.delete "x1000c0s0b1", { has { ID = "x1000c0s0b1" } }, "what went")
expect(#smd.compep.list(), 2, "with what was behind it")
expect(#smd.compep.delete { all = true }, 2, "the rest")

-- Interfaces.
expect(smd.iface.get("DE-CA-FC-0F-FE-E1").ComponentID, "x1000c0s0b1", "interfaces stay")
expect(smd.iface.list("x1000c0s0b[2,1]n0")[1].MACAddress, "52:54:00:be:ef:01", "of a set")
local nic = smd.iface.add("525400beef09", { ComponentID = "x1000c0s0b1n0", IPAddresses = { "10.0.0.1" } })
expect(nic, has { ID = "525400beef09", IPAddresses = { has { IPAddress = "10.0.0.1" } } }, "any spelling")
expect_fault("conflict", smd.iface.add, "52:54:00:be:ef:09")
expect_fault("bad_argument", smd.iface.get, "52:54:00")
expect_fault("not_found", smd.iface.update, "52:54:00:be:ef:99", { Description = "x" })
expect(smd.iface.ensure("52:54:00:be:ef:09", { IPAddresses = { { IPAddress = "10.0.0.1" } } }), nil, "so already")
expect(#smd.iface.address.add(nic.MACAddress, "10.0.0.2", { Network = "HSN" }), 2, "one more")
expect_fault("bad_argument", smd.iface.address.update, nic.MACAddress, "10.0.0.2", {})
expect(smd.iface.address.update(nic.MACAddress, "10.0.0.2", { Network = "NMN" })[2].Network, "NMN", "moved")
expect(smd.iface.address.delete(nic.MACAddress, "10.0.0.1"), { has { IPAddress = "10.0.0.2" } }, "taken away")
expect(smd.iface.set(nic.MACAddress, { Description = "spare" }).IPAddresses, {}, "replaced")
expect(#smd.iface.delete { nic.MACAddress, "de:ca:fc:0f:fe:e1" }, 2, "what went")
expect(#smd.iface.delete { all = true }, 3, "the rest")
