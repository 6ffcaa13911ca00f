-- Sets the lab up for one case: the groups of node 1 are the files of the case's folder, with their meta-data beside.
local folder = ...
local NODE = "x1000c0s0b0n0"
lab.reset "tutorial"
local case = json.decode(fs.read(folder .. "/case.json"))
cloud_init.defaults.set {
  cluster_name = "demo", short_name = "nid", nid_length = 3,
  base_url = "http://172.16.0.254:8081/cloud-init", public_keys = case.keys,
}
for _, group in ipairs(case.groups) do
  smd.group.ensure(group.name, { members = { NODE } })
  cloud_init.group.set(group.name, {
    description = group.name, meta_data = group.meta, file = folder .. "/" .. group.name .. ".yaml",
  }, { lint = false })
end
if case.hostname then cloud_init.node.set(NODE, { local_hostname = case.hostname }) end
lab.clock.advance "2m"
