local native = select(2, ...)
local fault = require "fault"
local task = require "task"

---@class virsh.ConsoleOptions: virsh.Options
---@field force? boolean take it from whoever has it open

---@class virsh.ExpectOptions
---@field timeout? string|number how long to wait: `"2m"`, or seconds; ten minutes where nothing is said, as a boot takes some
---@field plain? boolean the pattern is the very text

---@class virsh.Console an open console; on a lab waiting lets the lab's time pass
local Console = {}
Console.__index = Console
Console.__name = "virsh.Console"
-- What an open one fills in.
Console.domain, Console.ended, Console._text, Console._live = "", false, "", false
Console._earlier, Console._used = "", false
Console._said = nil ---@type any

local STEP, TAIL, PATIENCE = 1, 3, "10m"

function Console:__tostring()
  local state = self.ended and "ended" or self._id and "open" or "closed"
  local text = "console of %s, %s, %d bytes so far; :expect, :send and :log drive it"
  return text:format(self.domain, state, #self._text)
end

Console.__close = function(self) self:close() end

local function closed(self)
  fault.raise("conflict", ("this console of %s is closed"):format(self.domain), {
    hint = ("virsh.console %q opens it anew"):format(self.domain),
  })
end

-- What firmware paints with is left out, so that a pattern finds what a person reads. A sequence may come in pieces.
local function plain(self, text)
  text = self._rest .. text
  local cut = text:find "\27%[?[%d;?]*$"
  self._rest = cut and text:sub(cut) or ""
  if cut then text = text:sub(1, cut - 1) end
  return (text:gsub("\27%[[%d;?]*%a", ""):gsub("\27[()]%w", ""):gsub("\27[^%[()]", ""))
end

-- Reads what has come; waits a little for it where time passes by itself.
local function read(self, wait)
  if not self._id then closed(self) end
  self._used = true
  local chunk = native.console_read(self._id, self._live and wait or 0, self._said)
  self._text = self._text .. plain(self, chunk.text)
  self.ended = chunk.ended
  return chunk.text ~= ""
end

local function last_lines(text)
  local lines = {}
  for line in text:gsub("[%z\1-\9\11\12\14-\31]", ""):gmatch "[^\r\n]+" do lines[#lines + 1] = line end
  return table.concat(lines, " | ", math.max(1, #lines - TAIL + 1))
end

-- Why it did not come.
local function missed(self, pattern, said)
  local wait = said.timeout
  if not said.plain and self._text:find(pattern, self._from, true) then
    local what = ("%q was on the console of %s as it is written, and as a pattern it reads otherwise")
    fault.raise("timeout", what:format(pattern, self.domain), {
      hint = ("c:expect(%q, { plain = true }) takes it as it is"):format(pattern),
    })
  end
  local tail = last_lines(self._text)
  local shown = tail == "" and "it has shown nothing so far" or "it showed last: " .. tail
  if self.ended then
    local what = ("the console of %s ended, and %q was not on it"):format(self.domain, pattern)
    fault.raise("no_effect", what, { hint = shown })
  end
  local what = ("%q was not on the console of %s within %g s"):format(pattern, self.domain, wait)
  fault.raise("timeout", what, { hint = shown })
end

-- Refuses what nothing can be found by, before anybody waits for it.
local function sought(pattern, is_plain)
  if type(pattern) ~= "string" then
    local said = pattern == nil and "none is given" or "this is a " .. type(pattern)
    fault.raise("bad_argument", "virsh.Console:expect: a pattern is wanted, and " .. said, {
      hint = 'the text the console will show: c:expect "login:"',
    })
  end
  local ok, why = pcall(string.find, "", pattern, 1, is_plain)
  if ok then return end
  fault.raise("bad_argument", ("virsh.Console:expect: %q is no pattern of Lua: %s"):format(pattern, why), {
    hint = ("for the very text: c:expect(%q, { plain = true })"):format(pattern),
  })
end

-- What was said, with the patience that a boot wants where none was.
local function patience(options)
  local said = options
  if options == nil or type(options) == "table" and options.timeout == nil then
    said = { timeout = PATIENCE }
    for key, value in pairs(options or {}) do said[key] = value end
  end
  return native.patience(said)
end

--- Waits until the console shows something; what stood before it counts as read from then on. On a lab the line that its
--- cursor stands in when it is opened counts as well, so that a prompt that waits is found; a real one wants the Enter key:
--- `c:send "\n"`.
---@param pattern string a Lua pattern, or with `plain` the very text
---@param options? virsh.ExpectOptions
---@return string match what matched, or its first capture
---@return string ... further captures
---@example virsh.start "compute1"; return virsh.console("compute1"):expect("MAC:(%x+)", { timeout = "2m" }) --> "525400BEEF01"
---@example virsh.start "compute1"; virsh.console("compute1"):expect("login:", { timeout = "5s" }) --> raises timeout
---@example virsh.start "compute1"; virsh.console("compute1"):expect "[root@nid001" --> raises bad_argument
function Console:expect(pattern, options)
  local said = patience(options)
  sought(pattern, said.plain)
  local began, left = os.time(), said.timeout
  while true do
    local found = table.pack(self._text:find(pattern, self._from, said.plain)) ---@type any
    if found[1] then
      self._from = found[2] + 1
      if found.n > 2 then return table.unpack(found, 3, found.n) end
      return self._text:sub(found[1], found[2])
    end
    if self.ended or left <= 0 then missed(self, pattern, said) end
    local wait = math.min(left, STEP)
    local came = read(self, wait)
    if self._live then
      left = said.timeout - (os.time() - began)
    elseif not came then
      task.sleep(wait)
      left = left - wait
      read(self, 0)
    end
  end
end

--- Types on the console.
---@param text string as it is; `"\n"` is the Enter key
---@return virsh.Console console the same, for more
---@example virsh.start "compute1"; virsh.console("compute1"):send "root\n" --> raises unsupported
function Console:send(text)
  if not self._id then closed(self) end
  self._used = true
  native.console_send(self._id, text, self._said)
  return self
end

-- What is said before somebody types there, and afterwards.
local function greeting(self)
  local text = ("(the console of %s: every key goes there, Ctrl-C too; Ctrl-] leaves)"):format(self.domain)
  if self._earlier == "" then return text end
  return ("%s\n(what it showed last:)\n%s"):format(text, self._earlier)
end

local function farewell(self)
  if self.ended then return ("(the console of %s has ended: it is off)"):format(self.domain) end
  return ("(you left the console of %s)"):format(self.domain)
end

-- A session that must not write may look.
local function connected(self)
  local ok, visit = pcall(native.console_interact, self._id, self._live, self._said)
  if ok then return visit end
  if visit.kind ~= "refused" then error(visit, 0) end
  native.announce(("(no key goes there: %s)"):format(visit.message))
  return native.console_look(self._id, self._live, self._said)
end

--- Gives your terminal to the console: what it shows comes to the screen, and every key goes there, until `Ctrl-]` leaves
--- it. At the prompt `virsh.console "compute1"` does so by itself; one that is kept in a variable waits for this call.
---@return virsh.Console console the same, for more
---@example virsh.start "compute1"; virsh.console("compute1"):interact() --> raises unsupported
function Console:interact()
  if not self._id then closed(self) end
  native.terminal()
  self._used = true
  native.announce(greeting(self))
  local visit = connected(self)
  self._text = self._text .. plain(self, visit.text)
  self._from, self._earlier, self.ended = #self._text + 1, "", visit.ended
  native.announce(farewell(self))
  return self
end

-- A console that nobody has done anything with is what somebody at the prompt asked for, and no value to look at.
Console.__prompt = function(self)
  if self._used or not self._id then return self end
  local ok, raised = pcall(self.interact, self)
  local closed_, why = pcall(self.close, self)
  -- What went wrong first is what is told.
  if not ok or not closed_ then error(ok and why or raised, 0) end
end

--- Gets all that the console has shown since it was opened, and the line it stood in then, without what colours and
--- places it.
---@return string text
---@example virsh.start "compute1"; return virsh.console("compute1"):log():match "PXE" --> "PXE"
function Console:log()
  if self._id then read(self, 0) end
  return self._text
end

--- Closes it; somebody else may have it then. What it showed can still be read.
---@example virsh.start "compute1"; local c = virsh.console "compute1"; c:close(); c:send "x" --> raises conflict
function Console:close()
  if not self._id then return end
  local id = self._id
  self._id = nil
  native.console_close(id, self._said)
end

local function open(domain, options)
  local opened = native.console_open(domain, options)
  return setmetatable({
    domain = domain, ended = false, _id = opened.console, _live = opened.live, _earlier = opened.earlier or "",
    -- A prompt that waits for somebody is written once.
    _text = opened.earlier and opened.earlier:match "[^\r\n]*$" or "", _rest = "", _from = 1,
    _said = { uri = type(options) == "table" and options.uri or nil },
  }, Console)
end

--- An open serial console: what `virsh.console` gives.
return { open = open }
