-- Boot parameters from Lua.
discover.static "data/nodes.yaml"
local params, script = bss.boot.params, bss.boot.script
local function mac(n) return ("52:54:00:be:ef:%02x"):format(n) end

expect(params.list(), {}, "null is an empty list")
local kernel = { kernel = "http://172.16.0.254:9000/vmlinuz", initrd = "http://172.16.0.254:9000/initrd" }
expect(#params.set("@compute", kernel), 5, "one record for each node")
expect(params.list(), { has { macs = { mac(1), mac(2), mac(3), mac(4), mac(5) } } }, "as BSS groups them")
expect(params.get(3).macs, { mac(3) }, "narrowed to the node's own MAC")
expect(params.list { "x1000c0s0b4n0", "nid2" }, { has { macs = { mac(5) } }, has { macs = { mac(2) } } }, "in the set's order")

-- Arguments.
local args = bss.args "ro  root=live:http://x console=tty0 dyndbg=\"file a +p\" console=ttyS0"
expect(args:get "dyndbg", "file a +p", "quotes are the kernel's")
expect({ args:get "console" }, { "tty0", "ttyS0" }, "several")
expect({ args:get "quiet" }, {}, "none")
args:set("root", "nfs"):add("console", "ttyS0"):add("console", "hvc0"):set("quiet"):set("loglevel", 3)
local text = 'ro  root=nfs console=tty0 dyndbg="file a +p" console=ttyS0 console=hvc0 quiet loglevel=3'
expect(tostring(args), text, "all else stays as it was")
expect(tostring(bss.args(text):set("root", "nfs"):set("quiet")), text, "setting is idempotent")
expect(tostring(bss.args(args):remove("console"):remove "dyndbg"), "ro  root=nfs quiet loglevel=3", "removed")
expect(tostring(bss.args():set("module.opt", "a b")), 'module.opt="a b"', "a space is quoted")
expect(params.update("nid[1-2]", { params = args })[2].params, text, "taken wherever arguments are")
expect(params.ensure("@compute", { params = args })[1].macs, { mac(3) }, "who was not so")
expect(params.ensure("@compute", { params = args }), {}, "so already")

-- What BSS would do, and does not here.
expect_fault("bad_argument", params.update, { params = "quiet" })
expect_fault("bad_argument", params.set, kernel)
expect_fault("bad_argument", params.delete, { kernel = kernel.kernel })
expect_fault("bad_argument", params.delete, { kernel = "", all = true })
expect_fault("no_effect", params.set, { hosts = "compute", kernel = "k" })
expect(expect_fault("bad_argument", params.set, 1, { kernle = "k" }).hint, contains "kernel", "misspelt")
expect_fault("bad_argument", params.set, 1, { kernel = "k", macs = mac(2) })
expect(expect_fault("bad_argument", params.get, { macs = mac(1) }).hint, contains 'did you mean "mac"?', "misspelt")
expect(expect_fault("bad_argument", params.get, { xname = "x1000c0s0b0n0" }).message, contains "xname", "unknown")
local known = expect_fault("conflict", params.add, "nid[4-5]", { kernel = "k" })
expect(known.message, contains(mac(4)), "who is known")
expect(params.set({}, { kernel = "k" }), {}, "an empty set is nobody")
expect(params.set(4, { kernel = "k" })[1], has { kernel = "k", initrd = none }, "what is not given goes")

-- Where parameters stand.
params.delete(5)
params.set { hosts = "x1000c0s0b4n0", kernel = "k" }
expect(expect_fault("not_found", params.get, 5).hint, contains "xname only", "firmware never finds it")
expect(params.get { name = "x1000c0s0b4n0" }.kernel, "k", "it is there all the same")
expect(script.get(5), contains "sleep 10", "and the node asks for ever")
expect(script.get { name = "x1000c0s0b4n0" }, contains "kernel --name kernel k ", "while this looks fine")
expect(script.get(4, { retry = 2 }), contains "&retry=3", "the next attempt")

-- Images: each node keeps its other arguments.
params.update(1, { params = "a root=x" })
local now = bss.boot.image.set("nid[1-2]", "live:http://new")
expect(now[1].params, "a root=live:http://new", "one")
expect(now[2].params, contains "loglevel=3", "the other")
local some = expect_fault("partial", bss.boot.image.set, "nid[4-5]", "r")
expect(some.items, { has { node = mac(5), fault = has { kind = "not_found" } } }, "who has no parameters")
local none_of_both = expect_fault("refused", bss.boot.image.set, "nid[1-2]", "it's").items
expect(none_of_both, { has { node = mac(1) }, has { node = mac(2) } }, "each update was tried")

-- What BSS heard of SMD.
expect(#bss.hosts.list(), 5, "read at first use")
smd.component.add("x1000c0s0b7n0", { State = "On", NID = 8 })
expect_fault("not_found", bss.hosts.get, "x1000c0s0b7n0")
lab.clock.advance "2s"
expect(#bss.hosts.refresh(), 6, "read again")
expect(bss.hosts.get "x1000c0s0b7n0", has { EndpointEnabled = false }, "no discovery described it")
expect(bss.history("nid[4-5]"), { has { name = "x1000c0s0b3n0" }, has { name = "x1000c0s0b4n0" } }, "who booted")
expect(bss.dumpstate().Components, all { at_least(6), each(has { Type = "Node" }) }, "everything")

expect(#params.delete { kernel = "k", all = true }, 2, "with an image, and without")
params.delete { all = true }
expect(params.list(), {}, "all of them")

-- what is no argument of a kernel
local arguments = bss.args "quiet"
expect(expect_fault("bad_argument", arguments.set, arguments, "root", {}).message, contains "this is a table", "no value")
for _, verb in ipairs { "set", "add", "remove" } do
  expect(expect_fault("bad_argument", arguments[verb], arguments).hint, contains(":" .. verb), "no name")
end
expect(tostring(arguments), "quiet", "nothing of it was taken")
expect(expect_fault("bad_argument", arguments.set, arguments, "x", "y", {}).hint, contains 'help "Args:set"', "to be typed")
