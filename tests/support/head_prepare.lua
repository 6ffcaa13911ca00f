-- Makes a served lab the head node of a cluster: five nodes, of which the first has booted, and what its console has shown.
local HEAD, KVER = "http://172.16.0.254", "5.14.0-503.38.1.el9_5.x86_64"
local EFI = HEAD .. ":9000/boot-images/efi-images/compute/base"
lab.reset "tutorial"
cloud_init.defaults.set { cluster_name = "demo", short_name = "nid", nid_length = 3, base_url = HEAD .. ":8081/cloud-init" }
cloud_init.group.set("compute", { file = "#cloud-config\nwrite_files:\n- { path: /etc/motd, content: hello }\n" })
lab.clock.advance "60s"
bss.boot.params.set("nid[1-4]", {
  kernel = EFI .. "/vmlinuz-" .. KVER, initrd = EFI .. "/initramfs-" .. KVER .. ".img",
  params = "root=live:" .. HEAD .. ":9000/boot-images/compute/base/rocky9.5-compute-base-9.5 ip=dhcp "
    .. "console=ttyS0,115200 ds=nocloud-net;s=" .. HEAD .. ":8081/cloud-init",
})
node.boot(1)
lab.clock.advance "5m"
assert(node.trace(1)[#node.trace(1)].stage == "ready", "the first node is up")
fs.write(arg[1], node.console(1))
-- From here on its files are asked for where this machine reaches them.
local here = lab.status().http .. "/lab/s3"
local function moved(text) return (text:gsub("http://172%.16%.0%.254:9000", here)) end
for n = 1, 4 do
  local record = bss.boot.params.get(n)
  bss.boot.params.update(n, {
    kernel = moved(record.kernel), initrd = moved(record.initrd), params = moved(record.params),
  })
end
