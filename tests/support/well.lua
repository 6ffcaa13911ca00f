-- A lab in which five nodes would boot, kept as the snapshot `well`.
local HEAD, KVER = "http://172.16.0.254", "5.14.0-503.38.1.el9_5.x86_64"
local EFI = HEAD .. ":9000/boot-images/efi-images/compute/base"
lab.reset "tutorial"
cloud_init.defaults.set { cluster_name = "demo", short_name = "nid", nid_length = 3, base_url = HEAD .. ":8081/cloud-init" }
cluster.apply({ compute = {
  nodes = "nid[1-5]", config = "data/cloud-init/compute.yaml",
  image = {
    kernel = EFI .. "/vmlinuz-" .. KVER, initrd = EFI .. "/initramfs-" .. KVER .. ".img",
    params = "root=live:" .. HEAD .. ":9000/boot-images/compute/base/rocky9.5-compute-base-9.5 ip=dhcp "
      .. "console=ttyS0,115200 ds=nocloud-net;s=" .. HEAD .. ":8081/cloud-init",
  },
} }, { plan = false })
lab.clock.advance "60s"
lab.snapshot "well"
