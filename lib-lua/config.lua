local native = select(2, ...)

--- ochami's configuration files, which chami goes by as well: read, and changed in place.
--- `~/.config/ochami/config.yaml` goes before `/etc/ochami/config.yaml`; a write goes into the former, with
--- `{ system = true }` into the latter, with `chami -c FILE` into FILE. Comments, order and unknown keys stay as they are,
--- and the file is replaced in one step. chami reads the files when it starts: a running session stays on its target.
--- Tokens are not kept there: for the cluster demo, put one into the environment as `DEMO_ACCESS_TOKEN`.
--- (chami finds your home by `$HOME`; ochami asks the system's list of accounts.)
local config = { cluster = {} }

---@class config.Where
---@field system? boolean `/etc/ochami/config.yaml` and nothing else
---@field user? boolean `~/.config/ochami/config.yaml` and nothing else

---@class config.Setting
---@field key string as ochami spells it: `log.level`; `session.…` is what this session took at its start
---@field value? json.Value none when it is set nowhere
---@field from? string where it comes from: a file, an option, a variable, or `built-in`
---@field was? json.Value what a write replaced in its file
---@field note? string what a write does not do by itself

---@class config.Service
---@field uri? string a path below the gateway, or a whole URL
---@field ["api-version"]? string for boot-service and metadata-service

---@class config.Cluster
---@field name string also the first word of its token's variable
---@field default? boolean whether it is the one that chami and ochami start on
---@field uri? string its gateway
---@field ["enable-auth"]? boolean whether tokens are sent
---@field ["boot-service"]? config.Service
---@field bss? config.Service
---@field ["cloud-init"]? config.Service
---@field ["metadata-service"]? config.Service
---@field pcs? config.Service
---@field rcs? config.Service
---@field smd? config.Service
---@field from? string the file that was written
---@field note? string what a write does not do by itself

---@class config.ClusterFields
---@field name? string another name
---@field default? boolean true: chami and ochami start on it
---@field uri? string its gateway, `https://demo.openchami.cluster:8443`
---@field enable_auth? boolean whether tokens are sent; they are, unless this says no
---@field boot_service? config.Service
---@field bss? config.Service
---@field cloud_init? config.Service
---@field metadata_service? config.Service
---@field pcs? config.Service
---@field rcs? config.Service
---@field smd? config.Service

--- Shows what holds and where it comes from: all files together, or the one that `where` names.
---@param key? string only this key and those below it
---@param where? config.Where one file alone
---@return config.Setting[] settings
---@shell ochami config show
---@example config.show()
---@example #config.show "log" --> 3
function config.show(key, where) return native.show(key, where) end

--- Gets one value, and where it comes from.
---@param key string the key
---@param where? config.Where one file alone
---@return config.Setting setting
---@shell ochami config show
---@example config.get("timeout") --> { key = "timeout", value = "30s", from = "built-in" }
---@example config.get("timeuot") --> raises bad_argument
function config.get(key, where) return native.get(key, where) end

--- Sets a key of the whole file: `timeout`, `default-cluster`, `log.level`. What ochami could not use is refused.
---@param key string the key
---@param value string the value
---@param where? config.Where the file, if not the user's
---@return config.Setting setting as it is written; `note` says when it counts
---@shell ochami config set
---@example config.set("timeout", "45s").value --> 45s
---@example config.set("timeout", "soon") --> raises bad_argument
function config.set(key, value, where) return native.set(key, value, where) end

--- Takes a key out of a file.
---@param key string the key
---@param where? config.Where the file, if not the user's
---@return config.Setting setting what holds now
---@shell ochami config unset
---@example config.set("log.level", "debug"); return config.unset("log.level").value --> warning
function config.unset(key, where) return native.unset(key, where) end

--- Lists the clusters that the files name.
---@param where? config.Where one file alone
---@return config.Cluster[] clusters in the order of the files
---@shell ochami config cluster show
---@example config.cluster.list() --> {}
function config.cluster.list(where) return native.cluster_list(where) end

--- Gets one cluster.
---@param name string its name
---@param where? config.Where one file alone
---@return config.Cluster cluster
---@shell ochami config cluster show
---@example config.cluster.get("demo") --> raises not_found
function config.cluster.get(name, where) return native.cluster_get(name, where) end

--- Shows the keys of one cluster as `config.cluster.set` takes them, and where each comes from.
---@param name string its name
---@param key? string only this key
---@param where? config.Where one file alone
---@return config.Setting[] settings
---@shell ochami config cluster show
---@example
---  config.cluster.set("demo", { uri = "https://demo.openchami.cluster:8443" })
---  return config.cluster.show("demo", "uri")[1].value --> https://demo.openchami.cluster:8443
function config.cluster.show(name, key, where) return native.cluster_show(name, key, where) end

--- Adds a cluster, or changes the given keys of one; others stay. Keys may be dotted, as in ochami: `["smd.uri"]`.
---@param name string its name
---@param fields config.ClusterFields what it gets
---@param where? config.Where the file, if not the user's
---@return config.Cluster cluster as it is now; `note` says when it counts
---@shell ochami config cluster set
---@example config.cluster.set("demo", { uri = "https://demo.openchami.cluster:8443", default = true }).default --> true
---@example config.cluster.set("demo", { url = "https://demo" }) --> raises bad_argument
function config.cluster.set(name, fields, where) return native.cluster_set(name, fields, where) end

--- Takes a key out of a cluster's entry.
---@param name string its name
---@param key string the key: `smd.uri`
---@param where? config.Where the file, if not the user's
---@return config.Cluster cluster as it is now
---@shell ochami config cluster unset
---@example
---  config.cluster.set("demo", { uri = "https://demo.openchami.cluster:8443", enable_auth = false })
---  return config.cluster.unset("demo", "enable-auth")["enable-auth"] --> true
function config.cluster.unset(name, key, where) return native.cluster_unset(name, key, where) end

--- Takes a cluster out of a file; if it was the default one there, nothing is the default afterwards.
---@param name string its name
---@param where? config.Where the file, if not the user's
---@return config.Cluster cluster what went
---@shell ochami config cluster delete
---@example
---  config.cluster.set("demo", { uri = "https://demo.openchami.cluster:8443" })
---  config.cluster.delete "demo"
---  return #config.cluster.list() --> 0
function config.cluster.delete(name, where) return native.cluster_delete(name, where) end

return config
