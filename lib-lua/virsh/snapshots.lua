local native = select(2, ...)
local args = require "virsh.args"

--- Snapshots of domains, a part of `virsh`; `lab.snapshot` keeps a whole lab.
local snapshots = {}
local virsh = snapshots ---@class virsh._snapshots

---@class virsh.Snapshot
---@field name string
---@field creation_time? string of UTC
---@field state? string how the domain was
---@field parent? string
---@field current boolean

---@class virsh.SnapshotOptions: virsh.Options
---@field name? string libvirt makes one where none is said
---@field description? string

--- Keeps a domain as it is now: its disks, and its memory when it runs. `virsh snapshot-create-as`, whose name is another
--- way to call it: the document that `virsh snapshot-create` takes is not needed.
---@param domain virsh.One
---@param options? virsh.SnapshotOptions
---@return virsh.Snapshot snapshot
---@shell virsh snapshot-create-as compute1 before
---@example virsh.snapshot_create("compute1", { name = "before" }) --> raises unsupported
function virsh.snapshot_create(domain, options)
  return native.snapshot_create(args.domain(domain, options), options)
end

--- Keeps a domain as it is now, with the arguments that `virsh snapshot-create-as` has; `virsh.snapshot_create` is the same.
---@param domain virsh.One
---@param name? string libvirt makes one where none is said
---@param description? string
---@param options? virsh.Options
---@return virsh.Snapshot snapshot
---@shell virsh snapshot-create-as compute1 before
---@example virsh.snapshot_create_as("compute1", "before") --> raises unsupported
function virsh.snapshot_create_as(domain, name, description, options)
  local uri = options and options.uri
  return virsh.snapshot_create(domain, { name = name, description = description, uri = uri })
end

--- Lists a domain's snapshots.
---@param domain virsh.One
---@param options? virsh.Options
---@return virsh.Snapshot[] snapshots
---@shell virsh snapshot-list compute1
---@example virsh.snapshot_list "compute1" --> raises unsupported
function virsh.snapshot_list(domain, options)
  return args.about(domain, options, function(its) return native.snapshot_list(its, options) end)
end

--- Puts a domain back to how it was.
---@param domain virsh.One
---@param snapshot string
---@param options? virsh.Options
---@return virsh.Dominfo info
---@shell virsh snapshot-revert compute1 before
---@example virsh.snapshot_revert("compute1", "before") --> raises unsupported
function virsh.snapshot_revert(domain, snapshot, options)
  return native.snapshot_revert(args.domain(domain, options), snapshot, options)
end

--- Removes a snapshot; the domain stays as it is.
---@param domain virsh.One
---@param snapshot string
---@param options? virsh.Options
---@return virsh.Snapshot gone what it was
---@shell virsh snapshot-delete compute1 before
---@example virsh.snapshot_delete("compute1", "before") --> raises unsupported
function virsh.snapshot_delete(domain, snapshot, options)
  return native.snapshot_delete(args.domain(domain, options), snapshot, options)
end

return virsh
