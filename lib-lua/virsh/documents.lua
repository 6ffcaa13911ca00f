-- Documents and addresses, as libvirt has them. No part of the public API.
local native = select(2, ...)
local fault = require "fault"

local function refuse(message, hint) fault.raise("bad_argument", message, { hint = hint }) end

-- A document: text as it is, a table as XML.
local function document(sort, value)
  if type(value) ~= "table" then return value end
  return native.xml_render(sort, value)
end

-- The same where only a table will do.
local function render(sort, value)
  if type(value) == "table" then return native.xml_render(sort, value) end
  refuse(("virsh.%s.render: the table of a document is wanted, and this is a %s"):format(sort, type(value)),
    ("virsh.%s.parse(xml) gives one"):format(sort))
end

local function parse(sort, xml)
  if type(xml) == "string" then return native.xml_parse(xml) end
  local gives = { domain = "virsh.dumpxml(DOMAIN)", network = "virsh.net_dumpxml(NETWORK)" }
  refuse(("virsh.%s.parse: text is wanted, and this is a %s"):format(sort, type(xml)), gives[sort] .. " gives it")
end

-- A MAC as libvirt writes it; nil is none.
local function mac(text)
  if text == nil then return nil end
  local letters = type(text) == "string" and text:gsub("[:-]", ""):lower() or ""
  if #letters == 12 and not letters:find "%X" then return (letters:gsub("%x%x", "%0:"):sub(1, -2)) end
  refuse(("%s is no MAC address"):format(chami.json.encode(text)), "six bytes, as 52:54:00:be:ef:01")
end

--- Documents as tables and as text; `virsh` has the functions.
return { document = document, mac = mac, parse = parse, render = render }
