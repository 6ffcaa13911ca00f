local native = select(2, ...)
local args = require "smd.args"
local names = require("cloud_init.args").names
local task = require "task"
local template = require "cloud_init.template"

--- Nodes: what is special about single ones, and what each gets when it asks, seen through its eyes.
--- To look, the server must allow impersonation (IMPERSONATION=true).
local node = {}

---@class cloud_init.GroupData
---@field Description string

---@class cloud_init.VendorData
---@field version string
---@field cloud_init_base_url? string
---@field cluster_name? string
---@field groups table<string, cloud_init.GroupData> each group's meta-data

---@class cloud_init.V1
---@field availability_zone? string
---@field instance_id string
---@field instance_type? string
---@field region? string
---@field local_ipv4 string the address of its first interface
---@field cloud_provider? string
---@field public_keys? string[] the cluster's, then its own
---@field vendor_data cloud_init.VendorData

---@class cloud_init.InstanceData
---@field v1 cloud_init.V1

---@class cloud_init.MetaData
---@field ["instance-id"] string made when cloud-init first saw it; a new one makes the node configure itself anew
---@field ["local-hostname"] string
---@field hostname string
---@field ["cluster-name"] string
---@field instance_data cloud_init.InstanceData what templates find under `ds.meta_data.instance_data`

---@class cloud_init.NodeFields
---@field local_hostname? string
---@field hostname? string
---@field instance_id? string only before cloud-init has seen the node
---@field instance_type? string
---@field cloud_init_base_url? string where it fetches its groups' files; without one in the defaults, all nodes are sent there
---@field public_keys? string[] besides the cluster's

---@class cloud_init.Special what a node is told beyond the defaults
---@field id string its xname
---@field local_hostname? string
---@field hostname? string
---@field instance_type? string
---@field cloud_init_base_url? string
---@field public_keys? string[] besides the cluster's

-- The name of one node.
local function one(set)
  return args.one(set, "task.map(nodes.xnames(SET), cloud_init.node.meta_data)")
end

--- Sets what is special about nodes, and drops what was before. Names may have `-` or `_`.
---@param set nodeset.Set which nodes
---@param fields cloud_init.NodeFields what they get; `{}` for nothing special
---@return cloud_init.MetaData[] data what each gets now, as far as it can be read
---@shell ochami cloud-init node set
---@state 301
---@example lab.clock.advance "60s"
---return cloud_init.node.set(1, { local_hostname = "compute1" })[1]["local-hostname"] --> "compute1"
---@example cloud_init.node.set("x9000c0s0b0n0", { hostname = "lost" }) --> raises no_effect
function node.set(set, fields)
  set, fields = args.xnames(set), names(fields)
  return native.node_set(set, fields)
end

-- The host name that the defaults alone give, as the server's Go writes it: two characters of the cluster's name, and a
-- negative length pads with spaces behind. A name that is no UTF-8 has no characters, and stays whole.
local function usual_name(defaults, nid)
  local cluster = defaults["cluster-name"] or ""
  local short = defaults["short-name"] or cluster:match("^" .. utf8.charpattern:rep(2)) or cluster
  local length = defaults["nid-length"] or 4
  local sign, digits = ("%d"):format(nid):match "^(%-?)(%d+)$"
  local missing = math.abs(length) - #sign - #digits
  ---@cast missing integer
  if math.abs(length) > 1000000 then return short .. "%!(BADWIDTH)" .. sign .. digits end
  if length < 0 then return short .. sign .. digits .. (" "):rep(missing) end
  return short .. sign .. ("0"):rep(missing) .. digits
end

-- What the meta-data of a node have that the defaults alone would not give.
local function special(component, defaults)
  local data = node.meta_data(component.ID)
  local v1 = data.instance_data.v1
  local usual = usual_name(defaults, component.NID or 0)
  local base = v1.vendor_data.cloud_init_base_url
  local keys = table.move(v1.public_keys or {}, #(defaults["public-keys"] or {}) + 1, #(v1.public_keys or {}), 1, {})
  local own = {
    hostname = data.hostname ~= usual and data.hostname or nil,
    local_hostname = data["local-hostname"] ~= usual and data["local-hostname"] or nil,
    instance_type = v1.instance_type,
    cloud_init_base_url = base ~= defaults["base-url"] and base or nil,
    public_keys = #keys > 0 and keys or nil,
  }
  if not next(own) then return false end
  own.id = component.ID
  return own
end

--- Lists what is special about nodes, as far as it shows in what they get: what the defaults alone would not tell them.
--- Instance ids are left out: each node has its own. One that had none gets it from this look, and keeps it.
---@param set? nodeset.Set these; all nodes of SMD where none are named
---@return cloud_init.Special[] nodes those that have something special
---@state 301
---@example cloud_init.node.set(2, { local_hostname = "compute2" }); return cloud_init.node.list()[1].id --> "x1000c0s0b1n0"
function node.list(set)
  local components = set and chami.smd.component.list(set) or chami.smd.component.list { type = "Node" }
  local defaults, found = chami.cloud_init.defaults.get(), {}
  for _, own in ipairs(task.map(components, function(component) return special(component, defaults) end)) do
    if own then found[#found + 1] = own end
  end
  return found
end

--- Gets the meta-data of a node: who it is, and what templates find. Looking is enough for the server to give a node that
--- had none an instance-id, which stays.
---@param set string|integer which node: xname, NID or name
---@return cloud_init.MetaData data
---@shell ochami cloud-init node get meta-data
---@state 301
---@example lab.clock.advance "60s"
---return cloud_init.node.meta_data(1).instance_data.v1.local_ipv4 --> "172.16.0.1"
function node.meta_data(set) return native.node_meta_data(one(set)) end

--- Gets the user-data of a node, which are the same for all: an empty cloud-config.
---@param set string|integer which node: xname, NID or name
---@return string text
---@shell ochami cloud-init node get user-data
---@state 301
---@example cloud_init.node.user_data(1) --> #cloud-config
function node.user_data(set) return native.node_user_data(one(set)) end

--- Gets the vendor-data of a node: the list of files it includes, one for each of its groups in SMD.
--- Looking is enough for the server to give a node that had none an instance-id, which stays.
---@param set string|integer which node: xname, NID or name
---@return string text `#include` and a URL on each line
---@shell ochami cloud-init node get vendor-data
---@state 301
---@example lab.clock.advance "60s"
---return cloud_init.node.vendor_data(1):match "[^/]+$" --> compute.yaml
function node.vendor_data(set) return native.node_vendor_data(one(set)) end

--- Gets a group's cloud-config as one of its nodes gets it, before it renders it. A group that SMD has and cloud-init has
--- not is a bare `#cloud-config`.
---@param set string|integer which node: xname, NID or name
---@param group string a group it is in
---@return string text
---@shell ochami cloud-init node get group
---@state 301
---@example lab.clock.advance "60s"
---return cloud_init.node.group(1, "compute") --> #cloud-config
---@state 301
---@example cloud_init.node.group(1, "io") --> raises not_found
function node.group(set, group) return native.node_group(one(set), group) end

--- Merges all that a node gets, as the node does: what it ends up with, and which group each value comes from.
--- Looking is enough for the server to give a node that had none an instance-id, which stays.
---@param set string|integer which node: xname, NID or name
---@param options? cloud_init.template.Options
---@return cloud_init.template.Merged merged the parts are named by their groups
---@state 301
---@example lab.clock.advance "60s"
---cloud_init.group.add("compute", { file = "#cloud-config\ntimezone: Europe/Berlin\n" })
---return cloud_init.node.config(1).origin.timezone --> { "compute" }
function node.config(set, options)
  local id, parts = one(set), {}
  for name in native.node_vendor_data(id):gmatch "/([^/\n]+)%.yaml\n" do
    parts[#parts + 1] = { name = name, content = native.node_group(id, name) }
  end
  return template.merge(parts, native.node_meta_data(id), options)
end

return node
