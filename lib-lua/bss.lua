local native = select(2, ...)
local args = require "bss.args"
local nodes = require "nodes"

--- BSS, the boot script service: which kernel, initrd and kernel arguments each node boots.
--- Firmware asks BSS by MAC, and BSS finds by MAC only what was stored by MAC. So a set of nodes stands here for the MACs
--- they boot from. BSS knows no groups: `"@io"` is looked up in SMD and becomes MACs before anything is sent.
local bss = {
  boot = require "bss.boot",
  hosts = require "bss.hosts",
  service = {},
}

---@class bss.StorageBackend
---@field name string postgres or etcd
---@field status string connected or error

---@class bss.ServiceStatus
---@field ["bss-version"]? string
---@field ["bss-status"]? string running
---@field ["bss-status-hsm"]? string whether BSS reaches SMD: connected or error
---@field ["bss-storage-backend"]? bss.StorageBackend

---@class bss.DumpState
---@field Components bss.Host[] what BSS heard of SMD
---@field Params bss.BootParams[] all boot parameters, as BSS groups them

---@class bss.EndpointAccess
---@field name string the xname
---@field endpoint string what was fetched: bootscript
---@field last_epoch integer when, in seconds since 1970

---@class bss.HistoryFilter
---@field endpoint? string bootscript or user-data

--- Takes kernel arguments apart, to change them by name.
--- `:set(key, value)`, `:add(key, value)` and `:remove(key)` change them, `:get(key)` reads: `help "bss.Args:set"`. What is
--- not touched keeps its place, its quotes and its spaces. The result is taken wherever arguments are, and `tostring` gives
--- the text.
---@param text? string|bss.Args the arguments; none to begin with
---@return bss.Args args
---@example tostring(bss.args("quiet root=live:http://x console=tty0"):set("root", "nfs")) --> quiet root=nfs console=tty0
function bss.args(text) return args.new(text) end

--- Tells everything BSS knows at once.
---@return bss.DumpState state
---@shell ochami bss dumpstate
---@example #bss.dumpstate().Params --> 0
function bss.dumpstate() return native.dump_state() end

--- Lists who fetched a boot script when: one row for each fetch, the oldest first.
---@param set? nodeset.Set only these nodes
---@param filter? bss.HistoryFilter only those that match
---@return bss.EndpointAccess[] fetches
---@shell ochami bss history
---@state 301
---@example bss.boot.params.set(1, { kernel = "k" }); bss.boot.script.get(1); return bss.history(1)[1].endpoint --> "bootscript"
function bss.history(set, filter) return native.history(set ~= nil and nodes.xnames(set) or nil, filter) end

--- Asks BSS whether it runs and reaches SMD and its database.
---@return bss.ServiceStatus status
---@shell ochami bss service status
---@example bss.service.status()["bss-status"] --> "running"
function bss.service.status() return native.status() end

--- Asks BSS for its version. Outside its image BSS does not know it, and the lab's does not either.
---@return bss.ServiceStatus version
---@shell ochami bss service version
---@example bss.service.version() --> raises refused
function bss.service.version() return native.version() end

return bss
