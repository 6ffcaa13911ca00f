-- A fault lab: nodes that get no address of their own. What coresmd goes by tells why.

exercise {
  id = "691", title = "Fault lab: the node that stays silent", minutes = 30,
  goal = "Two nodes of a new rack never show up, and one has its neighbour's name: the causes "
      .. "are found, named and put right, every node is Ready, and nothing else was changed.",
  needs = { "689" }, seed = { "NOTES" }, backend = "lab",
}

-- What the labels on the machines say: MAC → xname and address. The file was written from them.
local function on_paper()
  local out = {}
  for _, one in ipairs(yaml.decode(fs.read "data/nodes.yaml").nodes) do
    local nic = one.interfaces[1]
    out[nic.mac_addr] = { xname = one.xname, ip = nic.ip_addrs[1].ip_addr }
  end
  return out
end

local function address(nic) return nic and (nic.IPAddresses[1] or {}).IPAddress end
-- What SMD has: MAC → interface.
local function in_smd()
  local out = {}
  for _, nic in ipairs(smd.iface.list()) do out[nic.MACAddress] = nic end
  return out
end

check "every cause is named, and none that is not there" {
  got  = function() return lab.practice.status() end,
  want = has { faults = 3, named = 3, wrong = 0 },
  hint = { "lab.practice.hint() tells the last good stage, then whose the next is.",
           "lab.fault.list() describes all there are; coresmd's are those of the stage offer.",
           "diagnose { cause = { 'F…', 'F…' } } counts those right; the next replaces it." },
}

check "SMD has for each node the MAC and the address that the file has" {
  got  = function()
    local right, known = 0, in_smd()
    for mac, one in pairs(on_paper()) do
      local nic = known[mac] or { IPAddresses = {} }
      if nic.ComponentID == one.xname and address(nic) == one.ip then right = right + 1 end
    end
    return { right = right, interfaces = #smd.iface.list() }
  end,
  want = { right = 5, interfaces = 10 },
  hint = { "yaml.decode(fs.read 'data/nodes.yaml') is the paper; SMD has smd.iface.list().",
           "A wrong MAC is an interface of its own: add the right one, delete that one.",
           "smd.iface.update(MAC, { IPAddresses = { … } }); smd.iface.add where none is." },
}

check "every node is Ready" {
  got  = function() return smd.component.list { type = "Node" } end,
  want = each(has { State = "Ready" }),
  hint = { "node.trace(n) shows how far a node came, and what it met there.",
           "coresmd reads SMD every 30 seconds: lab.clock.advance '30s' before you boot.",
           "node.reboot('@*', { wait = '10m' }) boots all anew, once the data are right." },
}

check "nothing else was changed" {
  got  = function()
    -- What BSS has for a node's MAC can be compared once SMD has that MAC.
    local known, all = in_smd(), true
    for mac in pairs(on_paper()) do all = all and known[mac] ~= nil end
    return all and #cluster.diff "data/roles.yaml" or 0
  end,
  want = 0,
  hint = { "Groups, boot parameters and cloud-configs were right before you came.",
           "cluster.diff 'data/roles.yaml' tells what is not as it was." },
}

look "Friday afternoon"
-- This is what people say. node.why and doctor are closed in a fault lab: first by hand.
for _, symptom in ipairs(lab.practice.status().symptoms) do print(symptom) end

look "Who came how far?"
-- What fails here fails at the first question a machine asks, before anything was fetched. On a
-- head node the same stands in coresmd's log: `podman logs coresmd-coredhcp`.
for _, machine in ipairs(lab.machines()) do
  local offer = node.trace(machine.name)[2]
  print(machine.name, offer and offer.what)
end

look "Paper and SMD side by side"
-- coresmd takes MAC and address from SMD's interfaces, the name from its components. A MAC it
-- does not find gets an address of the pool; one on no paper is a slip of somebody's fingers.
local paper, known = on_paper(), in_smd()
for _, machine in ipairs(lab.machines()) do
  local one, nic = paper[machine.mac], known[machine.mac]
  print(machine.mac, one.xname, one.ip, nic and address(nic) or "not in SMD")
end
for _, nic in ipairs(smd.iface.list { Type = "Node" }) do
  if not paper[nic.MACAddress] then print(nic.MACAddress, nic.ComponentID, "on no paper") end
end

step "Say what it is before you mend it"
print(diagnose { cause = { "F01", "F07", "F08" } }.named, "of 3 are right")

step "Give every node its own"
-- What is wrong goes first: SMD takes two interfaces of one address without a word.
local right, there = on_paper(), in_smd()
for _, nic in ipairs(smd.iface.list { Type = "Node" }) do
  if not right[nic.MACAddress] then smd.iface.delete(nic.MACAddress) end
end
for mac, one in pairs(right) do
  local fields = { ComponentID = one.xname, IPAddresses = { one.ip } }
  if not there[mac] then smd.iface.add(mac, fields) end
  if there[mac] and address(there[mac]) ~= one.ip then smd.iface.update(mac, fields) end
end

step "Boot all anew"
-- Half a minute first, for coresmd does not know yet. Who came up with a wrong name boots too.
lab.clock.advance "30s"
node.reboot("@*", { wait = "10m" })

look "Each has a name of its own"
for n = 1, 5 do print(n, (node.run(n, "hostname"))) end

try "lab.practice.stop(), then lab.practice.start('691', { seed = 2 }): yours, without a text."
try "discover.lint reads a nodes file: which of these three would it have found?"
try "Make one for your neighbour: lab.fault.inject('F03', { node = 2, quiet = true })."
