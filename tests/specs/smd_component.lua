-- Components from Lua: sets, filters, records, and writes that tell the truth.
local function ids(list)
  local names = {}
  for i, record in ipairs(list) do names[i] = record.ID or record.id end
  return names
end

expect(smd.component.list(), {}, "a new lab is empty")
expect(smd.service.status().message, "HSM is healthy", "the service answers")
expect(smd.service.values().State, has { "Unknown", "Empty" }, "the words of State")

-- Whole records and a set with fields.
smd.component.add {
  { ID = "x1000c0s0b0n0", State = "On", NID = 1 },
  { ID = "x1000c0s0b1n0", State = "On", NID = 2 },
}
local added = smd.component.add("x1000c0s0b[2-10]n0", { State = "Off", Role = "Service" })
expect(#added, 9, "a set is added at once")
expect(smd.component.list()[11].ID, "x1000c0s0b10n0", "lists are in natural order")

-- Sets and filters of a list.
expect(ids(smd.component.list("x1000c0s0b[1-2]n0")), { "x1000c0s0b1n0", "x1000c0s0b2n0" }, "a set")
expect(ids(smd.component.list { "x1000c0s0b2n0", "nid1" }), { "x1000c0s0b2n0", "x1000c0s0b0n0" }, "the set's order")
expect(ids(smd.component.list { state = "On", NID = 2 }), { "x1000c0s0b1n0" }, "a filter in any case")
expect(#smd.component.list("x1000c0s0b[0-4]n0", { Role = { "compute", "service" }, state = "!On" }), 3, "both")
expect(smd.component.list {}, {}, "the empty set is not all")
local nobody = smd.component.list { state = "Halt" } ---@type table
expect(smd.component.list(nobody), {}, "an empty list of records is empty as well")
expect_fault("bad_argument", smd.component.list, { colour = "red" })
expect_fault("bad_argument", smd.component.list, "x1000c0s0b0n0", { sate = "On" })

-- One.
expect(smd.component.get(2).ID, "x1000c0s0b1n0", "by NID")
expect(smd.component.get "X1000C00S0B1N0".NID, 2, "xnames are normalised")
expect(expect_fault("not_found", smd.component.get, "x9c0s0b0n0").hint, contains "smd.component.list", "what to type")
expect(expect_fault("bad_argument", smd.component.get, "x1000c0s0b[0-1]n0").hint, contains "takes a set", "list")
expect_fault("bad_argument", smd.component.get)

-- Adding what exists.
local fault = expect_fault("partial", smd.component.add, "x1000c0s0b[10-11]n0", { State = "On" })
expect(fault.items, { has { node = "x1000c0s0b10n0", fault = has { kind = "conflict" } } }, "who failed, and why")
expect(smd.component.get("x1000c0s0b10n0").State, "Off", "what existed stays as it is")
expect(smd.component.get("x1000c0s0b11n0").State, "On", "the other was added")
expect_fault("bad_argument", smd.component.add, "x1000c0s0b12n0")
expect(expect_fault("bad_argument", smd.component.add, "x1000c0s0b12n0", { State = "On", Rolle = "x" }).hint,
  contains "Role", "a misspelt key is told")

-- Changing.
local changed = smd.component.update("nid[1-2]", { State = "Ready", Flag = "Warning", Role = "Management" })
expect(changed, each(has { State = "Ready", Flag = "Warning", Role = "Management" }), "all fields, all nodes")
smd.component.update { { ID = "x1000c0s0b0n0", NID = 101 }, { ID = "x1000c0s0b1n0", NID = 102 } }
expect(smd.component.get(102).ID, "x1000c0s0b1n0", "a value for each")
expect_fault("no_effect", smd.component.update, "nid101", { State = "On" })
expect(smd.component.update("nid101", { State = "On", Force = true })[1].State, "On", "forced")
expect_fault("not_found", smd.component.update, "x9c0s0b0n0", { State = "On" })
expect_fault("bad_argument", smd.component.update, "nid101", { Arch = "ARM" })
expect_fault("bad_argument", smd.component.update, "nid101", {})

-- Making so.
expect(smd.component.ensure("nid101", { State = "On", Role = "management" }), {}, "so already")
expect(ids(smd.component.ensure("x1000c0s0b[0,13]n0", { State = "On", Arch = "ARM" })),
  { "x1000c0s0b0n0", "x1000c0s0b13n0" }, "changed and added")
expect(smd.component.get("nid101").Role, "Management", "what was not mentioned stays")
expect(smd.component.set("nid101", { State = "Off", Role = "Compute" })[1], has { State = "Off", Role = "Compute" }, "set")

-- Waiting: on the lab time passes at once.
expect(#smd.component.wait("x1000c0s0b[2-4]n0", { state = "Off" }), 3, "so already")
local late = expect_fault("timeout", smd.component.wait, "x1000c0s0b[0-3]n0", { state = "Off", within = "2h", every = "10m" })
expect(late.message, contains "1 of 4 not yet: x1000c0s0b1n0", "who is missing")
expect_fault("bad_argument", smd.component.wait, "nid102", { sate = "Off" })

-- Deleting.
expect_fault("bad_argument", smd.component.delete)
expect(smd.component.delete {}, {}, "nobody")
expect(ids(smd.component.delete "x1000c0s0b[0-1]n0"), { "x1000c0s0b0n0", "x1000c0s0b1n0" }, "what went")
expect_fault("not_found", smd.component.delete, "x1000c0s0b0n0")
expect(#smd.component.delete { all = true }, 11, "all, when that is said")
expect(smd.component.list(), {}, "none left")
