-- Static discovery: what SMD has to know before a node can boot, told from a file.

exercise {
  id = "301", title = "Static discovery: tell SMD about five nodes", minutes = 10,
  goal = "SMD knows five nodes and their BMCs: as components, Redfish endpoints, Ethernet "
      .. "interfaces and as the group compute.",
  needs = {}, seed = { "UC1" },
}

local function field(records, name)
  local values = {}
  for i, record in ipairs(records) do values[i] = record[name] end
  return values
end

check "five nodes have the NIDs 1 to 5" {
  got  = function()
    local nodes = smd.component.list { type = "Node" }
    return { xnames = field(nodes, "ID"), nids = field(nodes, "NID") }
  end,
  want = { xnames = set "x1000c0s0b[0-4]n0", nids = set { 1, 2, 3, 4, 5 } },
  hint = { "Nodes get into SMD from a file: which command of ochami reads one?",
           "discover.plan 'data/nodes.yaml' shows what the file would do.",
           "discover.static 'data/nodes.yaml'" },
}

check "each node is on, enabled and meant for computing" {
  got  = function() return smd.component.list { type = "Node" } end,
  want = each(has { State = "On", Enabled = true, Role = "Compute" }),
  hint = { "Read one of them: smd.component.get 'x1000c0s0b0n0'.",
           "smd.component.update(set, { State = 'On', Enabled = true }) puts a record right." },
}

check "five BMCs are known, each as component and as Redfish endpoint" {
  got  = function()
    return { components = field(smd.component.list { type = "NodeBMC", enabled = true }, "ID"),
             endpoints  = field(smd.rfe.list(), "ID") }
  end,
  want = { components = set "x1000c0s0b[0-4]", endpoints = set "x1000c0s0b[0-4]" },
  hint = { "Where does the file name the BMCs?",
           "A node without its BMC in the file has no endpoint: discover.lint finds it." },
}

check "ten interfaces have a lower-case MAC and one address each" {
  got  = function() return { count = #smd.iface.list(), nics = smd.iface.list() } end,
  want = { count = 10, nics = each(has {
    MACAddress  = match "^[%l%d:]+$",
    IPAddresses = { has { IPAddress = match "^172%.16%.0%.%d+$" } },
  }) },
  hint = { "Five nodes and five BMCs make ten: smd.iface.list() shows who has none.",
           "Interfaces come with the Redfish endpoint of their BMC. Is that one there?" },
}

check "the group compute has exactly the five nodes" {
  got  = function() return smd.group.member.list "compute" end,
  want = set "x1000c0s0b[0-4]n0",
  hint = { "Which line of the file puts a node into a group?",
           "In a file with a list of BMCs it is `groups:`; `group:` is read past.",
           "smd.group.member.set('compute', 'x1000c0s0b[0-4]n0')" },
}

look "Read the file"
-- Each machine is there twice: as BMC, the small computer that switches it on and off, and as
-- node. An xname is a place: cabinet x1000, chassis c0, slot s0, BMC b0, and behind it node n0;
-- so nobody has to say which BMC belongs to which node.
local file = yaml.decode(fs.read "data/nodes.yaml")
print(file.bmcs[1])
print(file.nodes[1])

look "Write one"
-- To chami a file is data, and data can come out of a loop: this is the same file again.
local mine = { bmcs = {}, nodes = {} }
for i = 1, 5 do
  local bmc = "x1000c0s0b" .. (i - 1)
  mine.bmcs[i] = { xname = bmc, mac = "de:ca:fc:0f:fe:e" .. i, ip = "172.16.0." .. (100 + i) }
  mine.nodes[i] = {
    name = "compute" .. i, nid = i, xname = bmc .. "n0", groups = { "compute" },
    interfaces = { { mac_addr = "52:54:00:be:ef:0" .. i,
                     ip_addrs = { { name = "management", ip_addr = "172.16.0." .. i } } } },
  }
end
expect(mine, yaml.decode(fs.read "data/nodes.yaml"), "a loop writes what the file says")

look "Find the faults before SMD takes them"
-- SMD and ochami swallow most mistakes. Here node 5 has no BMC: ochami says so in its log and
-- ends well, and the node is there but never gets an address. In the other file `group:`, a
-- word of the old format, makes a node that is in no group at all.
print(discover.lint "data/nodes-broken-unresolved-bmc.yaml")
print(discover.lint "data/nodes-broken-group-ignored.yaml")
expect_fault("bad_argument", discover.plan, "data/nodes-broken-unresolved-bmc.yaml")

look "Plan before you write"
print(discover.plan "data/nodes.yaml")

step "Load it"
-- `discover.static` believes the file and asks no machine; magellan does the opposite: it asks
-- the BMCs over Redfish what stands there. Behind this call are one request for all components
-- (first, so that the NIDs of the file win), one for each BMC, one for each group. SMD 2.20
-- stores a BMC and answers 409 all the same: `ochami discover static` ends with an error when
-- nothing is missing. chami reads back what is there and goes by that.
print(discover.static "data/nodes.yaml")

look "Four kinds of record"
print(smd.component.list())          -- what there is: state, role, NID
print(smd.rfe.list())                -- whom to ask about it: the BMCs
print(smd.iface.list())              -- how it is reached: MAC to IP, for DHCP and boot scripts
print(smd.group.list())              -- what belongs together

look "Load it again, and load another one"
-- What is equal stays. What differs is a conflict, told before anything is written.
expect(discover.plan "data/nodes.yaml", each(has { action = "unchanged" }), "no work is left")
local other = yaml.decode(fs.read "data/nodes.yaml")
other.nodes[1].nid = 11
expect_fault("conflict", discover.static, other)

try "Turn data/nodes-old.yaml into the new format with discover.convert. What became of group?"
try "Put two nodes on one BMC, as data/nodes-two-per-bmc.yaml does. Who counts the nodes?"
try "Add a sixth node to the file and load it again: what does the plan say of the first five?"
try "Break one field after the other. Which faults does discover.lint find, which only SMD?"
