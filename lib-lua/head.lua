local native = select(2, ...)

--- The head node itself, before OpenCHAMI and beside it: directories, files, names of hosts, kernel parameters, and whether
--- the machine is large enough.
--- On a lab it is the lab's simulated head node; elsewhere the machine chami runs on, where most changes want root. Each
--- call makes things be as said: it changes what differs, tells in `action` what that was, and a second time nothing is
--- left to do. `undo()` takes it back.
local head = {}

---@class head.Disk
---@field path string
---@field size integer bytes
---@field free integer bytes

---@class head.Port
---@field port integer
---@field protocol "tcp"|"udp"
---@field address string
---@field process? string who listens; of others' only root sees it

---@class head.Check
---@field what string
---@field level "ok"|"note"|"missing" note: it works, less well
---@field found string
---@field fix? string what to type or to change

---@class head.Survey
---@field hostname string
---@field os string as people read it
---@field os_id string `rocky`, `debian`
---@field os_version string
---@field kernel string
---@field arch string
---@field user string who asks
---@field root boolean
---@field cpus integer
---@field memory integer bytes
---@field memory_available integer bytes
---@field disks head.Disk[] one for each file system that holds something of OpenCHAMI's
---@field virtualization "kvm"|"emulation" emulation: machines run, many times slower
---@field no_kvm? string why it is not KVM
---@field selinux? "enforcing"|"permissive"
---@field podman? string its version
---@field packages table<string, string> versions of those that matter, by name
---@field ports head.Port[] what listens
---@field silent? string[] what did not answer within five seconds, and is not known: programs, places on disks
---@field checks head.Check[] what all that means for a head node

---@class head.SurveyOptions
---@field nodes? integer how many machines are to run at once; 5

local Survey = {}

function Survey:__tostring()
  local lines = { ("%s: %s, %d CPUs, %s"):format(self.hostname, self.os, self.cpus, self.arch) }
  for _, one in ipairs(self.checks) do
    lines[#lines + 1] = ("%-8s %-18s %s"):format(one.level, one.what, one.found)
    if one.fix then lines[#lines + 1] = (" "):rep(27) .. "→ " .. one.fix end
  end
  return table.concat(lines, "\n")
end

--- Surveys the machine: system, memory, disk, KVM or emulation, podman, packages, ports that are taken. It prints what that
--- means for a head node, and what is missing with the way to get it; the fields have the facts.
---@param options? head.SurveyOptions
---@return head.Survey survey
---@example head.survey().virtualization --> "kvm"
---@example head.survey{ nodes = 40 }.checks[2].level --> "missing"
function head.survey(options) return setmetatable(native.survey(options), Survey) end

---@class head.Entry
---@field path string
---@field kind "file"|"directory"|"other"
---@field owner string
---@field group string
---@field mode string `0755`
---@field uid integer
---@field gid integer
---@field real? string where it really stands, when a link leads there

--- Tells what stands at a path: whose it is, and who may do what with it. A link is followed.
---@param path string from the root
---@return head.Entry entry
---@shell stat
---@example head.stat("/data/oci").owner --> "rocky"
---@example head.stat "/data/none" --> raises not_found
function head.stat(path) return native.stat(path) end

---@class head.DirOptions
---@field owner? string a user's name or number; not said, it stays
---@field group? string
---@field mode? string octal digits as text: `"0755"`
---@field absent? boolean true: it is not to be there; only an empty one is removed

---@class head.DirWanted: head.DirOptions
---@field [integer] string the directories

---@class head.Made
---@field path string
---@field action? "created"|"changed"|"removed"|"unchanged" none: it was only read
---@field owner? string
---@field group? string
---@field mode? string

--- Makes directories, with those above them; or gives those that are there their owner, group and mode.
--- What is not said stays as it is. Those above are made as the system makes them. The system's own, as `/etc`, are neither
--- given away nor removed. A link is followed where only root or the caller can have laid it; another one is `refused`, for
--- who may write there would choose what root gives away.
---@overload fun(wanted: head.DirWanted): head.Made[]
---@param paths string|string[] from the root
---@param options? head.DirOptions
---@return head.Made|head.Made[] done one for one path, a list for a list
---@shell install -d
---@example head.dir("/opt/mine", { owner = "rocky" }).action --> "created"
---@example head.dir{ "/data/oci", "/data/s3", owner = "rocky" }[2].action --> "unchanged"
---@example head.dir("/opt/mine", { mode = 755 }) --> raises bad_argument
---@example head.dir("/etc", { owner = "rocky" }) --> raises refused
function head.dir(paths, options)
  if paths == nil then return native.dir({}, options, true) end
  if type(paths) ~= "table" then return native.dir({ paths }, options, true) end
  -- `{ "/data/oci", owner = "rocky" }`: paths and what they are to be like in one table.
  local list, said
  for key, value in pairs(paths) do
    if type(key) == "string" then
      if not said then
        list, said = table.move(paths, 1, #paths, 1, {}), {}
        for name, wish in pairs(options or {}) do said[name] = wish end
      end
      said[key] = value
    end
  end
  return native.dir(list or paths, said or options, false)
end

---@class head.Text: head.Made
---@field text string what stands in it

--- Reads a file of text; with a text writes it, unless it is there already; without one gives it owner, group and mode, or
--- removes it. Nobody ever reads half a text, or one that is not for him: it takes the old one's place in one step, with its
--- owner, its mode, SELinux's label and the access list; further names of the old file (hard links) keep the old text. Of a
--- link the target is written, and the link removed; one that others than root and the caller may lay is not followed.
--- `undo()` puts the text back, but for that of a file which only its owner
--- may read: the journal keeps none of these.
---@overload fun(path: string): head.Text
---@param path string from the root; its directory must be there
---@param text? string the whole of it
---@param options? head.DirOptions
---@return head.Made file
---@example head.file("/opt/workdir/notes", "a line\n").action --> "created"
---@example head.file("/etc/hosts").text:match "172%S+ %S+" --> "172.16.0.254 demo.openchami.cluster"
---@example head.file("/opt/workdir/key", "sesame\n", { mode = "0600" }).mode --> "0600"
---@example head.file("/etc/fstab") --> raises unsupported
---@example head.file("/etc/hosts", "") --> raises refused
function head.file(path, text, options)
  if text == nil and options == nil then return native.file_get(path) end
  return native.file_set(path, text, options)
end

---@class head.SysctlOptions
---@field persistent? boolean true: it stands in `/etc/sysctl.d/90-chami.conf` as well, which is read at each boot
---@field file? string another one for that: `/etc/sysctl.d/NAME.conf`, or `/etc/sysctl.conf`

---@class head.Sysctl
---@field name string
---@field value string
---@field action? "changed"|"unchanged"
---@field before? string what it was, where it changed
---@field file? string the file that sets it at the next boot: of all that do the one that is read last

--- Reads a parameter of the kernel; with a value sets it, until the next boot unless it is `persistent`.
--- Where another file is read after that one and says otherwise, it is a `conflict` that names the file, and nothing is set;
--- so is a new file with the name of a distribution's, which would not be read any more, with all that it sets.
---@param name string as sysctl has it: `net.ipv4.ip_forward`
---@param value? string|number|boolean
---@param options? head.SysctlOptions
---@return head.Sysctl sysctl
---@shell sysctl
---@example head.sysctl("net.ipv4.ip_forward").value --> "1"
---@example head.sysctl("vm.swappiness", 10).before --> "60"
---@example head.sysctl "net.ipv4.ip_foward" --> raises unsupported
function head.sysctl(name, value, options)
  if value == nil then return native.sysctl_get(name) end
  return native.sysctl_set(name, value, options)
end

---@class head.Line
---@field ip string
---@field names string[]

--- Lists the lines of `/etc/hosts`.
---@return head.Line[] lines
---@shell getent hosts
---@example head.hosts()[3].names --> { "demo.openchami.cluster" }
function head.hosts() return native.hosts() end

---@class head.HostOptions
---@field absent? boolean true: the name is not to be there

---@class head.Host
---@field name string
---@field ips string[] one for each time that a line has the name
---@field action? "created"|"changed"|"removed"|"unchanged"
---@field before? string[] what they were, where they changed

--- Tells which addresses `/etc/hosts` has for a name; with an address has the name stand for that alone, in one line.
--- Other names keep their lines, and an address of the other family (IPv6) stays beside it.
---@param name string
---@param ip? string
---@param options? head.HostOptions
---@return head.Host host
---@example head.host("demo.openchami.cluster").ips --> { "172.16.0.254" }
---@example head.host("demo.openchami.cluster", "172.16.0.254").action --> "unchanged"
---@example head.host("nowhere.openchami.cluster") --> raises not_found
function head.host(name, ip, options)
  if ip == nil and options == nil then return native.host_get(name) end
  return native.host_set(name, ip, options)
end

return head
