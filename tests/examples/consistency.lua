-- A cluster that is as it should be; then one fault after the other.
local KVER = "5.14.0-503.el9.x86_64"
local BASE = "http://172.16.0.254:8081/cloud-init"

local function image(layer, kver)
  local efi = "http://172.16.0.254:9000/boot-images/efi-images/compute/" .. layer
  return {
    kernel = efi .. "/vmlinuz-" .. kver, initrd = efi .. "/initramfs-" .. kver .. ".img",
    params = "root=live:http://172.16.0.254:9000/boot-images/compute/" .. layer .. "/rocky ds=nocloud-net;s=" .. BASE,
  }
end

local function good()
  reset "tutorial"
  bss.boot.params.set("@compute", image("base", KVER))
  cloud_init.defaults.set { cluster_name = "demo", short_name = "nid", nid_length = 3, base_url = BASE }
  cloud_init.group.set("compute", {
    file = "## template: jinja\n#cloud-config\nfqdn: {{ v1.local_hostname }}.demo\n", meta_data = { server = "" },
  })
  advance(60)
end

-- Breaks what is good and says what must be told of it.
local function fault_of(says, spoil)
  good()
  spoil()
  run_unchanged { status = 6, says = says }
end

good()
run_unchanged { says = "5 nodes: SMD, BSS and cloud-init agree" }
run_unchanged { "nid[1-2]", says = "2 nodes: SMD, BSS and cloud-init agree" }
run_unchanged { "@compute", "@io", status = 2, says = "wanted: one set of nodes" }
run_unchanged { "nid9", status = 2, says = "there is no NID" }
run_unchanged { "x1000c0s0b9n0", status = 1, says = "SMD has no node x1000c0s0b9n0" }

-- SMD.
fault_of("interface     x1000c0s0b2n0: SMD has none", function() smd.iface.delete "52:54:00:be:ef:03" end)
fault_of("address       x1000c0s0b2n0: 52:54:00:be:ef:03 has none", function()
  smd.iface.update("52:54:00:be:ef:03", { IPAddresses = {} })
end)
fault_of('address       x1000c0s0b2n0: "172.16.0.999" is none', function()
  smd.iface.update("52:54:00:be:ef:03", { IPAddresses = { "172.16.0.999" } })
end)
fault_of("twice         x1000c0s0b1n0: IP 172.16.0.1 is that of x1000c0s0b0n0, too", function()
  smd.iface.update("52:54:00:be:ef:02", { IPAddresses = { "172.16.0.1" } })
end)
fault_of("twice         x1000c0s0b1n0: NID 1 is that of x1000c0s0b0n0, too", function()
  http.patch("/hsm/v2/State/Components/x1000c0s0b1n0/NID", { json = { NID = 1 } })
end)
fault_of("group         x1000c0s0b2n0: in none", function() smd.group.member.delete("compute", 3) end)

-- BSS.
fault_of("boot          x1000c0s0b2n0: no parameters under its MACs", function() bss.boot.params.delete(3) end)
fault_of("boot-mac      52:54:00:be:ef:99: SMD does not know it", function()
  bss.boot.params.set { macs = "52:54:00:be:ef:99", kernel = "k" }
end)
fault_of("boot-identity x1000c0s0b[2-3]n0: no firmware asks by xname or NID", function()
  bss.boot.params.set { hosts = "x1000c0s0b2n0", nids = 4, kernel = "k" }
end)
fault_of("boot-image    x1000c0s0b2n0: kernel", function()
  bss.boot.params.update(3, { kernel = image("debug", KVER).kernel })
end)
fault_of("boot-image    x1000c0s0b2n0: kernel", function()
  bss.boot.params.update(3, { kernel = image("base", "6.1.0-1.el9.x86_64").kernel })
end)
fault_of("boot-image    x1000c0s0b2n0: kernel", function()
  bss.boot.params.update(3, { params = image("debug", KVER).params })
end)
fault_of("boot-ds       x1000c0s0b2n0: ds= names no, base-url is " .. BASE, function()
  bss.boot.params.update(3, { params = bss.args(image("base", KVER).params):remove "ds" })
end)
fault_of("boot-ds       x1000c0s0b[0-4]n0: ds= names " .. BASE .. ", base-url is http://elsewhere", function()
  cloud_init.defaults.set { base_url = "http://elsewhere" }
end)

-- cloud-init.
fault_of("config        io: cloud-init has nothing for its members", function()
  smd.group.add("io", { members = 5 })
  smd.group.member.delete("compute", nodes.xnames(5)[1])
  advance(60)
end)
fault_of("config        typo: SMD has no such group", function() cloud_init.group.add "typo" end)
fault_of("group         x1000c0s0b4n0: cloud-init has not seen it in io yet", function()
  smd.group.add("io", { members = 5 })
  cloud_init.group.add("io", { file = "#cloud-config\n" })
end)
fault_of("empty         x1000c0s0b[0-4]n0: compute.yaml: server: ", function()
  local server = "ds.meta_data.instance_data.v1.vendor_data.groups.compute.server"
  local text = "## template: jinja\n#cloud-config\nserver: {{ " .. server .. " }}\n"
  cloud_init.group.update("compute", { file = text }, { lint = false })
end)
fault_of("empty         x1000c0s0b[0-4]n0: compute.yaml: a: CI_MISSING_JINJA_VAR/nobody", function()
  local text = "## template: jinja\n#cloud-config\na: {{ nobody }}\n"
  cloud_init.group.update("compute", { file = text }, { lint = false })
end)
fault_of("template      x1000c0s0b[0-4]n0: compute.yaml: line 3", function()
  local text = "## template: jinja\n#cloud-config\na: {{ v1.nobody.there }}\n"
  cloud_init.group.update("compute", { file = text }, { lint = false })
end)
fault_of("twice         x1000c0s0b1n0: host name nid001 is that of x1000c0s0b0n0, too", function()
  cloud_init.node.set(2, { local_hostname = "nid001" })
end)

-- Only what concerns the nodes named.
good()
bss.boot.params.delete(3)
run_unchanged { "nid[1-2]", says = "2 nodes: SMD, BSS and cloud-init agree" }
run_unchanged { "nid[2-3]", status = 6, says = "boot          x1000c0s0b2n0: no parameters", hides = "b0n0" }
