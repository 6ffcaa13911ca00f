local fault = require "fault"

local codes = {
  KEY_ESC = 1, KEY_MINUS = 12, KEY_EQUAL = 13, KEY_BACKSPACE = 14, KEY_TAB = 15, KEY_LEFTBRACE = 26,
  KEY_RIGHTBRACE = 27, KEY_ENTER = 28, KEY_LEFTCTRL = 29, KEY_SEMICOLON = 39, KEY_APOSTROPHE = 40, KEY_GRAVE = 41,
  KEY_LEFTSHIFT = 42, KEY_BACKSLASH = 43, KEY_COMMA = 51, KEY_DOT = 52, KEY_SLASH = 53, KEY_RIGHTSHIFT = 54,
  KEY_LEFTALT = 56, KEY_SPACE = 57, KEY_CAPSLOCK = 58, KEY_F11 = 87, KEY_F12 = 88, KEY_RIGHTCTRL = 97,
  KEY_SYSRQ = 99, KEY_RIGHTALT = 100, KEY_HOME = 102, KEY_UP = 103, KEY_PAGEUP = 104, KEY_LEFT = 105,
  KEY_RIGHT = 106, KEY_END = 107, KEY_DOWN = 108, KEY_PAGEDOWN = 109, KEY_INSERT = 110, KEY_DELETE = 111,
  KEY_PAUSE = 119, KEY_LEFTMETA = 125, KEY_RIGHTMETA = 126,
}

for at, letters in pairs { [2] = "1234567890", [16] = "QWERTYUIOP", [30] = "ASDFGHJKL", [44] = "ZXCVBNM" } do
  for i = 1, #letters do codes["KEY_" .. letters:sub(i, i)] = at + i - 1 end
end
for i = 1, 10 do codes["KEY_F" .. i] = 58 + i end

-- Names or numbers → codes.
local function codes_of(words)
  local list = {}
  if type(words) == "string" then
    for word in words:gmatch "%S+" do list[#list + 1] = word end
  else
    list = type(words) == "table" and words or { words }
  end
  local found = {}
  for i, word in ipairs(list) do
    local name = tostring(word)
    local code = math.tointeger(word) or codes[name:upper()]
    found[i] = code or fault.raise("bad_argument", ("there is no key %q"):format(name), {
      hint = "as Linux names them: KEY_ENTER, KEY_A, KEY_F12, or its number",
    })
  end
  return found
end

--- Keys by their names in Linux's input-event-codes.h, for `virsh.send_key`.
return { codes = codes_of }
