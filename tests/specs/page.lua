-- The page's address carries a key that opens what the page reads, and nothing else.
local address = lab.page()
local base = assert(address:match "^(http://127%.0%.0%.1:%d+)/lab/#%x+$")
local key = assert(address:match "#(.*)$")
expect(#key, 64, "the key")
local function ask(method, path, secret)
  return http[method](base .. path, { headers = { ["X-Lab-Secret"] = secret }, any_status = true }).status
end
expect(ask("get", "/lab/v1/nodes", key), 200, "it may look at the machines")
expect(ask("get", "/lab/v1/nodes/compute1/console", key), 200, "and at a console")
expect(ask("get", "/lab/v1/nodes", ("0"):rep(64)), 403, "no other key may")
expect(ask("get", "/lab/v1/diff", key), 403, "not at what the page does not show")
expect(ask("post", "/lab/v1/power", key), 403, "and it changes nothing")

-- What cloud-init wrote on a node is its owner's to see.
discover.static "data/nodes.yaml"
local HEAD = "http://172.16.0.254"
local KVER = "5.14.0-503.38.1.el9_5.x86_64"
local efi = HEAD .. ":9000/boot-images/efi-images/compute/base"
bss.boot.params.set("@compute", {
  kernel = efi .. "/vmlinuz-" .. KVER, initrd = efi .. "/initramfs-" .. KVER .. ".img",
  params = "root=live:" .. HEAD .. ":9000/boot-images/compute/base/rocky9.5-compute-base-9.5 ip=dhcp "
    .. "console=ttyS0,115200 ds=nocloud-net;s=" .. HEAD .. ":8081/cloud-init",
})
cloud_init.defaults.set { cluster_name = "demo", short_name = "nid", nid_length = 3, base_url = HEAD .. ":8081/cloud-init" }
local file = "#cloud-config\nwrite_files: [{ path: /etc/role, content: hush }]\n"
cloud_init.group.set("compute", { description = "", file = file })
node.boot(1, { wait = "10m" })
expect(node.run(1, "cat /etc/role"), "hush", "it is on the node")
local seen = http.get(base .. "/lab/v1/nodes/compute1", { headers = { ["X-Lab-Secret"] = key } })
expect(seen.status, 200, "the page shows the node")
expect(seen.body:find("phone-home", 1, true) ~= nil, true, "with its timeline")
expect(seen.body:find("hush", 1, true), nil, "and not what was written there")
