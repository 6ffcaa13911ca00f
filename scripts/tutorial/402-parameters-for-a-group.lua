-- Boot parameters for a group: the inventory knows groups, the boot script service does not.

exercise {
  id = "402", title = "Boot parameters for a group of nodes", minutes = 15,
  goal = "The I/O nodes boot the debug layer and the compute nodes the base layer, and what a "
      .. "node will boot can be read before anybody switches it on.",
  needs = { "301" }, seed = { "UC2", "TODO1", "TODO2" },
}

local HEAD  = "http://172.16.0.254"
local KVER  = "5.14.0-503.38.1.el9_5.x86_64"
local PLAN  = { { "compute", "base" }, { "io", "debug" } }   -- group, layer

-- Kernel, initrd and root file system of a layer come from one build, and so from one place.
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

check "the group io holds exactly nodes 4 and 5" {
  got  = function() return smd.group.member.list "io" end,
  want = set "x1000c0s0b[3-4]n0",
  hint = { "Three services know nodes. Which of them knows groups: SMD, BSS or cloud-init?",
           "smd.group.list() shows what there is; help(smd.group) what can be done with it.",
           'smd.group.ensure("io", { members = "x1000c0s0b[3-4]n0" })' },
}

check "the group compute holds exactly the others" {
  got  = function() return smd.group.member.list "compute" end,
  want = set "x1000c0s0b[0-2]n0",
  hint = { "Who joins a group does not leave another one by that.",
           "smd.group.member.add appends; smd.group.member.set says who all the members are." },
}

for _, pair in ipairs(PLAN) do
  local group, layer = table.unpack(pair)
  check("every node of " .. group .. " boots the layer " .. layer) {
    got  = function()
      local found = {}
      for i, mac in ipairs(nodes.macs("@" .. group)) do
        found[i] = bss.boot.params.list({ mac = mac })[1] or mac .. " boots nothing"
      end
      return found
    end,
    want = each(has { kernel = contains("compute/" .. layer .. "/"),
                      initrd = contains("compute/" .. layer .. "/"),
                      params = contains("boot-images/compute/" .. layer .. "/") }),
    hint = { "Look at one node: bss.boot.params.list 'x1000c0s0b3n0'.",
             "An answer without an error proves nothing. Has the list changed?",
             "BSS goes by the MAC address that the firmware sends, and knows no groups.",
             ("bss.boot.params.set('@%s', image '%s')"):format(group, layer) },
  }
end

check "the script for node 4 names its layer and its place" {
  got  = function() return bss.boot.script.get "x1000c0s0b3n0" end,
  want = all { contains "compute/debug/vmlinuz", contains "xname=x1000c0s0b3n0",
               contains "BOOTIF=01-52-54-00-be-ef-04" },
  hint = { "The script is made at the moment it is asked for, out of BSS's parameters and SMD.",
           "`sleep 10` and `chain` alone mean: nothing under that MAC, or no such node." },
}

look "See what discovery left behind"
-- Discovery put all five nodes into one group. Groups belong to SMD; the others only read them.
print(smd.group.list())
print(bss.boot.params.list())

step "Split one group into two"
-- In this order: nobody is without a group in between.
smd.group.ensure("io", { description = "I/O nodes", members = "x1000c0s0b[3-4]n0" })
smd.group.member.set("compute", "x1000c0s0b[0-2]n0")

look "Try the obvious thing"
-- BSS takes `hosts`, so why not name the group? It answers 200 and stores nothing: no host of
-- that name exists, and BSS knows no groups. curl would leave you believing that it had worked.
-- chami reads back what it wrote, and says so.
local kernel = image "debug".kernel
expect_fault("no_effect", bss.boot.params.set, { hosts = { "io" }, kernel = kernel })

look "What is refused before it is sent"
-- Leave the identity out, and BSS means every node there is. That has happened to people.
expect_fault("bad_argument", bss.boot.params.set, { kernel = image "base".kernel })

look "Walk from a group to its MAC addresses"
-- Three hops: a group lists xnames, an xname owns interfaces, an interface has a MAC.
for _, xname in ipairs(smd.group.member.list "io") do
  for _, nic in ipairs(smd.iface.list { componentid = xname }) do
    print(xname, nic.MACAddress)
  end
end
print(nodes.macs "@io")              -- the same, for the interface that each node boots from

step "Give each group its layer"
-- Where a call takes a node it takes a set of them, and makes the three hops for you. All three
-- fields come from one image: `set` drops what it is not given. BSS by itself keeps that, and
-- an old initrd under a new kernel is a long evening.
for _, pair in ipairs(PLAN) do
  local group, layer = table.unpack(pair)
  print(bss.boot.params.set("@" .. group, image(layer)))
end

look "Ask for a node's script as its firmware will"
-- The xname, the NID and BOOTIF were not among the parameters: BSS adds them for this node.
print(bss.boot.script.get "x1000c0s0b3n0")

look "Ask by another name"
-- Each identity is a row of its own. These parameters stand under a MAC, so nobody finds them
-- by xname; and what stands under an xname never reaches a firmware, which sends its MAC.
expect(bss.boot.script.get { name = "x1000c0s0b3n0" }, contains "sleep 10", "not by xname")

try "Move node 3 to io. Which calls have to be repeated, and why?"
try "Add console=tty0 to the compute nodes, and keep the rest: bss.args helps."
try "Write sync(group, layer), which changes only the nodes that differ. lab.diff() proves it."
