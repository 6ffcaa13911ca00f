local native = select(2, ...)

--- tokensmith, the token service: one-time bootstrap tokens become access tokens, refresh tokens renew them.
--- A bootstrap token is made on the head node and can be used once. A refresh token is replaced at each use: keep the new
--- one. For a session's own token see `auth`, which keeps what comes and shows none of it.
local tokensmith = { oidc = {} }

---@class tokensmith.Health
---@field cluster_id string
---@field issuer string the `iss` of its tokens
---@field oidc_issuer string the identity provider whose tokens it exchanges
---@field openchami_id string
---@field service string
---@field service_identity_ca_configured boolean whether services may come with a certificate in place of a bootstrap token
---@field status string

---@class tokensmith.Tokens
---@field access_token string
---@field token_type string
---@field expires_in integer seconds until the access token ends
---@field refresh_token string
---@field refresh_expires_in integer seconds until no refresh token of this family is taken any more
---@field scope string words with spaces between them
---@field issued_token_type string

---@class tokensmith.Key
---@field kid string the key's name in the heads of tokens
---@field alg string the one algorithm it is used with
---@field kty string
---@field use string
---@field n string
---@field e string

---@class tokensmith.Provider
---@field configured boolean
---@field issuer_url string
---@field client_id string
---@field local_user_mint_enabled boolean whether user tokens may be made on the head node, past any identity provider

---@class tokensmith.ProviderChange
---@field issuer_url string
---@field client_id string
---@field replace_existing? boolean true: even when another one is set up
---@field dry_run? boolean true: only say what would be done

---@class tokensmith.ProviderAnswer
---@field status "ok"|"created"|"replaced"|"would_create"|"would_replace"
---@field oidc tokensmith.Provider

--- Asks tokensmith whether it is well, and who it is.
---@return tokensmith.Health health
---@example tokensmith.health().status --> "healthy"
function tokensmith.health() return native.health() end

--- Lists the public keys of its tokens.
---@return tokensmith.Key[] keys
---@example tokensmith.jwks()[1].alg --> "PS256"
function tokensmith.jwks() return native.keys() end

--- Exchanges a bootstrap token, which is used up by it.
--- What comes back holds tokens in the clear: the prompt hides them, `print` of a field does not.
---@param token string the bootstrap token
---@return tokensmith.Tokens tokens
---@example tokensmith.exchange(lab.bootstrap_token{ subject = "boot-service", audience = "smd" }).expires_in --> 3600
---@example tokensmith.exchange "used before" --> raises unauthorized
function tokensmith.exchange(token) return native.exchange(token) end

--- Exchanges a refresh token for an access token and the next refresh token.
--- What comes back holds tokens in the clear: the prompt hides them, `print` of a field does not.
---@param token string the refresh token
---@return tokensmith.Tokens tokens
---@example
---  local first = tokensmith.exchange(lab.bootstrap_token{ subject = "boot-service", audience = "smd" })
---  return tokensmith.refresh(first.refresh_token).refresh_expires_in --> 86400
function tokensmith.refresh(token) return native.refresh(token) end

--- Exchanges a bootstrap token and has the session go by what comes: in place of any other token, renewed by itself each
--- time it has ended. Nothing is shown and nothing stored; `auth.login` does the same and tells whose token it is.
---@param token string the bootstrap token, which is used up
---@example tokensmith.login(lab.bootstrap_token{ subject = "boot-service", audience = "smd" })
function tokensmith.login(token) native.login(token) end

--- Gets the session's next token now, whether or not this one has ended; only after a `login`.
---@example tokensmith.renew() --> raises unsupported
function tokensmith.renew() native.renew() end

--- Tells which identity provider tokensmith is set up for. Meant for callers on the head node.
---@return tokensmith.Provider provider
---@example tokensmith.oidc.get().client_id --> "openchami"
function tokensmith.oidc.get() return native.provider() end

--- Sets the identity provider up; it must answer. Ends with tokensmith's process.
---@param change tokensmith.ProviderChange
---@return tokensmith.ProviderAnswer answer
---@example tokensmith.oidc.configure{ issuer_url = "http://hydra:4444", client_id = "chami" } --> raises conflict
function tokensmith.oidc.configure(change) return native.set_provider(change) end

return tokensmith
