-- Roles: what is declared becomes so once, and only what differs is written.
lab.reset "tutorial"

local base = { kernel = "http://s3/base/vmlinuz-5", initrd = "http://s3/base/initramfs-5.img",
               params = "root=live:http://s3/base/root  ip=dhcp console=ttyS0" }
---@return table<string, cluster.Role>
local function roles()
  return {
    compute = { nodes = "nid[1-3]", image = base, config = "data/cloud-init/compute.yaml",
                meta_data = { nfs_server = "172.16.0.5" }, description = "compute nodes" },
    io = { nodes = { 4, "compute5" }, image = base, args = 'quiet console=ttyS0 dyndbg="file a +p"',
           config = "data/cloud-init/io.yaml" },
  }
end
local quiet = { plan = false }
local function writes() return #journal.list() end

-- the plan writes nothing
local plan = cluster.apply(roles(), { plan = true })
expect(#plan, 6, "two groups, two sorts of boot parameters, two of cloud-config")
expect(writes(), 0, "a plan writes nothing")
expect(cluster.diff(roles()), plan, "diff is the plan")
expect(cluster.apply(roles(), { plan = function(asked) return #asked ~= 6 end }), {}, "asked, and not wanted")
expect(writes(), 0, "no means no")

-- applied once, the second time does nothing
expect(cluster.apply(roles(), quiet), plan, "what was planned is written")
expect(writes(), 6, "one write for each difference")
expect(cluster.apply(roles(), quiet), {}, "nothing is left")
expect(writes(), 6, "and nothing is written again")
expect(smd.group.member.list "io", set "x1000c0s0b[3-4]n0", "io has its members")
expect(smd.group.member.list "compute", set "x1000c0s0b[0-2]n0", "compute has lost them")
expect(bss.boot.params.get(5).params, 'root=live:http://s3/base/root  ip=dhcp console=ttyS0 quiet dyndbg="file a +p"',
  "arguments are added, those that are there not again")

-- compared normalised: the case of MACs, spaces between arguments; their order counts
bss.boot.params.delete(1)
bss.boot.params.set { macs = "52:54:00:BE:EF:01", kernel = base.kernel, initrd = base.initrd,
                      params = " root=live:http://s3/base/root ip=dhcp   console=ttyS0 " }
expect(cluster.diff(roles()), {}, "the same in another spelling")
bss.boot.params.update(1, { params = "ip=dhcp root=live:http://s3/base/root console=ttyS0" })
expect(cluster.diff(roles()),
  { has { resource = "boot", role = "compute", nodes = "x1000c0s0b0n0", detail = "params" } }, "the order of arguments counts")
cluster.apply(roles(), quiet)

-- every difference is found, and taken back
for _, spoil in ipairs {
  function() smd.group.member.delete("io", 5) end,
  function() smd.group.update("compute", { description = "?" }) end,
  function() bss.boot.params.update(2, { initrd = "other" }) end,
  function() bss.boot.params.delete(3) end,
  function() cloud_init.group.update("io", { file = "#cloud-config\n" }) end,
  function() cloud_init.group.update("compute", { meta_data = { nfs_server = "10.0.0.1" } }) end,
  function() cloud_init.group.delete "io" end,
} do
  spoil()
  local odd = cluster.diff(roles())
  expect(#odd, 1, "one difference")
  expect(cluster.apply(roles(), quiet), odd, "mended")
  expect(cluster.diff(roles()), {}, "nothing is left")
end

-- who changes role leaves the other; others' groups are let alone
smd.group.add("rack", { members = "nid[1-5]" })
local moved = roles()
moved.compute.nodes, moved.io.nodes = "nid[1-4]", 5
expect(#cluster.apply(moved, quiet), 3, "two groups, and what the node boots")
expect(smd.group.member.list "io", { "x1000c0s0b4n0" }, "it left")
expect(#smd.group.member.list "rack", 5, "no role: no matter")
expect(#bss.boot.params.list(), 2, "its old parameters went")
for _ = 1, 3 do undo() end
expect(cluster.diff(roles()), {}, "three undos, and all is as before")

-- groups of which SMD allows one of several
lab.reset "tutorial"
smd.group.delete "compute"
smd.group.add("compute", { exclusiveGroup = "role", members = "nid[1-3]" })
smd.group.add("io", { exclusiveGroup = "role", members = "nid[4-5]" })
cluster.apply({ compute = { nodes = "nid[3-5]" }, io = { nodes = "nid[1-2]" } }, quiet)
expect(smd.group.member.list "io", set "x1000c0s0b[0-1]n0", "exchanged")

-- YAML, with images by name
local text = [[
images:
  small: { kernel: k, initrd: i, params: ro }
roles:
  compute: { nodes: [1, 2], image: small, args: console=tty0 }
  io: { nodes: "nid[3-5]", image: small, meta-data: { scratch_size: 2G } }
]]
cluster.apply(text, quiet)
expect(cluster.diff(text), {}, "from YAML as well")
expect(bss.boot.params.get(1), has { kernel = "k", initrd = "i", params = "ro console=tty0" }, "the image by its name")
expect(cloud_init.group.meta_data "io", { scratch_size = "2G" }, "meta-data in the wire's spelling")

-- what is refused, and with which words
local function refused(asked, kind)
  local before = writes()
  local found = expect_fault(kind or "bad_argument", cluster.apply, asked, quiet)
  expect(writes(), before, "nothing is written")
  return found.message .. " " .. (found.hint or "")
end
expect(refused { io = { nodes = "nid[3-4]" }, compute = { nodes = "nid[1-3]" } },
  all { contains "x1000c0s0b2n0", contains "compute and io" }, "two roles, with the names")
expect(refused { io = { nodes = 4, kernl = "k" } }, contains "kernel", "did you mean")
expect(refused { io = { nodes = 4, image = { kernel = "k", parms = "x=1" } } },
  all { contains "parms", contains "did you mean params" }, "in an image as well")
expect(refused("images:\n  a: { kernel: k, kernal: k }\nroles:\n  io: { nodes: 4, image: a }\n"), contains "kernal",
  "in one of several")
expect(refused { io = { nodes = 4, image = 5 } }, all { contains "no number", contains "kernel = " }, "no image")
expect(refused({ io = { nodes = "x1000c0s0b9n0" } }, "not_found"), contains "x1000c0s0b9n0", "SMD has no such node")
expect(refused { io = {} }, contains "names no nodes", "whose role?")
expect(refused { io = { nodes = 4, params = "quiet" } }, contains "no kernel", "arguments of nothing")
expect(refused { io = { nodes = 4, image = "small" } }, contains "small", "an image that nobody described")
local broken = { nodes = 4, config = "#cloud-config\nruncmd: [" }
expect(refused { io = broken }, contains "cloud-init of role io", "a file nodes could not use")
expect(refused { IO = { nodes = 4 }, io = { nodes = 5 } }, contains "one group", "labels are lower case")

-- thousands of nodes: the number of requests does not grow with them
lab.reset()
local list, first = {}, {} ---@type smd.Component[], string[]
for i = 1, 2000 do
  list[i] = { ID = ("x%dc%ds%db0n0"):format(1000 + i // 512, i // 64 % 8, i % 64), NID = i, State = "On", Role = "Compute" }
end
smd.component.add(list)
for i = 1, 40 do
  smd.iface.add(("52:54:01:00:00:%02x"):format(i), { ComponentID = list[i].ID, Description = "Interface 0 for it" })
  first[i] = list[i].ID
end
local many = { all = { nodes = "nid[1-2000]" }, boots = { nodes = {} } }
cluster.apply(many, quiet)
local requests, left = trace(cluster.diff, many)
expect(left, {}, "two thousand members, and nothing to do")
expect(#requests <= 4, "a list for each resource; got " .. #requests)
many = { all = { nodes = "nid[41-2000]" }, some = { nodes = first, kernel = "k" } }
expect(#cluster.apply(many, quiet), 3, "and what they boot")
expect(#trace(cluster.diff, { some = { nodes = first, kernel = "k" } }) <= 6, "the same for what they boot")

-- what fails half-way tells how far it came, also where the fault has a hint of its own
lab.reset "tutorial"
local function meanwhile()
  smd.group.add "io"   -- by somebody else, between the plan and the writes
  return true
end
local io = { nodes = 5, kernel = "k", config = "#cloud-config\n" }
local failed = expect_fault("conflict", cluster.apply, { io = io }, { plan = meanwhile })
expect(failed.message, all { contains "group of role io: ", contains "; 1 of 3 changes are made" }, "how far")
expect(failed.hint, match "%S; cluster.diff%(ROLES%) tells what is left$", "both hints")
