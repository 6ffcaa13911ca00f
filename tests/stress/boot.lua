-- A new image for all nodes, and what cloud-init is to do on them.
bss.boot.params.set("x1000c0s[0-11]b0n0", { kernel = "new", initrd = "new", params = "quiet ro" })
cloud_init.defaults.set { cluster_name = "stress", short_name = "nid", nid_length = 4 }
cloud_init.group.set("compute", { file = "#cloud-config\npackages: [nfs-utils]\n" })
smd.group.update("compute", { description = "new image" })
