-- Four of five nodes have boot parameters, with two consoles.
local BEFORE = "quiet console=tty0 ro console=ttyS0"
local NEW = "console=ttyS1,115200"

local function arguments()
  local list = {}
  for _, record in ipairs(bss.boot.params.list "@compute") do list[#list + 1] = record.params end
  return list
end

reset "tutorial"
bss.boot.params.set("nid[1-4]", { kernel = "k", initrd = "i", params = BEFORE })

run_unchanged { status = 2, says = "wanted: GROUP KEY=VALUE" }
run_unchanged { "compute", NEW, "0", status = 2 }
run_unchanged { "compute", NEW, "some", status = 2 }
run_unchanged { "nobody", NEW, status = 1, says = "No such group" }
run_unchanged { "compute", NEW, "5", status = 1, says = "a canary leaves others" }
run_unchanged { "compute", NEW, "promote", status = 1, says = "it was not tried" }
run_unchanged { "compute", NEW, "rollback", says = "nothing to do" }

-- Tried on two, seen in their boot scripts, once.
local change = "x1000c0s0b0n0  - console=tty0 console=ttyS0  + console=ttyS1,115200"
run_unchanged { "compute", NEW, "2", "--dry-run", says = { change, "nothing was changed" } }
run { "compute", NEW, "2", says = { change, "x1000c0s0b[0-1]n0 changed" } }
expect(arguments(), { "quiet console=ttyS1,115200 ro", "quiet console=ttyS1,115200 ro", BEFORE, BEFORE }, "two canaries")
expect(bss.boot.script.get(1), contains(NEW .. " ro"), "the canary's firmware gets it")
run_unchanged { "compute", NEW, "2", says = "nothing to do" }

-- Taken back, all of it and once.
run { "compute", NEW, "rollback", says = "x1000c0s0b[0-1]n0 changed" }
expect(arguments(), { BEFORE, BEFORE, BEFORE, BEFORE }, "all as it was, order and place as well")
run_unchanged { "compute", NEW, "rollback", says = "nothing to do" }

-- A bare word, promoted to all who can have it; node 5 has no parameters.
run { "compute", "debug" }
run { "compute", "debug", "promote", status = 3, says = "x1000c0s0b4n0 has no boot parameters" }
expect(arguments(), each(BEFORE .. " debug"), "all that have parameters have it")
run_unchanged { "compute", "debug", "promote", status = 3, says = "nothing to do" }
run_unchanged { "compute", "debug", "rollback", status = 1, says = "nobody shows what was before" }

-- What the others disagree on cannot be brought back.
bss.boot.params.update(1, { params = "a=1" })
bss.boot.params.update(2, { params = "a=2" })
bss.boot.params.update(3, { params = "a=3" })
run_unchanged { "compute", "a=3", "rollback", status = 1, says = "which was before?" }
