-- What is judged from where: strangers on the wire, a bridge of another name, a laptop beside somebody else's cluster.
local address = require "causes.address"
lab.reset "tutorial"

-- A function of the API in whose place another answers for a moment.
local function instead(place, name, f, run)
  local own = place[name]
  rawset(place, name, f)
  local out = table.pack(pcall(run))
  rawset(place, name, own)
  if not out[1] then error(out[2], 0) end
  return table.unpack(out, 2, out.n)
end

local function cause(verdict, id)
  for _, one in ipairs(verdict.causes) do
    if one.id == id then return one end
  end
end

local machines = lab.machines()
local function stranger(mac)
  local all = table.move(machines, 1, #machines, 1, {})
  all[#all + 1] = { name = mac, xname = mac, mac = mac, wire = true, power = "on" }
  return instead(lab, "machines", function() return all end, function() return cause(node.why(mac), "F01") end)
end

-- A new machine's MAC is always like its neighbour's: nobody's interface is to be deleted for that.
local new = stranger "52:54:00:be:ef:06"
expect(new, has { id = "F01", certainty = "possible", evidence = contains "nor one like",
  note = contains "a new node" }, "new")
smd.iface.add("52:54:00:be:ef:96", { ComponentID = "x1000c0s0b5n0", IPAddresses = { "172.16.0.6" } })
local slip = stranger "52:54:00:be:ef:06"
expect(slip, has { certainty = "possible", evidence = contains "52:54:00:be:ef:96 of x1000c0s0b5n0 is like it" }, "a slip")
expect(tostring(slip.fix):find "delete", nil, "and it is not for us to delete it")

-- A lab that is served on a bridge of another name.
local function bridged(name)
  local server = lab.dhcp.get()
  server.wire, server.bridge = true, name
  server.interfaces[#server.interfaces + 1] = "br7"
  local text = dhcp.render { interface = "br7" }
  return instead(lab.dhcp, "get", function() return server end, function()
    return instead(dhcp, "_config", function() return text, "v0.6" end, function()
      return instead(dhcp, "lint", function() return {} end, function()
        return cause(node.why(1), "F02")
      end)
    end)
  end)
end
expect(bridged "br7", nil, "it listens there")
expect(bridged "br8", has { evidence = contains "listens on br7", note = contains '"%br8"' }, "it does not")

-- A laptop that has machines of its own, and no address on the nodes' network.
local at = { first = address.number "192.0.2.0", mask = address.number "255.255.255.0" }
local own = { name = "compute1", state = "running", memory = 4 << 20, serial = true,
              interfaces = { { type = "network", source = "default", mac = "52:54:00:be:ef:01" } } }
local function elsewhere(run)
  return instead(address, "own_networks", function() return { at } end, function()
    return instead(lab, "machines", function() fault.raise("unsupported", "this is no lab") end, function()
      return instead(virsh, "_survey", function() return { own } end, function()
        return instead(virsh, "net_list", function() return {} end, function()
          return instead(virsh, "uri", function() return "qemu:///system" end, run)
        end)
      end)
    end)
  end)
end
bss.boot.params.set(1, { kernel = "http://127.0.0.1:1/vmlinuz", initrd = "http://127.0.0.1:1/initrd", params = "root=live:x" })
local function left() return table.concat(node.why(1).left_out or {}, "\n") end
local told = elsewhere(left)
expect(told, contains "what runs in qemu:///system is no node: this host has no address on the network of 172.16.0.", "libvirt")
expect(told, match "F21: nobody answers here for http://127.0.0.1:1/vmlinuz", "what cannot be reached from here")
at.first = address.number "172.16.0.0"
told = elsewhere(left)
expect(told:find "is no node", nil, "on the nodes' network")
expect(told:find "F21", nil, "silence counts there")

-- A network's own mask, and what libvirt takes where there is none.
expect({ address.ones(address.number "255.255.240.0"), address.class "10.0.0.1", address.class "172.16.0.254",
         address.class "192.168.1.1" }, { 20, 8, 16, 24 }, "bits")
