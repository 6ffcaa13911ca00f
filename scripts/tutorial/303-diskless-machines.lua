-- Five machines without disks, and what such a machine does while nobody tells it what to boot.

exercise {
  id = "303", title = "Diskless virtual machines", minutes = 20, once = true,
  goal = "Five machines are defined that boot from the network alone, each with the MAC that "
      .. "SMD has for it; one was started and asked, and a stranger was seen and sent away.",
  needs = { "300" }, seed = { "P3", "VIRT" },
}

local function mac(n) return ("52:54:00:be:ef:%02x"):format(n) end

local STRANGER = "52:54:00:00:00:99"

check "five machines have their MAC on the internal network" {
  got  = function()
    local out = {}
    for i, one in ipairs(virsh.list { all = true }) do
      local nic = virsh.domiflist(one.name)[1]
      out[i] = ("%s %s %s"):format(one.name, nic.source, nic.mac)
    end
    return out
  end,
  want = set {
    "compute1 openchami-net 52:54:00:be:ef:01", "compute2 openchami-net 52:54:00:be:ef:02",
    "compute3 openchami-net 52:54:00:be:ef:03", "compute4 openchami-net 52:54:00:be:ef:04",
    "compute5 openchami-net 52:54:00:be:ef:05",
  },
  hint = { "virsh.install defines a machine from a table; virsh.list { all = true } shows all.",
           "virsh.install { name = 'compute1', mac = …, network = 'openchami-net', … }" },
}

check "none has a disk, and each asks the network first" {
  got  = function()
    local out = {}
    for i, one in ipairs(virsh.list { all = true }) do
      local domain = virsh.domain.parse(virsh.dumpxml(one.name))
      out[i] = { first = domain.os.boot[1]._dev, disk = domain.devices.disk }
    end
    return out
  end,
  want = each { first = "network" },
  hint = { "virsh.dumpxml(name) is what libvirt keeps; virsh.domain.parse makes a table of it.",
           "virsh.install makes machines without a disk, which boot from the network first." },
}

check "compute1 asked for an address, and got the one SMD has" {
  got  = function() return node.trace("compute1")[2] end,
  want = has { stage = "offer", ok = true, what = contains "172.16.0.1" },
  hint = { "virsh.start is the power button; node.trace shows how far a machine came.",
           "Give it a minute: task.sleep '90s' lets a lab's time pass, and waits elsewhere." },
}

check "the stranger was lent an address of the pool, and is gone" {
  got  = function()
    local lease
    for _, one in ipairs(dhcp.leases()) do
      if one.mac == STRANGER then lease = one.ip end
    end
    return { lease = lease, there = #virsh.list { all = true } > 5 }
  end,
  want = { lease = match "^172%.16%.0%.2%d%d$", there = false },
  hint = { "Install and start one whose MAC SMD never heard of: 52:54:00:00:00:99.",
           "virsh.destroy pulls the plug, virsh.undefine forgets the machine." },
}

step "Define five machines"
-- virt-install, without its forty words: no disk, one network card, boot from it. With
-- `start = false` they are defined only. On a head node the same lines make real ones. What
-- their serial line says is kept in a file: of a boot that is over there is no other witness.
-- Root alone reads it there, as all that libvirt's system instance logs.
for n = 1, 5 do
  virsh.install {
    name = "compute" .. n, memory = "4GiB", vcpus = 1, mac = mac(n), network = "openchami-net",
    console_log = ("/var/log/libvirt/qemu/compute%d-console.log"):format(n), start = false,
  }
end

look "What libvirt keeps of it"
-- XML, as `virsh dumpxml` shows it, here as a table. There is no disk in it.
print(virsh.list { all = true })
print(virsh.domiflist "compute1")
print(virsh.domain.parse(virsh.dumpxml "compute1").os)

step "Start one, and watch it ask"
-- coresmd knows its MAC from SMD. BSS has nothing for it yet: its script sleeps and asks again.
-- That is no error. It waits for you to say what it is to boot. On a lab these 90 seconds are
-- over at once, for they are the lab's; a real machine takes its own.
virsh.start "compute1"
task.sleep "90s"
print(node.trace "compute1"[2].what)

look "What coresmd would tell the others"
-- The same question, without a machine: which rule answers, and what the firmware is given.
print(dhcp.explain("compute2", { arch = 7 }))

step "A stranger comes"
-- Its MAC is in no file. It gets an address of the pool for strangers, and a script to reboot:
-- so it asks again and again, and boots on the day when somebody adds it.
virsh.install {
  name = "stranger", memory = "2GiB", vcpus = 1, mac = STRANGER, network = "openchami-net",
}
task.sleep "90s"
print(node.trace "stranger"[2].what)

step "Send it away"
-- Two calls: the plug, then the memory of it.
virsh.destroy "stranger"
virsh.undefine "stranger"

try "Give two machines one MAC with virsh.define and dumpxml, start both: who gets the address?"
try "virsh.console 'compute1':expect 'iPXE' reads what it says; help(virsh.console) tells more."
try "dhcp.explain(STRANGER, { arch = 0 }): what would an old BIOS machine be given?"
