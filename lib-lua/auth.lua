local native = select(2, ...)
local tokensmith = require "tokensmith"

--- Tokens: what the session's says, whether it holds, and why a door stays shut.
--- No function shows a token. One that is given is looked at and forgotten; the session's own is meant when none is.
local auth = {}

---@class auth.Claims
---@field alg string how it is signed
---@field kid? string the name of the key it is signed with
---@field sub? string whose it is
---@field iss? string who made it
---@field aud? string|string[] who it is for
---@field scope? string|string[] what it allows
---@field iat? string when it was made, as in RFC 3339
---@field nbf? string from when on it is good
---@field exp? string when it ends
---@field seconds_left? integer until it ends, by the target's clock; negative: since it ended
---@field [string] json.Value whatever else it says

---@class auth.Checks
---@field present boolean there is a token
---@field form boolean it is a JWT
---@field kid boolean its head names a key
---@field key boolean the cluster publishes that key
---@field algorithm boolean it is that key's own
---@field signature boolean it is by that key
---@field iat boolean it is not from the future
---@field exp boolean it has not ended
---@field nbf boolean it has begun
---@field claims boolean `sub`, `iss` and `aud` are there
---@field subject boolean `sub` is not empty
---@field clock? boolean the gateway's clock is this one's

---@class auth.Rule
---@field check string
---@field ok boolean
---@field says string

--- Tells what a token says. Its signature is not looked at.
---@param token? string by default the session's
---@return auth.Claims claims
---@example auth.claims().sub --> "operator@example"
---@example auth.claims(lab.token{ exp = -60 }).seconds_left --> -60
function auth.claims(token) return native.claims(token) end

--- Checks a token as SMD and BSS do: by the keys the cluster publishes and the gateway's clock.
---@param token? string by default the session's
---@return auth.Checks checks all true; raises `unauthorized` with the first that fails
---@example auth.verify().signature --> true
---@example auth.verify(lab.token{ key = "other", alg = "PS256" }) --> raises unauthorized
function auth.verify(token) return native.verify(token) end

--- Tells rule by rule how SMD and BSS look at a token, what they would answer, and what to do next.
--- The first rule that does not hold ends their check; whether the gateway's clock is this one's is told besides.
---@param token? string by default the session's
---@return auth.Rule[] rules the last two are the services' `answer` and the `next` thing to do
---@example auth.explain(lab.token{ exp = -60 })[8].says --> "ended 1 min ago, at 2025-12-31T23:59:00Z"
function auth.explain(token) return native.explain(token) end

--- Exchanges a bootstrap token and lives on what comes: the session's requests carry it in place of any other token, and
--- when it has ended the next one is fetched. Nothing is shown and nothing stored: it ends with the session.
---@param token string the bootstrap token, which is used up
---@return auth.Claims claims of the session's token now
---@example auth.login(lab.bootstrap_token{ subject = "boot-service", audience = "smd" }).sub --> "boot-service"
function auth.login(token)
  tokensmith.login(token)
  return auth.claims()
end

--- Gets the session's next token now, after a `login`.
---@return auth.Claims claims of the session's token now
---@example
---  auth.login(lab.bootstrap_token{ subject = "boot-service", audience = "smd" })
---  lab.clock.advance "30m"
---  return auth.renew().seconds_left --> 3600
function auth.renew()
  tokensmith.renew()
  return auth.claims()
end

--- Says whether the session's token outlasts a span of time; when it does not, warns on standard error, once a session.
--- `task.wait` asks it. A lab's session and one that lives on refresh have tokens without end.
---@param span string|number `"2h"`, or seconds
---@return boolean lasts
---@example auth.lasts "2h" --> true
function auth.lasts(span) return not native or native.lasts(span) end -- a VM without a target needs no token

return auth
