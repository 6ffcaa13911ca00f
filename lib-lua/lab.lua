local native = select(2, ...)
local texts = require "dhcp.text"
local nodeset = require "nodeset"

--- The lab: the simulated head node behind this session.
--- Look at it, set it back, compare it with before, make its time pass. On a real cluster these calls are `unsupported`.
local lab = { fault = require "lab.fault", practice = require "lab.practice", clock = {}, artifact = {}, dhcp = {} }

---@class lab.Machine
---@field name string
---@field xname string where it stands; SMD does not know until somebody says so
---@field mac string the interface it boots from
---@field bmc_mac string
---@field uuid string what its firmware reports
---@field power "off"|"on"
---@field wire? boolean it is real, and came by the wire that the lab serves: only what it asked for is known
---@field nics? string[] other interfaces by which a real one asked

---@class lab.Status
---@field pid integer the process that owns the lab
---@field http string the gateway's URL
---@field https? string the same with TLS
---@field ca? string the file of the CA that signed its certificate
---@field state string the directory its state is kept in
---@field fresh boolean private: gone with its process
---@field auth boolean whether services want tokens
---@field seed integer
---@field now string the lab's time
---@field snapshots string[]
---@field notice? string damage that was found and mended when it was opened
---@field services table<string, table<string, integer>> how many records each service has, by table
---@field machines lab.Machine[]

---@class lab.Condition
---@field name "nat"|"impersonation_off"|"cloud_init_lost"|"stale_groups"|"chain_https"|"coresmd_untrusting"
---@field on boolean
---@field once boolean it happens instead of lasting, and is never on
---@field what string what it means

---@class lab.Artifact
---@field path string bucket and key: `boot-images/compute/base/rocky9.5-compute-base-9.5`
---@field bytes integer
---@field kernel? string which kernel it is or is made for; by default what a name as `vmlinuz-5.14.0-…` says
---@field ["private"]? boolean not to be read without credentials
---@field dracut? string[] the modules that an initrd was made with; those it takes where none are said

---@class lab.DhcpServer
---@field running boolean whether it started with its configuration
---@field why? string why a node that asks gets no answer; none: it gets one
---@field bridge string the interface that nodes ask on
---@field wire boolean whether real machines are served there: `chami lab serve --interface`
---@field interfaces string[] all of the head node; where real machines are served, of this machine
---@field version string of its coresmd, whatever the file is written for: `v0.6`
---@field config string its coredhcp.yaml

---@class lab.Difference
---@field service string
---@field table string
---@field key string
---@field change "added"|"removed"|"changed"
---@field fields string[] the names of the fields that differ
---@field before? json.Value these fields as they were; of a removed record all
---@field after? json.Value these fields as they are; of an added record all

---@class lab.Snapshot
---@field name string
---@field bytes integer
---@field taken string when, by the machine's clock
---@field path string the file it is kept in

---@class lab.Listed
---@field name? string none: the usual one
---@field option string what leads to it on the command line
---@field running boolean
---@field pid? integer the process that owns it
---@field bytes integer what it takes on the disk, snapshots included
---@field used string when it was last written to, by the machine's clock
---@field state string the directory its state is kept in

---@class lab.TokenOrder
---@field sub? string who it is for
---@field claims? table<string, json.Value> claims beside or instead of the usual ones
---@field exp? number seconds from now until it ends; negative: it has ended
---@field alg? string `RS256` (the default), `PS256`, …; `none` leaves the signature out
---@field key? "hydra"|"tokensmith"|"other" whose key signs; `other` is a forger's
---@field drop? string[] claims to leave out, and `kid`

---@class lab.BootstrapOrder
---@field subject string the service that will use it, as `boot-service`
---@field audience string the service it is for, as `smd`
---@field scopes? string|string[] what the tokens got with it may do, as `node:read`
---@field ttl? string how long it can be used: `"10m"`, at least `"1m"`, at most `"1h"`
---@field refresh_ttl? string how long tokens got with it can be renewed: `"24h"`, at least `"1h"`, at most `"720h"`

--- Tells where the lab is and what it holds.
---@return lab.Status status
---@shell chami lab status
---@example lab.status().services.smd.components --> 0
function lab.status() return native.status() end

--- Tells the address of the lab's page: machines as they boot, a node's timeline and console, an exercise's progress.
--- Whoever has the whole address can look; nothing can be changed there.
---@return string address for a browser on this machine
---@example lab.page():match "^http://127.0.0.1:%d+/lab/" ~= nil --> true
function lab.page() return native.page() end

--- Prints what happens to the lab's machines when it happens: one is switched on or off, a stage of its boot is reached or
--- fails, it is Ready. One line each, above the one that is being typed; a stage that fails again in the same way is told once.
--- All this happens in the lab's time. On a lab that goes with the wall's clock, lines come by themselves as time passes; on
--- a private one (`--lab=fresh`) time stands still until something lets it pass: `lab.clock.advance`, `task.sleep`,
--- `node.boot` with `wait`. On both, such a call returns when all that happened in its time has been printed, so that a
--- script prints its own words after it. `lab.watch(false)`, Ctrl-C at the prompt, and the end of the session or script end it.
---@param what? boolean|string|string[] `true`, the default: all; names, xnames or MACs: only these from now on; `false`: none
---@example lab.watch "compute[1-3]"; lab.power("compute1", "on"); lab.watch(false)
---@example lab.watch "compute9" --> raises not_found
function lab.watch(what)
  if what == false then
    native.hush()
  else
    native.watch(type(what) ~= "boolean" and what and nodeset.expand(what) or nil)
  end
end

-- Has the page show how an exercise stands.
function lab._show(shown) return native.show(shown) end

--- Lists the machines that stand in the lab, whether or not SMD knows them.
---@return lab.Machine[] machines
---@example lab.machines()[1].xname --> x1000c0s0b0n0
function lab.machines()
  local list = native.status().machines
  for _, machine in ipairs(list) do
    -- Of one that came by the wire nobody knows them.
    if machine.bmc_mac == "" then machine.bmc_mac, machine.uuid = nil, nil end
  end
  return list
end

-- At the prompt what was done is worth a line; for programs it is the status all the same.
local function said(status, text, name)
  -- In a plan it is what would be sent, and speaks for itself.
  if type(status) ~= "table" or getmetatable(status) ~= nil then return status end
  return setmetatable(status, { __data = true, __tostring = function() return text:format(name) end })
end

--- Sets the lab back: every store is emptied, every machine powered off; time goes on.
---@param state? "empty"|"tutorial" what to begin with; `tutorial` is what exercise 301 leaves
---@return lab.Status status
---@shell chami lab reset
---@example lab.reset().services.smd.groups --> 0
function lab.reset(state) return said(native.reset(state), "(the lab is %s)", state or "empty") end

--- Keeps everything the lab holds under a name.
---@param name string letters, digits, `-`, `_` and `.`; a snapshot of that name is replaced
---@return lab.Snapshot snapshot
---@shell chami lab snapshot before
---@example lab.snapshot("before").name --> before
function lab.snapshot(name) return native.snapshot(name) end

--- Lists the snapshots of this lab by name.
---@return lab.Snapshot[] snapshots
---@shell chami lab snapshots
---@example lab.snapshot "before"; return lab.snapshots()[1].name --> before
function lab.snapshots() return native.snapshots() end

--- Removes a snapshot; the lab itself stays as it is.
---@param name string the snapshot
---@return lab.Snapshot snapshot what it was
---@shell chami lab discard before
---@example lab.snapshot "before"; lab.discard "before"; return #lab.snapshots() --> 0
function lab.discard(name) return native.discard(name) end

--- Puts back what a snapshot holds; time goes on.
---@param name string the snapshot
---@return lab.Status status
---@shell chami lab restore before
---@example lab.snapshot "before"; return lab.restore("before").snapshots[1] --> before
function lab.restore(name) return said(native.restore(name), "(the lab is as in %s)", name) end

--- Lists the records that are not as they were. That somebody looked is no difference: what reading alone leaves behind,
--- as `bss.history`, is not listed.
---@param name? string since this snapshot; by default since the last reset or restore
---@return lab.Difference[] differences sorted by service, table and key
---@shell chami lab diff before
---@example #lab.diff() --> 0
function lab.diff(name) return native.diff(name) end

--- Makes another lab of yours that holds all this one holds: records, machines, time, snapshots. From then on each goes
--- its own way, and `chami --lab=NAME` uses the new one.
---@param name string letters, digits, `-`, `_` and `.`
---@return lab.Listed lab the new one
---@shell chami lab fork try
---@example pcall(lab.remove, "doc-fork"); lab.fork "doc-fork"; return lab.remove("doc-fork").option --> --lab=doc-fork
function lab.fork(name) return native.fork(name) end

--- Lists your labs, the usual one first; one that ends with its process is in no list.
---@return lab.Listed[] labs
---@shell chami lab list
---@example pcall(lab.fork, "doc-list"); local labs = lab.list(); lab.remove "doc-list"; return labs[1].running --> false
function lab.list() return native.list() end

--- Removes another lab of yours with all that it holds; neither one that is served nor the one this session is on.
---@param name string as `lab.list` has it
---@return lab.Listed lab what it was
---@shell chami lab remove try
---@example pcall(lab.fork, "doc-remove"); return lab.remove("doc-remove").name --> doc-remove
function lab.remove(name) return native.remove(name) end

--- Tells the lab's time.
---@return string now as in RFC 3339, in UTC
---@example lab.clock.now() --> 2026-01-01T00:00:00Z
function lab.clock.now() return native.time().now end

--- Makes time pass; answers when everything that fell due meanwhile is done.
---@param span string such as `"90s"` or `"1h 30m"`
---@return string now the lab's time then
---@example lab.clock.advance "90s" --> 2026-01-01T00:01:30Z
function lab.clock.advance(span) return native.advance(span).now end

--- Makes a token for this lab's services: a good one, or one that is wrong in a way to be seen refused.
---@param order? lab.TokenOrder what is to be special about it
---@return string token keep it out of files and histories
---@example lab.token{ exp = -60 }:match "^eyJ" --> eyJ
function lab.token(order) return native.token(order) end

--- Makes a bootstrap token, as tokensmith's own command does on the head node: good for one exchange.
---@param order lab.BootstrapOrder
---@return string token keep it out of files and histories
---@example #lab.bootstrap_token{ subject = "boot-service", audience = "smd", scopes = "node:read" } --> 64
function lab.bootstrap_token(order) return native.bootstrap_token(order) end

--- Switches machines, whether or not SMD knows them. `node.boot` and its like know SMD's groups as well, and wait.
---@param set string|string[] names, xnames or MACs, as `nodeset` reads them: `"compute[1-5]"`
---@param action "on"|"off"|"reset"
---@return node.Machine[] machines
---@shell virsh start compute1
---@example #lab.power("compute[1-3]", "on") --> 3
---@example lab.power("compute9", "on") --> raises not_found
function lab.power(set, action) return native.power(nodeset.expand(set), action) end

--- Gives the places of real machines back to the lab's own: they stand there again, off, and the lab switches them. A real
--- one that was in no place is forgotten. What asks by the wire again is real again. A lab that is opened and serves no
--- interface does this by itself.
---@param set? string|string[] names, xnames or MACs, as `nodeset` reads them; by default all that are real
---@return node.Machine[] machines as they are now
---@example #lab.release() --> 0
---@example lab.release("compute1")[1].power --> off
---@example lab.release "compute9" --> raises not_found
function lab.release(set) return native.release(set and nodeset.expand(set) or nil) end

--- Lists what can be wrong with the head node that is no service's data, and whether it is.
---@return lab.Condition[] conditions
---@example lab.conditions()[1].name --> "nat"
function lab.conditions() return native.conditions() end

--- Makes something wrong with the head node, or right again.
---@param name "nat"|"impersonation_off"|"cloud_init_lost"|"stale_groups"|"chain_https"|"coresmd_untrusting"
---@param on boolean
---@return lab.Condition[] conditions
---@example lab.condition("nat", true)[1].on --> true
function lab.condition(name, on) return native.condition(name, on) end

--- Lists what the artifact server has. Nodes, and `http.get` of this session, find it at
--- `http://172.16.0.254:9000/PATH`; other programs under `/lab/s3/PATH` of the lab's http port.
---@return lab.Artifact[] artifacts by path
---@shell s3cmd ls -r s3://boot-images
---@example #lab.artifacts() --> 6
---@example http.head("http://172.16.0.254:9000/" .. lab.artifacts()[1].path).status --> 200
function lab.artifacts()
  local list = native.artifacts()
  -- What fault labs note is no artifact; it stands there to be kept and put back with all else.
  for i = #list, 1, -1 do
    if list[i].path:find "^practice/" then table.remove(list, i) end
  end
  return list
end

-- For the fault labs: all of them.
function lab._files() return native.artifacts() end

--- Puts a file on the artifact server, in place of one of that name. Its bytes are made up.
---@param artifact lab.Artifact
---@return lab.Artifact artifact
---@shell s3cmd put vmlinuz s3://boot-images/efi-images/compute/base/
---@example lab.artifact.put{ path = "boot-images/vmlinuz-6.1", bytes = 1024 }.kernel --> "6.1"
function lab.artifact.put(artifact) return native.artifact_put(artifact) end

--- Removes a file from the artifact server.
---@param path string bucket and key
---@return lab.Artifact artifact what it was
---@shell s3cmd del s3://boot-images/vmlinuz
---@example lab.artifact.delete(lab.artifacts()[1].path); return #lab.artifacts() --> 5
function lab.artifact.delete(path) return native.artifact_delete(path) end

--- Tells how the lab's DHCP server is, and shows its coredhcp.yaml. `dhcp.lint()` judges it.
---@return lab.DhcpServer server
---@shell systemctl status coresmd-coredhcp
---@example lab.dhcp.get().running --> true
function lab.dhcp.get() return native.dhcp() end

--- Gives the lab's DHCP server another coredhcp.yaml, and restarts it. One that it does not start with is taken as well, as
--- on a head node: then nobody answers DHCP, and `why` says why. Where the lab serves an interface it counts for that one,
--- as long as that has the address it has; there one that was given for another does not count.
---@param file string the file, or its text
---@return lab.DhcpServer server
---@shell systemctl restart coresmd-coredhcp
---@example lab.dhcp.set(dhcp.render{ pool = { "172.16.0.210", "172.16.0.220" } }).running --> true
---@example lab.dhcp.set(dhcp.render{ interface = "eth0" }).why:match "listens on %S+" --> listens on %eth0
---@example lab.dhcp.set(dhcp.render{ interface = "virbr-opnchami" }).running --> false
---@example lab.dhcp.set(dhcp.render{ version = "v0.4" }).running --> false
---@example lab.dhcp.set "server4: [" --> raises bad_argument
function lab.dhcp.set(file)
  return native.dhcp_set(texts.text_of("lab.dhcp.set", file))
end

--- Gives the lab's DHCP server the configuration back that it began with.
---@return lab.DhcpServer server
---@example lab.dhcp.set("server4:\n"); return lab.dhcp.reset().running --> true
function lab.dhcp.reset() return native.dhcp_set() end

return lab
