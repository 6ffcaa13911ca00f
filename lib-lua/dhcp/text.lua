-- What is said of a file → its text. No part of the public API.
local fault = require "fault"

local function refuse(message, hint) fault.raise("bad_argument", message, { hint = hint }) end

-- A text has several lines, or none; all else names a file. What cannot have been meant as a name is told so.
local function text_of(who, said)
  if type(said) ~= "string" then
    local is = said == nil and "none is named" or "this is a " .. type(said)
    local hint = "the name of a file, or a text of several lines"
    refuse(("%s: a file or its text is wanted, and %s"):format(who, is), hint)
  end
  if said == "" or said:find "\n" then return said end
  local ok, text = pcall(chami.fs.read, said)
  if ok then return text end
  if type(text) == "table" and text.kind == "not_found" and said:find "[:{%[%s]" then
    refuse(("%s: %q is one line, so it was taken for a file's name, and there is no such file"):format(who, said),
      [[a text of one line ends with its "\n"]])
  end
  error(text, 0)
end

-- Options are a table, if anything.
local function options_of(who, options)
  if options == nil or type(options) == "table" then return options or {} end
  refuse(("%s: the last argument is a table, and this is a %s"):format(who, type(options)), ("help(%s)"):format(who))
end

-- Where these come from on a lab, its network is what is missing.
local LOST = { not_found = true, unreachable = true, timeout = true }

-- Asks a real network. A lab has none here, unless it serves an interface.
local function on_wire(call, asked)
  local ok, found = pcall(call, asked)
  if ok then return found end
  if type(found) == "table" and LOST[found.kind] then
    local on_lab, server = pcall(chami.lab.dhcp.get)
    if on_lab and not server.wire then
      found.hint = "this lab's network is simulated, and none of its packets goes by here: dhcp.explain(NODE) tells"
        .. " what its server answers; `chami lab serve --interface` serves a real one; " .. (found.hint or "")
    end
  end
  error(found, 0)
end

--- Texts of files, and what a lab has no wire for: for `dhcp`, `tftp` and `lab.dhcp`.
return { on_wire = on_wire, options_of = options_of, text_of = text_of }
