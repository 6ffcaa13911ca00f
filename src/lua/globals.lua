-- Makes the names of prelude.lua global, each loaded at its first touch. Runs once per VM.
local prelude, native_print, native_flush, native_exit, raise, forbidden = ...

local chami = setmetatable({}, {
  names = prelude,
  __tostring = function() return "chami: every module by its name; help() lists them" end,
  __index = function(self, name)
    local home = prelude[name]
    if not home then return nil end
    local module, field = home:match "^([^:]+):?(.*)$"
    local value = require(module)
    if field ~= "" then value = value[field] end
    rawset(self, name, value)
    return value
  end,
})

setmetatable(_G, {
  __index = function(self, name)
    local value = chami[name]
    if value ~= nil then rawset(self, name, value) end
    return value
  end,
})
rawset(_G, "chami", chami)

-- Printing goes to the shell's sink, so that it keeps its order and can be captured.
local concat, select, type = table.concat, select, type
local getmetatable, plain = getmetatable, tostring

-- An address tells nobody anything: a table that says nothing of itself is shown as the prompt does.
local function tostring(value)
  if type(value) == "table" then
    local meta = getmetatable(value)
    local speaks = type(meta) == "table" and (rawget(meta, "__tostring") or rawget(meta, "__name"))
    -- The metatable of a list that a native gave hides itself as `false`.
    if not meta or type(meta) == "table" and not speaks then return chami.inspect(value) end
  end
  return plain(value)
end

rawset(_G, "print", function(...)
  local count = select("#", ...)
  if count == 1 then return native_print(tostring((...)), "\n") end
  local words = { ... }
  for i = 1, count do words[i] = tostring(words[i]) end
  native_print(concat(words, "\t"), "\n")
end)

local write, output, stdout = io.write, io.output, io.stdout

rawset(io, "write", function(...)
  if output() ~= stdout then return write(...) end
  for i = 1, select("#", ...) do
    local word = select(i, ...)
    local kind = type(word)
    if kind ~= "string" and kind ~= "number" then
      error(("bad argument #%d to 'write' (string expected, got %s)"):format(i, kind), 2)
    end
    native_print(word, "")
  end
  return stdout
end)

-- Standard output by its own name is the same: what is printed keeps its order, and who asks sees the question.
local file = getmetatable(stdout).__index
local file_write, file_flush, flush = file.write, file.flush, io.flush
function file.write(self, ...)
  if self ~= stdout then return file_write(self, ...) end
  if output() == stdout then return io.write(...) end
  native_flush()
  return file_write(self, ...)
end
function file.flush(self)
  if self == stdout then native_flush() end
  return file_flush(self)
end
rawset(io, "flush", function()
  if output() == stdout then native_flush() end
  return flush()
end)

rawset(os, "exit", function(status)
  if status == nil or status == true then status = 0 elseif status == false then status = 1 end
  native_exit(status)
end)

-- While a command of the system runs, Ctrl-C is the command's. What it ended must end the Lua around it as well: a loop
-- around `sleep 1` would never stop.
local execute = os.execute
rawset(os, "execute", function(command)
  local well, how, code = execute(command)
  if how == "signal" and code == 2 then chami.fault.raise("interrupted", "stopped by Ctrl-C") end
  return well, how, code
end)

-- In a session that only reads or plans Lua's own ways to change this machine are closed as well.
if forbidden then
  local open = io.open
  local function stop(name) raise(forbidden(name)) end
  local function refuse(name)
    return function() stop(name) end
  end
  rawset(io, "open", function(path, mode)
    if mode and plain(mode):find "[wa+]" then stop "io.open" end
    return open(path, mode)
  end)
  rawset(io, "output", function(file)
    if type(file) == "string" then stop "io.output" end
    return output(file)
  end)
  for _, name in ipairs { "popen", "tmpfile" } do rawset(io, name, refuse("io." .. name)) end
  for _, name in ipairs { "execute", "remove", "rename", "tmpname" } do rawset(os, name, refuse("os." .. name)) end
end
