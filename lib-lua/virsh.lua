local native = select(2, ...)
local args = require "virsh.args"
local documents = require "virsh.documents"
local console = require "virsh.console"
local events = require "virsh.events"

--- libvirt's virtual machines, networks and storage, spelled as `virsh` spells them: `virsh net-list` is `virsh.net_list`.
--- On a lab the domains are its machines, and starting one is pressing its power button. Elsewhere it is the libvirt of
--- this machine, in virsh's order: `VIRSH_DEFAULT_CONNECT_URI`, `LIBVIRT_DEFAULT_URI`, `uri_default` of `libvirt.conf`,
--- then `qemu:///system` for root and `qemu:///session` for anybody else. `virsh.connect` chooses another for the session,
--- `uri = …` in a call's last table for that call, on a lab as well.
--- Where a domain is wanted its name will do; what may concern several takes a set: `"compute[1-3]"`, a list, or nodes as
--- everywhere else (`1`, `"nid001"`, `"@compute"`), which are found by the MACs they boot from. A number is always a node's:
--- libvirt's own, another one at each start, is `{ id = 1 }`.
local virsh = { domain = {}, network = {} } ---@class virsh._all: virsh._domains, virsh._networks, virsh._volumes, virsh._snapshots

for _, part in ipairs { "domains", "networks", "storage", "volumes", "snapshots" } do
  for name, f in pairs(require("virsh." .. part)) do virsh[name] = f end
end

---@class virsh.Options
---@field uri? string which libvirt is asked: `qemu:///system`, `test:///default`, `lab:///`

---@class virsh.Listing: virsh.Options
---@field all? boolean those that do not run as well
---@field inactive? boolean only those that do not run

---@class virsh.Running
---@field id integer as libvirt counts it while it runs: `virsh.list()` shows it

---@alias virsh.One string|integer|virsh.Running a domain's name, or a node: a number is its NID

---@alias virsh.Set nodeset.Set|virsh.Running domains by their names, or nodes: a number is a NID

---@alias virsh.Value string|number|boolean|virsh.Document|virsh.Value[]

---@alias virsh.Document table<string, virsh.Value> `_name` is an attribute, `name` an element in it, `_` its text beside attributes

---@class virsh.Nodeinfo
---@field cpu_model string
---@field cpus integer
---@field cpu_frequency integer MHz
---@field cpu_sockets integer
---@field cores_per_socket integer
---@field threads_per_core integer
---@field numa_cells integer
---@field memory_size integer KiB

---@class virsh.Version
---@field library string libvirt's own
---@field hypervisor string what drives the machines: `QEMU`, `TEST`, `LAB`
---@field hypervisor_version string

--- Chooses the libvirt that the session's calls go to from now on; without a URI the one they went to at first.
---@param uri? string such as `qemu:///system`, `qemu:///session`, `qemu+ssh://root@head/system`, `test:///default`
---@return string uri as libvirt has it
---@shell virsh connect qemu:///system
---@example virsh.connect() --> "lab:///"
function virsh.connect(uri) return native.connect(uri) end

--- Tells which libvirt is asked.
---@param options? virsh.Options
---@return string uri
---@shell virsh uri
---@example virsh.uri() --> "lab:///"
function virsh.uri(options) return native.uri(options) end

--- Tells the versions of libvirt and of what drives the machines.
---@param options? virsh.Options
---@return virsh.Version version
---@shell virsh version
---@example virsh.version().hypervisor --> "LAB"
function virsh.version(options) return native.version(options) end

--- Tells what the machine under the machines is.
---@param options? virsh.Options
---@return virsh.Nodeinfo nodeinfo
---@shell virsh nodeinfo
---@example virsh.nodeinfo().cpu_model --> "x86_64"
function virsh.nodeinfo(options) return native.nodeinfo(options) end

--- Tells what the machine can do, as libvirt's document.
---@param options? virsh.Options
---@return string xml
---@shell virsh capabilities
---@example virsh.capabilities():match "<domain type='kvm'/>" --> <domain type='kvm'/>
function virsh.capabilities(options) return native.capabilities(options) end

--- Opens the serial console of a domain that runs. At the prompt your terminal is connected to it, until `Ctrl-]`; in a
--- script, or kept in a variable, what it shows from now on is waited for with `:expect` and answered with `:send`.
---@param domain virsh.One
---@param options? virsh.ConsoleOptions
---@return virsh.Console console close it with `:close()`
---@shell virsh console compute1
---@example virsh.start "compute1"; local c = virsh.console "compute1"; return c:expect("Start PXE", { timeout = "2m" }) --> Start PXE
---@example virsh.console "compute1" --> raises conflict
function virsh.console(domain, options) return console.open(args.domain(domain, options), options) end

--- Listens to what happens to domains: each start, stop, definition, as libvirt tells it.
---@param domain? virsh.One only to this one
---@param options? virsh.Options
---@return virsh.Events events close them with `:close()`
---@shell virsh event --all --loop
---@example local e = virsh.events(); virsh.start "compute1"; return e:next().event --> "started"
function virsh.events(domain, options)
  return events.open(domain and args.domain(domain, options), options)
end

--- The same by the name of virsh's command.
---@param domain? virsh.One only to this one
---@param options? virsh.Options
---@return virsh.Events events close them with `:close()`
---@shell virsh event --all --loop
---@example local e <close> = virsh.event "compute1"; virsh.start "compute1"; return e:next().event --> "started"
function virsh.event(domain, options) return virsh.events(domain, options) end

---@class virsh._Surveyed
---@field name string
---@field state string
---@field memory integer KiB it begins with
---@field serial boolean whether it has a serial console
---@field log? string the file that gets what that shows
---@field delivered? boolean nobody has changed it
---@field interfaces virsh.Interface[]
---@field boots? string the MAC of the card it boots from, by the boot order

-- For those who look for causes: all domains at once; of a lab's machines those that are not as they were delivered.
---@return virsh._Surveyed[]
function virsh._survey(options) return native.survey(options) end

--- Reads a domain's document into a table: `d.devices.interface[1].mac._address`. Attributes are `_name`, what may stand
--- several times is a list. Nothing is lost but comments: what chami does not know is there as well.
---@param xml string as `virsh.dumpxml` gives it
---@return virsh.Document domain
---@example virsh.domain.parse(virsh.dumpxml "compute1").devices.interface[1].mac._address --> "52:54:00:be:ef:01"
---@example virsh.domain.parse "<domain" --> raises bad_argument
function virsh.domain.parse(xml) return documents.parse("domain", xml) end

--- Writes such a table as a domain's document.
---@param domain virsh.Document
---@return string xml
---@example virsh.domain.render{ _type = "kvm", name = "login" }:match "^<domain type='kvm'>" --> <domain type='kvm'>
function virsh.domain.render(domain) return documents.render("domain", domain) end

--- Reads a network's document into a table, as `virsh.domain.parse` does a domain's.
---@param xml string as `virsh.net_dumpxml` gives it
---@return virsh.Document network
---@example virsh.network.parse(virsh.net_dumpxml "openchami-net").ip[1]._address --> "172.16.0.254"
function virsh.network.parse(xml) return documents.parse("network", xml) end

--- Writes such a table as a network's document.
---@param network virsh.Document
---@return string xml
---@example virsh.network.render{ name = "n" }:match "<name>n</name>" --> <name>n</name>
function virsh.network.render(network) return documents.render("network", network) end

return virsh
