-- The catalogue of causes: why a node does not come up, each with what to look for, what to do, and how to make it
-- happen on a lab. No part of the public API: `node.why` asks it, `lab.fault` makes them happen.

-- The stages of a boot in their order, each with who answers for it.
local STAGES = {
  { "power", "power" }, { "offer", "coresmd" }, { "script", "bss" }, { "kernel", "artifacts" },
  { "initrd", "artifacts" }, { "rootfs", "artifacts" }, { "meta-data", "cloud-init" }, { "user-data", "cloud-init" },
  { "vendor-data", "cloud-init" }, { "groups", "cloud-init" }, { "config", "node" }, { "phone-home", "node" },
  { "ready", "smd" },
}

local stages, all, by_id = {}, {}, {}
for i, pair in ipairs(STAGES) do stages[pair[1]] = { order = i, owner = pair[2] } end

local MODULES = {
  "smd", "cards", "offer", "coresmd", "virtual", "groups", "bss", "artifacts", "cloud_init", "boot",
}
for _, name in ipairs(MODULES) do
  for _, cause in ipairs(require("causes." .. name)) do
    all[#all + 1], by_id[cause.id] = cause, cause
  end
end

table.sort(all, function(a, b) return a.id < b.id end)

return { all = all, by_id = by_id, stages = stages }
