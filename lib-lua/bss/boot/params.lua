local native = select(2, ...)
local call = require "bss.call"
local nodes = require "nodes"

--- Boot parameters: kernel, initrd and kernel arguments of each node.
--- A set of nodes stands for their boot MACs, looked up in SMD; all of a set is written with one request. Other
--- identities go by the wire's own form, everything in one table: `{ macs = …, hosts = …, nids = …, kernel = … }`. BSS
--- keeps MACs, xnames and NIDs apart, and a node's firmware finds only what stands under its MAC.
--- Where arguments are wanted, text will do or `bss.args`.
local params = {}

---@class bss.BootParams
---@field hosts? string[] xnames
---@field macs? string[]
---@field nids? integer[]
---@field params? string kernel arguments
---@field kernel? string
---@field initrd? string
---@field ["cloud-init"]? bss.CloudInit kept by BSS's key/value back end only

---@class bss.CloudInit
---@field ["meta-data"]? table<string, bss.Data>
---@field ["user-data"]? table<string, bss.Data>
---@field ["phone-home"]? bss.PhoneHome

---@alias bss.Data string|number|boolean|bss.Data[]|table<string, bss.Data>

---@class bss.PhoneHome
---@field pub_key_dsa? string
---@field pub_key_rsa? string
---@field pub_key_ecdsa? string
---@field pub_key_ed25519? string
---@field instance_id? string
---@field hostname? string
---@field fqdn? string

---@class bss.Fields
---@field kernel? string where the kernel is fetched from
---@field initrd? string where the initrd is fetched from
---@field params? string|bss.Args kernel arguments
---@field ["cloud-init"]? bss.CloudInit BSS on PostgreSQL drops it, which is a `no_effect`

---@class bss.Identified: bss.Fields whose, and what, in one table
---@field macs? string|string[]
---@field hosts? string|string[] xnames
---@field nids? integer|integer[]

---@class bss.IdentifiedAll: bss.Identified
---@field all? boolean everybody who boots this is meant

---@class bss.ParamsFilter
---@field mac? string|string[]
---@field name? string|string[] xnames
---@field nid? integer|integer[]

---@class bss.Whose one of the three
---@field mac? string
---@field name? string an xname
---@field nid? integer

--- Lists boot parameters: of a set one record for each node that has some, else as BSS groups them.
---@param set? nodeset.Set|bss.ParamsFilter nodes, in this order; or identities in the wire's words
---@return bss.BootParams[] records
---@shell ochami bss boot params get
---@example #bss.boot.params.list() --> 0
---@state 301
---@example bss.boot.params.set("@compute", { kernel = "k" }); return bss.boot.params.list("nid[2-3]")[2].macs --> { "52:54:00:be:ef:03" }
function params.list(set)
  if set == nil or call.is_wire(set) then return native.params_list(set) end
  local wanted = call.wanted(set, {})
  return native.params_of(wanted)
end

-- Where a node's parameters stand, if not under its MAC; that goes into the hint.
local function elsewhere(found, node)
  if type(found) ~= "table" or found.kind ~= "not_found" then return found end
  -- A hint is worth no other fault.
  local named, xnames = pcall(nodes.xnames, node)
  if not named then return xnames.kind == "interrupted" and xnames or found end
  local xname = xnames[1]
  local known, nids = pcall(nodes.nids, xname)
  for _, record in ipairs(native.params_of { hosts = { xname }, nids = known and nids or nil }) do
    local sort = record.hosts and "xname" or "NID"
    found.hint = ("stored under its %s only, and firmware asks by MAC: bss.boot.params.set(%q, { … }) stores it there")
      :format(sort, xname)
  end
  return found
end

--- Gets the boot parameters of one node, or of one identity.
---@param node string|integer|bss.Whose a node, looked up by its boot MAC as its firmware does
---@return bss.BootParams record
---@shell ochami bss boot params get
---@state 301
---@example bss.boot.params.get "x1000c0s0b0n0" --> raises not_found
---@state 301
---@example bss.boot.params.set(1, { kernel = "k", params = "quiet" }); return bss.boot.params.get(1).params --> "quiet"
function params.get(node)
  if call.is_wire(node) then return native.params_whose(node) end
  local ok, found = pcall(native.params_get, (call.wanted(node, {})))
  if ok then return found end
  error(elsewhere(found, node), 0)
end

--- Adds boot parameters; if any of the identities has some already it is a `conflict`, and nothing is sent.
---@param set nodeset.Set|bss.Identified who
---@param fields? bss.Fields what they boot
---@return bss.BootParams[] records as they are now, one for each identity
---@shell ochami bss boot params add
---@state 301
---@example bss.boot.params.add(1, { kernel = "k" })[1].kernel --> "k"
function params.add(set, fields)
  local wanted, nobody = call.wanted(set, fields)
  return nobody and {} or native.params_add(wanted)
end

--- Creates boot parameters, or replaces them: an initrd or arguments that are not given go.
---@param set nodeset.Set|bss.Identified who
---@param fields? bss.Fields what they boot; a kernel at least
---@return bss.BootParams[] records as they are now, one for each identity
---@shell ochami bss boot params set
---@state 301
---@example bss.boot.params.set("@compute", { kernel = "k", params = bss.args("ro"):add("quiet") })[5].params --> "ro quiet"
---@state 301
---@example bss.boot.params.set{ hosts = "compute", kernel = "k" } --> raises no_effect
function params.set(set, fields)
  local wanted, nobody = call.wanted(set, fields)
  return nobody and {} or native.params_set(wanted)
end

--- Changes the given fields of boot parameters that exist.
---@param set nodeset.Set|bss.Identified who
---@param fields? bss.Fields what changes
---@return bss.BootParams[] records as they are now, one for each identity
---@shell ochami bss boot params update
---@state 301
---@example bss.boot.params.set(1, { kernel = "k" }); return bss.boot.params.update(1, { initrd = "i" })[1].kernel --> "k"
---@state 301
---@example bss.boot.params.update{ params = "quiet" } --> raises bad_argument
function params.update(set, fields)
  local wanted, nobody = call.wanted(set, fields)
  return nobody and {} or native.params_update(wanted)
end

--- Makes boot parameters exist with the given fields, and does nothing to those that are so already.
---@param set nodeset.Set|bss.Identified who
---@param fields? bss.Fields what they boot
---@return bss.BootParams[] changed those that were not so
---@state 301
---@example bss.boot.params.set(1, { kernel = "k" }); return #bss.boot.params.ensure("nid[1-2]", { kernel = "k" }) --> 1
function params.ensure(set, fields)
  local wanted, nobody = call.wanted(set, fields)
  return nobody and {} or native.params_ensure(wanted)
end

--- Deletes boot parameters: of nodes, or of everybody who boots something, when that is said.
---@param set nodeset.Set|bss.IdentifiedAll who; `{ kernel = …, all = true }`: all who boot that
---@return bss.BootParams[] gone what went
---@shell ochami bss boot params delete
---@state 301
---@example bss.boot.params.set("@compute", { kernel = "k" }); return #bss.boot.params.delete("nid[1-2]") --> 2
---@state 301
---@example bss.boot.params.delete{ kernel = "k" } --> raises bad_argument
function params.delete(set)
  local wanted, nobody = call.wanted(set)
  local all = wanted.all
  wanted.all = nil
  return nobody and {} or native.params_delete(wanted, all)
end

return params
