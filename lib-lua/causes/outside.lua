-- A node that SMD gives an address from which it reaches nothing: it is none of the network that coresmd serves. No part of
-- the public API: `node.why`.
local address = require "causes.address"
local remedy = require "causes.remedy"

-- The network that coredhcp.yaml has; nil where it does not tell.
---@return { first: integer, last: integer, name: string }?
local function served(shared)
  local server, mask = address.number(shared.dhcp.server or ""), address.number(shared.dhcp.mask or "")
  if not server or not mask then return nil end
  local first = server & mask
  return {
    first = first, last = first | ~mask & 0xFFFFFFFF, name = ("%s/%d"):format(address.text(first), address.ones(mask)),
  }
end

-- The mask by which the server and all addresses near it are on one network.
local function covering(shared)
  local server, mask = address.number(shared.dhcp.server) or 0, 0xFFFFFFFF
  for ip in pairs(shared.by_ip) do
    local number = address.number(ip)
    local near = number and number >> 16 == server >> 16
    while near and number & mask ~= server & mask do mask = mask << 1 & 0xFFFFFFFF end
  end
  return address.text(mask)
end

local function is_inside(net, ip)
  local number = address.number(ip)
  return number ~= nil and number > net.first and number < net.last
end

-- Whether most nodes' addresses are none of it: then it is the network that is wrong.
local function is_strange(shared, net)
  if shared.strange == nil then
    local inside, outside = 0, 0
    for id, one in pairs(shared.nodes) do
      local nic = one.Type == "Node" and shared:boot_nic(id)
      local first = nic and nic.IPAddresses and nic.IPAddresses[1]
      if first and is_inside(net, first.IPAddress) then
        inside = inside + 1
      elseif first then
        outside = outside + 1
      end
    end
    shared.strange = outside > inside
  end
  return shared.strange
end

-- What is wrong with the addresses of the interface it boots from, and how certain that is; nil where one of them is well.
-- A network that is quite another may be routed, and where most nodes are on it it is.
local function odd(ctx, net)
  local said, how = nil, "certain"
  for _, one in ipairs(ctx.boot_nic and ctx.boot_nic.IPAddresses or {}) do
    local ip = one.IPAddress
    local number = address.number(ip)
    if is_inside(net, ip) then return nil end
    if number and number >> 16 == net.first >> 16 then
      said = said or ("SMD has %s for it, and coresmd serves %s"):format(ip, net.name)
    elseif number then
      if is_strange(ctx.shared, net) then return nil end
      said, how = ("SMD has %s for it, coresmd serves %s, and most nodes are there"):format(ip, net.name), "possible"
    elseif ip:find ":" then
      said = said or ("SMD has %s for it, and firmware asks coresmd for an address of IPv4"):format(ip)
    end
  end
  return said, how
end

-- Behind a relay other networks are served as well, which the file does not tell: only a lab has none for certain.
---@return node.Cause?
local function of(ctx)
  local net = ctx.machine and not ctx.machine.wire and served(ctx.shared)
  if not net or not ctx.component then return nil end
  local text, how = odd(ctx, net)
  -- One that came up is routed.
  if not text or how == "possible" and ctx.up then return nil end
  local cause = {
    id = "address", stage = "offer", owner = "smd", certainty = how, evidence = text,
    cause = "SMD gives it an address that is none of the nodes' network",
    fix = "smd.iface.update(MAC, { IPAddresses = { ADDRESS } })",
  }
  if is_strange(ctx.shared, net) then
    cause.owner, cause.cause = "coresmd", "netmask in coredhcp.yaml makes the nodes' network another than theirs"
    local mask = covering(ctx.shared)
    cause.fix, cause.lab = nil, ("lab.dhcp.set(dhcp.render{ netmask = %q })"):format(mask)
    cause.note = ("netmask: %s in coredhcp.yaml; then systemctl restart coresmd-coredhcp"):format(mask)
  end
  cause.fix, cause.note = remedy.of(cause, ctx, { MAC = ctx.boot_nic.MACAddress })
  cause.lab = nil
  return cause --[[@as node.Cause]]
end

return { of = of }
