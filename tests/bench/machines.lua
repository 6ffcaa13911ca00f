-- Every machine of the lab, told to SMD, BSS and cloud-init (`prepare`), or booted through all stages (`boot`).
local HEAD, KVER = "http://172.16.0.254", "5.14.0-503.38.1.el9_5.x86_64"

local function prepare()
  local bmcs, list = {}, {}
  for i, machine in ipairs(lab.machines()) do
    local bmc = machine.xname:match "^(.-)n%d+$"
    bmcs[i] = { name = "bmc" .. i, xname = bmc, mac = machine.bmc_mac, ip = ("10.1.%d.%d"):format(i // 250, 1 + i % 250) }
    local ip = ("172.16.%d.%d"):format(16 + i // 250, 1 + i % 250)
    list[i] = {
      name = machine.name, nid = i, xname = machine.xname, bmc = bmc, groups = { "compute" },
      interfaces = { { mac_addr = machine.mac, ip_addrs = { { ip_addr = ip } } } },
    }
  end
  lab.dhcp.set(dhcp.render { netmask = "255.255.0.0" })
  local path = os.tmpname()
  fs.write(path, json.encode { bmcs = bmcs, nodes = list })
  discover.static(path)
  os.remove(path)
  local efi = HEAD .. ":9000/boot-images/efi-images/compute/base"
  bss.boot.params.set("@compute", {
    kernel = efi .. "/vmlinuz-" .. KVER, initrd = efi .. "/initramfs-" .. KVER .. ".img",
    params = "root=live:" .. HEAD .. ":9000/boot-images/compute/base/rocky9.5-compute-base-9.5 ip=dhcp "
      .. "console=ttyS0,115200 ds=nocloud-net;s=" .. HEAD .. ":8081/cloud-init",
  })
  cloud_init.defaults.set { cluster_name = "demo", short_name = "nid", nid_length = 4, base_url = HEAD .. ":8081/cloud-init" }
  cloud_init.group.set("compute", {
    description = "compute nodes", meta_data = { nfs_server = "172.16.0.254" }, file = "data/cloud-init/compute.yaml",
  })
end

local function boot()
  local names = {}
  for i, machine in ipairs(lab.machines()) do names[i] = machine.name end
  lab.power(names, "on")
  lab.clock.advance "3m"
  return #smd.component.list "State=Ready"
end

if arg[1] == "prepare" then prepare() else print(boot()) end
