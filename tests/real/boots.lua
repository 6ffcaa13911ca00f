-- Real machines that boot from this lab, which is served on openchami-net: QEMU's, without KVM, under a real libvirtd.
-- What the lab tells of them is what they really asked for; then what `node.why` must find is made to happen, for real.
-- boots.lua URI net   makes the network, before the lab can be served on it
-- boots.lua URI DIR   boots the machines; their consoles go to DIR
local uri, room = ...
if room == "net" then
  local net = virsh.network.parse(virsh.net_dumpxml("openchami-net", { uri = "lab:///" }))
  -- With router advertisements iPXE does not wait for them, which takes it 15 seconds.
  net.ip[2] = { _family = "ipv6", _address = "fd00:100::254", _prefix = "64" }
  virsh.connect(uri)
  virsh.net_define(net)
  expect(virsh.net_start "openchami-net", has { active = true, bridge = "virbr-openchami" }, "the nodes' bridge")
  return
end
virsh.connect(uri)

local S3, CLOUD = "http://172.16.0.254:9000/boot-images/", "http://172.16.0.254:8081/cloud-init"
local BOOT = {
  kernel = S3 .. "vmlinuz", initrd = S3 .. "initramfs.img",
  params = bss.args("console=ttyS0,115200"):set("root", "live:" .. S3 .. "rootfs"):set("ds", "nocloud-net;s=" .. CLOUD),
}

-- The cluster, as the tutorial has it.
discover.static "data/nodes.yaml"
bss.boot.params.set("@compute", BOOT)
cloud_init.defaults.set { cluster_name = "demo", short_name = "nid", nid_length = 3, base_url = CLOUD }
cloud_init.group.set("compute", { file = "data/cloud-init/compute.yaml" })
-- Nobody reads SMD anew before its time: coresmd every 30 seconds, cloud-init once a minute.
lab.clock.advance "61s"
expect(node.why(1).causes, {}, "before it is switched on nothing is wrong")

local function install(number, order)
  local name = "compute" .. number
  order.name, order.mac = name, "52:54:00:be:ef:0" .. number
  order.network, order.pxe, order.type, order.memory = "openchami-net", true, "qemu", "768MiB"
  order.console_log = room .. "/" .. name .. ".log"
  expect(virsh.install(order).state, "running", "switched on")
end

-- It may have switched itself off by now.
local function switch_off(number)
  local ok, told = pcall(virsh.destroy, "compute" .. number)
  if not ok then expect(told.kind, "conflict", "it is off already") end
end

-- Waits, in real time, until a stage is there that `is` takes; what came until then where none comes.
local function await(n, seconds, is)
  local begun, last = os.time(), nil
  repeat
    for _, stage in ipairs(node.trace(n)) do
      if is(stage) then return stage end
      last = stage
    end
    os.execute "sleep 0.3"
  until os.time() - begun > seconds
  local log = fs.read(room .. "/compute" .. n .. ".log")
  error(("node %d: not within %d s; last: %s\n%s"):format(n, seconds, last and last.what or "nothing", log:sub(-1500)), 0)
end

local function reached(name, ok)
  return function(stage) return stage.stage == name and stage.ok == ok end
end

-- All that the lab served to one that came up, and nothing else: its power and its configuring itself nobody saw.
local STAGES = { "power", "offer", "script", "kernel", "initrd", "rootfs", "meta-data", "user-data", "vendor-data", "groups",
                 "phone-home", "ready" }

local function came_up(n, seconds)
  await(n, seconds, reached("ready", true))
  local trace, seen = node.trace(n), {}
  print(trace)
  for i, stage in ipairs(trace) do
    expect(stage.ok, true, stage.stage)
    seen[i], seen[stage.stage] = stage.stage, stage
  end
  expect(table.concat(seen, " "), table.concat(STAGES, " "), "its stages")
  local mac = "52:54:00:be:ef:0" .. n
  expect(seen.offer.what, contains(("coresmd offers 172.16.0.%d to %s"):format(n, mac)), "its address")
  expect(seen.script.request, match "/boot/v1/bootscript%?mac=", "what it asked BSS")
  local kernel = http.head(BOOT.kernel).headers["content-length"]
  expect({ seen.kernel.request, seen.kernel.status, seen.kernel.bytes }, { "GET " .. BOOT.kernel, 200, tonumber(kernel) },
    "the kernel, whole")
  expect(seen.initrd.request, "GET " .. BOOT.initrd, "the initrd")
  expect(seen.groups.what, "the groups' files came: compute.yaml", "its group's file")
  expect(seen["phone-home"].request, match "^POST http://172.16.0.254:8081/cloud%-init/phone%-home/", "done")
  expect(node.why(n).causes, {}, "nothing is wrong")
  expect(smd.component.get(n).State, "Ready", "and SMD knows")
  return seen
end

-- What real firmware and iPXE have written is read as on a head node, where nothing else tells of it.
local last_boot, said = require "node.last_boot", require "node.said"
local function told_by_its_console(n)
  local text = last_boot(fs.read(room .. "/compute" .. n .. ".log"))
  local linux = assert(text:find("Linux version ", 1, true), "the kernel speaks")
  for _, stage in ipairs { "kernel", "initrd" } do
    local what = ("the %s came"):format(stage)
    expect(said.fetched(stage, BOOT[stage], text:sub(1, linux - 1), ""), has { ok = true, what = what }, "iPXE's words")
  end
  expect(said.no_offer(text), nil, "it had an offer")
  expect(said.arguments(text), contains "ds=nocloud-net;s=http://172.16.0.254:8081", "the kernel's arguments")
end

-- BIOS: the card brings iPXE.
install(1, {})
came_up(1, 60)
for _, machine in ipairs(lab.machines()) do
  expect(machine.wire or false, machine.name == "compute1", "the real one took the place of its twin")
end
expect(expect_fault("unsupported", node.off, 1).hint, contains "virsh.destroy", "whose hand is on it")
expect(fs.read(room .. "/compute1.log"), contains "BOOT phoned home as", "its own word for it")
told_by_its_console(1)

-- UEFI: the firmware fetches iPXE by TFTP, which asks again.
install(2, { firmware = "uefi", rom = false })
expect(came_up(2, 90).offer.what, match "ipxe%-x86_64.efi went out by TFTP, %d+ KiB", "the first stage")
told_by_its_console(2)
switch_off(2)

-- What goes wrong for real is named, first of all causes.
local function goes_wrong(id, stage, spoil, mend)
  switch_off(1)
  spoil()
  lab.clock.advance "31s"
  virsh.start "compute1"
  await(1, 30, stage)
  local verdict = node.why(1)
  print(verdict)
  expect(verdict.causes[1] and verdict.causes[1].id, id, "the cause")
  mend()
end

local well = smd.iface.get("52:54:00:be:ef:01")
local function address(ip) smd.iface.update("52:54:00:be:ef:01", { IPAddresses = { ip } }) end

-- The kernel that BSS names was never uploaded.
goes_wrong("F19", reached("kernel", false), function()
  bss.boot.params.update(1, { kernel = S3 .. "vmlinuz-6.1.0-99" })
end, function() bss.boot.params.set(1, BOOT) end)

-- BSS has nothing for it.
goes_wrong("F17", reached("script", false), function() bss.boot.params.delete(1) end,
  function() bss.boot.params.set(1, BOOT) end)

-- SMD has its MAC with a slip.
goes_wrong("F01", reached("offer", false), function()
  smd.iface.add("52:54:00:be:ef:91", { ComponentID = well.ComponentID, IPAddresses = { "172.16.0.1" } })
  smd.iface.delete(well.MACAddress)
end, function()
  smd.iface.delete "52:54:00:be:ef:91"
  smd.iface.add(well.MACAddress, {
    ComponentID = well.ComponentID, Description = well.Description, IPAddresses = { "172.16.0.1" },
  })
end)

-- SMD gives it the head node's own address: it gets that, and finds nobody there but itself.
goes_wrong("F03", function(stage) return stage.stage == "offer" and stage.ok and stage.what:find "172.16.0.254" end,
  function() address "172.16.0.254" end, function() address "172.16.0.1" end)

-- coredhcp listens on another interface.
goes_wrong("F02", function(stage) return stage.stage == "offer" and stage.what:find "nobody at 172.16.0.254 answers" end,
  function() lab.dhcp.set((lab.dhcp.get().config:gsub("%%virbr%-openchami", "%%lo"))) end, lab.dhcp.reset)

-- All of it mended, it boots as before.
switch_off(1)
lab.clock.advance "61s"
virsh.start "compute1"
await(1, 60, function(stage) return stage.stage == "ready" and stage.ok end)
switch_off(1)
