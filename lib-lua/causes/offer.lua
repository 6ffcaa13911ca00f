-- Causes between the firmware and coresmd: who asks for an address, and which one it is given. No part of the public API.
local fault = require "fault"
local context = require "causes.context"
local number = require("causes.address").number
local too_old = require("node.offered").too_old

local RESTART = "; then systemctl restart coresmd-coredhcp"

-- The addresses of the servers a node is sent to, as far as they are written as such: address → what is there.
local function servers(ctx)
  local found, record = {}, ctx.record
  local function add(url, what)
    local ip = tostring(url):match "https?://(%d+%.%d+%.%d+%.%d+)"
    if ip then found[ip] = found[ip] or what end
  end
  if record then
    add(record.kernel, "its kernel")
    add(record.initrd, "its initrd")
    add(tostring(record.params):match "ds=%S*", "cloud-init")
  end
  return found
end

-- What coredhcp.yaml says of an address that SMD has given to a node: that it is the head node's.
local function clash(ctx, ip)
  for _, finding in ipairs(ctx.shared.dhcp.found) do
    local of_smd = finding.message:find "in SMD: two machines"
    if of_smd and finding.message:find(ip .. " is ", 1, true) == 1 then return finding end
  end
end

-- That strangers are lent nothing any more was the last that this node heard, and by what SMD has it is a stranger still.
local function used_up(ctx)
  local mac = ctx.firmware or ctx.boot_nic and ctx.boot_nic.MACAddress:lower() or ""
  local heard = ctx.shared.events.by_mac[mac]
  local last = heard and heard[#heard]
  if not last or last.event ~= "used_up" or too_old(ctx, last) then return nil end
  for _, nic in ipairs(ctx.nics) do
    if nic.MACAddress:lower() == mac and nic.IPAddresses and nic.IPAddresses[1] then return nil end
  end
  return last.message, ctx.stopped and ctx.stopped.stage == "offer" and "certain" or "likely"
end

return {
  {
    id = "F03", stage = "offer", owner = "smd",
    heard = "since this morning the head node drops connections, and comes back",
    symptom = "since one node was switched on the head node answers now and then: two machines have its address",
    cause = "SMD gives a node the address of the server that all nodes boot from, or coredhcp.yaml has a node's for it",
    fix = "smd.iface.update(MAC, { IPAddresses = { ADDRESS } })",
    _probe = function(ctx)
      local used = servers(ctx)
      for _, nic in ipairs(ctx.nics) do
        for _, address in ipairs(nic.IPAddresses or {}) do
          local what, finding = used[address.IPAddress], clash(ctx, address.IPAddress)
          if what then
            local text = "%s is the address of %s in SMD, and of the server it gets %s from"
            return text:format(address.IPAddress, ctx.xname, what), "certain", { MAC = nic.MACAddress }
          elseif finding then
            local text = "coredhcp.yaml, line %d, has %s as %s, and that is the address of %s in SMD"
            local told = text:format(finding.line, address.IPAddress, finding.setting, ctx.xname)
            local fix = "the head node's own address as %s in line %d of coredhcp.yaml" .. RESTART
            return told, "certain", { _findings = { finding }, _note = fix:format(finding.setting, finding.line),
                                      _lab = "lab.dhcp.reset()" }
          end
        end
      end
      -- What nodes are sent to is judged without coredhcp.yaml as well.
      ctx.shared:need_dhcp()
    end,
    _inject = function(at)
      local nic, record = context.boot_nic(at), at.record
      local ip = record and tostring(record.kernel):match "https?://(%d+%.%d+%.%d+%.%d+)"
      if not ip then fault.raise("bad_argument", at.node .. " boots from no server that is named by its address") end
      chami.smd.iface.update(nic.MACAddress, { IPAddresses = { ip } })
      return ("%s got %s, the head node's address"):format(at.node, ip)
    end,
  },
  {
    id = "F13", stage = "offer", owner = "coresmd",
    symptom = "now and then a node and a stranger have one address, or strangers get none",
    cause = "the pool for strangers in coredhcp.yaml holds an address that SMD gives to a node, or is used up",
    fix = "smd.iface.update(MAC, { IPAddresses = { ADDRESS } })",
    note = "or another `subnet_pool` in coredhcp.yaml",
    _probe = function(ctx)
      local up, how = used_up(ctx)
      if up then
        return "coresmd logs: " .. up, how, {
          _note = "dhcp.leases() shows who has them; a larger `subnet_pool` in coredhcp.yaml" .. RESTART
            .. ", and let SMD know this MAC: a node that it knows wants nothing of the pool",
        }
      end
      ctx.shared:need_dhcp()
      local nic = ctx.boot_nic
      local address = nic and nic.IPAddresses and nic.IPAddresses[1]
      local ip = address and number(address.IPAddress)
      for _, finding in ipairs(ip and ctx.shared.dhcp.found or {}) do
        -- It names one address of all that are in the pool.
        local first, last = finding.message:match "^the pool (%S+) to (%S+) holds"
        if first and ip >= number(first) and ip <= number(last) then
          local text = "%s has %s, and the pool for strangers is %s to %s (coredhcp.yaml, line %d)"
          local seen = text:format(ctx.xname, address.IPAddress, first, last, finding.line)
          local names = { MAC = nic.MACAddress, _findings = { finding } }
          -- Where it has the address that is its by its number, it is the pool that came too near.
          if ip == number(ctx.regular or "") or not ctx.address then
            local note = "in line %d of coredhcp.yaml a pool that holds no node's address" .. RESTART
            names._note, names._lab = note:format(finding.line), "lab.dhcp.reset()"
          end
          return seen, "certain", names
        end
      end
    end,
    _inject = function(at)
      local nic, free = context.boot_nic(at), {}
      for last = 201, 250 do
        if not at.shared.by_ip["172.16.0." .. last] then free[#free + 1] = "172.16.0." .. last end
      end
      local ip = at.pick(free)
      chami.smd.iface.update(nic.MACAddress, { IPAddresses = { ip } })
      return ("%s got %s, which strangers are lent"):format(at.node, ip)
    end,
  },
  {
    id = "F05", stage = "offer", owner = "coresmd", asks = "boot",
    symptom = "a node that was just added gets an address of the pool; an hour later the same node boots",
    cause = "coresmd reads SMD every 30 seconds, and did not know of the node yet",
    fix = "node.reboot(NODE)",
    note = "nothing is to be mended: half a minute after it was added coresmd knows it",
    _probe = function(ctx)
      local stage, nic = ctx.stopped, ctx.boot_nic
      if not stage or stage.stage ~= "offer" or not nic or not ctx.component then return nil end
      -- Waiting helps where it reads SMD, and there only.
      if ctx.shared.refresh.failed or ctx.shared.dhcp.blind then return nil end
      local ip = nic.IPAddresses and nic.IPAddresses[1] and nic.IPAddresses[1].IPAddress
      local stranger = stage.what:find "^coresmd knows no address" or stage.what:find "a stranger"
      -- On a head node the log says who asked.
      local mac = ctx.firmware or tostring(stage.request):match "from (%S+)$"
      if nic.MACAddress ~= mac or not ip or ip == "" or not stranger then return nil end
      local text = "coresmd took %s for a stranger, and SMD has %s for it now"
      return text:format(nic.MACAddress, ip), ctx.machine and "certain" or "likely"
    end,
    _inject = function(at)
      local nic = context.boot_nic(at)
      chami.smd.iface.delete(nic.MACAddress)
      chami.lab.clock.advance "31s"
      chami.node.reboot(at.node)
      -- Until its firmware has asked.
      for _ = 1, 60 do
        if #chami.node.trace(at.node) > 1 then break end
        chami.lab.clock.advance "1s"
      end
      context.add_nic(nic.MACAddress, nic)
      return ("%s was switched on a moment before its interface came to SMD"):format(at.node)
    end,
  },
}
