local native = select(2, ...)
local args = require "smd.args"

--- Groups: named sets of components, the words behind `@` in node sets. Other services only read them.
local group = { member = {}, membership = {} }

---@class smd.Members
---@field ids string[] xnames in natural order

---@class smd.Group
---@field label string the name, lower case
---@field description string
---@field exclusiveGroup? string a component is in one group only of those with the same word here
---@field tags? string[]
---@field members smd.Members

---@class smd.GroupFilter
---@field group? smd.Word labels
---@field tag? smd.Word
---@field partition? smd.Word

---@class smd.GroupFields
---@field description? string
---@field tags? string[]
---@field exclusiveGroup? string cannot be changed later
---@field members? nodeset.Set|smd.Members a set of nodes

---@class smd.Membership
---@field id string the xname
---@field groupLabels string[] the groups it is in
---@field partitionName string empty for none

--- Lists groups.
---@param filter? smd.GroupFilter only those that match
---@return smd.Group[] groups in the order of their labels
---@shell ochami smd group get
---@state 301
---@example smd.group.list()[1].label --> "compute"
function group.list(filter) return native.group_list(filter) end

--- Gets one group.
---@param label string its name
---@return smd.Group group
---@shell ochami smd group get
---@state 301
---@example #smd.group.get("compute").members.ids --> 5
function group.get(label) return native.group_get(label) end

--- Adds a group; a known label is a `conflict`.
---@param label string its name
---@param fields? smd.GroupFields what it has
---@return smd.Group group as it is now
---@shell ochami smd group add
---@example smd.group.add("io", { description = "I/O nodes" }).description --> "I/O nodes"
function group.add(label, fields)
  fields = args.with_members(fields)
  return native.group_add(label, fields)
end

--- Creates a group, or replaces its description, tags and members.
---@param label string its name
---@param fields? smd.GroupFields what it has
---@return smd.Group group as it is now
---@state 301
---@example #smd.group.set("compute", { members = "x1000c0s0b[0-2]n0" }).members.ids --> 3
function group.set(label, fields)
  fields = args.with_members(fields)
  return native.group_set(label, fields)
end

--- Changes the given fields of a group; `members` is replaced as a whole.
---@param label string its name
---@param fields smd.GroupFields what it gets
---@return smd.Group group as it is now
---@shell ochami smd group update
---@state 301
---@example smd.group.update("compute", { tags = { "diskless" } }).tags --> { "diskless" }
function group.update(label, fields)
  fields = args.with_members(fields)
  return native.group_update(label, fields)
end

--- Makes a group exist with the given fields; nothing is done and returned if it is so already.
---@param label string its name
---@param fields? smd.GroupFields what it has
---@return smd.Group? changed the group, if it was not so
---@state 301
---@example smd.group.ensure("compute", { members = "@compute" }) --> nil
function group.ensure(label, fields)
  fields = args.with_members(fields)
  return native.group_ensure(label, fields)
end

--- Deletes groups; their members stay in SMD.
---@param labels string|string[] their names
---@return smd.Group[] gone what went
---@shell ochami smd group delete
---@state 301
---@example smd.group.delete("compute")[1].label --> "compute"
function group.delete(labels) return native.group_delete(args.words(labels)) end

--- Lists the members of a group.
---@param label string the group's name
---@return string[] xnames in natural order
---@shell ochami smd group member get
---@state 301
---@example smd.group.member.list("compute")[5] --> "x1000c0s0b4n0"
function group.member.list(label) return native.member_list(label) end

--- Adds members to a group; one that is in it already is a `conflict`.
---@param label string the group's name
---@param set nodeset.Set who
---@return string[] xnames all members now
---@shell ochami smd group member add
---@state 301
---@example smd.group.ensure "io"; return smd.group.member.add("io", 5) --> { "x1000c0s0b4n0" }
function group.member.add(label, set) return native.member_add(label, args.xnames(set)) end

--- Makes a set, and nobody else, the members of a group.
---@param label string the group's name
---@param set nodeset.Set who; `{}` empties the group
---@return string[] xnames all members now
---@shell ochami smd group member set
---@state 301
---@example #smd.group.member.set("compute", "x1000c0s0b[0-2]n0") --> 3
function group.member.set(label, set) return native.member_set(label, args.xnames(set)) end

--- Adds those of a set who are not in the group.
---@param label string the group's name
---@param set nodeset.Set who
---@return string[] added those who were not in it
---@state 301
---@example #smd.group.member.ensure("compute", "@compute") --> 0
function group.member.ensure(label, set) return native.member_ensure(label, args.xnames(set)) end

--- Takes members out of a group.
---@param label string the group's name
---@param set nodeset.Set who
---@return string[] gone those who went
---@shell ochami smd group member delete
---@state 301
---@example smd.group.member.delete("compute", "nid[4-5]") --> { "x1000c0s0b3n0", "x1000c0s0b4n0" }
function group.member.delete(label, set) return native.member_delete(label, args.xnames(set)) end

--- Lists which groups components are in.
---@overload fun(filter: smd.ComponentFilter): smd.Membership[]
---@param set? nodeset.Set these, in this order; unknown ones are left out
---@param filter? smd.ComponentFilter only those that match
---@return smd.Membership[] memberships in natural order of the xnames, or in that of the set
---@shell ochami smd group membership
---@state 301
---@example smd.group.membership.list("nid1")[1].groupLabels --> { "compute" }
function group.membership.list(set, filter) return native.membership_list(args.listing(set, filter)) end

--- Gets the groups one component is in.
---@param node string|integer xname, NID or name
---@return smd.Membership membership
---@shell ochami smd group membership
---@state 301
---@example smd.group.membership.get(1).groupLabels --> { "compute" }
function group.membership.get(node) return native.membership_get(args.one(node, "smd.group.membership.list")) end

return group
