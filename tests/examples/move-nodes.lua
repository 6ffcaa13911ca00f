-- Nodes 4 and 5 are io nodes, nodes 1 to 3 compute nodes; two boot images.
local function boots(node) return bss.boot.params.get(node).kernel end

reset "tutorial"
smd.group.add("io", { members = "x1000c0s0b[3-4]n0" })
smd.group.member.set("compute", "x1000c0s0b[0-2]n0")
smd.group.add("rack7", { members = "x1000c0s0b[2-4]n0" })
bss.boot.params.set("@compute", { kernel = "k-compute", initrd = "i-compute", params = "quiet" })
bss.boot.params.set("@io", { kernel = "k-io", initrd = "i-io", params = "debug" })
cloud_init.group.set("io", { file = "#cloud-config\npackages: [nfs-utils]\n" })

-- How it can be called wrongly, and of what it knows nothing.
run_unchanged { status = 2, says = "wanted: NODES FROM TO" }
run_unchanged { "nid3", "io", "io", status = 2 }
run_unchanged { "nid3", "compute", "io", "--dryrun", status = 2 }
run_unchanged { "nid9", "compute", "io", status = 2, says = "did you mean" }
run_unchanged { "x1000c0s0b9n0", "compute", "io", status = 1, says = "SMD does not know x1000c0s0b9n0" }
run_unchanged { "nid3", "compute", "nothing", status = 1, says = "No such group" }
run_unchanged { "nid1", "io", "rack7", status = 1, says = "neither in io nor in rack7" }

-- A plan is no move.
run_unchanged { "nid3", "compute", "io", "--dry-run", says = { "compute → io", "k-io", "nothing was changed" } }

-- A move, and that it is done once.
local seen = "x1000c0s0b2n0: io.yaml, rack7.yaml (empty: cloud-init has nothing for it)"
run { "nid3", "compute", "io", says = { "group       x1000c0s0b2n0: compute → io", "k-io  i-io  debug", seen } }
expect(smd.group.member.list "io", set "x1000c0s0b[2-4]n0", "node 3 is in io")
expect(smd.group.member.list "compute", set "x1000c0s0b[0-1]n0", "node 3 is not in compute any more")
expect(boots(3), "k-io", "node 3 boots what io nodes boot")
expect(bss.boot.params.get(3).params, "debug", "with its arguments")
expect(boots(1), "k-compute", "node 1 boots what it did")
run_unchanged { "nid3", "compute", "io", says = { "group       nothing to do", "parameters  nothing to do" } }

-- Two that exclude each other: out first, then in.
smd.group.add("red", { exclusiveGroup = "colour", members = "x1000c0s0b0n0" })
smd.group.add("blue", { exclusiveGroup = "colour" })
run { "nid1", "red", "blue", status = 3, says = "no other node of blue has boot parameters" }
expect(smd.group.member.list "blue", set "x1000c0s0b0n0", "node 1 is blue")
expect(smd.group.member.list "red", none, "and no longer red")

-- Where the others differ nobody can say what is to be booted.
bss.boot.params.update(5, { params = "other" })
local says = { "x1000c0s0b4n0 boot k-io  i-io  other", "the nodes of io differ" }
run { "nid[1-2]", "compute", "io", status = 3, says = says }
expect(smd.group.member.list "io", set "x1000c0s0b[0-4]n0", "they moved")
expect(boots(2), "k-compute", "and boot what they did")
