local native = select(2, ...)

--- What the node's own cloud-init makes of the texts it is handed: it renders them and merges them; the server does
--- neither. Nothing is asked of any service here.
local template = {}

---@class cloud_init.template.Options
---@field facts? table<string, json.Value> what only the node knows: `{ distro = "rocky", kernel_release = "5.14" }`

--- Renders a text as the node does.
--- A text whose first line is `## template: jinja` is rendered with Jinja2; any other stays as it is. A name that is not
--- known becomes `CI_MISSING_JINJA_VAR/name`, as on the node.
---@param content string the text of a group
---@param meta_data? json.Value the node's meta-data, as `cloud_init.node.meta_data` gives it
---@param options? cloud_init.template.Options
---@return string text
---@shell ochami cloud-init group render
---@example cloud_init.template.render("## template: jinja\n{{ v1.local_hostname }}", { ["local-hostname"] = "nid001" }) --> nid001
---@example cloud_init.template.render("## template: jinja\n{{ hostname }}", {}) --> CI_MISSING_JINJA_VAR/hostname
function template.render(content, meta_data, options) return native.render(content, meta_data, options) end

--- Lists the names that a template can use for a node.
---@param meta_data? json.Value the node's meta-data
---@param options? cloud_init.template.Options
---@return string[] names paths such as `ds.meta_data.instance_data.v1.public_keys`, in order
---@example cloud_init.template.names({ cluster = "demo" })[4] --> ds.meta_data.cluster
function template.names(meta_data, options) return native.names(meta_data, options) end

return template
