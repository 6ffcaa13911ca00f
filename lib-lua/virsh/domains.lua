local native = select(2, ...)
local args = require "virsh.args"
local documents = require "virsh.documents"

--- Domains, one by one and in sets: a part of `virsh`.
local domains = {}
local virsh = domains ---@class virsh._domains

---@class virsh.Domain
---@field id? integer of one that runs
---@field name string
---@field state string `running`, `shut off`, `paused`, …

---@class virsh.Dominfo
---@field id? integer of one that runs
---@field name string
---@field state string `running`, `shut off`, `paused`, …
---@field cpus integer
---@field max_memory integer KiB
---@field used_memory integer KiB
---@field autostart boolean
---@field persistent boolean
---@field cpu_time number seconds
---@field os_type string
---@field uuid string

---@class virsh.Interface
---@field interface? string the host's end of it, of a domain that runs
---@field type string
---@field source? string the network or bridge
---@field model? string
---@field mac? string

---@class virsh.Address
---@field name string
---@field mac_address? string
---@field protocol string
---@field address string with its prefix; `/0` where only the ARP table knows it

---@class virsh.DumpOptions: virsh.Options
---@field inactive? boolean as it will be started next, where that differs from how it runs

---@class virsh.AddressOptions: virsh.Options
---@field source? "lease"|"arp"|"agent"|"any" who is asked; any: the leases, and where those know nothing the ARP table

---@class virsh.UndefineOptions: virsh.Options
---@field nvram? "remove"|"keep" what becomes of UEFI's variables; they go where nothing is said

---@class virsh.AutostartOptions: virsh.Options
---@field disable? boolean

---@class virsh.ChangeOptions: virsh.Options
---@field config? boolean from the next start on
---@field live? boolean of the domain as it runs
---@field maximum? boolean the most there may be, with `config`

---@class virsh.KeyOptions: virsh.Options
---@field holdtime? integer milliseconds

---@class virsh.ScreenOptions: virsh.Options
---@field screen? integer

---@class virsh.Screenshot
---@field path string
---@field mime_type string
---@field bytes integer

---@class virsh.Install a machine without a disk, as virt-install makes it
---@field name string
---@field memory? integer|string MiB, or with a unit; 4 GiB
---@field vcpus? integer one
---@field mac? string libvirt makes one where none is said
---@field network? string `default`
---@field bridge? string instead of a network
---@field model? string the network card's: `virtio`
---@field rom? boolean false: the card brings no iPXE of its own, so that the firmware's PXE fetches it
---@field boot? string `network,hd`
---@field pxe? boolean over the network first, whatever `boot` says
---@field firmware? "bios"|"uefi" bios
---@field machine? string `q35`, `pc`; libvirt chooses
---@field arch? string `x86_64`
---@field cpu? string a model or `host-model`; the host's with KVM, else the most QEMU can do
---@field console_log? string an absolute path that gets what the serial console shows
---@field type? string `kvm` where the machine can do that, else `qemu`
---@field uuid? string
---@field description? string
---@field autostart? boolean
---@field start? boolean false: it is only defined

--- Lists domains: those that run, or with `all` all.
---@param filter? virsh.Listing
---@return virsh.Domain[] domains
---@shell virsh list --all
---@example #virsh.list{ all = true } --> 5
---@example virsh.start "compute2"; return virsh.list()[1].name --> "compute2"
function virsh.list(filter) return native.list(filter) end

--- Tells about one domain.
---@param domain virsh.One
---@param options? virsh.Options
---@return virsh.Dominfo info
---@shell virsh dominfo compute1
---@example virsh.dominfo("compute1").max_memory --> 4194304
---@example virsh.dominfo "compte1" --> raises not_found
function virsh.dominfo(domain, options)
  return args.about(domain, options, function(its) return native.dominfo(its, options) end)
end

--- Tells the state of one domain.
---@param domain virsh.One
---@param options? virsh.Options
---@return string state
---@shell virsh domstate compute1
---@example virsh.domstate "compute1" --> "shut off"
function virsh.domstate(domain, options) return virsh.dominfo(domain, options).state end

--- Lists a domain's network interfaces.
---@param domain virsh.One
---@param options? virsh.Options
---@return virsh.Interface[] interfaces
---@shell virsh domiflist compute1
---@example virsh.domiflist("compute1")[1].mac --> "52:54:00:be:ef:01"
function virsh.domiflist(domain, options)
  return args.about(domain, options, function(its) return native.domiflist(its, options) end)
end

--- Lists the addresses a domain has. libvirt's own leases know none where coresmd gives them; the ARP table does.
---@param domain virsh.One
---@param options? virsh.AddressOptions
---@return virsh.Address[] addresses
---@shell virsh domifaddr compute1 --source arp
---@example virsh.domifaddr "compute1" --> raises conflict
---@state 301
---@example virsh.start(1); lab.clock.advance "1m"; return virsh.domifaddr("compute1")[1].address --> "172.16.0.1/0"
function virsh.domifaddr(domain, options)
  return args.about(domain, options, function(its) return native.domifaddr(its, options) end)
end

--- Gets a domain's document.
---@param domain virsh.One
---@param options? virsh.DumpOptions
---@return string xml
---@shell virsh dumpxml compute1
---@example virsh.dumpxml("compute1"):match "<mac address='(.-)'/>" --> 52:54:00:be:ef:01
function virsh.dumpxml(domain, options)
  return args.about(domain, options, function(its) return native.dumpxml(its, options) end)
end

--- Lists figures of domains: `state.state`, `vcpu.current`, `balloon.current` and what else libvirt counts.
---@param domain? virsh.One of all where none is named
---@param options? virsh.Options
---@return table<string, string|number|boolean>[] stats a record for each, with its name in `domain`
---@shell virsh domstats compute1
---@example virsh.domstats("compute1")[1]["state.state"] --> 5
function virsh.domstats(domain, options)
  if domain == nil then return native.domstats(nil, options) end
  return args.about(domain, options, function(its) return native.domstats(its, options) end)
end

--- Defines a domain, or replaces the definition of the one of that name; it does not start.
---@param xml string|virsh.Document the document, or the table of one
---@param options? virsh.Options
---@return virsh.Dominfo info
---@shell virsh define compute1.xml
---@example local d = virsh.domain.parse(virsh.dumpxml "compute1"); d.name, d.uuid = "login"; return virsh.define(d).state --> "shut off"
---@example virsh.define "<network/>" --> raises bad_argument
function virsh.define(xml, options) return native.define(documents.document("domain", xml), options) end

--- Starts a domain from a document without keeping it: when it is off it is gone. In a lab no name of a defined one fits.
---@param xml string|virsh.Document the document, or the table of one
---@param options? virsh.Options
---@return virsh.Dominfo info
---@shell virsh create compute1.xml
---@example local d = virsh.domain.parse(virsh.dumpxml "compute1"); d.name, d.uuid = "guest"; return virsh.create(d).persistent --> false
---@example virsh.create(virsh.dumpxml "compute1") --> raises unsupported
function virsh.create(xml, options) return native.create(documents.document("domain", xml), options) end

--- Makes a machine without a disk that boots over the network, and starts it: `virt-install --pxe`, without XML.
---@param order virsh.Install
---@param options? virsh.Options
---@return virsh.Dominfo info
---@shell virt-install --name NAME --memory MIB --disk none --pxe --network network=NETWORK,mac=MAC
---@example virsh.install{ name = "compute6", memory = "4GiB", mac = "52:54:00:be:ef:06", network = "openchami-net" }.state --> "running"
---@example virsh.install{ name = "compute6", netwrok = "openchami-net" } --> raises bad_argument
function virsh.install(order, options) return native.install(order, options) end

--- Writes the document that `virsh.install` would define, for a look or a change before `virsh.define`.
---@param order virsh.Install
---@param options? virsh.Options
---@return string xml
---@shell virt-install --print-xml 2 --name NAME --memory MIB --disk none --pxe
---@example virsh.install_xml{ name = "compute6", memory = "2GiB" }:match "<memory.-</memory>" --> <memory unit='KiB'>2097152</memory>
function virsh.install_xml(order, options) return native.install_xml(order, options) end

--- Removes definitions. UEFI's variables go with them, unless they are to be kept.
---@param set virsh.Set which domains
---@param options? virsh.UndefineOptions
---@return virsh.Dominfo[] gone what they were
---@shell virsh undefine --nvram compute1
---@example virsh.undefine "compute[4-5]"; return #virsh.list{ all = true } --> 3
function virsh.undefine(set, options) return native.undefine(args.domains(set, options), options) end

--- Has domains start with libvirt, or no more.
---@param set virsh.Set which domains
---@param options? virsh.AutostartOptions
---@return virsh.Dominfo[] infos
---@shell virsh autostart compute1
---@example virsh.autostart("compute1")[1].autostart --> true
function virsh.autostart(set, options) return native.autostart(args.domains(set, options), options) end

--- Starts domains.
---@param set virsh.Set which domains: `"compute[1-3]"`, `"@compute"`
---@param options? virsh.Options
---@return virsh.Dominfo[] infos
---@shell virsh start compute1
---@example virsh.start("compute[1-2]")[2].state --> "running"
---@example virsh.start "compute1"; virsh.start "compute1" --> raises conflict
---@state 301
---@example #virsh.start "@compute" --> 5
function virsh.start(set, options) return native.start(args.domains(set, options), options) end

--- Asks the systems on domains to shut down. Firmware and a kernel that still comes up do not listen, and nobody says so:
--- `virsh.destroy` pulls the plug.
---@param set virsh.Set which domains
---@param options? virsh.Options
---@return virsh.Dominfo[] infos as they are a moment later
---@shell virsh shutdown compute1
---@example virsh.start "compute1"; return virsh.shutdown("compute1")[1].state --> "running"
function virsh.shutdown(set, options) return native.shutdown(args.domains(set, options), options) end

--- Asks the systems on domains to boot anew; what is said of `virsh.shutdown` holds here as well.
---@param set virsh.Set which domains
---@param options? virsh.Options
---@return virsh.Dominfo[] infos
---@shell virsh reboot compute1
---@example virsh.reboot "compute1" --> raises conflict
function virsh.reboot(set, options) return native.reboot(args.domains(set, options), options) end

--- Presses the reset button of domains.
---@param set virsh.Set which domains
---@param options? virsh.Options
---@return virsh.Dominfo[] infos
---@shell virsh reset compute1
---@example virsh.start "compute1"; return virsh.reset("compute1")[1].state --> "running"
function virsh.reset(set, options) return native.reset(args.domains(set, options), options) end

--- Pulls the plug of domains. Their definitions stay.
---@param set virsh.Set which domains
---@param options? virsh.Options
---@return virsh.Dominfo[] infos
---@shell virsh destroy compute1
---@example virsh.start "compute1"; return virsh.destroy("compute1")[1].state --> "shut off"
---@example virsh.destroy "compute1" --> raises conflict
function virsh.destroy(set, options) return native.destroy(args.domains(set, options), options) end

--- Halts domains where they are; their memory stays.
---@param set virsh.Set which domains
---@param options? virsh.Options
---@return virsh.Dominfo[] infos
---@shell virsh suspend compute1
---@example virsh.suspend "compute1" --> raises unsupported
function virsh.suspend(set, options) return native.suspend(args.domains(set, options), options) end

--- Has halted domains go on.
---@param set virsh.Set which domains
---@param options? virsh.Options
---@return virsh.Dominfo[] infos
---@shell virsh resume compute1
---@example virsh.resume "compute1" --> raises unsupported
function virsh.resume(set, options) return native.resume(args.domains(set, options), options) end

--- Changes how much memory a domain has.
---@param domain virsh.One
---@param size integer|string KiB as virsh has it, or with a unit: `"2GiB"`
---@param options? virsh.ChangeOptions
---@return virsh.Dominfo info
---@shell virsh setmem compute1 2G --config
---@example virsh.setmem("compute1", "2GiB", { config = true }).used_memory --> 2097152
---@example virsh.setmem("compute1", "8GiB", { config = true }) --> raises bad_argument
function virsh.setmem(domain, size, options)
  return native.setmem(args.domain(domain, options), size, options)
end

--- Changes how many processors a domain has.
---@param domain virsh.One
---@param count integer
---@param options? virsh.ChangeOptions
---@return virsh.Dominfo info
---@shell virsh setvcpus compute1 2 --config
---@example virsh.setvcpus("compute1", 4, { maximum = true, config = true }).cpus --> 4
function virsh.setvcpus(domain, count, options)
  return native.setvcpus(args.domain(domain, options), count, options)
end

--- Presses keys on a domain's keyboard, all at once.
---@param domain virsh.One
---@param keys string|string[] `"KEY_LEFTCTRL KEY_LEFTALT KEY_DELETE"`, or a list; numbers are codes of Linux
---@param options? virsh.KeyOptions
---@shell virsh send-key compute1 KEY_LEFTCTRL KEY_LEFTALT KEY_DELETE
---@example virsh.send_key("compute1", "KEY_ENTER") --> raises unsupported
---@example virsh.send_key("compute1", "KEY_ENTRE") --> raises bad_argument
function virsh.send_key(domain, keys, options)
  local codes = require("virsh.keys").codes(keys)
  native.send_key(args.domain(domain, options), codes, options)
end

--- Takes a picture of a domain's screen; one that has no graphics has none.
---@param domain virsh.One
---@param path string the file that gets it; there must be none yet
---@param options? virsh.ScreenOptions
---@return virsh.Screenshot screenshot
---@shell virsh screenshot compute1 compute1.png
---@example virsh.screenshot("compute1", "compute1.png") --> raises unsupported
function virsh.screenshot(domain, path, options)
  return native.screenshot(args.domain(domain, options), path, options)
end

return virsh
