-- One table says what the cluster is; what differs from it is found, and written, and no more.

exercise {
  id = "406", title = "Front-end, compute and io from one inventory", minutes = 25,
  goal = "Five nodes have three roles, all of it said in data/roles.yaml: the cluster differs "
      .. "from the file in nothing, and applying it again writes nothing.",
  needs = { "404" }, seed = { "UC4", "TODO1", "TODO2" },
}

local ROLES = "data/roles.yaml"
local NODES = "x1000c0s0b[0-4]n0"
local PARTS = { "frontend", "compute", "compute", "compute", "io" }   -- of node 1 to 5

check "the cluster is what the file says" {
  got  = function() return cluster.diff(ROLES) end,
  want = none,
  hint = { "cluster.diff 'data/roles.yaml' lists what differs, service by service.",
           "cluster.apply 'data/roles.yaml' makes it so." },
}

check "each node is in the group of its role, and in no other" {
  got  = function()
    local found = {}
    for i, one in ipairs(smd.group.membership.list(NODES)) do
      found[i] = table.concat(one.groupLabels, " ")
    end
    return found
  end,
  want = PARTS,
  hint = { "A node leaves the roles it no longer has: groups of declared roles are exact.",
           "A group that no role names is let alone: is there an old one?" },
}

check "each node boots its role's layer" {
  got  = function()
    local layers = {}
    for i, mac in ipairs(nodes.macs(NODES)) do
      layers[i] = (bss.boot.params.get { mac = mac }.kernel or ""):match "compute/(%a+)/"
    end
    return layers
  end,
  want = { "debug", "base", "base", "base", "base" },
  hint = { "The layer of a role is its image in the file; what BSS has stands by MAC.",
           "bss.boot.params.list 'x1000c0s0b0n0' shows one node." },
}

check "each node is told to fetch the file of its role, and no other" {
  got  = function()
    local files = {}
    for i, node in ipairs(nodes.xnames(NODES)) do
      files[i] = cloud_init.node.vendor_data(node):match "^#include%s+%S+/(%a+)%.yaml%s*$"
        or node .. " is told something else"
    end
    return files
  end,
  want = PARTS, within = "90s",
  hint = { "cloud-init follows SMD's groups once a minute.",
           "cloud_init.node.vendor_data(node) is the list; one line for each group." },
}

check "SMD says which node is no compute node" {
  got  = function()
    local roles = {}
    for i, one in ipairs(smd.component.list(NODES)) do roles[i] = one.Role end
    return roles
  end,
  want = { "Application", "Compute", "Compute", "Compute", "Storage" },
  hint = { "The Role of a component is SMD's own word, and no part of the file.",
           "smd.component.ensure('@io', { Role = 'Storage' })" },
}

look "Read the inventory"
-- Images by name, roles by name: who boots what, and which file configures it. It can be kept
-- in a repository, and reviewed before it is true.
print(fs.read(ROLES))

look "What stands between file and cluster"
-- One list call for each resource, however many nodes there are, and nothing is written.
print(cluster.diff(ROLES))

look "What no table can mean"
-- A node has one role: two of them would fight over what it boots.
local twice = { io = { nodes = "nid[4-5]" }, compute = { nodes = "nid[2-4]" } }
expect_fault("bad_argument", cluster.apply, twice)
-- And what is misspelt is told, not swallowed.
expect_fault("bad_argument", cluster.diff, { io = { nodes = 5, confg = "io.yaml" } })

step "Make it so"
-- The plan is shown, then each difference is one write: configuration first, then membership,
-- then boot parameters. With curl this is some fifteen requests in an order of your own.
cluster.apply(ROLES)

step "Say it to SMD in its own words, too"
-- Schedulers and power tools go by the Role of a component, not by groups.
smd.component.ensure("@frontend", { Role = "Application" })
smd.component.ensure("@compute", { Role = "Compute" })
smd.component.ensure("@io", { Role = "Storage" })

look "Apply it again"
-- Compared are meanings: the case of a MAC, the order of members, spaces between arguments do
-- not count. So a second run is a check, and can be made every night.
expect(cluster.apply(ROLES), none, "nothing is left to write")

look "When somebody has been there"
-- A hand on one node is seen by the next diff, and mended by the next apply.
bss.boot.params.update("nid003", { params = "quiet" })
print(cluster.diff(ROLES))
cluster.apply(ROLES, { plan = false })

try "Boot all five, the io node first; then node.run(2, 'findmnt /scratch')."
try "Add a fourth role in a copy of the file. Which of your nodes has to leave another?"
try "Give a role to a set: nodes = '@rack2 & State=On'. When is it looked up?"
try "Take one apply back with undo(). How many are needed, and which order do they take?"
