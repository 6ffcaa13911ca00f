local native = select(2, ...)

--- Static discovery: a nodes file, as `ochami discover static` reads it, becomes records in SMD.
--- Nothing is asked of the machines themselves. A file is given by its path, as text of several lines, or as a Lua table
--- of the same shape; both formats are read, YAML or JSON.
local discover = {}

---@class discover.File a nodes file as a table
---@field bmcs? discover.Bmc[] the BMCs (new format)
---@field nodes discover.Node[] the nodes

---@class discover.Bmc
---@field name? string a name that nodes may call it by
---@field xname string where it is, `x1000c0s0b0`
---@field mac string
---@field ip string
---@field fqdn? string its host name; the xname when missing

---@class discover.Node
---@field name string goes into descriptions only
---@field nid integer the number its host name is made of
---@field xname string where it is, `x1000c0s0b0n0`
---@field bmc? string its BMC's name or xname; the front of its own xname when missing
---@field groups? string[] the groups it joins; made when they are missing
---@field interfaces discover.Interface[] the first one boots
---@field group? string old format: its group
---@field bmc_mac? string old format: its BMC's MAC
---@field bmc_ip? string old format: its BMC's address
---@field bmc_fqdn? string old format: its BMC's host name

---@class discover.Interface
---@field mac_addr string
---@field ip_addrs discover.Address[] only the first one reaches SMD

---@class discover.Address
---@field ip_addr string
---@field name? string the network's name; it does not reach SMD
---@field network? string the same in the old format

---@class discover.LintOptions what the file itself cannot know
---@field network? string the nodes' network, `"172.16.0.0/24"`
---@field head? string the head node's address in it
---@field pool? string[] the first and last address that DHCP gives to strangers

---@class discover.Finding
---@field level string error (the file is not sent), warning, or note
---@field rule string the rule's short name
---@field line? integer the line of the file
---@field record string the record, counted from 1
---@field message string what is wrong
---@field fix string how to put it right

---@class discover.PlanOptions
---@field lint? boolean|discover.LintOptions false: the file is taken as it is, faults and all

---@class discover.Options
---@field overwrite? boolean records that differ are replaced; a node leaves those of the file's groups that the file does not give it
---@field lint? boolean|discover.LintOptions false: the file is sent as it is, faults and all

---@class discover.Change
---@field action string create, extend (a group gets members), unchanged, replace (only with overwrite), or clash (with another record)
---@field resource string component, endpoint, interface or group
---@field id string the xname, MAC or label
---@field detail string what is created, what a group lacks, or what differs

---@class discover.Count
---@field created integer
---@field replaced integer
---@field unchanged integer

---@class discover.Report how many records of which sort were written
---@field created integer
---@field replaced integer
---@field unchanged integer
---@field components discover.Count
---@field endpoints discover.Count
---@field interfaces discover.Count
---@field groups discover.Count

-- What the natives read: a path's text, text as it is, or a table.
local function source(file)
  if type(file) == "table" then return { name = "the table", table = file } end
  if type(file) == "string" and file:find "\n" then return { name = "the text", text = file } end
  return { name = file, text = chami.fs.read(file) }
end

--- Loads a nodes file into SMD.
--- The file is checked, then compared with SMD. What is equal stays as it is. If anything differs, one `conflict` lists it
--- and nothing is written; with `overwrite` it is replaced. A group that stands gets the file's nodes, and keeps the members
--- that the file does not name, so a file may hold the new nodes alone. Afterwards every record is read back, so that the answer is
--- what SMD holds, whatever it said meanwhile (SMD 2.20 stores each new endpoint and answers 409). New nodes have the state
--- `On`, as `ochami` writes it, and nobody has looked: `node.get` and `virsh.list` tell whether a machine runs.
---@param file string|discover.File the path, the text, or a table
---@param options? discover.Options
---@return discover.Report report how many records were created, replaced, or equal already
---@shell ochami discover static
---@example discover.static("data/nodes.yaml").created --> 21
---@state 301
---@example discover.static("data/nodes.yaml").unchanged --> 21
function discover.static(file, options) return native.static(source(file), options) end

--- Says what `static` would do, record by record, and changes nothing.
---@param file string|discover.File the path, the text, or a table
---@param options? discover.PlanOptions
---@return discover.Change[] changes
---@example #discover.plan "data/nodes.yaml" --> 21
---@example discover.plan("data/nodes.yaml")[1].action --> create
function discover.plan(file, options) return native.plan(source(file), options) end

--- Finds the faults of a nodes file, without asking SMD.
---@param file string|discover.File the path, the text, or a table
---@param options? discover.LintOptions
---@return discover.Finding[] findings none when all is well
---@example discover.lint "data/nodes.yaml" --> {}
---@example discover.lint("data/nodes-broken-group-ignored.yaml")[1].fix --> write `groups: [compute]`
function discover.lint(file, options) return native.lint(source(file), options) end

--- Writes a nodes file anew in the new format; comments are lost.
---@param file string|discover.File the path, the text, or a table, in either format
---@return string text YAML, for `fs.write` or for `discover.static`
---@example discover.convert("data/nodes-old.yaml"):match "bmcs:" --> bmcs:
function discover.convert(file) return native.convert(source(file)) end

return discover
