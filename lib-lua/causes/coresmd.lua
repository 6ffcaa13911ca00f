-- Causes that stand in the server of addresses: coredhcp with coresmd. No part of the public API.
return {
  {
    id = "F04", stage = "offer", owner = "coresmd", asks = "log",
    heard = "since the certificates were renewed no node comes up any more, and yesterday all did",
    symptom = "every node is a stranger; coresmd logs `failed to refresh cache: … x509`, or `connection refused`",
    cause = "coresmd cannot read SMD: the CA, the name or the gateway is not as its configuration says",
    fix = "openchami-certificate-update, then systemctl restart coresmd-coredhcp; its log says what it could not do",
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
