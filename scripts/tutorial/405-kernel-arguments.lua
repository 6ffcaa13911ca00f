-- Kernel arguments for all nodes: one word changes everywhere, and nothing else anywhere.

exercise {
  id = "405", title = "Kernel arguments for all nodes", minutes = 20,
  goal = "Every node gets mitigations=off and a second console, each exactly once, and runs "
      .. "with them; the image, the way to cloud-init and all else stay as they were for each.",
  needs = { "401", "402" }, seed = { "P4" },
}

local ALL = "x1000c0s0b[0-4]n0"

-- The values that every node has for one argument, in the order of ALL.
local function values(key)
  local found = {}
  for i, mac in ipairs(nodes.macs(ALL)) do
    local args = bss.args(bss.boot.params.get { mac = mac }.params)
    found[i] = table.concat({ args:get(key) }, " ")
  end
  return found
end

local function cmdline(n) return node.console(n):match "[Cc]ommand line: ([^\r\n]+)" or "" end

check "every node has mitigations=off, once" {
  got  = function() return values "mitigations" end,
  want = { "off", "off", "off", "off", "off" },
  hint = { "bss.args(text) takes arguments apart; :set(key, value) writes one exactly once.",
           "bss.boot.params.update(1, { params = bss.args(old):set('mitigations', 'off') })" },
}

check "every node talks to the screen, and last of all to the serial line" {
  got  = function() return values "console" end,
  want = each "tty0 ttyS0,115200",
  hint = { "console= may stand several times: :add adds another one, :set leaves one.",
           "The last console is the one that /dev/console is: the serial line must be it." },
}

check "each node keeps its own root file system" {
  got  = function() return values "root" end,
  want = { contains "/base/", contains "/base/", contains "/base/",
           contains "/debug/", contains "/debug/" },
  hint = { "The same text for all nodes gives all of them the same root.",
           "Go from record to record, and change the arguments that each has." },
}

check "the way to cloud-init and the kernel are what they were" {
  got  = function()
    local found = {}
    for i, mac in ipairs(nodes.macs(ALL)) do found[i] = bss.boot.params.get { mac = mac } end
    return found
  end,
  want = each(has { kernel = contains "/vmlinuz-", initrd = contains "/initramfs-",
                    params = all { contains "ds=nocloud-net;s=", contains "ip=dhcp" } }),
  hint = { "params is one text: who sends a new one has replaced all of it.",
           "bss.boot.params.update leaves the fields alone that it is not given." },
}

check "every node runs with the arguments that BSS has for it" {
  got  = function()
    local found = {}
    for i, mac in ipairs(nodes.macs(ALL)) do
      local text, params = cmdline(mac), bss.boot.params.get { mac = mac }.params
      found[i] = text:find(tostring(params), 1, true) and "as in BSS" or text
    end
    return found
  end,
  want = each "as in BSS",
  hint = { "A kernel reads its arguments once: when it starts.",
           "virsh.reset 'compute1' is the button; node.boot(ALL, { wait = '10m' }) waits." },
}

look "What the nodes boot with"
-- Three nodes of one layer, two of another: two records, for BSS groups what is equal.
for _, record in ipairs(bss.boot.params.list()) do print(#record.macs, record.params) end

look "The obvious way, and what it costs"
-- With curl one would PATCH params with the new word. BSS answers 200, and the node has lost
-- its root, its console and the way to cloud-init: the field is one text to it.
bss.boot.params.update(1, { params = "mitigations=off" })
print(bss.boot.script.get(1))
undo()

step "All nodes, record by record"
-- bss.args keeps what is not touched. set: this value, once. add: this one besides the others.
-- The last console= is where /dev/console leads, so the old ones go behind the new one.
for _, record in ipairs(bss.boot.params.list(ALL)) do
  local args = bss.args(record.params):set("mitigations", "off")
  local old = table.pack(args:get "console")
  if old[1] ~= "tty0" then
    args:remove("console"):add("console", "tty0")
    for _, value in ipairs(old) do args:add("console", value) end
  end
  if tostring(args) ~= record.params then
    bss.boot.params.update { macs = record.macs, params = tostring(args) }
  end
end

step "One node first: the canary"
-- What is wrong is wrong on one node, not on a thousand. start is for one that is off.
local function runs_with_it(n)
  local seen, text = pcall(cmdline, n)
  return seen and text:find("mitigations=off", 1, true) ~= nil
end
local function press(n)
  if runs_with_it(n) then return end
  local button = virsh.domstate("compute" .. n) == "running" and virsh.reset or virsh.start
  button("compute" .. n)
  return n
end
if press(1) then node.boot(1, { wait = "10m" }) end          -- waits until it is Ready
expect(runs_with_it(1), "the canary runs with it")

step "Then all"
local pressed = {}
for n = 2, 5 do pressed[#pressed + 1] = press(n) end
if #pressed > 0 then node.boot(pressed, { wait = "10m" }) end
print(cmdline(5))                                            -- cat /proc/cmdline, from outside

try "Take mitigations=off back from the io nodes alone. What does BSS group now?"
try "Print the difference before it is sent. chami --plan FILE does that for any script."
