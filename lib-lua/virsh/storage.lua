local native = select(2, ...)
local args = require "virsh.args"

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

---@class virsh.Vol
---@field name string
---@field path string

---@class virsh.VolInfo
---@field name string
---@field type string `file`, `block`, …
---@field capacity integer bytes
---@field allocation integer bytes
---@field path string

---@class virsh.NewVol
---@field name string
---@field capacity integer|string bytes, or with a unit: `"10GiB"`
---@field allocation? integer|string what is taken at once; nothing
---@field format? string `qcow2`, `raw`

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
function virsh.pool_define(xml, options) return native.pool_define(args.document("pool", xml), options) end

--- Makes what a pool is to stand on, as the folder of one of the type `dir`: a new pool cannot start without.
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

--- Looks anew at what is in a pool: files that came into its folder meanwhile are volumes then.
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

--- Lists a pool's volumes.
---@param pool string
---@param options? virsh.Options
---@return virsh.Vol[] volumes
---@shell virsh vol-list images
---@example virsh.vol_list "images" --> raises unsupported
function virsh.vol_list(pool, options) return native.vol_list(pool, options) end

--- Tells about one volume.
---@param pool string
---@param vol string
---@param options? virsh.Options
---@return virsh.VolInfo info
---@shell virsh vol-info --pool images disk1.qcow2
---@example virsh.vol_info("images", "disk1.qcow2") --> raises unsupported
function virsh.vol_info(pool, vol, options) return native.vol_info(pool, vol, options) end

--- Makes a volume. `virsh vol-create-as`, whose name is another way to call it: the document that `virsh vol-create` takes is
--- not needed.
---@param pool string
---@param vol virsh.NewVol
---@param options? virsh.Options
---@return virsh.VolInfo info
---@shell virsh vol-create-as images disk1.qcow2 10G --format qcow2
---@example virsh.vol_create("images", { name = "disk1.qcow2", capacity = "10GiB" }) --> raises unsupported
function virsh.vol_create(pool, vol, options) return native.vol_create(pool, vol, options) end

---@class virsh.VolOptions: virsh.Options
---@field allocation? integer|string what is taken at once; nothing
---@field format? string `qcow2`, `raw`

--- Makes a volume, with the arguments that `virsh vol-create-as` has; `virsh.vol_create` is the same.
---@param pool string
---@param name string
---@param capacity integer|string bytes, or with a unit: `"10GiB"`
---@param options? virsh.VolOptions
---@return virsh.VolInfo info
---@shell virsh vol-create-as images disk1.qcow2 10G --format qcow2
---@example virsh.vol_create_as("images", "disk1.qcow2", "10GiB", { format = "qcow2" }) --> raises unsupported
---@example virsh.vol_create_as("images", "disk1.qcow2", "10GiB", { fromat = "qcow2" }) --> raises bad_argument
function virsh.vol_create_as(pool, name, capacity, options)
  local vol, uri = { name = name, capacity = capacity }, nil
  for key, value in pairs(options or {}) do
    if key == "uri" then uri = value else vol[key] = value end
  end
  return virsh.vol_create(pool, vol, { uri = uri })
end

--- Deletes a volume with all that is in it.
---@param pool string
---@param vol string
---@param options? virsh.Options
---@return virsh.VolInfo gone what it was
---@shell virsh vol-delete --pool images disk1.qcow2
---@example virsh.vol_delete("images", "disk1.qcow2") --> raises unsupported
function virsh.vol_delete(pool, vol, options) return native.vol_delete(pool, vol, options) end

return virsh
