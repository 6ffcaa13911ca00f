-- Hardware, maps, subscriptions and SMD's own discovery from Lua.
local function node(id, serial)
  return {
    ID = id, NodeLocationInfo = { Name = "System", ProcessorSummary = { Count = 2 } },
    PopulatedFRU = { NodeFRUInfo = { Manufacturer = "Acme", PartNumber = "P1", SerialNumber = serial } },
  }
end
local dimm = {
  ID = "x1000c0s0b0n0d0", MemoryLocationInfo = { Id = "DIMM0" },
  PopulatedFRU = { MemoryFRUInfo = { Manufacturer = "Sam", SerialNumber = "D1", CapacityMiB = 8192 } },
}
local added = smd.hardware.add { node("x1000c0s0b0n0", "S1"), dimm }
expect(added[1].PopulatedFRU.FRUID, "Node.Acme.P1.S1", "named by what moves with it")
expect_fault("conflict", smd.hardware.add, { dimm })
expect_fault("no_effect", smd.hardware.set, { { ID = "x1000c0s0b1", NodeBMCLocationInfo = { Colour = "red" },
  PopulatedFRU = { NodeBMCFRUInfo = {} } } })
expect(smd.hardware.query("x1000c0").Nodes[1].Memory[1].ID, dimm.ID, "nested")
expect(#smd.hardware.query("x1000c0", { format = "FullyFlat" }).Memory, 1, "flat")
expect(#smd.hardware.list { manufacturer = "acm" }, 1, "by a part of the maker's name")
expect_fault("bad_argument", smd.hardware.list, { maker = "acme" })

-- Another unit in the same place: history tells, and the old one stays known.
smd.hardware.set { node("x1000c0s0b0n0", "S2") }
local seen = smd.hardware.history.get "x1000c0s0b0n0".History
expect(seen, { has { FRUID = "Node.Acme.P1.S1" }, has { FRUID = "Node.Acme.P1.S2" } }, "seen")
expect_fault("conflict", smd.hardware.fru.delete, "Node.Acme.P1.S2")
expect(#smd.hardware.fru.delete "Node.Acme.P1.S1", 1, "no place holds it")
expect_fault("bad_argument", smd.hardware.delete)
expect(#smd.hardware.delete { all = true }, 3, "what went")
expect(#smd.hardware.history.delete { all = true }, 3, "what was seen, by place")

-- What is said of nodes before they are there.
expect_fault("bad_argument", smd.nodemap.add, "x1000c0s0b0n0", { Role = "Compute" })
smd.nodemap.set { { ID = "x1000c0s0b0n0", NID = 41, Role = "Service" }, { ID = "x1000c0s0b1n0", NID = 42 } }
expect_fault("conflict", smd.nodemap.set, "x1000c0s0b2n0", { NID = 41 })
expect(smd.component.add("x1000c0s0b0n0", { State = "On" })[1], has { NID = 41, Role = "Service" }, "from its map")
expect(smd.component.by_nid "40-42", { has { ID = "x1000c0s0b0n0" } }, "by number")
expect(smd.component.query("x1000c0", { type = "Node" }), { has { NID = 41 } }, "by place")
expect(smd.nodemap.list "x1000c0s0b1n0", { has { NID = 42 } }, "one of them")
expect(smd.powermap.add("x1000c0s0b0n0", { poweredBy = { "x1000m0p0v1" } }), { has { id = "x1000c0s0b0n0" } }, "supplied")
expect(smd.powermap.ensure { { id = "x1000c0s0b0n0", poweredBy = { "x1000m0p0v1" } } }, {}, "so already")
expect_fault("bad_argument", smd.powermap.set, "x1000c0s0b0n0", { poweredFrom = { "x1" } })

-- Who is told.
local mine = smd.scn.add { Subscriber = "me", Url = "http://127.0.0.1:9/scn", States = { "Ready" } }
expect_fault("conflict", smd.scn.add, { Subscriber = "me", Url = "http://127.0.0.1:9/scn", States = { "On" } })
expect(smd.scn.update(mine.ID, { Op = "add", States = { "Off" } }).States, { "Ready", "Off" }, "as well")
expect(smd.scn.update(mine.ID, { States = { "On" } }).States, { "On" }, "instead")
expect_fault("refused", smd.scn.set, mine.ID, { Subscriber = "me", Url = mine.Url, States = { "Odd" } })
expect_fault("bad_argument", smd.scn.add, { Subscriber = "me", Uri = "x" })
expect(#smd.scn.delete(mine.ID), 1, "ended")
expect_fault("not_found", smd.scn.delete, mine.ID)

-- The lab's BMCs do not answer SMD, and after a while it gives up.
smd.rfe.add("x1000c0s0b0", { FQDN = "172.16.0.101" })
expect(smd.discovery.start "x1000c0s0b0n0"[1].DiscoveryInfo.LastDiscoveryStatus, "DiscoveryStarted", "asked")
lab.clock.advance "60s"
expect(smd.rfe.get "x1000c0s0b0".DiscoveryInfo.LastDiscoveryStatus, "HTTPsGetFailed", "in vain")
expect_fault("not_found", smd.discovery.start, "x1000c0s0b9")
expect(smd.servep.list "x1000c0s0b0", {}, "so nothing was found")
