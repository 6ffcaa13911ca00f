local native = select(2, ...)
local args = require "cloud_init.args"
local words = require("smd.args").words
local template = require "cloud_init.template"

--- Groups: the cloud-config and the meta-data that all members of a group of SMD get.
--- Who is a member, `smd.group` knows; cloud-init rereads that once a minute. What is sent is served as it is: Jinja in it
--- is rendered by the node.
local group = {}

---@class cloud_init.File
---@field content string the text, in its encoding
---@field filename string
---@field encoding? string `plain` or `base64`

---@class cloud_init.Group
---@field name string the label of a group in SMD
---@field description? string
---@field ["meta-data"]? table<string, json.Value> what templates find under the group's name
---@field file cloud_init.File the cloud-config
---@field versions? table<string, string>
---@field smd? boolean whether SMD has a group of this name: without one, no node gets the file

---@class cloud_init.FileFields
---@field content string the text, in its encoding
---@field filename? string
---@field encoding? "plain"|"base64" how content is encoded

---@class cloud_init.GroupFields
---@field description? string
---@field meta_data? table<string, json.Value> what templates find under the group's name
---@field file? string|cloud_init.FileFields the cloud-config: its text, or the path of a file, such as `data/cloud-init/compute.yaml`
---@field encoding? "plain"|"base64" how the file is sent; nodes get the same text either way
---@field versions? table<string, string>

---@class cloud_init.Upload
---@field lint? boolean false: a file that nodes could not use is sent all the same

--- Lists groups.
---@return cloud_init.Group[] groups in the order of their names
---@shell ochami cloud-init group get raw
---@example cloud_init.group.list() --> {}
---@state 301
---@example cloud_init.group.add "typo"; return cloud_init.group.list()[1].smd --> false
function group.list() return args.known(native.group_list()) end

--- Gets one group, as it was sent.
---@param name string its name
---@return cloud_init.Group group
---@shell ochami cloud-init group get raw
---@state 301
---@example cloud_init.group.add("compute", { description = "the computes" }); return cloud_init.group.get("compute").smd --> true
function group.get(name) return args.known({ native.group_get(name) })[1] end

--- Gets a group's cloud-config as its nodes get it, decoded, before they render it.
---@param name string the group's name
---@return string text the cloud-config
---@shell ochami cloud-init group get config
---@example
---  cloud_init.group.add("io", { file = "#cloud-config\n", encoding = "base64" })
---  return cloud_init.group.config "io" --> #cloud-config
function group.config(name) return native.group_config(name) end

--- Gets a group's meta-data.
---@param name string the group's name
---@return table<string, json.Value> data what templates find under the group's name
---@shell ochami cloud-init group get meta-data
---@example cloud_init.group.add("io", { meta_data = { fast = true } }); return cloud_init.group.meta_data "io" --> { fast = true }
function group.meta_data(name) return native.group_meta_data(name) end

--- Adds a group; a known name is a `conflict`. A file that nodes could not use is refused.
---@param name string the label of a group in SMD
---@param fields? cloud_init.GroupFields what it has
---@param options? cloud_init.Upload how it is sent
---@return cloud_init.Group group as it is now
---@shell ochami cloud-init group add
---@example cloud_init.group.add("io", { file = "#cloud-config\n" }).file.encoding --> "plain"
---@example cloud_init.group.add("io", { file = "#cloud-config\nruncmd: [" }) --> raises bad_argument
function group.add(name, fields, options)
  fields = args.group(fields)
  return native.group_add(name, fields, options)
end

--- Creates a group, or replaces all of it. A file that nodes could not use is refused.
---@param name string the label of a group in SMD
---@param fields? cloud_init.GroupFields what it has
---@param options? cloud_init.Upload how it is sent
---@return cloud_init.Group group as it is now
---@shell ochami cloud-init group set
---@example cloud_init.group.set("compute", { description = "the computes", file = "#cloud-config\n" }).description --> "the computes"
function group.set(name, fields, options)
  fields = args.group(fields)
  return native.group_set(name, fields, options)
end

--- Changes the given fields of a group.
---@param name string its name
---@param fields cloud_init.GroupFields what it gets
---@param options? cloud_init.Upload how it is sent
---@return cloud_init.Group group as it is now
---@example cloud_init.group.add("io", { file = "#cloud-config\n" })
---cloud_init.group.update("io", { description = "I/O nodes" })
---return cloud_init.group.config "io" --> #cloud-config
function group.update(name, fields, options)
  fields = args.group(fields)
  return native.group_update(name, fields, options)
end

--- Makes a group exist with the given fields; nothing is done and returned if it is so already.
---@param name string the label of a group in SMD
---@param fields? cloud_init.GroupFields what it has
---@param options? cloud_init.Upload how it is sent
---@return cloud_init.Group? changed the group, if it was not so
---@example cloud_init.group.ensure "io"; return cloud_init.group.ensure "io" --> nil
function group.ensure(name, fields, options)
  fields = args.group(fields)
  return native.group_ensure(name, fields, options)
end

--- Deletes groups. The groups of SMD stay, and their members get a bare `#cloud-config`.
---@param names string|string[] their names
---@return cloud_init.Group[] gone what went
---@shell ochami cloud-init group delete
---@example cloud_init.group.add "io"; return cloud_init.group.delete("io")[1].name --> "io"
---@example cloud_init.group.delete "io" --> raises not_found
function group.delete(names) return native.group_delete(words(names)) end

--- Renders a group's cloud-config as a node of it does: with the meta-data that this node gets.
---@param name string the group's name
---@param set string|integer which node: xname, NID or name
---@param options? cloud_init.template.Options
---@return string text what the node makes of the file
---@shell ochami cloud-init group render
---@state 301
---@example lab.clock.advance "60s"
---cloud_init.group.add("compute", { file = "## template: jinja\n#cloud-config\nhostname: {{ v1.local_hostname }}" })
---return cloud_init.group.render("compute", 1):match "hostname.*" --> hostname: 0001
function group.render(name, set, options)
  local node = require "cloud_init.node"
  return template.render(node.group(set, name), node.meta_data(set), options)
end

return group
