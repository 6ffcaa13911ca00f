-- Groups from Lua.
smd.component.add("x1000c0s0b[0-4]n0", { State = "On" })

expect(smd.group.list(), {}, "none yet")
local io = smd.group.add("io", { description = "I/O", tags = { "fast" }, members = "x1000c0s0b[3-4]n0" })
expect(io.members.ids, { "x1000c0s0b3n0", "x1000c0s0b4n0" }, "members are a set")
expect_fault("conflict", smd.group.add, "io")
expect(smd.group.ensure("io", { members = { ids = { "x1000c0s0b4n0", "x1000c0s0b3n0" } } }), nil, "so already")
expect(smd.group.ensure("compute", { members = "x1000c0s0b[0-4]n0 ! @io" }).members.ids[3], "x1000c0s0b2n0", "algebra")
expect(smd.group.list { tag = "fast" }, { has { label = "io" } }, "a filter")
expect(expect_fault("not_found", smd.group.get, "oi").message, "No such group: oi", "SMD's words")
expect_fault("bad_argument", smd.group.update, "io", { descripton = "x" })

expect(smd.group.update("io", { members = "x1000c0s0b4n0" }).description, "I/O", "what was not mentioned stays")
expect(smd.group.set("io", { description = "new" }), has { description = "new", members = { ids = {} } }, "replaced")

-- Members.
expect(smd.group.member.add("io", "x1000c0s0b[3-4]n0"), { "x1000c0s0b3n0", "x1000c0s0b4n0" }, "all members now")
local fault = expect_fault("partial", smd.group.member.add, "io", { "x1000c0s0b4n0", "x1000c0s0b0n0" })
expect(fault.items, { has { node = "x1000c0s0b4n0", fault = has { kind = "conflict" } } }, "who was in it")
expect(smd.group.member.ensure("io", "x1000c0s0b[0-1]n0"), { "x1000c0s0b1n0" }, "who was not")
expect(smd.group.member.delete("io", "x1000c0s0b[0-1]n0"), { "x1000c0s0b0n0", "x1000c0s0b1n0" }, "who went")
expect_fault("not_found", smd.group.member.delete, "io", "x1000c0s0b0n0")
expect(smd.group.member.set("io", {}), {}, "emptied")
expect(smd.group.member.set("io", "@compute"), set { "x1000c0s0b0n0", "x1000c0s0b1n0", "x1000c0s0b2n0" }, "replaced")
expect(expect_fault("not_found", smd.group.member.set, "io", "x9c0s0b0n0").message, contains "x9c0s0b0n0", "why")
expect_fault("not_found", smd.group.member.list, "oi")

-- Memberships.
expect(smd.group.membership.get("x1000c0s0b0n0").groupLabels, { "compute", "io" }, "one")
expect(#smd.group.membership.list { group = "io" }, 3, "a filter")
expect(smd.group.membership.list("x1000c0s0b[4,0]n0"), { has { id = "x1000c0s0b0n0" }, has { id = "x1000c0s0b4n0" } }, "a set")

-- Exclusive groups.
smd.group.add("red", { exclusiveGroup = "colour", members = "x1000c0s0b0n0" })
smd.group.add("blue", { exclusiveGroup = "colour" })
expect(expect_fault("conflict", smd.group.member.set, "blue", "x1000c0s0b0n0").message, contains "group red", "who has it")
expect(smd.group.delete { "red", "blue" }, { has { label = "red" }, has { label = "blue" } }, "what went")
expect_fault("not_found", smd.group.delete, "red")
