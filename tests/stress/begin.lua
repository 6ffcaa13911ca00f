-- Twelve nodes with their interfaces, two groups, and boot parameters for half of them.
local names = nodeset.expand "x1000c0s[0-11]b0n0"
smd.component.add(names, { State = "Ready", Role = "Compute" })
for i, name in ipairs(names) do
  local mac = ("52:54:00:be:ef:%02x"):format(i)
  smd.iface.add(mac, { ComponentID = name, Description = "boots" })
end
smd.group.add("compute", { members = names })
smd.group.add "io"
bss.boot.params.set("x1000c0s[0-5]b0n0", { kernel = "old", initrd = "i", params = "quiet" })
