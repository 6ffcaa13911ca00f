-- The head node before OpenCHAMI: named places, a name, and a network that nobody else is on.

exercise {
  id = "101", title = "Directories, names and the internal network", minutes = 15,
  goal = "The head node is large enough, has a place for each sort of data and a name for its "
      .. "cluster, and an isolated network for machines whose MACs stand in a list.",
  needs = { "100" }, seed = { "P1", "MAC", "NET" },
}

-- The user of the cloud image. On a head node of your own it is you: `:copy` gives the file.
local OWNER = "rocky"
local PLACES = { "/data/oci", "/data/s3", "/srv/nfs", "/opt/workdir" }
local NAME, ADDRESS = "demo.openchami.cluster", "172.16.0.254"
local NET, LIST = "openchami-net", "/opt/workdir/macs.txt"

check "four directories are there, and belong to the user who works there" {
  got  = function()
    local out = {}
    for i, path in ipairs(PLACES) do
      local entry = head.stat(path)
      out[i] = ("%s %s"):format(entry.kind, entry.owner)
    end
    return out
  end,
  want = all { at_least(4), each("directory " .. OWNER) },
  hint = { "They are /data/oci, /data/s3, /srv/nfs and /opt/workdir.",
           "head.dir makes directories; help(head.dir) tells how one gets its owner.",
           "head.dir({ '/data/oci', … }, { owner = 'rocky' })" },
}

check "the kernel forwards packets between networks" {
  got  = function() return head.sysctl("net.ipv4.ip_forward").value end,
  want = "1",
  hint = { "Nodes reach the world through the head node, if its kernel lets them.",
           "head.sysctl(name) reads a parameter of the kernel, head.sysctl(name, 1) sets it.",
           "head.sysctl('net.ipv4.ip_forward', 1)" },
}

check "the network is up, and comes up again after a reboot" {
  got  = function() return virsh.net_info(NET) end,
  want = has { active = true, persistent = true, autostart = true, bridge = "virbr-openchami" },
  hint = { "Three calls, as with virsh: define it, start it, have it start by itself.",
           "Inactive after a reboot? Starting it and starting it always are two things.",
           "net_define{ name = …, bridge = { _name = 'virbr-openchami' }, … } names its bridge;"
             .. " then virsh.net_start(name) and virsh.net_autostart(name)" },
}

check "the head node is .254 on it, and nobody there gives addresses but OpenCHAMI" {
  got  = function()
    local ip = (virsh.network.parse(virsh.net_dumpxml(NET)).ip or {})[1] or {}
    -- The same size in two spellings, and libvirt keeps the one it was given.
    local mask = ip._prefix == "24" and "255.255.255.0" or ip._netmask
    return { address = ip._address, netmask = mask, dhcp = ip.dhcp }
  end,
  want = { address = ADDRESS, netmask = "255.255.255.0" },
  hint = { "virsh.net_dumpxml shows what libvirt keeps of the network.",
           "Is a dhcp element in it? Then two servers answer, and the faster one wins.",
           "ip = { { _address = '172.16.0.254', _netmask = '255.255.255.0' } }" },
}

check "the cluster's name is this machine, and stands there once" {
  got  = function() return head.host(NAME).ips end,
  want = { ADDRESS },
  hint = { "Names of hosts stand in /etc/hosts: head.hosts() lists its lines.",
           "Twice there? Somebody appended the line a second time. head.host leaves one.",
           "head.host('demo.openchami.cluster', '172.16.0.254')" },
}

check "five MACs stand in the list: lower case, QEMU's prefix, each once" {
  got  = function()
    local list = {}
    for mac in head.file(LIST).text:gmatch "%S+" do list[#list + 1] = mac end
    return list
  end,
  want = set { "52:54:00:be:ef:01", "52:54:00:be:ef:02", "52:54:00:be:ef:03",
               "52:54:00:be:ef:04", "52:54:00:be:ef:05" },
  hint = { "The list is /opt/workdir/macs.txt, a MAC on each line: 52:54:00:be:ef:01 to :05.",
           "('52:54:00:be:ef:%02x'):format(n) writes one; head.file(path, text) keeps them." },
}

look "Is the machine large enough?"
-- In real life automation builds head nodes; here you see once what it does. This one is also
-- the host of its nodes: each wants 4 GiB, and without KVM they crawl. What is missing is told
-- with the way to get it.
print(head.survey())

step "A place for each sort of data"
-- Image layers, boot artifacts, exported file systems, your own files. With a shell that is
-- mkdir and chown; here you say how it is to be, and a second time nothing happens.
print(head.dir(PLACES, { owner = OWNER }))

step "Let packets through"
-- Until the next boot. `persistent = true` would write it into /etc/sysctl.d as well.
print(head.sysctl("net.ipv4.ip_forward", 1))

step "A network of its own"
-- No dhcp element: OpenCHAMI brings its own server, which knows the nodes. `nat` hides them
-- behind the head node, and that will matter: cloud-init tells nodes apart by their address. So
-- the labs of later exercises come with this network as `route`; here you see what it replaces.
virsh.net_define {
  name = NET, bridge = { _name = "virbr-openchami" }, forward = { _mode = "nat" },
  ip = { { _address = ADDRESS, _netmask = "255.255.255.0" } },
}

step "Up now, and after each reboot"
if not virsh.net_info(NET).active then virsh.net_start(NET) end
print(virsh.net_autostart(NET))

step "The cluster's name"
print(head.host(NAME, ADDRESS))

step "A list of MACs"
-- The nodes' identity until they have another. 52:54:00 is QEMU's own, so no card has them.
local macs = {}
for n = 1, 5 do macs[n] = ("52:54:00:be:ef:%02x"):format(n) end
head.file(LIST, table.concat(macs, "\n") .. "\n", { owner = OWNER })

try "Define a second, isolated network for BMCs: no forward element. Who reaches whom?"
try "Define it with forward = { _mode = 'route' }: which address has a node's packet outside?"
try "Make net.ipv4.ip_forward outlast a reboot. Which file holds it, and what if two files do?"
