local native = select(2, ...)

--- What is in storage pools, such as the disks of domains that have one: a part of `virsh`.
local volumes = {}
local virsh = volumes ---@class virsh._volumes: virsh._storage

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
