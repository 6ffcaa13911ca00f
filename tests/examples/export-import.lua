-- A cluster with something of everything; another one made of its files.
local FILES, AGAIN = dir .. "/files", dir .. "/again"
local KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICmU3ZSS/ljfBSPoZ0p15nfsQ9KO596sImyTIapl1hUO me@here"

-- All that is kept in the files, as the services tell it.
local function everything()
  local nics = smd.iface.list()
  for _, nic in ipairs(nics) do nic.LastUpdate = nil end
  return {
    components = smd.component.list(), endpoints = smd.rfe.list(), parts = smd.compep.list(), nics = nics,
    groups = smd.group.list(), partitions = smd.partition.list(), boots = bss.boot.params.list(),
    defaults = cloud_init.defaults.get(), configs = cloud_init.group.list(), own = cloud_init.node.list(),
  }
end

reset "tutorial"
smd.component.update(5, { Role = "Service", SubRole = "Worker" })
smd.group.add("io", { description = "I/O nodes", tags = { "fast", "new" }, members = "x1000c0s0b[3-4]n0" })
smd.group.add("red", { exclusiveGroup = "colour" })
smd.partition.add("p1", { members = "x1000c0s0b[0-1]n0" })
smd.iface.address.add("52:54:00:be:ef:01", "10.0.0.1", { Network = "HSN" })
smd.iface.add("52:54:00:be:ef:99", { Description = "not placed yet" })
local params = "quiet root=live:http://172.16.0.254:9000/x ds=nocloud-net;s=http://172.16.0.254:8081/cloud-init"
bss.boot.params.set("nid[1-3]", { kernel = "k", initrd = "i", params = params })
bss.boot.params.set { hosts = "x1000c0s0b4n0", nids = 9, kernel = "other" }
cloud_init.defaults.set {
  cluster_name = "demo", short_name = "nid", nid_length = 3, public_keys = { KEY },
  base_url = "http://172.16.0.254:8081/cloud-init",
}
cloud_init.group.set("compute", {
  description = "compute nodes", file = "data/cloud-init/compute.yaml", meta_data = { nfs_server = "172.16.0.254" },
})
cloud_init.group.set("io", { file = "#cloud-config\nruncmd: [\n" }, { lint = false })
cloud_init.node.set(2, { local_hostname = "compute2", public_keys = { KEY .. "-too" } })
local all = everything()
smd.rfe.update("x1000c0s0b0", { User = "root", Password = "thesecretofb0" })

run_unchanged { status = 2, says = "wanted: export DIR, or import DIR" }
run_unchanged { "export", status = 2 }
run_unchanged { "export", FILES, "--replace", status = 2 }
run_unchanged { "import", FILES, "--force", status = 2 }
run_unchanged { "import", FILES, status = 1, says = "there is no such file" }

local says

-- Out, without a login; in again, and nothing is to be done.
says = { "smd-endpoints\t5\twithout logins", "smd-interfaces\t11", "cloud-init-nodes\t1" }
run_unchanged { "export", FILES, says = says }
for _, name in ipairs(fs.list(FILES)) do
  expect(not fs.read(FILES .. "/" .. name):find "thesecretofb0", "no password in " .. name)
end
run_unchanged { "import", FILES, says = "all is as the files say" }

-- Into an empty cluster: the same records, in the files as well; and once.
reset()
run { "import", FILES, says = { "wrote\tsmd-endpoints\t5", "all is as the files say" } }
for what, records in pairs(everything()) do expect(records, all[what], "the same " .. what) end
run_unchanged { "import", FILES, says = "all is as the files say", hides = "wrote" }
run_unchanged { "export", AGAIN }
for _, name in ipairs(fs.list(FILES)) do
  expect(fs.read(AGAIN .. "/" .. name), fs.read(FILES .. "/" .. name), "the same " .. name)
end

-- What differs is listed and stays, unless it is said; a login stays in any case.
smd.component.update(5, { Role = "Compute" })
smd.group.update("io", { description = "other" })
smd.rfe.update("x1000c0s0b1", { IPAddress = "172.16.0.222", User = "root", Password = "thesecretofb1" })
bss.boot.params.update(2, { params = "other" })
bss.boot.params.delete(3)
cloud_init.defaults.set { nid_length = 5 }
says = {
  "differs\tsmd-components\tx1000c0s0b4n0", "differs\tsmd-endpoints\tx1000c0s0b1", "differs\tsmd-groups\tio",
  "differs\tbss-parameters\tmacs 52:54:00:be:ef:02", "differs\tcloud-init-defaults\tall", "nothing was changed",
}
run_unchanged { "import", FILES, status = 1, says = says }
run { "import", FILES, "--replace", says = { "wrote\tbss-parameters\t2", "all is as the files say" } }
expect(smd.component.get(5).Role, "Service", "replaced")
expect(bss.boot.params.get(3).kernel, "k", "added")
expect(smd.rfe.get("x1000c0s0b1").Password, "thesecretofb1", "the login stays")
run_unchanged { "import", FILES, says = "all is as the files say" }

-- An open secret stays where it is.
local file = "#cloud-config\nusers:\n- name: me\n  plain_text_passwd: thesecretofme\n"
cloud_init.group.set("red", { file = file }, { lint = false })
run_unchanged { "export", AGAIN, status = 3, says = "left out for an open secret: red", hides = "thesecretofme" }
expect(not fs.read(AGAIN .. "/cloud-init-groups.yaml"):find "thesecretofme", "no password in the file")
