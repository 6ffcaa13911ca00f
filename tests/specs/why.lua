-- The catalogue of causes: each fault, made on many clusters, is named first; on healthy clusters nothing is.
local SEEDS, HEALTHY = 20, 200
local HEAD, KVER = "http://172.16.0.254", "5.14.0-503.38.1.el9_5.x86_64"
local BASE = HEAD .. ":8081/cloud-init"

local function image(layer)
  local efi = HEAD .. ":9000/boot-images/efi-images/compute/" .. layer
  return {
    kernel = efi .. "/vmlinuz-" .. KVER, initrd = efi .. "/initramfs-" .. KVER .. ".img",
    params = "root=live:" .. HEAD .. ":9000/boot-images/compute/" .. layer .. "/rocky9.5-compute-" .. layer
      .. "-9.5 ip=dhcp console=ttyS0,115200 cloud-init=enabled ds=nocloud-net;s=" .. BASE,
  }
end

local function role(nodes, layer, config, more)
  local made = { nodes = nodes, image = image(layer), config = "data/cloud-init/" .. config .. ".yaml" }
  for key, value in pairs(more or {}) do made[key] = value end
  return made
end

-- Three more nodes than the tutorial's.
local function more_nodes()
  for i = 6, 8 do
    local bmc = "x1000c0s1b" .. (i - 6)
    smd.component.add({ { ID = bmc .. "n0", NID = i, State = "On", Role = "Compute" }, { ID = bmc, State = "On" } })
    smd.iface.add(("52:54:00:be:ef:%02x"):format(i), {
      ComponentID = bmc .. "n0", IPAddresses = { "172.16.0." .. i }, Description = "Interface 0 for compute" .. i,
    })
    virsh.install {
      name = "compute" .. i, mac = ("52:54:00:be:ef:%02x"):format(i), network = "openchami-net", pxe = true, start = false,
    }
  end
end

-- Clusters on which all is well, each in its own way.
local layouts = {
  function() return { compute = role("nid[1-5]", "base", "compute", { meta_data = { nfs_server = "172.16.0.5" } }) } end,
  function()
    return { compute = role("nid[1-3]", "base", "compute"), io = role("nid[4-5]", "debug", "io") }
  end,
  function()
    return { frontend = role(1, "base", "frontend", { meta_data = { user = "alice" } }),
             compute = role("nid[2-4]", "base", "compute", { args = "mitigations=off" }),
             io = role(5, "debug", "io", { meta_data = { scratch_size = "2G" } }) }
  end,
  function()
    smd.group.add("rack", { members = "nid[1-5]" })   -- nobody's role: cloud-init has nothing for it
    return { compute = role("nid[3-5]", "base", "compute", { args = "console=tty0" }), io = role("nid[1-2]", "debug", "io") }
  end,
  function()
    more_nodes()
    return { compute = role("nid[1-6]", "base", "compute"), io = role("nid[7-8]", "debug", "io"),
             slurm = { nodes = {}, config = "data/cloud-init/slurm.yaml" } }
  end,
  function()
    cloud_init.node.set(2, { local_hostname = "canary" })
    return { compute = role("nid[1-2]", "debug", "compute"), frontend = role("nid[3-5]", "base", "frontend"),
             kubernetes = { nodes = {}, config = "data/cloud-init/kubernetes.yaml" } }
  end,
}

for i, layout in ipairs(layouts) do
  lab.reset "tutorial"
  cloud_init.defaults.set { cluster_name = "demo", short_name = "nid", nid_length = i % 2 == 0 and 3 or 4, base_url = BASE,
                            public_keys = { "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICmU3ZSS example" } }
  cluster.apply(layout(), { plan = false })
  lab.clock.advance "60s"
  lab.snapshot("layout" .. i)
end

local function back(seed)
  lab.restore("layout" .. (seed % #layouts + 1))
  lab.clock.advance "60s"
end

local function told(verdict)
  local ids = {}
  for i, one in ipairs(verdict.causes) do ids[i] = one.id end
  return table.concat(ids, " ")
end

-- Every fault on every seed; one that this cluster has no room for is made on the next.
---@return lab.fault.Made
local function made_on(id, seed)
  local ok, made ---@type boolean?, any
  for try = 0, #layouts - 1 do
    back(seed + try)
    ok, made = pcall(lab.fault.inject, id, { seed = seed })
    if ok or made.kind ~= "bad_argument" then break end
  end
  expect(ok, id .. ", seed " .. seed .. ": " .. tostring(made))
  return made
end

-- A boot shows what data do not; and what data show a boot must not hide.
local MADE_BY_A_BOOT = { F05 = true, F28 = true }
local function boots(id, seed) return id == "F43" or seed == 1 and not MADE_BY_A_BOOT[id] end

for _, known in ipairs(lab.fault.list()) do
  local id, first, missed = known.id, 0, {}
  for seed = 1, SEEDS do
    local made = made_on(id, seed)
    local who = assert(made.node)
    if boots(id, seed) then pcall(node.reboot, who, { wait = "3m" }) end
    local verdict = node.why(who)
    if verdict.causes[1] and verdict.causes[1].id == id then
      first = first + 1
    else
      missed[#missed + 1] = ("seed %d: %s; found %s"):format(seed, made.done, told(verdict))
    end
  end
  if arg and arg[1] == "show" then print(id, first, table.concat(missed, "\n      ")) end
  expect(first >= 0.95 * SEEDS, id .. " is not named first: " .. table.concat(missed, "; "))
end

-- The same seed makes the same fault.
for seed = 1, 3 do
  local done = {}
  for i = 1, 2 do
    back(seed)
    done[i] = lab.fault.inject("F10", { seed = seed }).done
  end
  expect(done[1], done[2], "seeded")
end

-- What is unusual on a node and hinders nothing.
local function params_of(n, change)
  for _, xname in ipairs(nodes.xnames(n)) do
    bss.boot.params.update(xname, { params = change(bss.boot.params.get(xname).params) })
  end
end

local function seed_at(host)
  return function(n) params_of(n, function(text) return (text:gsub("172%.16%.0%.254:8081", host)) end) end
end

local function in_config(text)
  return function(n)
    for _, label in ipairs(smd.group.membership.get(n).groupLabels) do
      local content = "#cloud-config\nwrite_files:\n- path: /usr/local/bin/it\n  content: |\n    " .. text .. "\n"
      cloud_init.group.set(label, { file = content }, { lint = false })
    end
  end
end

local function nic(mac, more)
  return function(n)
    local fields = { ComponentID = nodes.xnames(n)[1], Description = "hsn" }
    for key, value in pairs(more and more(n) or {}) do fields[key] = value end
    smd.iface.add(mac, fields)
  end
end

local variants = {
  function() end,
  nic "00:00:00:00:00:01",
  nic("00:00:00:00:00:01", function() return { IPAddresses = { { IPAddress = "10.1.0.1" } } } end),
  nic("00:00:00:00:00:01", function(n) return { IPAddresses = { { IPAddress = "172.16.0." .. n } } } end),
  nic("aa:00:00:00:00:01", function(n) return { IPAddresses = { { IPAddress = "172.16.0." .. n } } } end),
  in_config "podman ps --format '{{.Names}}' && podman ps --format '{{ range .Ports }}{{ . }}{{ end }}'",
  in_config "curl -w '%{http_code}' 'a={%22b%22}' {{ ansible_host }} {{ $labels.job }}",
  seed_at "[fd00::1]:8081",
  seed_at "head.cluster:8081",
}

-- Healthy clusters: nothing found wrong, on every node of one and on one of many.
for seed = 1, HEALTHY do
  back(seed)
  if seed <= #layouts then
    node.boot("nid[1-5]", { wait = "10m" })
    expect(node.wrong(), {}, "all nodes of layout " .. seed)
  else
    local n = (seed * 7) % 5 + 1
    if seed % 10 == 0 then node.boot(n, { wait = "5m" }) end
    local variant = seed % #variants + 1
    variants[variant](n)
    local verdict = node.why(n)
    expect(verdict.causes, {}, "seed " .. seed .. ", variant " .. variant)
    expect(tostring(verdict), contains "nothing found wrong", "said in words")
  end
end

-- What may be so and need not: it is no certainty, before any boot.
for _, host in ipairs { "head:8081", "demo.openchami.cluster:8443" } do
  back(1)
  seed_at(host)(1)
  if host:find "8443" then params_of(1, function(text) return (text:gsub("s=http:", "s=https:")) end) end
  for _, one in ipairs(node.why(1).causes) do expect(one.certainty, "possible", host .. ": " .. one.evidence) end
end

-- These are certain, however they are spelled.
for _, host in ipairs { "LOCALHOST:8081", "127.0.0.1:8081", "[::1]:8081", "cloud-init-server:27777", "haproxy" } do
  back(1)
  seed_at(host)(1)
  expect(node.why(1).causes[1], has { id = "F50", certainty = "certain" }, host)
end
for text, certainty in pairs {
  ["{{ ds.meta_data.x }}"] = "certain", ["{{v1['region']}}"] = "certain", ["{%- set x = 1 %}"] = "likely",
  ["{{ local_hostname }}"] = "possible",
} do
  back(1)
  in_config(text)(1)
  expect(node.why(1).causes[1], has { id = "F48", certainty = certainty }, text)
end

-- What the boot shows to hinder nothing is a remark, and the node is well; what stops the next boot is not.
back(1)
params_of("nid[1-5]", function(text) return (text:gsub("console=ttyS0,115200", "console=tty0")) end)
expect(node.why(1).causes[1].id, "F25", "before a boot it is a cause")
expect(#node.wrong(), 5, "and each is told")
node.boot("nid[1-5]", { wait = "10m" })
local verdict = node.why(1)
expect(verdict, has { boot = "ready", causes = {}, remarks = { has { id = "F25" } } }, "it came up all the same")
expect(tostring(verdict), all { contains "it came up: nothing found wrong", contains "remark, F25" }, "said in words")
expect(node.wrong(), {}, "nothing is wrong with any")
expect({ require("node.why").report("", "", "text") }, { "nothing found wrong", false }, "nor to chami why")
expect(select(2, require("node.why").report("1", "", "text")), false, "nor asked about one")
bss.boot.params.delete(1)
expect(node.why(1).causes[1].id, "F17", "it is up, and will not come up again")

-- What is said can be typed: the fix names this node, and does what it says.
back(1)
lab.fault.inject("F25", { node = 1 })
verdict = node.why(1)
expect(verdict.next, contains 'node.why("x1000c0s0b0n0") again, then node.reboot("x1000c0s0b0n0"', "what next")
assert(load(verdict.causes[1].fix or "?"))()
expect(node.why(1), has { causes = {}, next = 'node.boot("x1000c0s0b0n0", { wait = "10m" })' }, "put right, and booted next")
lab.fault.inject("F09", { node = 1 })
expect(node.why(1).causes[1].fix, contains 'smd.iface.update("52:54:00:be:ef:01", ', "the MAC as well")
expect(node.wrong()[1].next, nil, "of many it is not said each time")

-- A node without a machine behind it, as on a real cluster: that it is up says SMD.
back(4)
params_of(6, function(text) return (text:gsub("console=ttyS0,115200", "console=tty0")) end)
expect(node.why(6).causes, { has { id = "F25" } }, "a cause: it is not known to be up")
expect(node.why(6).remarks, nil, "and no remark")
smd.component.update(6, { State = "Ready" })
expect(node.why(6), has { causes = {}, remarks = { has { id = "F25" } } }, "up")

-- A service that does not answer takes no verdict away; the address that is a node's by its number SMD alone tells.
back(1)
lab.fault.inject("F09", { node = 1 })
expect(node.why(1).causes[1].fix, contains '{ "172.16.0.', "an address that is free")
local of_defaults, of_params = cloud_init.defaults.get, bss.boot.params.list
local function down() fault.raise("unreachable", "it is down") end
rawset(cloud_init.defaults, "get", down)
rawset(bss.boot.params, "list", down)
verdict = node.why(1)
rawset(cloud_init.defaults, "get", of_defaults)
rawset(bss.boot.params, "list", of_params)
local address = contains '{ "172.16.0.1" }'
expect(verdict, has { partly = true, causes = contains(has { id = "F09", fix = address }) }, "as far as it goes")
