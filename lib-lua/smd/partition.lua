local native = select(2, ...)
local args = require "smd.args"

--- Partitions: parts of the machine that do not overlap. A component is in one at most; groups go across them.
local partition = { member = {} }

---@class smd.Partition
---@field name string `p1`, `p1.2`
---@field description? string
---@field tags? string[]
---@field members smd.Members

---@class smd.PartitionFilter
---@field partition? smd.Word names
---@field tag? smd.Word

---@class smd.PartitionFields
---@field description? string
---@field tags? string[]
---@field members? nodeset.Set|smd.Members a set of nodes

--- Lists partitions.
---@param filter? smd.PartitionFilter only those that match
---@return smd.Partition[] partitions in the order of their names
---@state 301
---@example smd.partition.add("p1", { members = "nid[1-2]" }); return smd.partition.list()[1].name --> "p1"
function partition.list(filter) return native.partition_list(filter) end

--- Gets one partition.
---@param name string its name
---@return smd.Partition partition
---@state 301
---@example smd.partition.add("p1", { members = "nid[1-2]" }); return #smd.partition.get("p1").members.ids --> 2
function partition.get(name) return native.partition_get(name) end

--- Adds a partition; a known name is a `conflict`, and so is a member that another partition has.
---@param name string `p` and a number, or two with a dot between
---@param fields? smd.PartitionFields what it has
---@return smd.Partition partition as it is now
---@example smd.partition.add("p1", { description = "left half" }).description --> "left half"
function partition.add(name, fields)
  fields = args.with_members(fields)
  return native.partition_add(name, fields)
end

--- Creates a partition, or replaces its description, tags and members.
---@param name string its name
---@param fields? smd.PartitionFields what it has
---@return smd.Partition partition as it is now
---@state 301
---@example #smd.partition.set("p1", { members = "x1000c0s0b[0-2]n0" }).members.ids --> 3
function partition.set(name, fields)
  fields = args.with_members(fields)
  return native.partition_set(name, fields)
end

--- Changes the given fields of a partition; `members` is replaced as a whole.
---@param name string its name
---@param fields smd.PartitionFields what it gets
---@return smd.Partition partition as it is now
---@state 301
---@example smd.partition.add "p1"; return smd.partition.update("p1", { tags = { "test" } }).tags --> { "test" }
function partition.update(name, fields)
  fields = args.with_members(fields)
  return native.partition_update(name, fields)
end

--- Makes a partition exist with the given fields; nothing is done and returned if it is so already.
---@param name string its name
---@param fields? smd.PartitionFields what it has
---@return smd.Partition? changed the partition, if it was not so
---@state 301
---@example smd.partition.ensure "p1"; return smd.partition.ensure("p1", { members = {} }) --> nil
function partition.ensure(name, fields)
  fields = args.with_members(fields)
  return native.partition_ensure(name, fields)
end

--- Deletes partitions; their members stay in SMD.
---@param names string|string[] their names
---@return smd.Partition[] gone what went
---@example smd.partition.add "p1"; return smd.partition.delete("p1")[1].name --> "p1"
function partition.delete(names) return native.partition_delete(args.words(names)) end

--- Lists the members of a partition.
---@param name string the partition's name
---@return string[] xnames in natural order
---@state 301
---@example smd.partition.add("p1", { members = 5 }); return smd.partition.member.list("p1") --> { "x1000c0s0b4n0" }
function partition.member.list(name) return native.seat_list(name) end

--- Adds members to a partition; one that is in it already, or in another, is a `conflict`.
---@param name string the partition's name
---@param set nodeset.Set who
---@return string[] xnames all members now
---@state 301
---@example smd.partition.add "p1"; return smd.partition.member.add("p1", 5) --> { "x1000c0s0b4n0" }
function partition.member.add(name, set) return native.seat_add(name, args.xnames(set)) end

--- Makes a set, and nobody else, the members of a partition: one by one, those too many first.
---@param name string the partition's name
---@param set nodeset.Set who; `{}` empties the partition
---@return string[] xnames all members now
---@state 301
---@example smd.partition.add("p1", { members = "@compute" }); return #smd.partition.member.set("p1", "nid[1-3]") --> 3
function partition.member.set(name, set) return native.seat_set(name, args.xnames(set)) end

--- Adds those of a set who are not in the partition.
---@param name string the partition's name
---@param set nodeset.Set who
---@return string[] added those who were not in it
---@state 301
---@example smd.partition.add("p1", { members = 1 }); return #smd.partition.member.ensure("p1", "@compute") --> 4
function partition.member.ensure(name, set) return native.seat_ensure(name, args.xnames(set)) end

--- Takes members out of a partition.
---@param name string the partition's name
---@param set nodeset.Set who
---@return string[] gone those who went
---@state 301
---@example smd.partition.add("p1", { members = 5 }); return smd.partition.member.delete("p1", 5) --> { "x1000c0s0b4n0" }
function partition.member.delete(name, set) return native.seat_delete(name, args.xnames(set)) end

return partition
