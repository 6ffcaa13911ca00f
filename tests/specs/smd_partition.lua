-- Partitions from Lua.
smd.component.add("x1000c0s0b[0-4]n0", { State = "On" })

expect(smd.partition.list(), {}, "none yet")
local p1 = smd.partition.add("p1", { description = "left", tags = { "test" }, members = "x1000c0s0b[0-1]n0" })
expect(p1, has { name = "p1", description = "left", members = { ids = { "x1000c0s0b0n0", "x1000c0s0b1n0" } } }, "a set")
expect_fault("conflict", smd.partition.add, "p1")
expect(smd.partition.ensure("p1", { members = "x1000c0s0b[0-1]n0" }), nil, "so already")
expect(smd.partition.list { tag = "test" }, { has { name = "p1" } }, "a filter")
expect(expect_fault("not_found", smd.partition.get, "p2").message, "No such partition: p2", "SMD's words")
expect(expect_fault("bad_argument", smd.partition.update, "p1", { descripton = "x" }).hint, contains "description", "a slip")
expect(expect_fault("refused", smd.partition.add, "left").message, contains "p# or p#.#", "what a name must be")

-- A component is in one.
local fault = expect_fault("conflict", smd.partition.add, "p2", { members = "x1000c0s0b1n0" })
expect(fault.message, contains "in partition p1", "who has it")
smd.partition.add "p2"
fault = expect_fault("partial", smd.partition.member.add, "p2", "x1000c0s0b[1-2]n0")
expect(fault.items, { has { node = "x1000c0s0b1n0", fault = has { kind = "conflict" } } }, "which one")
expect(smd.partition.member.list "p2", { "x1000c0s0b2n0" }, "the other is in")
expect(smd.partition.member.ensure("p2", "x1000c0s0b[2-3]n0"), { "x1000c0s0b3n0" }, "who was not")
expect(smd.partition.member.delete("p1", "x1000c0s0b1n0"), { "x1000c0s0b1n0" }, "who went")
expect(smd.partition.member.set("p2", "x1000c0s0b[1-2]n0"), { "x1000c0s0b1n0", "x1000c0s0b2n0" }, "replaced")
expect(smd.partition.set("p1", {}), has { description = none, members = { ids = {} } }, "all of it")

-- Where partitions show.
expect(smd.group.membership.get("x1000c0s0b1n0").partitionName, "p2", "membership")
expect(#smd.component.list { partition = "NULL" }, 3, "those in none")
smd.group.add("io", { members = "x1000c0s0b[2-4]n0" })
expect(smd.component.list { group = "io", partition = "p2" }, { has { ID = "x1000c0s0b2n0" } }, "in both")
expect(smd.group.list({ partition = "p2" })[1].members.ids, { "x1000c0s0b2n0" }, "of a group, those in a partition")
expect(smd.partition.delete { "p1", "p2" }, { has { name = "p1" }, has { name = "p2" } }, "what went")
