-- Causes that only a boot shows: they are read off its timeline. No part of the public API.
local fault = require "fault"

local FETCHES = { kernel = true, initrd = true, rootfs = true }

-- Whether the node was offered the address that SMD has for it: then it is not SMD that is wrong about it.
local function offered_its_own(ctx)
  for _, stage in ipairs(ctx.boot) do
    local ip = stage.stage == "offer" and stage.ok and stage.what:match "%d+%.%d+%.%d+%.%d+"
    local nics = ip and ctx.shared.by_ip[ip] or {}
    if #nics == 1 and nics[1].ComponentID == ctx.xname then return ip end
  end
end

return {
  {
    id = "F28", stage = "script", owner = "bss", asks = "boot",
    heard = "one node had a hiccup of the network, and has not come back",
    symptom = "after one fetch that failed the node never comes back, though what it wanted is there again",
    cause = "BSS sends a node that tries again to https on port 443, where nobody listens, and iPXE lacks the CA",
    note = "BSS_IPXE_SERVER=172.16.0.254:8081 and BSS_CHAIN_PROTO=http in openchami.env, restart bss, reset the node",
    lab = 'lab.condition("chain_https", false)',
    _probe = function(ctx)
      local stage, failed = ctx.stopped, ctx.furthest
      if not stage or stage.stage ~= "script" or not FETCHES[failed.stage] then return nil end
      local chain = tostring(stage.request):match "(https://%S+)"
      if not chain then return nil end
      return ("%s: %s; then it was sent to %s: %s"):format(failed.stage, failed.what, chain, stage.what), "likely"
    end,
    _inject = function(at)
      local record = at.record
      if not record then fault.raise("bad_argument", at.node .. " has no boot parameters to be spoiled") end
      local path = record.kernel:match "^https?://[^/]+/(.*)$"
      local kernel ---@type lab.Artifact?
      for _, one in ipairs(chami.lab.artifacts()) do kernel = one.path == path and one or kernel end
      if not kernel then fault.raise("bad_argument", "there is no kernel that a fetch could miss once") end
      at.condition("chain_https", true)
      chami.lab.artifact.delete(path)
      chami.node.reboot(at.node)
      chami.lab.clock.advance "2m"
      chami.lab.artifact.put(kernel)
      return ("%s missed its kernel once, and was sent to port 443; the kernel is there again"):format(at.node)
    end,
  },
  {
    id = "F43", stage = "meta-data", owner = "cloud-init", asks = "boot",
    symptom = "cloud-init answers 422 to the node: it sees the address of the bridge instead of the node's",
    cause = "source NAT, or a proxy that drops X-Forwarded-For: all nodes come from one address",
    note = "forward mode `route` instead of `nat` for the network, and `option forwardfor` in haproxy",
    lab = 'lab.condition("nat", false)',
    _probe = function(ctx)
      local stage = ctx.stopped
      if not stage or stage.stage ~= "meta-data" or stage.status ~= 422 then return nil end
      local ip = offered_its_own(ctx)
      if not ip then return nil end
      local text = "%s asked from %s, which SMD has for it, and cloud-init answered 422: %s"
      return text:format(ctx.xname, ip, stage.what), ctx.told.data and "certain" or "likely"
    end,
    _inject = function(at)
      at.condition("nat", true)
      return "the nodes' addresses are hidden behind the bridge's"
    end,
  },
}
