-- Node sets over SMD: what each source means, with one list call for each resource.
smd.component.add("x1000c0s0b[0-4]n0", { State = "On", Role = "Compute" })
smd.component.add("x1000c0s0b[0-4]", { State = "On" })
for i = 0, 4 do smd.component.update("x1000c0s0b" .. i .. "n0", { NID = i + 1 }) end
smd.component.update("x1000c0s0b[3-4]n0", { State = "Ready", Role = "Service" })
smd.component.update("x1000c0s0b4n0", { Enabled = false })
smd.group.add("io", { members = "x1000c0s0b[2-3]n0" })
smd.partition.add("p1", { members = "x1000c0s0b[0-1]n0" })

local calls = {}
for _, resource in ipairs { "component", "group", "partition", "iface", "compep" } do
  local list = smd[resource].list
  rawset(smd[resource], "list", function(...)
    calls[resource] = (calls[resource] or 0) + 1
    return list(...)
  end)
end
local function means(text, bmcs, asked)
  local want = {}
  for _, bmc in ipairs(bmcs) do want[#want + 1] = "x1000c0s0b" .. bmc end
  calls = {}
  expect(nodes.xnames(text), want, text)
  expect(calls, asked, text .. ": calls")
end
local components = { component = 1 }

means("@io", { "2n0", "3n0" }, { group = 1 })
means("@smd:io ! @io", {}, { group = 1 })
means("@partition:p1 , @partition:*", { "0n0", "1n0" }, { partition = 1 })
means("@role:Compute & State=on", { "0n0", "1n0", "2n0" }, components)
means("State=Ready & Role=service & Enabled=true", { "3n0" }, components)
means("@* ! @io ! @partition:p1", { "4n0" }, { component = 1, group = 1, partition = 1 })
means("@arch:X86 & @class:*", {}, components)
means("Type=NodeBMC & State=On & x1000*b[0-1]", { "0", "1" }, components)
means("@type:nodebmc ^ Type=Node & @enabled:false", { "4n0" }, components)
means("Locked=false & Flag=OK & NID=03", { "2n0" }, components)
means("State=Off, Flag=warn, SoftwareStatus=none", {}, components)
means("x1000c0s0b?n0 & @io", { "2n0", "3n0" }, { component = 1, group = 1 })
means("*n0 & NID=1", { "0n0" }, { component = 1, compep = 1 })
means("nid00[1-2]* ^ @partition:p1", {}, { component = 1, compep = 1, partition = 1 })

-- Names and NIDs are looked up in the same lists.
calls = {}
expect(nodes.nids "nid[1-3] & @role:Compute ! 2", { 1, 3 }, "NIDs")
expect(calls, components, "calls for NIDs")
expect(nodes.members({ "io", "role:Service" })["role:Service"][1], "x1000c0s0b3n0", "members of a source")
expect(nodeset.expand "@@smd, @@partition", { "io", "p1" }, "names of groups")
expect(nodeset.count "@* & State=Ready", 2, "count")

-- A mistake is told with what was meant.
local function refuses(text, hint)
  expect(expect_fault("bad_argument", nodes.xnames, text).hint, contains(hint), text)
end
refuses("Stat=On", "State")
refuses("State=Reddy", "Ready")
refuses("@partitions:p1", "partition")
refuses("@partition:p2", "p1")
refuses("@smd:oi", "io")
refuses("Enabled=1", "false, true")
