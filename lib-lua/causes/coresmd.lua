-- Causes that stand in the server of addresses: coredhcp with coresmd. No part of the public API.
local fault = require "fault"
local hypervisor = require "causes.hypervisor"

local RESTART = "; then systemctl restart coresmd-coredhcp"

-- What the server says where the arguments of a plugin are in the words of another version.
local DIALECT = { "should be 'key=val'", "expected 6 arguments", "wanted 5 arguments" }

local function of_dialect(text)
  for _, words in ipairs(DIALECT) do
    if text:find(words, 1, true) then return true end
  end
  return false
end

-- A finding about the place where it listens, that keeps nodes from being heard.
local function listening(finding)
  return finding.setting == "listen" and (finding.does == "die" or finding.message:find "^listening on the address")
end

-- The bridge that nodes are plugged into: a lab that serves a real one has its name, elsewhere libvirt has it.
local function bridge_of(ctx)
  local server, nic = ctx.shared.server, ctx.boot_nic
  if server and server.wire then return server.bridge end
  local ip = nic and nic.IPAddresses and nic.IPAddresses[1] and nic.IPAddresses[1].IPAddress
  local net = ip and not ctx.shared.virt.fault and hypervisor.home(ctx.shared.virt, ip)
  return net and net.bridge or nil
end

-- That bridge, where the file names other interfaces, and which.
local function another_bridge(ctx)
  local bridge, listens = bridge_of(ctx), ctx.shared.dhcp.listens
  if not bridge or #listens == 0 then return nil end
  for _, name in ipairs(listens) do
    if name == bridge then return nil end
  end
  return bridge, table.concat(listens, ", ")
end

-- The lab's file with a change in it; the server is restarted with it.
local function configured(change)
  local text = chami.lab.dhcp.get().config
  local changed = change(text)
  if changed == text then fault.raise("bad_argument", "coredhcp.yaml has nothing there to be spoiled") end
  chami.lab.dhcp.set(changed)
end

return {
  {
    id = "F02", stage = "offer", owner = "coresmd", asks = "dhcp",
    heard = "since the head node was set up anew no machine hears anything of it",
    symptom = "the firmware says `PXE-E18: Server response timeout`, and coresmd's log has no DISCOVER",
    cause = "`listen` in coredhcp.yaml names an address, or another interface than the nodes' bridge",
    note = "name the nodes' bridge: listen: [\"%BRIDGE\"]" .. RESTART,
    lab = "lab.dhcp.reset()",
    _probe = function(ctx)
      for _, finding in ipairs(ctx.shared.dhcp.found) do
        if listening(finding) then
          local text = "coredhcp.yaml, line %d: %s"
          local bridge = bridge_of(ctx) or ctx.shared.server and ctx.shared.server.bridge
          return text:format(finding.line, finding.message), "certain",
            { BRIDGE = bridge or nil, _findings = { finding } }
        end
      end
      local bridge, listens = another_bridge(ctx)
      if not bridge then return nil end
      return ("coredhcp.yaml listens on %s, and nodes are on the bridge %s"):format(listens, bridge),
        ctx.machine and "certain" or "likely", { BRIDGE = bridge }
    end,
    _inject = function(at)
      local listen = at.pick { '"%virbr-opnchami"', '"172.16.0.254"', '"%lo"' }
      configured(function(text) return (text:gsub('"%%virbr%-openchami"', (listen:gsub("%%", "%%%%")), 1)) end)
      return ("coredhcp.yaml listens on %s"):format(listen)
    end,
  },
  {
    id = "F12", stage = "offer", owner = "coresmd",
    heard = "coresmd was brought up to date, and since then no node gets an address",
    symptom = "the unit of coresmd starts again and again: `expected 6 arguments`, or `should be 'key=val'`",
    cause = "the arguments of coresmd or bootloop are written for another version: words by position are v0.4's, "
      .. "key=value came with v0.5",
    fix = "dhcp.render{ version = VERSION }",
    note = "this writes the file for the version that runs" .. RESTART,
    lab = "lab.dhcp.set(dhcp.render{ version = VERSION })",
    _probe = function(ctx)
      local dhcp, words = ctx.shared.dhcp, {}
      for _, finding in ipairs(dhcp.dies and dhcp.found or {}) do
        for _, line in ipairs(finding.log or {}) do
          if of_dialect(line) then words[#words + 1] = finding break end
        end
      end
      if words[1] then
        return ("coredhcp.yaml, line %d: %s"):format(words[1].line, words[1].message), "certain",
          { VERSION = dhcp.version or "v0.6", _findings = words }
      end
      if ctx.shared.virt.on_lab then return nil end
      local died
      for _, event in ipairs(ctx.shared.events.events) do
        if of_dialect(event.message) then died = event elseif event.event == "listening" then died = nil end
      end
      if not died then return ctx.shared:need_dhcp() end
      local version = died.message:find "key=val" and "v0.6" or "v0.4"
      return ("coresmd's log says: %s"):format(died.message), "certain", { VERSION = version }
    end,
    _inject = function(at)
      local pool = ("172.16.0.%d"):format(at.pick { 200, 201, 205 })
      chami.lab.dhcp.set(chami.dhcp.render { version = "v0.4", pool = { pool, "172.16.0.250" } })
      return "coredhcp.yaml has the words of v0.4"
    end,
  },
  {
    id = "F04", stage = "offer", owner = "coresmd", asks = "log",
    heard = "since the certificates were renewed no node comes up any more, and yesterday all did",
    symptom = "every node is a stranger; coresmd logs `failed to refresh cache: … x509`, or `connection refused`",
    cause = "coresmd cannot read SMD: the CA, the name or the gateway is not as its configuration says",
    note = "openchami-certificate-update in a shell, then systemctl restart coresmd-coredhcp; its log says what it "
      .. "could not do",
    lab = 'lab.condition("coresmd_untrusting", false)',
    _probe = function(ctx)
      local refresh = ctx.shared.refresh
      if not refresh.failed then return nil end
      if refresh.knew then
        local text = "coresmd goes by what it read of SMD before; it logs: %s"
        return text:format(refresh.failed), "possible"
      end
      return ("coresmd has known nothing of SMD since it started; it logs: %s"):format(refresh.failed), "certain"
    end,
    _inject = function(at)
      at.condition("coresmd_untrusting", true)
      return "coresmd was restarted without the cluster's CA"
    end,
  },
}
