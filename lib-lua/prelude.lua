-- What every session has without `require`: one line per name, `"module"` or `"module:function"`.
-- Each is loaded when it is first touched, and stands under `chami` as well.

--- chami is a shell for OpenCHAMI clusters. What you type is Lua.
---
--- Type first:
---   smd.component.list()               what SMD knows; nothing, in a new lab
---   discover.static "data/nodes.yaml"  tells it about five nodes
---   smd.component.get "x1000c0s0b0n0"  one of them; _ is the last value
---
--- And then:
---   help(smd.component.list)  explains a function, help(smd) a module, help(_) a value
---   help "boot"               searches; smd.group? is help as well, smd.group.add?? the Lua text of a function
---   !ls                       runs a command of your system's shell; io.popen reads one's output in Lua
---   smd.<Tab>                 completes names, fields, the keys of { }, values in quotes, nodes and groups
---   Ctrl-R, Up                look for what was typed earlier; Up goes by what stands before the cursor
---   teach(true)               says each call in the words of ochami and curl; time(f), watch(f), page(_), save "my.lua"
---   for _, c in ipairs(smd.component.list()) do print(c.ID, c.State) end
---
--- Without a cluster of your own you are on the lab, a simulated one, where nothing can break.
---
--- Outside: `chami learn` opens the course, `chami FILE` runs a script, `chami -e CODE` one line.
return {
  all = "matchers:all",
  at_least = "matchers:at_least",
  auth = "auth",
  bss = "bss",
  bug_report = "bug_report:bug_report",
  check = "exercise:check",
  cloud_init = "cloud_init",
  cluster = "cluster",
  config = "config",
  contains = "matchers:contains",
  csv = "csv",
  diagnose = "lab.practice:diagnose",
  dhcp = "dhcp",
  discover = "discover",
  each = "matchers:each",
  doctor = "doctor:doctor",
  env = "env",
  exercise = "exercise:exercise",
  expect = "expect:expect",
  expect_fault = "expect:expect_fault",
  fault = "fault",
  fs = "fs",
  has = "matchers:has",
  head = "head",
  help = "help:help",
  http = "http",
  inspect = "help:inspect",
  journal = "journal",
  json = "json",
  lab = "lab",
  look = "exercise:look",
  match = "matchers:match",
  node = "node",
  nodes = "nodes",
  nodeset = "nodeset",
  none = "matchers:none",
  page = "session:page",
  record = "record:record",
  save = "session:save",
  set = "matchers:set",
  smd = "smd",
  source = "help:source",
  step = "exercise:step",
  task = "task",
  teach = "teach:teach",
  tftp = "tftp",
  time = "trace:time",
  tokensmith = "tokensmith",
  trace = "trace:trace",
  try = "exercise:try",
  undo = "journal:undo",
  unchanged = "matchers:unchanged",
  version = "version:version",
  virsh = "virsh",
  watch = "session:watch",
  yaml = "yaml",
}
