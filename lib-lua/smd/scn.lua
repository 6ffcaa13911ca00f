local native = select(2, ...)

--- State change notifications: who is told when components change. SMD POSTs to the subscriber's URL which components
--- changed and to what: `{ Components = { "x…" }, State = "Ready", Flag = "OK" }`.
local scn = {}

---@class smd.Subscription
---@field ID integer
---@field Subscriber string who wants to know
---@field Enabled? boolean tell when a component is enabled or disabled
---@field Roles? string[] tell when a component gets one of these
---@field SubRoles? string[]
---@field SoftwareStatus? string[]
---@field States? string[]
---@field Url string where to POST

---@class smd.SubscriptionFields
---@field Subscriber? string who wants to know
---@field Enabled? boolean
---@field Roles? string[]
---@field SubRoles? string[]
---@field SoftwareStatus? string[]
---@field States? string[]
---@field Url? string where to POST

---@class smd.SubscriptionChange: smd.SubscriptionFields
---@field Op? string add or remove words, or replace lists, as SMD's PATCH does it; without it what is given is written

--- Lists subscriptions.
---@return smd.Subscription[] subscriptions by number
---@example #smd.scn.list() --> 0
function scn.list() return native.scn_list() end

--- Gets one subscription.
---@param id integer its number
---@return smd.Subscription subscription
---@example select(2, pcall(smd.scn.get, 1)).kind --> "not_found"
function scn.get(id) return native.scn_get(id) end

--- Subscribes; the same subscriber at the same URL is a `conflict`.
---@param fields smd.SubscriptionFields who, where, and what triggers
---@return smd.Subscription subscription as it is now
---@example smd.scn.add{ Subscriber = "me", Url = "http://127.0.0.1:9/scn", States = { "Ready" } }.States --> { "Ready" }
function scn.add(fields) return native.scn_add(fields) end

--- Replaces a subscription.
---@param id integer its number
---@param fields smd.SubscriptionFields who, where, and what triggers
---@return smd.Subscription subscription as it is now
---@example
---  local s = smd.scn.add{ Subscriber = "me", Url = "http://127.0.0.1:9/", States = { "On" } }
---  return smd.scn.set(s.ID, { Subscriber = "me", Url = s.Url, Roles = { "Compute" } }).States --> nil
function scn.set(id, fields) return native.scn_set(id, fields) end

--- Changes the given fields of a subscription.
---@param id integer its number
---@param fields smd.SubscriptionChange what it gets
---@return smd.Subscription subscription as it is now
---@example
---  local s = smd.scn.add{ Subscriber = "me", Url = "http://127.0.0.1:9/", States = { "On" } }
---  return smd.scn.update(s.ID, { Op = "add", States = { "Off" } }).States --> { "On", "Off" }
function scn.update(id, fields) return native.scn_update(id, fields) end

--- Ends subscriptions.
---@param ids integer|integer[]|{ all: true } which ones; all of them only when that is said
---@return smd.Subscription[] gone what went
---@example #smd.scn.delete{ all = true } --> 0
function scn.delete(ids)
  if type(ids) == "number" then ids = { ids } end
  if type(ids) == "table" and ids.all == true then return native.scn_delete(nil, true) end
  return native.scn_delete(ids)
end

return scn
