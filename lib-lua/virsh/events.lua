local native = select(2, ...)
local task = require "task"

---@class virsh.Event
---@field domain string
---@field event string `defined`, `undefined`, `started`, `suspended`, `resumed`, `stopped`, `shutdown`, `crashed`, `rebooted`
---@field detail? string how it came to that, in libvirt's words: `booted`, `destroyed`, …

---@class virsh.NextOptions
---@field timeout? string|number how long to wait: `"2m"`, or seconds; a minute where nothing is said

---@class virsh.Events what happens to domains, one after another
local Events = {}
Events.__index = Events
Events.__name = "virsh.Events"
-- What an open one fills in.
Events._live = false
Events._domain = nil ---@type string?
Events._said = nil ---@type any
Events.__close = function(self) self:close() end

function Events:__tostring()
  local whose = self._domain and ("events of %s, "):format(self._domain) or "events of all domains, "
  return whose .. (self._id and "listening; :next waits for one, :close ends it" or "closed")
end

local STEP = 1

--- Waits for what happens next.
---@param options? virsh.NextOptions
---@return virsh.Event|nil event nil when nothing has happened in that time
---@example local e = virsh.events "compute1"; node.boot "compute1"; virsh.destroy "compute1"; return e:next().event --> "started"
---@example virsh.events():next{ timeout = 0 } --> nil
function Events:next(options)
  local said = native.next_patience(options)
  local began, left = os.time(), said.timeout
  while #self._queue == 0 and self._id do
    local live, wait = self._live, math.max(0, math.min(left, STEP))
    self._queue = native.events_read(self._id, live and wait or 0, self._said)
    if #self._queue > 0 or left <= 0 then break end
    if live then
      left = said.timeout - (os.time() - began)
    else
      task.sleep(wait)
      left = left - wait
    end
  end
  return table.remove(self._queue, 1)
end

--- Listens no more.
---@example local e = virsh.events(); e:close(); return e:next() --> nil
function Events:close()
  if not self._id then return end
  local id = self._id
  self._id = nil
  native.events_close(id, self._said)
end

local function open(domain, options)
  local said = { uri = type(options) == "table" and options.uri or nil }
  local opened = native.events_open(domain, options)
  return setmetatable({
    _domain = domain, _id = opened.events, _live = opened.live, _queue = {}, _said = said,
  }, Events)
end

--- What happens to domains: what `virsh.events` gives.
return { open = open }
