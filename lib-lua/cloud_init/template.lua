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
---@example cloud_init.template.render("## template: jinja\n{{ v1.local_hostname }}", { ["local-hostname"] = "nid001" }) --> nid001
---@example cloud_init.template.render("## template: jinja\n{{ hostname }}", {}) --> CI_MISSING_JINJA_VAR/hostname
function template.render(content, meta_data, options) return native.render(content, meta_data, options) end

---@class cloud_init.template.Part what a node is handed by one group
---@field name string the group
---@field content string its text, a template or not

---@class cloud_init.template.Outcome what became of a part
---@field name string
---@field kind string cloud-config, script, boothook, …: how the text begins decides
---@field merged boolean whether it is part of the configuration
---@field how? string how it asked to be merged
---@field why? string why it is no part of the configuration
---@field missing? string[] names that were not known when it was rendered

---@class cloud_init.template.Lost a value that a part gave and the configuration has not
---@field part string
---@field path string `users[1].name`
---@field line integer the line of the rendered part

---@class cloud_init.template.Merged
---@field config table<string, json.Value> the node's configuration
---@field origin table<string, string[]> the parts each top-level key comes from
---@field leaves table<string, string> the part each value comes from, by its path
---@field lost cloud_init.template.Lost[] what was replaced or refused on the way
---@field parts cloud_init.template.Outcome[] one for each, in order

--- Merges texts as the node merges them.
--- Each text says itself how it joins those before it (`merge_how`); one that says nothing replaces the keys it has.
---@param parts cloud_init.template.Part[] the texts, in the order the node is handed them
---@param meta_data? json.Value the node's meta-data, to render templates with
---@param options? cloud_init.template.Options
---@return cloud_init.template.Merged merged
---@example cloud_init.template.merge({ { name = "a", content = "#cloud-config\nx: 1" } }).config.x --> 1
---@example cloud_init.template.merge({ { name = "a", content = "#cloud-config\nx: [1, 2]" } }).leaves["x[2]"] --> a
function template.merge(parts, meta_data, options) return native.merge(parts, meta_data, options) end

---@class cloud_init.template.Finding
---@field severity string error (the node leaves the text out, or a secret is open), warning, or note
---@field rule string the rule's short name
---@field line integer
---@field column integer
---@field message string what is wrong; a secret is never repeated
---@field hint string how to put it right

--- Finds the faults of a text before it is uploaded.
--- Looks at the first lines, the Jinja, the YAML behind it, the keys, how the text is merged, and for open secrets. With a
--- node's meta-data it sees exactly what that node would get.
---@param content string the text of a group
---@param meta_data? json.Value the node's meta-data
---@param options? cloud_init.template.Options
---@return cloud_init.template.Finding[] findings none when all is well
---@example cloud_init.template.lint("#cloud-config\nrun_cmd: [ls]")[2].hint --> did you mean runcmd?
function template.lint(content, meta_data, options) return native.lint(content, meta_data, options) end

--- Lists the names that a template can use for a node.
---@param meta_data? json.Value the node's meta-data
---@param options? cloud_init.template.Options
---@return string[] names paths such as `ds.meta_data.instance_data.v1.public_keys`, in order
---@example table.concat(cloud_init.template.names({ cluster = "demo" }), " "):match "ds.meta_data.cluster" --> ds.meta_data.cluster
function template.names(meta_data, options) return native.names(meta_data, options) end

return template
