-- Causes that stand in SMD: who a node is, which address it gets, what it belongs to. No part of the public API.
local fault = require "fault"
local context = require "causes.context"
local boot_nic = context.boot_nic

local function is_address(text)
  if text:find ":" then return not text:find "[^%x:%.]" end
  local parts = { text:match "^(%d+)%.(%d+)%.(%d+)%.(%d+)$" }
  for _, part in ipairs(parts) do
    if tonumber(part) > 255 then return false end
  end
  return #parts == 4
end

-- Another node, of those that `fits` takes.
local function another(at, fits)
  local others = {}
  for id, one in pairs(at.shared.nodes) do
    if one.Type == "Node" and id ~= at.node and (not fits or fits(id)) then others[#others + 1] = id end
  end
  table.sort(others)
  if #others == 0 then fault.raise("bad_argument", "this needs a second node in SMD, and one that is well") end
  return at.pick(others)
end

-- Nodes whose xname is as this one but for one character, folded.
local function alike(ctx)
  local found = {}
  for id, one in pairs(ctx.shared.nodes) do
    local off = 0
    for i = 1, one.Type == "Node" and #id == #ctx.xname and #id or 0 do
      off = off + (id:byte(i) ~= ctx.xname:byte(i) and 1 or 0)
    end
    if off == 1 then found[#found + 1] = id end
  end
  return found[1] and chami.nodeset.fold(found)
end

local AGAIN = "load the nodes file again: discover.static"
local NEW = "a new node: name it in the nodes file, and load that: discover.static"

-- Which of two that have one address moves: not that whose it is by its number.
local function moving(ctx, nic, other, ip)
  local theirs = context.node(ctx.shared, other.ComponentID)
  if ctx.regular ~= ip or theirs.regular == ip or not theirs.component then return { MAC = nic.MACAddress } end
  local note = ("%s is what %s should have by its number: it is the other that moves"):format(ip, ctx.xname)
  return {
    MAC = other.MACAddress, ADDRESS = theirs.address, _fix = "smd.iface.update(MAC, { IPAddresses = { ADDRESS } })",
    _note = note,
  }
end

local function first_ip(at, xname)
  local nic = at.shared:boot_nic(xname)
  local address = nic and nic.IPAddresses[1]
  return address and address.IPAddress
end

return {
  {
    id = "F15", stage = "offer", owner = "smd",
    symptom = "the node is not in SMD, or is there as a BMC; nothing that goes by its xname finds it",
    cause = "the xname in the nodes file is wrong: often the `n0` at its end is missing",
    note = "correct the xname in the file, delete what it made under the wrong name, and load the file again",
    _probe = function(ctx)
      local one = ctx.component
      if one and one.Type == "Node" then return nil end
      if one then return ("SMD has %s as a %s"):format(ctx.xname, one.Type or "component without type"), "certain" end
      -- One that came by the wire and is called by its MAC alone: nobody said an xname.
      if ctx.xname:find ":" then return nil end
      local bmc, mac = ctx.xname:match "^(.*)n%d+$", ctx.machine and ctx.machine.mac
      if ctx.nics[1] then
        return ("SMD has the interface %s of %s, and no such component"):format(ctx.nics[1].MACAddress, ctx.xname),
          "certain", { _cause = "its component is gone from SMD, and its interface is still there", _note = AGAIN }
      end
      for _, nic in ipairs(ctx.shared.nics) do
        local mine = nic.MACAddress:lower() == mac
        local below = nic.ComponentID == bmc and #(ctx.shared.nics_of[bmc] or {}) > 1
        if (mine or below) and nic.ComponentID ~= ctx.xname and nic.Description:find "^Interface" then
          local text = "SMD has no node %s, and the interface %s stands on %s, a %s"
          return text:format(ctx.xname, nic.MACAddress, nic.ComponentID, nic.Type), "certain"
        end
      end
      if ctx.shared.nodes[bmc or ""] then
        return ("SMD has no node %s, and has its BMC"):format(ctx.xname), "likely"
      end
      if mac then
        local text = "SMD has neither a node %s nor an interface %s, which the machine there has"
        return text:format(ctx.xname, mac), "certain", { _cause = "SMD does not know this node", _note = NEW }
      end
      local near = alike(ctx)
      local hint = near and ("did you mean %s? "):format(near) or ""
      return ("SMD has no node %s: it is misspelt here, or new"):format(ctx.xname), "possible",
        {
          _cause = "SMD does not know this xname",
          _note = hint .. NEW,
        }
    end,
    _inject = function(at)
      local nic, bmc = boot_nic(at), at.node:match "^(.*)n%d+$"
      chami.smd.iface.update(nic.MACAddress, { ComponentID = bmc })
      chami.smd.component.delete(at.node)
      return ("the node's xname lost its end: its interface stands on %s, and %s is gone"):format(bmc, at.node)
    end,
  },
  {
    id = "F08", stage = "offer", owner = "smd",
    heard = "one node stands in the list of components, and nobody ever saw it up",
    symptom = "SMD knows the node and no interface of it: it gets an address for strangers, and no script",
    cause = "its interface was never loaded, or is gone: often its BMC is missing in the nodes file, where ochami logs "
      .. "`no such bmc` and ends with 0",
    note = "discover.lint(FILE) finds what is missing, as a BMC in `bmcs`: add it and load the file again",
    _probe = function(ctx)
      if not ctx.component or ctx.component.Type ~= "Node" or #ctx.nics > 0 then return nil end
      return ("%s has no interface in SMD"):format(ctx.xname), "certain"
    end,
    _inject = function(at)
      local macs = {}
      for i, nic in ipairs(at.shared.nics_of[at.node] or {}) do macs[i] = nic.MACAddress end
      boot_nic(at)
      chami.smd.iface.delete(macs)
      return ("the interfaces of %s are gone from SMD"):format(at.node)
    end,
  },
  {
    id = "F09", stage = "offer", owner = "smd",
    heard = "one node reboots every half minute",
    symptom = "coresmd logs `contains no IP addresses for hardware address`; the node is treated as a stranger",
    cause = "the interface has no address: `ip_addrs` was left out of the nodes file",
    fix = "smd.iface.update(MAC, { IPAddresses = { ADDRESS } })",
    _probe = function(ctx)
      local nic = ctx.boot_nic
      if not nic or #(nic.IPAddresses or {}) > 0 then return nil end
      return ("%s has no address in SMD"):format(nic.MACAddress), "certain", { MAC = nic.MACAddress }
    end,
    _inject = function(at)
      local nic = boot_nic(at)
      chami.smd.iface.update(nic.MACAddress, { IPAddresses = json.array {} })
      return ("the address of %s is gone from SMD"):format(nic.MACAddress)
    end,
  },
  {
    id = "F10", stage = "offer", owner = "smd",
    heard = "one node asks for an address, and gets nothing it could use",
    symptom = "the node is offered an empty address",
    cause = "SMD stores an address that is none, without a look at it",
    fix = "smd.iface.update(MAC, { IPAddresses = { ADDRESS } })",
    _probe = function(ctx)
      for _, nic in ipairs(ctx.nics) do
        for _, address in ipairs(nic.IPAddresses or {}) do
          -- Only the interface that boots is offered its address; another may have none.
          local boots = nic == ctx.boot_nic
          if not is_address(address.IPAddress) and (boots or address.IPAddress ~= "") then
            local text = "%s has the address %q, which is none"
            local seen, how = text:format(nic.MACAddress, address.IPAddress), boots and "certain" or "possible"
            return seen, how, { MAC = nic.MACAddress }
          end
        end
      end
    end,
    _inject = function(at)
      local nic, ip = boot_nic(at), at.pick { "172.16.0.999", "172.16.0", "172.16.O.7", "172.16.300.4" }
      chami.smd.iface.update(nic.MACAddress, { IPAddresses = { ip } })
      return ("%s got the address %s"):format(nic.MACAddress, ip)
    end,
  },
  {
    id = "F07", stage = "offer", owner = "smd",
    heard = "I logged in to my node, and the prompt has another node's name",
    symptom = "two nodes answer on one address, and cloud-init gives one of them the other's identity",
    cause = "two interfaces have the same address: SMD takes it",
    fix = "smd.iface.update(MAC, { IPAddresses = { ADDRESS } })",
    note = "each wants its own",
    _probe = function(ctx)
      for _, nic in ipairs(ctx.nics) do
        for _, address in ipairs(nic.IPAddresses or {}) do
          for _, other in ipairs(ctx.shared.by_ip[address.IPAddress] or {}) do
            -- Two of one node with one address are a bond.
            if other.ComponentID ~= ctx.xname then
              local text = "%s is the address of %s and of %s on %s"
              local seen = text:format(address.IPAddress, ctx.xname, other.MACAddress, other.ComponentID)
              return seen, "certain", moving(ctx, nic, other, address.IPAddress)
            end
          end
        end
      end
    end,
    _inject = function(at)
      local nic = boot_nic(at)
      local other = another(at, function(id)
        local ip = first_ip(at, id)
        local servers = at.record and at.record.kernel or ""
        return ip and is_address(ip) and not servers:find(("//%s:"):format(ip), 1, true)
      end)
      local ip = first_ip(at, other)
      chami.smd.iface.update(nic.MACAddress, { IPAddresses = { ip } })
      return ("%s got %s, the address of %s"):format(at.node, ip, other)
    end,
  },
  {
    id = "F53", stage = "meta-data", owner = "smd",
    symptom = "two nodes come up with one host name",
    cause = "two components have the same NID: SMD takes it",
    fix = "smd.component.update(OTHER, { NID = NUMBER })",
    _probe = function(ctx)
      local nid = ctx.component and ctx.component.NID
      local ids, numbers = nid and ctx.shared.by_nid[nid] or {}, ctx.shared.numbers
      local twin, steps = nil, {}
      for _, id in ipairs(ids) do
        if id ~= ctx.xname then twin = twin or id end
        -- All of them have the same fix: one keeps the number, each other gets one of its own.
        if numbers[id] then steps[#steps + 1] = ("smd.component.update(%q, { NID = %d })"):format(id, numbers[id]) end
      end
      if not twin then return nil end
      local text = "NID %d is that of %s and of %s"
      return text:format(nid, ctx.xname, twin), "certain", { _fix = table.concat(steps, "; ") }
    end,
    _inject = function(at)
      local other = another(at)
      chami.smd.component.update(at.node, { NID = at.shared.nodes[other].NID })
      return ("%s got the NID of %s"):format(at.node, other)
    end,
  },
}
