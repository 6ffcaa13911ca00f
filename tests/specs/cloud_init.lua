-- cloud-init from Lua, beside SMD: what nodes get follows both.
discover.static "data/nodes.yaml"
lab.clock.advance "60s"

-- Defaults: names with - or _, merged, read back.
expect(cloud_init.defaults.get(), {}, "nothing yet")
cloud_init.defaults.set { cluster_name = "demo", ["short-name"] = "nid", nid_length = 3 }
expect(cloud_init.defaults.set { base_url = "http://172.16.0.254:8081/cloud-init/" },
  has { ["base-url"] = "http://172.16.0.254:8081/cloud-init", ["nid-length"] = 3 }, "added to")
local kept = expect_fault("no_effect", cloud_init.defaults.set, { short_name = "" })
expect(kept.message, contains "cannot clear short-name", "said")
expect_fault("no_effect", cloud_init.defaults.set, { ["boot-subnet"] = "172.16.0.0/24" })
expect(expect_fault("bad_argument", cloud_init.defaults.set, { base_ur = "x" }).hint, contains "base", "did you mean")

-- Groups: content, a path, and what SMD knows of them.
local text = "## template: jinja\n#cloud-config\nhostname: {{ v1.local_hostname }}\n"
expect(cloud_init.group.add("compute", { description = "the computes", file = text, encoding = "base64" }).file.encoding,
  "base64", "sent as asked for")
expect(cloud_init.group.config "compute", text, "read as nodes read it")
expect_fault("conflict", cloud_init.group.add, "compute")
cloud_init.group.update("compute", { meta_data = { nfs_server = "172.16.0.4" } })
expect(cloud_init.group.meta_data "compute", { nfs_server = "172.16.0.4" }, "set")
expect(cloud_init.group.get("compute").description, "the computes", "what was not mentioned stays")
expect(cloud_init.group.ensure("compute", { file = { content = text, filename = "" }, encoding = "base64" }), nil, "so already")
expect(cloud_init.group.ensure("computes", { description = "misspelt" }), has { name = "computes" }, "new")
expect(cloud_init.group.list(), { has { name = "compute", smd = true }, has { name = "computes", smd = false } },
  "a group nobody is in can be seen")
expect(cloud_init.group.delete "computes", { has { name = "computes" } }, "what went")
expect_fault("not_found", cloud_init.group.config, "computes")
expect_fault("not_found", cloud_init.group.set, "compute", { file = "no/such/file.yaml" })
expect(expect_fault("bad_argument", cloud_init.group.set, "compute", { file = "#cloud-config\nx: [\n" }).hint,
  contains "lint = false", "errors are refused")

-- Through a node's eyes.
local me = cloud_init.node.meta_data "nid001"
expect(me, has { hostname = "nid001", ["cluster-name"] = "demo" }, "names")
expect(me.instance_data.v1.vendor_data.groups.compute, { Description = "the computes", nfs_server = "172.16.0.4" }, "groups")
expect(cloud_init.node.vendor_data(1), "#include\nhttp://172.16.0.254:8081/cloud-init/compute.yaml\n", "what it includes")
expect(cloud_init.node.user_data(1), "#cloud-config", "nothing")
expect(cloud_init.node.group(1, "compute"), text, "not rendered")
expect(cloud_init.group.render("compute", 1), contains "hostname: nid001", "rendered")
expect(cloud_init.node.config(1), has { config = { hostname = "nid001" }, origin = { hostname = { "compute" } } }, "merged")

-- A group of SMD is seen a minute later, and is bare until cloud-init has it.
smd.group.ensure("io", { members = "nid[4-5]" })
expect(expect_fault("not_found", cloud_init.node.group, 4, "io").hint, contains "lab.clock.advance", "what to do")
lab.clock.advance "60s"
expect(cloud_init.node.group(4, "io"), "#cloud-config", "not hidden")
expect(cloud_init.node.vendor_data(4), contains "/io.yaml", "included")

-- Single nodes; the rest of a record goes.
local set = cloud_init.node.set("nid[1-2]", { local_hostname = "c", public_keys = { "ssh-ed25519 K me" } })
expect(#set, 2, "each")
expect(set[2], has { ["local-hostname"] = "c", hostname = "nid002" }, "read back")
expect(cloud_init.node.set(1, {})[1]["local-hostname"], "nid001", "dropped")
expect_fault("bad_argument", cloud_init.node.set, 1, { region = "eu" })
expect_fault("no_effect", cloud_init.node.set, "x9000c0s0b0n0", { hostname = "h" })
expect_fault("partial", cloud_init.node.set, { "x1000c0s0b0n0", "x9000c0s0b0n0" }, { hostname = "h" })
expect_fault("bad_argument", cloud_init.node.meta_data, "nid[1-2]")
expect_fault("not_found", cloud_init.node.meta_data, "x9000c0s0b0n0")
cloud_init.defaults.set { nid_length = 100 }
expect(cloud_init.node.list(3), {}, "nothing special in a long number")

-- What nodes send.
cloud_init.phone_home("x1000c0s0b0n0", { fqdn = "nid001.demo" })
expect_fault("refused", cloud_init.wg_init, "9NS6+NR0J38SZ9IlY9hBDLs6aBpNDhxHUHL8OTlNEDU=")
expect(cloud_init.service.version().process_name, "cloud-init-server", "who it is")
