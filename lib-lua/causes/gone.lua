-- A node behind which no machine stands: nothing of its data is wrong, and nothing boots. No part of the public API:
-- `node.why`.
local hypervisor = require "causes.hypervisor"

-- What the machine was called when it was loaded, as discovery describes its interface.
local function name_of(ctx)
  for _, nic in ipairs(ctx.nics) do
    local name = (nic.Description or ""):match " for (%S+)$"
    if name then return name end
  end
  return ctx.xname
end

local function network_of(ctx)
  local address = ctx.boot_nic.IPAddresses and ctx.boot_nic.IPAddresses[1]
  local home = address and hypervisor.home(ctx.shared.virt, address.IPAddress)
  return home and home.name or "openchami-net"
end

-- Whether others of SMD's nodes are domains of this libvirt.
local function has_others(shared)
  for mac in pairs(shared.virt.by_mac) do
    if shared.by_nic[mac] then return true end
  end
  return false
end

---@return node.Cause?
local function of(ctx)
  local shared = ctx.shared
  local virt = shared.virt
  -- Whom SMD does not know, and whose interface it lost, has that told.
  if not ctx.component or ctx.component.Type ~= "Node" or not ctx.nics[1] then return nil end
  if ctx.machine or ctx.domain then return nil end
  local on_lab = next(shared.machines) ~= nil
  if not on_lab and (virt.fault or not has_others(shared)) then return nil end
  local macs = {}
  for i, nic in ipairs(ctx.nics) do
    if shared.by_card[nic.MACAddress:lower()] then return nil end
    macs[i] = nic.MACAddress
  end
  local text = on_lab and "no machine of this lab stands at %s or has one of %s"
    or "no domain of " .. tostring(virt.uri) .. " is %s: SMD has %s for it"
  ---@type node.Cause
  return {
    id = "machine", stage = "power", owner = "libvirt", certainty = on_lab and "certain" or "possible",
    cause = "there is no machine that could boot: it was undefined, or stands elsewhere",
    evidence = text:format(ctx.xname, table.concat(macs, ", ")),
    fix = ("virsh.install{ name = %q, mac = %q, network = %q }"):format(
      name_of(ctx), ctx.boot_nic.MACAddress, network_of(ctx)),
  }
end

return { of = of }
