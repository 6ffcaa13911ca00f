-- A role is three records: membership in SMD, an image in BSS, a cloud-config in cloud-init.

exercise {
  id = "404", title = "Turn a compute node into a front-end", minutes = 20,
  goal = "Node 3 is a front-end that people log in to: in SMD, in what it boots and in what "
      .. "configures it; its four neighbours are as they were, and the way back is known.",
  needs = { "402", "403" }, seed = { "P4" },
}

local NODE = "x1000c0s0b2n0"
local HEAD = "http://172.16.0.254"
local KVER = "5.14.0-503.38.1.el9_5.x86_64"

-- Kernel, initrd and root file system of one build, as in exercise 402.
local function image(layer)
  local efi = HEAD .. ":9000/boot-images/efi-images/compute/" .. layer
  return {
    kernel = efi .. "/vmlinuz-" .. KVER,
    initrd = efi .. "/initramfs-" .. KVER .. ".img",
    params = "root=live:" .. HEAD .. ":9000/boot-images/compute/" .. layer
          .. "/rocky9.5-compute-" .. layer .. "-9.5 ip=dhcp console=ttyS0,115200 "
          .. "cloud-init=enabled ds=nocloud-net;s=" .. HEAD .. ":8081/cloud-init",
  }
end
local function told() return cloud_init.node.vendor_data(NODE) end

check "node 3 is in the group frontend, and in no other" {
  got  = function() return smd.group.membership.get(NODE).groupLabels end,
  want = { "frontend" },
  hint = { "Who joins a group does not leave another one by that.",
           "smd.group.member.set says who all the members of a group are.",
           "smd.group.member.set('compute', '@compute ! x1000c0s0b2n0')" },
}

check "SMD says what node 3 is for" {
  got  = function() return smd.component.get(NODE) end,
  want = has { Role = "Application" },
  hint = { "Beside its groups a component has a Role: smd.service.values() lists the words.",
           "smd.component.ensure(NODE, { Role = 'Application' })" },
}

check "it boots the debug layer, and its neighbours what they booted" {
  got  = function()
    local kernels = {}
    for i, mac in ipairs(nodes.macs "x1000c0s0b[0-4]n0") do
      kernels[i] = (bss.boot.params.get { mac = mac }.kernel or ""):match "compute/(%a+)/"
    end
    return kernels
  end,
  want = { "base", "base", "debug", "debug", "debug" },
  hint = { "What a node boots hangs on its MAC, not on its group.",
           "bss.boot.params.ensure(NODE, image 'debug') changes this one alone." },
}

check "cloud-init tells it to fetch frontend.yaml, and nothing else" {
  got  = told, within = "90s",
  want = all { contains "/frontend.yaml", match "^#include%s+%S+%s*$" },
  hint = { "The list follows SMD's groups, once a minute: task.sleep '60s'.",
           "Is it still in compute? Then two files are merged." },
}

check "rendered for it, the file makes a user and no Slurm daemon" {
  got  = function() return cloud_init.group.render("frontend", NODE) end,
  want = all { contains "name: alice", contains "front-end", contains "disable --now slurmd" },
  within = "90s",
  hint = { "A group that SMD has and cloud-init has not is served as a bare #cloud-config.",
           "data/cloud-init/frontend.yaml reads the name of the user from meta_data.",
           "cloud_init.group.ensure('frontend', { file = …, meta_data = { … } })" },
}

look "What makes it a compute node"
-- Nothing in the machine does. Three services say it, and none of them knows of the others.
print(smd.group.membership.get(NODE))
print(bss.boot.params.get(NODE))
task.wait(told, { within = "90s" })
print(told())

step "Write the configuration before anybody needs it"
-- A member whose group has no configuration would come up with no keys in it.
cloud_init.group.ensure("frontend", {
  description = "nodes to log in to", meta_data = { user = "alice", nfs_server = "172.16.0.5" },
  file = "data/cloud-init/frontend.yaml",
})

step "Move the node"
-- Membership is additive. First in, then out: it is never in no group at all.
smd.group.ensure("frontend", { description = "nodes to log in to", members = NODE })
smd.group.member.set("compute", "@compute ! " .. NODE)
-- Sites whose SMD has the SubRole UAN, user access node, would set that as well.
smd.component.ensure(NODE, { Role = "Application" })

step "Give it another image"
-- The debug layer has the tools that people look for where they log in.
print(bss.boot.params.ensure(NODE, image "debug"))

look "Ask as the node"
-- For up to a minute cloud-init tells the old list: a reboot now would be for nothing.
task.wait(function() return told():find "/frontend.yaml" end, { within = "90s" })
print(cloud_init.node.config(NODE).config.users)

look "And back, and forth"
-- chami keeps what stood there before each write: undo(id) takes one back. curl keeps nothing.
-- An undo is a write too; taken back in its turn, it does the write again. The last four writes
-- made the node what it is. The configuration stays: without members it harms nobody.
local back = {}
for _, entry in ipairs(journal.list { last = 4 }) do
  if not entry.call:find "undo" then table.insert(back, 1, entry.id) end
end
for i, id in ipairs(back) do back[i] = undo(id).id end
local group = #back > 0 and "compute" or "frontend"
expect(smd.group.membership.get(NODE).groupLabels, { group }, "taken back, if there was any")
for i = #back, 1, -1 do undo(back[i]) end

try "Boot it: node.reboot(3, { wait = '10m' }), then node.run(3, 'id alice')."
try "Make compute, io and frontend exclusive (exclusiveGroup). What does SMD say to two?"
try "Write convert(node, role), and turn node 2 into an io node with it."
try "Leave the node in compute as well. What do the two files make of each other?"
