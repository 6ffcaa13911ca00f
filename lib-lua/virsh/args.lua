-- What is said about domains → what libvirt is asked. No part of the public API.
local native = select(2, ...)
local fault = require "fault"
local nodes = require "nodes"
local nodeset = require "nodeset"

-- A document: text as it is, a table as XML.
local function document(sort, value)
  if type(value) ~= "table" then return value end
  return native.xml_render(sort, value)
end

local function parse(xml) return native.xml_parse(xml) end

-- How long to wait, in seconds, and whether a pattern is plain text.
local function patience(options) return native.patience(options) end

local function one(domain)
  if type(domain) == "string" then return domain end
  fault.raise("bad_argument", "a domain's name is wanted, and this is a " .. type(domain), {
    hint = "virsh.list{ all = true } shows them",
  })
end

local function words_of(set)
  if type(set) == "string" then
    local ok, words = pcall(nodeset.expand, set)
    return ok and words or { set }
  end
  if type(set) ~= "table" then return { tostring(set) } end
  local words = {}
  for _, word in ipairs(set) do
    local ok, more = pcall(nodeset.expand, tostring(word))
    table.move(ok and more or { tostring(word) }, 1, ok and #more or 1, #words + 1, words)
  end
  return words
end

-- The domains that boot from these MACs, in their order.
local function by_mac(macs, uri)
  local owner, found = {}, {}
  for _, pair in ipairs(native.macs { uri = uri }) do
    for _, mac in ipairs(pair[2]) do owner[mac] = owner[mac] or pair[1] end
  end
  for i, mac in ipairs(macs) do
    found[i] = owner[mac:lower()] or fault.raise("not_found", ("no domain boots from %s"):format(mac), {
      hint = "virsh.domiflist(DOMAIN) shows the MACs of one",
    })
  end
  return found
end

-- A set → names of domains: those libvirt knows go first, other words are nodes.
local function domains(set, options)
  local uri = type(options) == "table" and options.uri or nil
  local words, known = words_of(set), {}
  for _, it in ipairs(chami.virsh.list { all = true, uri = uri }) do known[it.name] = true end
  local strange
  for _, word in ipairs(words) do strange = strange or not known[word] and word end
  if not strange then return words end
  local ok, macs = pcall(nodes.macs, set)
  if ok then return by_mac(macs, uri) end
  -- A set of nodes says itself what is wrong with it; of a mere name libvirt does.
  if type(set) == "number" or strange:find "[@&!^%[]" then error(macs, 0) end
  return words
end

--- What is said about domains, as libvirt is asked; `virsh` has the functions.
return { document = document, domains = domains, one = one, parse = parse, patience = patience }
