local native = select(2, ...)
local fault = require "fault"
local texts = require "dhcp.text"

--- DHCP on the nodes' network: coredhcp with coresmd and bootloop, its configuration, its answers, its leases and its log.
--- Nothing here changes a server; a lab's own is seen and changed with `lab.dhcp.get` and `lab.dhcp.set`.
--- What coresmd would say is computed from its configuration and from SMD, as the real program does it: held by recordings
--- of v0.6.3 and of v0.4.3, which the release pins.
local dhcp = {}

local options_of, text_of = texts.options_of, texts.text_of

---@class dhcp.Finding
---@field line integer
---@field setting string `coresmd.lease_time`, `listen`, `netmask`
---@field level "error"|"warning"|"note" error: nodes do not boot; note: a default that applies
---@field does "start"|"skip"|"die" what the server does: it starts all the same, goes on without the setting, or ends
---@field message string
---@field fix string what to write instead
---@field log? string[] what the server itself writes about it; none: it says nothing

---@class dhcp.LintOptions
---@field version? string of coresmd: `v0.4` (words by position), `v0.6`, `v0.7` (`ipxe_uri`); else the one the file is for
---@field interfaces? string[] of the machine the file is for; else those of this head node, on a lab the lab's
---@field smd? boolean true: addresses that SMD has given out must not meet the file's

--- Finds what is wrong with a coredhcp.yaml.
--- First come the server's own complaints, in the order it meets them and in its words, which do not always say that
--- it will not start; then what it does not say: a missing server_id, a setting inside a comment that was not closed, a pool
--- that holds the head node's address, a name that all BMCs get. Nothing found: it starts, and nodes boot from it.
---@param file? string the file, or its text; else the lab's own, or `/etc/openchami/configs/coredhcp.yaml`
---@param options? dhcp.LintOptions
---@return dhcp.Finding[] findings
---@example #dhcp.lint() --> 0
---@example #dhcp.lint(dhcp.render()) --> 0
---@example
---  local found = dhcp.lint("server4:\n  plugins:\n    - netmask: 255.255.255.0\n")
---  return found[1].message --> no plugin gives addresses: the server offers 0.0.0.0 to everybody who asks, past any other server
---@example dhcp.lint("server4:\n  plugins:\n    - netmask: 255.0.255.0\n")[1].does --> die
---@example dhcp.lint "server4: [" --> raises bad_argument
function dhcp.lint(file, options)
  local asked = {}
  for key, value in pairs(options_of("dhcp.lint", options)) do asked[key] = value end
  asked.interfaces = asked.interfaces or native.interfaces()
  -- A lab's own server is of one version, whatever its file is written for.
  if not file then asked.version = asked.version or native.version() end
  local text = file and text_of("dhcp.lint", file) or native.config()
  return native.lint(text, asked, asked.smd and native.known() or nil)
end

-- For those who look for causes: the text that `dhcp.lint` judges where none is named.
---@param file? string another file, or its text
---@return string text
---@return string? version of the server that reads it, on a lab
function dhcp._config(file)
  if file then return text_of("dhcp", file) end
  return native.config(), native.version()
end

---@class dhcp.Wanted
---@field version? string of coresmd: `v0.4`, `v0.6` (the default), `v0.7`
---@field interface? string the nodes' bridge; `virbr-openchami`
---@field server? string the head node's address there; `172.16.0.254`
---@field netmask? string `255.255.255.0`
---@field router? string the head node, if not said
---@field dns? string the head node, if not said
---@field smd? string the gateway's address; `https://demo.openchami.cluster:8443`
---@field boot? string the gateway's address as nodes reach it, without TLS; for v0.7 the boot script's whole address
---@field pool? string[] the first and last address for strangers; `{ "172.16.0.200", "172.16.0.250" }`
---@field cache? string how long SMD's answer counts; `30s`
---@field lease? string of known nodes; `1h`
---@field pool_lease? string of strangers; `5m`
---@field ca_cert? string the CA's file inside the container; `/root_ca/root_ca.crt`
---@field domain? string behind host names; `openchami.cluster`
---@field node_name? string `nid{04d}`; `{id}` is the xname
---@field bmc_name? string `{id}`, for BMCs have no number
---@field lease_file? string `/tmp/coredhcp.db`
---@field script? string what strangers get; `default` is built in and reboots
---@field tftp_dir? string `/tftpboot`

--- Writes a coredhcp.yaml for a head node; what is not said is as in the tutorial. The text lints clean.
---@param wanted? dhcp.Wanted
---@return string text
---@example dhcp.render{ version = "v0.4" }:match "bootloop: ([^\n]+)" --> /tmp/coredhcp.db default 5m 172.16.0.200 172.16.0.250
---@example dhcp.render{ pool = { "172.16.0.250", "172.16.0.200" } } --> raises bad_argument
function dhcp.render(wanted) return native.render(wanted) end

---@class dhcp.Case
---@field arch? string|integer what firmware says in option 93: `x86_64` (the default), `bios`, `arm64`, `none`, or its number
---@field user_class? string `iPXE`: what the second round of a boot says
---@field giaddr? string the relay's address, when a request comes by one
---@field ipv6? boolean true: it asks for an address of IPv6, SOLICIT instead of DISCOVER
---@field config? string the file; else the lab's own, or `/etc/openchami/configs/coredhcp.yaml`
---@field version? string of coresmd; else the one the file is for

---@class dhcp.Step
---@field plugin string who decided
---@field line? integer the line of the configuration
---@field what string

---@class dhcp.Option
---@field code integer
---@field name string
---@field value string

---@class dhcp.Explained
---@field mac string
---@field node? string the component that SMD's interface belongs to
---@field answer string `OFFER`, `NAK`, or `none`; for IPv6 `ADVERTISE`
---@field by "coresmd"|"bootloop"|"rule"|"server" who had the last word
---@field ip? string
---@field hostname? string
---@field boot_file? string
---@field ipxe? string the boot file of the second round, when the iPXE that the firmware fetched asks
---@field server? string
---@field rule? string the rule that matched
---@field to? string where the answer goes
---@field version string of coresmd that was thought of
---@field steps dhcp.Step[]
---@field options dhcp.Option[] the answer's
---@field log string[] what the server would write

local Explained = {}

function Explained:__tostring()
  local head = self.mac
  if self.node then head = ("%s (%s)"):format(head, self.node) end
  local answer = self.ip and self.answer .. " " .. self.ip or self.answer
  local lines = { ("%s: %s, by %s"):format(head, answer, self.by) }
  for i, step in ipairs(self.steps) do
    local place = step.line and ("%s, line %d"):format(step.plugin, step.line) or step.plugin
    lines[#lines + 1] = ("%d. %s: %s"):format(i, place, step.what)
  end
  local gets = {}
  if self.hostname then gets[#gets + 1] = "host name " .. self.hostname end
  if self.boot_file then gets[#gets + 1] = "boot file " .. self.boot_file end
  if #gets > 0 then lines[#lines + 1] = "gets: " .. table.concat(gets, ", ") end
  if self.ipxe then lines[#lines + 1] = "then iPXE gets: " .. self.ipxe end
  return table.concat(lines, "\n")
end

-- Whoever asks for firmware wants to know where it ends: iPXE's own round is asked as well.
local function second_round(all, macs, case, text)
  if case and (case.user_class or case.ipv6) then return end
  local ipxe = {}
  for key, value in pairs(case or {}) do ipxe[key] = value end
  ipxe.user_class = "iPXE"
  for i, it in ipairs(native.explain(macs, ipxe, text)) do
    local first = all[i]
    if first.boot_file and it.boot_file ~= first.boot_file then first.ipxe = it.boot_file end
  end
end

local MAC = "^%x%x[:-]?%x%x[:-]?%x%x[:-]?%x%x[:-]?%x%x[:-]?%x%x$"

local function no_mac(said)
  fault.raise("bad_argument", ("%q is no MAC address"):format(said), { hint = "six bytes, as 52:54:00:be:ef:01" })
end

-- Of nodes the MACs they boot from; a MAC may be one that SMD does not know. And whether it may be several.
local function macs_of(node)
  if type(node) == "string" then
    if node:find(MAC) then return { node }, false end
    -- No name begins so.
    if node:find "^%x%x[:-]%x%x[:-]" then no_mac(node) end
  end
  local several = type(node) == "table" or type(node) == "string" and node:find "[@&!^,*%[]" ~= nil
  return chami.nodes.macs(node), several
end

--- Tells what coresmd would answer to a node's DISCOVER, and why: which interface of SMD's, which rule or fallback, which
--- boot file, each with the line of the configuration. Of a set, `"@compute"` or a list, it tells each, in a list.
--- SMD is read now, once for all; the server itself reads it every 30 s. What bootloop has lent is known of the lab's own
--- server only.
---@param node nodeset.Set a node, or a MAC that nobody need know; or several nodes
---@param case? dhcp.Case
---@return dhcp.Explained explained of a set a list of them
---@state 301
---@example
---  local firmware, ipxe = dhcp.explain(1), dhcp.explain(1, { user_class = "iPXE" })
---  return firmware.ip .. " " .. firmware.boot_file .. " " .. ipxe.boot_file:match "[^/]+$"
---  --> 172.16.0.1 ipxe-x86_64.efi bootscript?mac=52:54:00:be:ef:01
---@state 301
---@example #dhcp.explain "@compute" --> 5
---@example dhcp.explain("52:54:00:00:00:99").by --> bootloop
---@example dhcp.explain("52:54:00:00:00:99", { ipv6 = true }).answer --> none
---@example dhcp.explain "52:54:00:00:00" --> raises bad_argument
function dhcp.explain(node, case)
  local config = options_of("dhcp.explain", case).config
  local text = config ~= nil and text_of("dhcp.explain", config) or nil
  local macs, several = macs_of(node)
  local all = native.explain(macs, case, text)
  second_round(all, macs, case, text)
  for _, it in ipairs(all) do setmetatable(it, Explained) end
  if several then return all end
  return all[1]
end

---@class dhcp.LeaseOptions
---@field file? string bootloop's SQLite file, libvirt's `*.status` or their folder, dnsmasq's leases, kea's memfile
---@field config? string the coredhcp.yaml that bootloop's file is for: leases outside its pool are flagged

---@class dhcp.Lease
---@field mac string
---@field ip string
---@field hostname? string
---@field expires? string
---@field expired boolean bootloop holds such a lease all the same: only a request of that MAC ends it
---@field source "bootloop"|"libvirt"|"dnsmasq"|"kea"
---@field problem? string what the server suffers from it, as that it will not start again

--- Lists what DHCP servers have lent: the lab's own, or of a real head node the files that are in their usual places.
--- coresmd lends nothing: nodes that SMD knows are in no lease file.
---@param options? dhcp.LeaseOptions
---@return dhcp.Lease[] leases
---@example #dhcp.leases() --> 0
---@example dhcp.leases{ file = "/no/such/file" } --> raises not_found
function dhcp.leases(options)
  local config = options_of("dhcp.leases", options).config
  local text = config ~= nil and text_of("dhcp.leases", config) or nil
  return native.leases(options, text)
end

---@class dhcp.Event
---@field time? string
---@field event string assigned, lent, new, stranger, refused, no_address, ignored, rule, used_up, cache_failed, tftp, died, …
---@field level string
---@field mac? string
---@field ip? string
---@field node? string the component
---@field hostname? string
---@field rule? string
---@field file? string asked for by TFTP
---@field bytes? integer
---@field message string the server's words

--- Reads the server's log into events. Without a text it is the log of the lab's own server, or that of this head node: the
--- file that `CHAMI_DHCP_LOG` names, else `journalctl -u coresmd-coredhcp`.
--- An error `stranger` for each DISCOVER of a MAC that SMD does not know is usual, and no fault.
---@param text? string lines of coredhcp's, as `journalctl -u coresmd-coredhcp -o cat` gives them, or the file they are in
---@return dhcp.Event[] events
---@example
---  local line = [[level=error msg="IP lookup failed: no EthernetInterfaces were found in cache for hardware address 52:54:00:00:00:f1"]]
---  return dhcp.log(line)[1].event --> stranger
---@example #dhcp.log "" --> 0
function dhcp.log(text)
  if text == nil then return native.log(native.lab_log()) end
  local is_line = type(text) == "string" and text:find "level=" ~= nil
  return native.log(is_line and text or text_of("dhcp.log", text))
end

---@class dhcp.ProbeWanted
---@field interface string where to ask: `virbr-openchami`
---@field mac string who asks: a node's MAC gets that node's answer
---@field arch? string|integer as in `dhcp.explain`
---@field user_class? string `iPXE`
---@field wait? string how long answers are waited for, each time; `"2s"`
---@field request? boolean false: only who would offer what; a server may have lent an address all the same

---@class dhcp.Answer
---@field answer string `OFFER`, `ACK`, `NAK`
---@field server string option 54, or the address it came from
---@field from_mac string
---@field ip string
---@field hostname? string
---@field boot_file? string
---@field next_server? string where it is to be fetched: option 66, else the name or the address in the header
---@field after integer milliseconds after the question
---@field options dhcp.Option[]

---@class dhcp.Probed
---@field mac string
---@field interface string
---@field servers string[] who answered; more than one is one too many
---@field answers dhcp.Answer[]
---@field ip? string the address that was confirmed
---@field problem? string nobody answered, several did, or nothing was confirmed

--- Asks the real network as a node would, DISCOVER to ACK, and hears every server that answers.
--- Frames are written as they are, from any MAC, which wants the capability CAP_NET_RAW. A stranger's MAC is lent an
--- address by bootloop, which keeps it until that MAC asks again.
---@param wanted dhcp.ProbeWanted
---@return dhcp.Probed probed
---@example dhcp.probe{ interface = "nosuch0", mac = "52:54:00:be:ef:01" } --> raises not_found
---@example dhcp.probe{ interface = "lo", mac = "not a MAC" } --> raises bad_argument
function dhcp.probe(wanted) return texts.on_wire(native.probe, wanted) end

---@class dhcp.Look
---@field interface string
---@field span? string how long to look; `"30s"`
---@field count? integer so many packets are enough
---@field mac? string only this client's

---@class dhcp.Sight
---@field time string
---@field kind string `DISCOVER`, `OFFER`, …
---@field mac string the client
---@field from string
---@field to string
---@field ip? string
---@field boot_file? string
---@field xid string what question and answer have in common
---@field options dhcp.Option[]

--- Looks at the DHCP that goes by on an interface: a line for each packet as it comes, and all of them at the end.
--- Says nothing itself; wants the capability CAP_NET_RAW.
---@param look dhcp.Look
---@return dhcp.Sight[] sights
---@example dhcp.watch{ interface = "nosuch0" } --> raises not_found
---@example dhcp.watch{ interface = "lo", mac = "x" } --> raises bad_argument
---@example dhcp.watch{ interface = "lo", count = 0 } --> raises bad_argument
function dhcp.watch(look) return texts.on_wire(native.watch, look) end

return dhcp
