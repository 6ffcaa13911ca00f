local native = select(2, ...)
local documents = require "virsh.documents"

--- Storage for domains that have a disk, which those of a lab have not: a part of `virsh`.
local storage = {}
local virsh = storage ---@class virsh._storage

---@class virsh.Pool
---@field name string
---@field state string `active`, `inactive`
---@field autostart boolean

---@class virsh.PoolInfo
---@field name string
---@field uuid string
---@field state string `running`, `inactive`, …
---@field persistent boolean
---@field autostart boolean
---@field capacity integer bytes
---@field allocation integer bytes
---@field available integer bytes

--- Lists storage pools: those that are up, or with `all` all.
---@param filter? virsh.Listing
---@return virsh.Pool[] pools
---@shell virsh pool-list --all
---@example #virsh.pool_list{ all = true } --> 0
function virsh.pool_list(filter) return native.pool_list(filter) end

--- Tells about one pool.
---@param pool string
---@param options? virsh.Options
---@return virsh.PoolInfo info
---@shell virsh pool-info default
---@example virsh.pool_info "default" --> raises unsupported
function virsh.pool_info(pool, options) return native.pool_info(pool, options) end

--- Defines a pool, or replaces the definition of the one of that name; it does not start.
---@param xml string|virsh.Document the document, or the table of one
---@param options? virsh.Options
---@return virsh.PoolInfo info
---@shell virsh pool-define pool.xml
---@example virsh.pool_define{ _type = "dir", name = "images", target = { path = "/srv/images" } } --> raises unsupported
function virsh.pool_define(xml, options) return native.pool_define(documents.document("pool", xml), options) end

--- Makes what a pool is to stand on, as the directory of one of the type `dir`: a new pool cannot start without.
---@param pool string
---@param options? virsh.Options
---@return virsh.PoolInfo info
---@shell virsh pool-build images
---@example virsh.pool_build "images" --> raises unsupported
function virsh.pool_build(pool, options) return native.pool_build(pool, options) end

--- Has a pool start with libvirt, or no more.
---@param pool string
---@param options? virsh.AutostartOptions
---@return virsh.PoolInfo info
---@shell virsh pool-autostart images
---@example virsh.pool_autostart "images" --> raises unsupported
function virsh.pool_autostart(pool, options) return native.pool_autostart(pool, options) end

--- Looks anew at what is in a pool: files that came into its directory meanwhile are volumes then.
---@param pool string
---@param options? virsh.Options
---@return virsh.PoolInfo info
---@shell virsh pool-refresh images
---@example virsh.pool_refresh "images" --> raises unsupported
function virsh.pool_refresh(pool, options) return native.pool_refresh(pool, options) end

--- Starts a pool.
---@param pool string
---@param options? virsh.Options
---@return virsh.PoolInfo info
---@shell virsh pool-start images
---@example virsh.pool_start "images" --> raises unsupported
function virsh.pool_start(pool, options) return native.pool_start(pool, options) end

--- Stops a pool; what is in it stays.
---@param pool string
---@param options? virsh.Options
---@return virsh.PoolInfo info
---@shell virsh pool-destroy images
---@example virsh.pool_destroy "images" --> raises unsupported
function virsh.pool_destroy(pool, options) return native.pool_destroy(pool, options) end

--- Removes a pool's definition; what is in it stays.
---@param pool string
---@param options? virsh.Options
---@return virsh.PoolInfo gone what it was
---@shell virsh pool-undefine images
---@example virsh.pool_undefine "images" --> raises unsupported
function virsh.pool_undefine(pool, options) return native.pool_undefine(pool, options) end

return virsh
