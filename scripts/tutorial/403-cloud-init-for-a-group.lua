-- cloud-init for a group: one template for many nodes, seen through the eyes of each.

exercise {
  id = "403", title = "cloud-init for a group, through a node's eyes", minutes = 20,
  goal = "All nodes of the group compute get one cloud-config, each with its own values in it; "
      .. "node 1 has a name of its own; and all of it was seen before any node booted.",
  needs = { "301" }, seed = { "UC3", "TODO2" },
}

-- The public half of a key pair: what cloud-init puts into authorized_keys. Put yours here.
local KEY  = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICmU3ZSS/ljfBSPoZ0p15nfsQ9KO596sImyTIapl1hUO"
local BASE = "http://172.16.0.254:8081/cloud-init"
local NODE, OTHER = "x1000c0s0b0n0", "x1000c0s0b1n0"
-- cloud-init asks SMD who is in which group, but only once a minute.
local function seen() return cloud_init.node.vendor_data(OTHER):find "/compute.yaml" end

check "the cluster has a name, and its nodes are called nid001 and so on" {
  got  = function() return cloud_init.node.meta_data(OTHER) end,
  want = has { hostname = "nid002", ["local-hostname"] = "nid002", ["cluster-name"] = "demo" },
  within = "90s",
  hint = { "What holds for all nodes alike stands in the cluster's defaults.",
           "cloud_init.defaults.get() shows them; nid_length is how many digits a number has.",
           'cloud_init.defaults.set { cluster_name = "demo", short_name = "nid", … }' },
}

check "your key is on its way to every node" {
  got  = function()
    local keys = {}
    for i, node in ipairs(smd.group.member.list "compute") do
      keys[i] = cloud_init.node.meta_data(node).instance_data.v1.public_keys
    end
    return keys
  end,
  want = each(contains(KEY)), within = "90s",
  hint = { "A key for all nodes is one of the defaults, too.",
           "cloud_init.defaults.set { public_keys = { KEY } }" },
}

check "a node finds its group's configuration at an address it can reach" {
  got  = function() return cloud_init.node.vendor_data(NODE) end,
  want = contains(BASE .. "/compute.yaml"), within = "90s",
  hint = { "cloud_init.node.vendor_data(node) is what a node is told to fetch.",
           "base_url of the defaults is what the addresses begin with: never localhost." },
}

check "the group's file is a template, and says so in its first two lines" {
  got  = function() return cloud_init.group.config "compute" end,
  want = match "^## template: jinja\n#cloud%-config\n",
  hint = { "A group that SMD has and cloud-init has not is served as a bare #cloud-config.",
           "fs.read 'data/cloud-init/compute.yaml' is one to begin with.",
           "cloud_init.group.set('compute', { file = 'data/cloud-init/compute.yaml' })" },
}

check "rendered for a node, it has the node's own values" {
  got  = function() return cloud_init.group.render("compute", OTHER) end,
  want = all { contains(KEY), contains "172.16.0.254:/scratch" }, within = "90s",
  hint = { "cloud_init.group.render(group, node) does what the node's cloud-init will do.",
           "The group's own values stand under v1.vendor_data.groups.compute.",
           "cloud_init.group.update('compute', { meta_data = { nfs_server = '…' } })" },
}

check "node 1 has a name of its own, and its number all the same" {
  got  = function() return cloud_init.node.meta_data(NODE) end,
  want = has { hostname = "nid001", ["local-hostname"] = "compute1" }, within = "90s",
  hint = { "What holds for one node only is the node's own data: help(cloud_init.node.set).",
           'cloud_init.node.set("x1000c0s0b0n0", { local_hostname = "compute1" })' },
}

look "Three layers"
-- Defaults hold for the cluster, a group's file for its members, node data for one node. The
-- service stores all three and asks SMD, once a minute, who is in which group.
print(cloud_init.defaults.get())
print(cloud_init.group.list())
print(cloud_init.node.user_data(NODE))     -- always this: the rest comes as vendor-data

step "Say what holds for the whole cluster"
cloud_init.defaults.set { cluster_name = "demo", short_name = "nid", nid_length = 3,
                          base_url = BASE, public_keys = { KEY } }

look "Read the template before you upload it"
-- cloud-init on the node reads the first two lines to the letter. One blank too many there,
-- and it gets a file full of braces, without a word in any log of the head node.
local text = fs.read "data/cloud-init/compute.yaml"
print(text)
print(cloud_init.template.lint(text))
print(cloud_init.template.lint("# a comment first\n" .. text))

step "Give the group its configuration"
-- meta_data holds the values that differ from cluster to cluster, so that the file need not.
cloud_init.group.set("compute", {
  description = "compute nodes", meta_data = { nfs_server = "172.16.0.254" },
  file = "data/cloud-init/compute.yaml",
})

look "Be the node"
-- Asked by a node, the service goes by the address the request comes from. Impersonation asks
-- in a node's name from where you sit: meta-data, then vendor-data, then each file it includes.
task.wait(seen, { within = "90s" })
print(cloud_init.node.meta_data(OTHER))
print(cloud_init.node.vendor_data(OTHER))
print(cloud_init.node.group(OTHER, "compute"))

look "Render it"
-- The service never fills a template in: the node does, and chami does it as the node would.
task.wait(seen, { within = "90s" })
print(cloud_init.group.render("compute", OTHER))

step "Give one node a name of its own"
cloud_init.node.set(NODE, { local_hostname = "compute1" })
print(cloud_init.node.meta_data(NODE))

look "Mistakes that cost an afternoon"
-- The service itself takes the next one, answers 201 and forgets the field.
expect_fault("bad_argument", cloud_init.node.set, NODE, { hostnam = "compute1" })
expect_fault("not_found", cloud_init.node.group, NODE, "io")

try "Write a second group with its own file. In which order does a node include the two?"
try "Let both files list packages. What does the node install? cloud_init.node.config tells."
try "Take node 5 out of compute. How long until vendor-data follows? task.sleep helps."
try "Ask curl for an admin route without a token. What does that mean for secrets in here?"
