-- How long a boot took, as bars and as a drawing; two boots beside each other; many nodes as they come up.
local EFI, KVER = "http://172.16.0.254:9000/boot-images/efi-images/compute/base", "5.14.0-503.38.1.el9_5.x86_64"
local CI = "http://172.16.0.254:8081/cloud-init"

lab.reset "tutorial"
expect(tostring(node.timeline(1)), "x1000c0s0b0n0: it has not booted", "nothing to show")
bss.boot.params.set("nid[1-3]", {
  kernel = EFI .. "/vmlinuz-" .. KVER, initrd = EFI .. "/initramfs-" .. KVER .. ".img",
  params = "root=live:http://172.16.0.254:9000/boot-images/compute/base/rocky9.5-compute-base-9.5 console=ttyS0 "
    .. "ds=nocloud-net;s=" .. CI,
})
cloud_init.defaults.set { cluster_name = "demo", short_name = "nid", nid_length = 3, base_url = CI }
lab.clock.advance "60s"

-- watched until all is still: some are up, one has nothing to boot and goes round, one is off
node.boot "nid[1-2]"
node.boot(4)
local states = node.watch "nid[1-2],nid[4-5]"
local stages = {}
for i, state in ipairs(states) do stages[i] = state.stage or state.power end
expect(stages, { "ready", "ready", "script", "off" }, "in the order of the set")
expect_fault("bad_argument", node.watch, 1, { evry = "1s" })

-- one boot
local picture = node.timeline(1)
expect(picture.stages[1], has { stage = "power", after = 0, took = 0, ok = true }, "from the beginning")
local last, sum = picture.stages[#picture.stages], 0.0
for _, stage in ipairs(picture.stages) do sum = sum + stage.took end
expect(last, has { stage = "ready", ok = true }, "to the end")
expect(math.abs(last.after - sum) < 1, "what the stages took is the whole")
expect(tostring(picture), all { contains "ready after", contains "✓ rootfs", contains "█" }, "as bars")
expect(tostring(node.timeline(4)), all { contains "stopped at script", contains "✗ script" }, "one that stopped")

-- what is gone through again because a later stage fails is that stage's time
local stuck = node.timeline(4).stages
expect((stuck[2].took or 0) < 60 and stuck[3].took > 90, "DHCP is not to blame for a script that does not come")
local function stage(name, ok, at, more)
  local one = { stage = name, owner = "power", ok = ok, at = ("2026-01-01T00:01:%02dZ"):format(at), tries = 5, what = name }
  for key, value in pairs(more or {}) do one[key] = value end
  return one
end
local power, kernel = stage("power", true, 0, { tries = 1 }), stage("kernel", false, 50)
local since = { power, stage("script", true, 50, { since = "2026-01-01T00:01:03Z" }), kernel } ---@type node.Stage[]
local known = node.timeline(since)
expect({ known.stages[2].took, known.stages[3].took }, { 3.0, 47.0 }, "since when it went well")
local again = { power, stage("script", true, 50), kernel } ---@type node.Stage[]
local unknown = node.timeline(again)
expect({ unknown.stages[2].took or false, unknown.stages[3].took }, { false, 50.0 }, "or nobody knows")
expect(tostring(unknown), contains "✓ script            –    5 tries", "and it says so")
expect(node.timeline(1, again).stages[3].more, nil, "nor is it compared")

local svg = node.timeline(1, { as = "svg" })
expect(svg, all { match "^<svg xmlns", contains "x1000c0s0b0n0", match "</svg>\n$" }, "as a drawing")
expect(select(2, svg:gsub("<rect", "")), #picture.stages + 1, "a bar for each stage, on paper")
expect_fault("bad_argument", node.timeline, 1, { as = "png" })
expect_fault("bad_argument", node.timeline, 1, 2, { as = "svg" })

-- two; a list names one as elsewhere
local listed = node.timeline(1, { 4 }) --[[@as any]]
expect(listed.nodes[2], "x1000c0s0b3n0", "a set of one")
expect(expect_fault("bad_argument", node.timeline, 1, { 2, 4 }).message, contains "wants one node", "not of two")
local pair = node.timeline(1, 4)
expect(pair.nodes, { "x1000c0s0b0n0", "x1000c0s0b3n0" }, "both are named")
expect(pair.apart, contains "they part at the stage script: it went well for x1000c0s0b0n0; of x", "where they part")
expect(tostring(node.timeline(1, 2)), contains "both went the same way", "or do not")

-- a boot that was kept, and the next one of the same node
local kept = node.trace(1)
node.reboot(1, { wait = "5m" })
local same = node.timeline(kept, 1)
expect(same.apart, nil, "it went the same way")
expect(#same.stages, #kept, "each stage has its row")
