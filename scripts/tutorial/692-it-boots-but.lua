-- A fault lab: you see what users see, and find the cause.

exercise {
  id = "692", title = "Fault lab: it boots, but not what you asked for", minutes = 40,
  goal = "After Friday's rebuild of the images three things are wrong: they are found, named "
      .. "and put right, every node is Ready, and nothing else was changed.",
  needs = { "690" }, seed = { "NOTES" }, backend = "lab",
}

local ROLES = "data/roles.yaml"

check "every cause is named, and none that is not there" {
  got  = function() return lab.practice.status() end,
  want = has { faults = 3, named = 3, wrong = 0 },
  hint = { "lab.practice.hint() tells the last good stage, then whose the next is.",
           "lab.fault.list() describes all faults there are; which symptom is yours?",
           "diagnose { cause = { 'F…', 'F…' } } counts those right; the next replaces it." },
}

check "no fault is left" {
  got  = function() return lab.practice.status().left end,
  want = 0,
  hint = { "Put right what is wrong, not what shows it: a reboot mends no data.",
           "The inventory knows what should be there: cluster.diff 'data/roles.yaml'." },
}

check "every node is Ready" {
  got  = function() return smd.component.list { type = "Node" } end,
  want = each(has { State = "Ready" }),
  hint = { "node.trace(n) shows how far a node came, and what it met there.",
           "node.reboot('@*', { wait = '10m' }) boots all anew, once the data are right." },
}

check "nothing else was changed" {
  got  = function()
    local macs = 0
    for _, record in ipairs(bss.boot.params.list()) do
      expect(not record.hosts and not record.nids, "no firmware asks by xname or NID")
      macs = macs + #(record.macs or {})
    end
    return { differences = #cluster.diff(ROLES), macs = macs }
  end,
  want = { differences = 0, macs = 5 },
  hint = { "cluster.diff tells what is not as the inventory says.",
           "bss.boot.params.list(): is there a record that belongs to nobody?" },
}

look "Monday morning"
-- This is what the users say. There is no list of causes: node.why is closed in a fault lab.
for _, symptom in ipairs(lab.practice.status().symptoms) do print(symptom) end

look "How far did each node come?"
-- Read the first line that did not go well; all before it is proven to work. A timeline is
-- evidence: what was asked, what came back. On a head node it is put together from four logs.
for _, xname in ipairs(nodes.xnames "@*") do
  local last
  for _, stage in ipairs(node.trace(xname)) do
    last = stage
    if not stage.ok then break end
  end
  print(xname, last and last.stage, last and last.what)
end

look "The compute nodes ask, and sleep"
-- `sleep 10` and `chain`, with status 200: BSS has nothing under this MAC. For one node that
-- would be a slip; here it is a whole group, and only that. Who names a group in `hosts` gets a
-- 200 and nothing stored.
print(bss.boot.script.get "x1000c0s0b1n0")
for _, mac in ipairs(nodes.macs "@compute") do
  print(mac, #bss.boot.params.list { mac = mac })
end

look "The io node gets a script, and no kernel"
-- The name in BSS is not the name on the artifact server: a rebuild brought another version.
local kernel = bss.boot.params.get "x1000c0s0b4n0".kernel or "none"
print(kernel)
print(http.head(kernel, { any_status = true }).status)

look "The front-end has two halves"
-- Each file is there, and they do not belong together: somebody sent a new kernel alone, and
-- BSS merges what it is sent into what it has.
local front = bss.boot.params.get "x1000c0s0b0n0"
for _, url in ipairs { front.kernel, front.initrd } do print(url:match "[^/]+$") end

look "What are these called?"
for _, known in ipairs(lab.fault.list()) do
  if known.owner == "bss" or known.owner == "artifacts" then print(known.id, known.symptom) end
end

step "Say what it is before you mend it"
-- Mended by luck is not understood. The answer says how many are right, not which.
print(diagnose { cause = { "F16", "F19", "F29" } })

step "Put the data right"
-- The inventory says what should be there, so nobody has to remember it. With curl: a PUT for
-- each of the three, with all three fields in each, and a GET after it.
cluster.apply(ROLES)

step "Boot what is not up"
-- A node that waits 30 seconds to ask again would come by itself; one with half a kernel never.
for _, one in ipairs(smd.component.list { type = "Node", state = "!Ready" }) do
  node.reboot(one.ID, { wait = "10m" })
end

try "lab.practice.stop(), then lab.practice.start('692', { seed = 2 }): yours, without a text."
try "How many of seeds 1 to 5 do you name right without a hint?"
try "Make a fault for your neighbour: lab.fault.inject('F18', { node = 2, quiet = true })."
