local native = select(2, ...)

--- What holds for every node of the cluster: names, keys, and where nodes find their configuration.
local defaults = {}

---@class cloud_init.Defaults
---@field cloud_provider? string
---@field region? string
---@field ["availability-zone"]? string
---@field ["cluster-name"]? string the cluster's long name
---@field ["public-keys"]? string[] who may log in as root, where the cloud-config says so
---@field ["base-url"]? string where nodes fetch their groups' files: the gateway's address and /cloud-init
---@field ["short-name"]? string what host names begin with; otherwise the first two letters of cluster-name
---@field ["nid-length"]? integer digits in host names; otherwise 4

---@class cloud_init.DefaultsFields
---@field cloud_provider? string
---@field region? string
---@field availability_zone? string
---@field cluster_name? string
---@field public_keys? string[]
---@field base_url? string
---@field short_name? string
---@field nid_length? integer

--- Gets the defaults.
---@return cloud_init.Defaults defaults what was set so far
---@shell ochami cloud-init defaults get
---@example cloud_init.defaults.get() --> {}
function defaults.get() return native.defaults_get() end

--- Sets defaults; those not given stay, and none can be cleared: that is a `no_effect`. Names may have `-` or `_`.
---@param fields cloud_init.DefaultsFields what is set
---@return cloud_init.Defaults defaults all of them as they are now
---@shell ochami cloud-init defaults set
---@example cloud_init.defaults.set { cluster_name = "demo", short_name = "nid", nid_length = 3 }["nid-length"] --> 3
---@example cloud_init.defaults.set { boot_subnet = "172.16.0.0/24" } --> raises no_effect
function defaults.set(fields) return native.defaults_set(fields) end

return defaults
