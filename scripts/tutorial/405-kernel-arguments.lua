-- Kernel arguments for all nodes: one word changes everywhere, and nothing else anywhere.

exercise {
  id = "405", title = "Kernel arguments for all nodes", minutes = 15,
  goal = "Every node gets mitigations=off and a second console, each exactly once; the image, "
      .. "the way to cloud-init and all else stay what they were for each.",
  needs = { "402" }, seed = { "P4" },
}

local ALL = "x1000c0s0b[0-4]n0"

-- One record for each node, in the order of ALL, each with its arguments taken apart.
local function arguments()
  local list = {}
  for i, mac in ipairs(nodes.macs(ALL)) do
    list[i] = bss.args(bss.boot.params.get { mac = mac }.params)
  end
  return list
end

-- The values that every node has for one argument.
local function values(key)
  local found = {}
  for i, args in ipairs(arguments()) do found[i] = table.concat({ args:get(key) }, " ") end
  return found
end

check "every node has mitigations=off, once" {
  got  = function() return values "mitigations" end,
  want = { "off", "off", "off", "off", "off" },
  hint = { "bss.boot.params.list() shows what the nodes boot with, as BSS groups it.",
           "bss.args(text) takes arguments apart; :set(key, value) writes one exactly once.",
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
  want = each(has { params = all { contains "ds=nocloud-net;s=", contains "ip=dhcp" },
                    kernel = contains "/vmlinuz-", initrd = contains "/initramfs-" }),
  hint = { "params is one text: who sends a new one has replaced all of it.",
           "bss.boot.params.update leaves the fields alone that it is not given." },
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

look "Arguments are words"
-- bss.args keeps order, quotes and spaces of what is not touched. set: this value, once.
-- add: this value besides the others, unless it is there. remove: none of that name.
local some = bss.args "quiet console=ttyS0 mitigations=auto mitigations=off"
print(some:set("mitigations", "off"):add("console", "tty0"):remove "quiet")

step "One node first, then all"
-- A canary: what is wrong with an argument is wrong on one node, not on a thousand. Read its
-- script, boot it, and only then go on. The second call leaves the canary alone: it has it.
-- Changes the arguments of each record, and sends only those that differ.
local function change(set, how)
  local changed = 0
  for _, record in ipairs(bss.boot.params.list(set)) do
    local wanted = tostring(how(bss.args(record.params)))
    if wanted ~= record.params then
      bss.boot.params.update { macs = record.macs, params = wanted }
      changed = changed + 1
    end
  end
  return changed
end
local function without_mitigations(args) return args:set("mitigations", "off") end
print(change("x1000c0s0b0n0", without_mitigations), "changed")
expect(bss.boot.script.get "x1000c0s0b0n0", contains "mitigations=off", "on the canary")
print(change(ALL, without_mitigations), "changed")

step "A console more"
-- The last console= is where /dev/console leads, so the old ones go behind the new one.
change(ALL, function(args)
  local old = { args:get "console" }
  if old[1] == "tty0" then return args end
  args:remove("console"):add("console", "tty0")
  for _, value in ipairs(old) do args:add("console", value) end
  return args
end)

look "Nothing else has changed"
-- On the lab one can ask what differs from before; on a real cluster the journal knows it.
for _, one in ipairs(journal.list { call = "bss.boot.params", last = 3 }) do
  print(one.call, one.outcome, one.records)
end
for _, record in ipairs(bss.boot.params.list()) do print(#record.macs, record.params) end

try "Take mitigations=off back from the io nodes alone. What does BSS group now?"
try "Roll out in waves: one node, then one in ten, then all; stop when a script looks wrong."
try "Print the difference before it is sent. chami --plan FILE does that for any script."
