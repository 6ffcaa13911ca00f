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

-- What a word stands for by itself. Groups and what is done with sets are for `nodes` to know: they stay as they are.
local function spelled_out(word)
  if type(word) ~= "string" or word:find "[@&!^]" then return { tostring(word) } end
  local ok, words = pcall(nodeset.expand, word)
  return ok and words or { word }
end

local function words_of(set)
  if type(set) ~= "table" then return spelled_out(set) end
  local words = {}
  for _, word in ipairs(set) do
    local more = spelled_out(word)
    table.move(more, 1, #more, #words + 1, words)
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

-- So few are looked up one by one; for more all are listed, of which there may be thousands.
local FEW = 4

-- The first of these words that is no domain's name.
local function stranger(words, uri)
  local known = {}
  if #words > FEW then
    for _, it in ipairs(chami.virsh.list { all = true, uri = uri }) do known[it.name] = true end
  end
  for _, word in ipairs(words) do
    if #words > FEW then
      if not known[word] then return word end
    else
      local ok, info = pcall(chami.virsh.dominfo, word, { uri = uri })
      if not ok and info.kind ~= "not_found" then error(info, 0) end
      -- A number or a UUID finds a domain as well.
      if not ok or info.name ~= word then return word end
    end
  end
end

-- A set → names of domains: those libvirt knows go first, other words are nodes.
local function domains(set, options)
  local uri = type(options) == "table" and options.uri or nil
  local words = words_of(set)
  local strange = stranger(words, uri)
  if not strange then return words end
  local ok, macs = pcall(nodes.macs, set)
  if ok then return by_mac(macs, uri) end
  -- A set of nodes says itself what is wrong with it; of a mere name libvirt does.
  if type(set) == "number" or strange:find "[@&!^%[]" then error(macs, 0) end
  return words
end

-- One domain, by its own name or a node's.
local function domain(set, options)
  local found = domains(set, options)
  if #found == 1 then return found[1] end
  fault.raise("bad_argument", ("one domain is wanted, and these are %d"):format(#found), {
    hint = "virsh.list{ all = true } shows them",
  })
end

--- What is said about domains, as libvirt is asked; `virsh` has the functions.
return { document = document, domain = domain, domains = domains, one = one, parse = parse, patience = patience }
