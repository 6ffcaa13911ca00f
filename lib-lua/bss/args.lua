local fault = require "fault"

---@class bss.Args kernel arguments, to be changed by name; `console=` and its like may stand several times
---@field [integer] string the words, each with the space before it
local Args = {}
Args.__index = Args

-- Words with the space before them; a space within double quotes belongs to its word.
local function split(text)
  local words, word, quoted = {}, "", false
  for letter in text:gmatch "." do
    if letter == '"' then quoted = not quoted end
    if letter:find "%s" and not quoted and word:find "%S" then
      words[#words + 1] = word
      word = ""
    end
    word = word .. letter
  end
  if word ~= "" then words[#words + 1] = word end
  return words
end

local function key_of(word) return word:match "^%s*([^=]*)" end

-- A value as the kernel reads it: in double quotes where there is a space.
local function written(key, value)
  if value == nil or value == true then return key end
  local text = tostring(value)
  if text:find "%s" and not text:find '"' then text = '"' .. text .. '"' end
  return key .. "=" .. text
end

local function value_of(word)
  local value = word:match "=(.*)$"
  return value == nil or value:match '^"(.*)"$' or value
end

local VALUES = { ["nil"] = true, boolean = true, number = true, string = true }

-- What is no argument of a kernel is refused before anything is written.
local function checked(call, key, value)
  if type(key) ~= "string" or key == "" then
    local is = key == nil and "none is named" or key == "" and "this is empty" or "this is a " .. type(key)
    fault.raise("bad_argument", ("bss.Args:%s: an argument is named by a text, and %s"):format(call, is), {
      hint = ('as in :%s("console"%s)'):format(call, call == "remove" and "" or ', "ttyS0,115200"'),
    })
  end
  if VALUES[type(value)] then return end
  local text = ("bss.Args:%s: a value is a text or a number, and this is a %s"):format(call, type(value))
  fault.raise("bad_argument", text, {
    hint = ('as in :%s(%q, "VALUE"); none for a bare word'):format(call, key),
  })
end

function Args:__tostring() return (table.concat(self):gsub("^%s+", ""):gsub("%s+$", "")) end

local function push(self, word) self[#self + 1] = (#self > 0 and " " or "") .. word end

-- Drops the words of a key, from a place on; says where the first of them stood.
local function drop(self, key, keep)
  local first, kept = nil, 0
  for i = 1, #self do
    local word = self[i]
    local mine = key_of(word) == key
    if mine then first = first or i end
    if not mine or (keep and first == i) then
      kept = kept + 1
      self[kept] = word
    end
  end
  for i = kept + 1, #self do self[i] = nil end
  return first
end

--- Sets an argument: the first with this name gets the value and the others go; at the end, when there is none.
---@param key string the name before `=`
---@param value? string|number|boolean its value; none, or true, for a bare word
---@return bss.Args args the same, for more
---@example tostring(bss.args("a console=tty0 b console=ttyS0"):set("console", "ttyS1,115200")) --> a console=ttyS1,115200 b
function Args:set(key, value)
  checked("set", key, value)
  local at = drop(self, key, true)
  if at then
    self[at] = self[at]:match "^%s*" .. written(key, value)
  else
    push(self, written(key, value))
  end
  return self
end

--- Adds an argument at the end, unless the very same is there: for `console=` and its like.
---@param key string the name before `=`
---@param value? string|number|boolean its value; none, or true, for a bare word
---@return bss.Args args the same, for more
---@example tostring(bss.args("console=tty0"):add("console", "ttyS0"):add("console", "ttyS0")) --> console=tty0 console=ttyS0
function Args:add(key, value)
  checked("add", key, value)
  local wanted = written(key, value)
  for _, word in ipairs(self) do
    if word:match "^%s*(.*)$" == wanted then return self end
  end
  push(self, wanted)
  return self
end

--- Removes every argument with a name.
---@param key string the name before `=`
---@return bss.Args args the same, for more
---@example tostring(bss.args("quiet console=tty0 ro console=ttyS0"):remove("console")) --> quiet ro
function Args:remove(key)
  checked("remove", key)
  drop(self, key, false)
  return self
end

--- Gets the values of an argument, each as one result: true for a bare word, nothing when there is none.
---@param key string the name before `=`
---@return string|boolean ... values
---@example bss.args("console=tty0 quiet console=ttyS0"):get("console") --> "tty0", "ttyS0"
function Args:get(key)
  local values = {}
  for _, word in ipairs(self) do
    if key_of(word) == key then values[#values + 1] = value_of(word) end
  end
  return table.unpack(values)
end

local function new(text) return setmetatable(split(text ~= nil and tostring(text) or ""), Args) end

local function is(value) return type(value) == "table" and getmetatable(value) == Args end

--- Kernel arguments as text that can be changed word by word: what `bss.args` makes.
return { new = new, is = is }
