-- What a node boots: kernel, initrd and arguments of one build, and whose MAC asks for them.

exercise {
  id = "401", title = "A boot configuration for a compute node", minutes = 15,
  goal = "BSS has the base layer for all five nodes, every file of it can be fetched, node 1"
      .. " runs it, and node 2 still runs the debug layer, which it came up in before.",
  needs = { "303" }, seed = { "P4" },
}

local NODES, NODE = "x1000c0s0b[0-4]n0", "x1000c0s0b0n0"
local OTHER, VM   = "x1000c0s0b1n0", "compute2"
local HEAD  = "http://172.16.0.254"
local STORE = HEAD .. ":9000/boot-images/"
local KVER  = "5.14.0-503.38.1.el9_5.x86_64"

-- Where the image builder put the three files of a layer. They belong together.
local function image(layer)
  local efi = STORE .. "efi-images/compute/" .. layer
  return {
    kernel = efi .. "/vmlinuz-" .. KVER,
    initrd = efi .. "/initramfs-" .. KVER .. ".img",
    rootfs = STORE .. "compute/" .. layer .. "/rocky9.5-compute-" .. layer .. "-9.5",
  }
end

-- The same as BSS wants it: the root file system is an argument among others.
local function boots(layer)
  local files = image(layer)
  local args = bss.args("ip=dhcp console=ttyS0,115200 cloud-init=enabled")
    :set("root", "live:" .. files.rootfs)
    :set("ds", "nocloud-net;s=" .. HEAD .. ":8081/cloud-init")
  return { kernel = files.kernel, initrd = files.initrd, params = args }
end

check "every node boots the base layer, has an address, a console and a way to cloud-init" {
  got  = function() return bss.boot.params.list(NODES) end,
  want = all { at_least(5), each(has {
    kernel = contains("compute/base/vmlinuz-" .. KVER),
    initrd = contains("compute/base/initramfs-" .. KVER),
    params = all { contains "root=live:", contains "boot-images/compute/base/",
      contains "ip=dhcp", contains "console=ttyS0",
      contains("ds=nocloud-net;s=" .. HEAD .. ":8081/") },
  }) },
  hint = { "A set of nodes stands for their MACs: the firmware asks by MAC.",
           "Without console=ttyS0 a node boots in silence; without ds= it asks itself.",
           "bss.boot.params.set('x1000c0s0b[0-4]n0', { kernel = …, initrd = …, params = … })" },
}

check "every file that a node is sent for is there" {
  got  = function()
    local record, status = bss.boot.params.get(NODE), {}
    local root = (record.params or ""):match "root=live:(%S+)"
    local files = { record.kernel, record.initrd, root }
    for i, url in ipairs(files) do status[i] = url .. " " .. http.head(url).status end
    return { files = #files, status = status }
  end,
  want = { files = 3, status = each(match " 200$") },
  hint = { "http.head(url) asks for a file without fetching it.",
           "A kernel's name has its version in it: after a rebuild it is another name." },
}

check "the script for node 1 knows who it is for" {
  got  = function() return bss.boot.script.get(NODE) end,
  want = all { contains "xname=x1000c0s0b0n0", contains "nid=1",
               contains "BOOTIF=01-52-54-00-be-ef-01" },
  hint = { "BSS adds these for each node: only for one that it knows from SMD.",
           "`sleep 10` and `chain` alone: nothing stands under the node's MAC." },
}

for _, one in ipairs { { NODE, "base" }, { OTHER, "debug" } } do
  local name, layer = one[1], one[2]
  check(("%s came up in the %s layer"):format(name, layer)) {
    got  = function()
      local now = { console = node.console(name) }
      for _, at in ipairs(node.trace(name)) do
        if not (at.ok or at.unseen) then now.stuck = now.stuck or at.what end
      end
      return now
    end,
    want = { console = all { contains("compute/" .. layer .. "/"), contains " login:" } },
    hint = { "What a node runs was said when it started; node.console(n) still has it.",
             "virsh.start 'compute2' before all get the base layer, node.boot(1) after it.",
             "A group's file does not come? base_url must be an address nodes can reach." },
  }
end

look "Are the files there?"
-- Ask before a node asks: a 404 here is one line, at the node it is an hour.
local b = image "base"
for _, url in ipairs { b.kernel, b.initrd, b.rootfs } do print(http.head(url).status, url) end

step "Say where nodes find cloud-init"
-- A node that is up asks cloud-init what it is to be, and is sent on to files below base_url.
-- Unless that is set, the address is a name that only containers on the head node know.
cloud_init.defaults.set { base_url = HEAD .. ":8081/cloud-init" }

step "First the layer in which one can look around"
-- It has a user and tools. One node is enough: a mistake made once is small. virsh has the
-- power button of a virtual machine, and its console.
bss.boot.params.set(OTHER, boots "debug")
if virsh.domstate(VM) == "running" then virsh.destroy(VM) end
virsh.start(VM)
local console = virsh.console(VM)
console:expect("login:", { timeout = "10m" })
print(console:log())
console:close()

step "The base layer for all"
-- One request for five nodes, and all three fields: BSS by itself merges what it is sent into
-- what it has, and an old initrd under a new kernel finds none of its modules. Node 2 goes on
-- as it is: who wants it in the base layer as well must boot it anew.
print(bss.boot.params.set(NODES, boots "base"))

step "Boot node 1 with it"
node.reboot(NODE, { wait = "10m" })
print(node.trace(NODE))

try "Send only params, once to curl's PUT and once to bss.boot.params.set. What is left?"
try "Misspell the kernel's version, reboot, and ask node.why(1)."
try "Leave ds= out. Whom does the node ask for its configuration?"
