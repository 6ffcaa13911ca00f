-- What is said about domains → what libvirt is asked. No part of the public API.
local native = select(2, ...)
local fault = require "fault"
local nodes = require "nodes"
local nodeset = require "nodeset"

local LISTED = "virsh.list{ all = true } shows them"

local function refuse(message, hint) fault.raise("bad_argument", message, { hint = hint or LISTED }) end

-- A number is a node's, in letters as well: never libvirt's ID, which is another one tomorrow.
local function is_number(word) return math.tointeger(tonumber(word)) ~= nil and tostring(word):find "^%d+$" ~= nil end

local function is_set(word) return word:find "[@&!^]" ~= nil end

-- What a word stands for by itself. Groups and what is done with sets are for `nodes` to know: they stay as they are.
local function spelled_out(word)
  if type(word) ~= "string" and type(word) ~= "number" then
    refuse(("a domain is named by its name, and this is a %s"):format(type(word)))
  end
  if word == "" then refuse "a domain's name is wanted, and this is empty" end
  if type(word) == "number" or is_set(word) then return { tostring(word) } end
  local ok, words = pcall(nodeset.expand, word)
  return ok and words or { word }
end

local function words_of(set)
  if set == nil then refuse "which domain? none is named" end
  if type(set) ~= "table" then return spelled_out(set) end
  local words = {}
  for _, word in ipairs(set) do
    local more = spelled_out(word)
    table.move(more, 1, #more, #words + 1, words)
  end
  if #words == 0 then refuse "which domains? none is named" end
  return words
end

-- Of several domains with one MAC the one that is called as SMD calls the node; none or several are, and it is not known
-- who is meant: what is asked may pull a plug.
local function meant(all, mac)
  local is_name, found = {}, {}
  for _, nic in ipairs(chami.smd.iface.list { MACAddress = mac }) do
    is_name[nic.ComponentID] = true
    -- As discovery describes it: `Interface 0 for compute1`.
    is_name[(nic.Description or ""):match " for (%S+)$" or nic.ComponentID] = true
  end
  for _, name in ipairs(all) do
    if is_name[name] then found[#found + 1] = name end
  end
  if #found == 1 then return found[1] end
  fault.raise("conflict", ("several domains have %s: %s"):format(mac, table.concat(all, ", ")), {
    hint = ("name the one that is meant: %q; a MAC belongs to one alone"):format(all[1]),
  })
end

-- The domains that have a card with one of these MACs, in their order.
local function by_mac(macs, uri)
  local owners, found = {}, {}
  for _, pair in ipairs(native.macs { uri = uri }) do
    local name = pair[1]
    for _, its in ipairs(pair[2]) do
      local all = owners[its] or {}
      if all[#all] ~= name then all[#all + 1] = name end
      owners[its] = all
    end
  end
  for i, its in ipairs(macs) do
    local all = owners[its:lower()] ---@type string[]
    if not all then
      fault.raise("not_found", ("no domain boots from %s"):format(its), {
        hint = "virsh.domiflist(DOMAIN) shows the MACs of one",
      })
    end
    found[i] = #all == 1 and all[1] or meant(all, its)
  end
  return found
end

-- `{ id = 1 }`: the one that libvirt counts so as long as it runs.
local function by_id(set, uri)
  local id = set.id
  for key, beside in pairs(set) do
    if key ~= "id" then
      refuse(("{ id = %s } is one domain, and %s stands beside it"):format(id, beside), "name all, or one by its ID")
    end
  end
  for _, it in ipairs(chami.virsh.list { uri = uri }) do
    if it.id == id then return { it.name } end
  end
  fault.raise("not_found", ("no domain that runs has the ID %s"):format(id), { hint = "virsh.list() shows them" })
end

-- So few are looked up one by one; for more all are listed, of which there may be thousands.
local FEW = 4

-- The first of these words that is no domain's name.
local function stranger(words, uri)
  local known, asks = {}, #words > FEW
  for _, word in ipairs(words) do
    if is_set(word) then return word end
  end
  if asks then
    for _, it in ipairs(chami.virsh.list { all = true, uri = uri }) do known[it.name] = true end
  end
  for _, word in ipairs(words) do
    if asks then
      if not known[word] then return word end
    else
      local ok, info = pcall(native.named, word, { uri = uri })
      if not ok and info.kind ~= "not_found" then error(info, 0) end
      -- A number or a UUID finds a domain as well.
      if not ok or info.name ~= word then return word end
    end
  end
end

local function uri_of(options) return type(options) == "table" and options.uri or nil end

-- A set → names of domains: those libvirt knows go first, other words are nodes.
local function domains(set, options)
  local uri = uri_of(options)
  if type(set) == "table" and set.id ~= nil then return by_id(set, uri) end
  local words = words_of(set)
  local strange = stranger(words, uri)
  if not strange then return words end
  local ok, macs = pcall(nodes.macs, set)
  if ok then return by_mac(macs, uri) end
  -- A set of nodes says itself what is wrong with it; of mere names libvirt does, which finds none by a number.
  local means_nodes = is_set(strange) or strange:find "%[" ~= nil
  for _, word in ipairs(words) do means_nodes = means_nodes or is_number(word) end
  if means_nodes or type(macs) ~= "table" then error(macs, 0) end
  return words
end

-- One domain, by its own name or a node's.
local function domain(set, options)
  local found = domains(set, options)
  if #found == 1 then return found[1] end
  refuse(("one domain is wanted, and these are %d"):format(#found))
end

-- What `f` tells of one domain: a name libvirt has needs no look-up, one that it has not may be a node's.
local function about(set, options, f)
  local plain = type(set) == "string" and set ~= "" and not is_number(set) and not is_set(set)
  if not plain then return f(domain(set, options)) end
  local told = table.pack(pcall(f, set))
  if told[1] then return table.unpack(told, 2, told.n) end
  local why = told[2]
  if why.kind == "not_found" then
    local ok, macs = pcall(nodes.macs, set)
    if ok and #macs == 1 then return f(by_mac(macs, uri_of(options))[1]) end
  end
  error(why, 0)
end

--- What is said about domains, as libvirt is asked; `virsh` has the functions.
return { about = about, domain = domain, domains = domains }
