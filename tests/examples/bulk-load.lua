-- The five nodes of the tutorial, as a table.
local TABLE = "scripts/examples/data/rack.csv"
local text = fs.read(TABLE)

-- Another table, with pieces of the good one replaced.
local function broken(from, to)
  local path = dir .. "/broken.csv"
  local line, count = text:gsub(from, to)
  expect(count > 0, from .. " is in the table")
  fs.write(path, line)
  return path
end

reset()
run_unchanged { status = 2, says = "wanted: FILE.csv" }
run_unchanged { TABLE, "--dryrun", status = 2 }
run_unchanged { TABLE, TABLE, status = 2 }
run_unchanged { dir .. "/none.csv", status = 1, says = "there is no such file" }

-- Every fault with its line; an empty line counts.
run_unchanged { broken("52:54:00:be:ef:03", "52:54:00:be:ef:02"), status = 2, says = "broken.csv:4: MAC" }
run_unchanged { broken("172.16.0.5,", "172.16.0.777,"), status = 2, says = "broken.csv:6: `172.16.0.777`" }
run_unchanged { broken("\ncompute2", "\n\ncompute2"), "--dry-run" }
run_unchanged { broken("\ncompute2,x1000c0s0b1n0,2", "\n\ncompute2,x1000c0s0b1n0,1"), status = 2,
                says = { "broken.csv:4: NID 1 is already taken by line 2", "nothing was loaded" } }
run_unchanged { broken("nid,", "nit,"), status = 2, says = { "broken.csv:1: unknown column nit", ":2: no nid" } }
run_unchanged { broken("x1000c0s0b1n0(.-)e2,", "x1000c0s0b0n1%1e2,"), status = 2,
                says = ":3: x1000c0s0b0 has another bmc_mac or bmc_ip above" }
run_unchanged { broken(",compute io", ",compute i/o"), status = 2, says = ":5: SMD refuses the group name" }

-- A plan, the load, and that it is done once.
run_unchanged { TABLE, "--dry-run", says = { "create\tx1000c0s0b0n0", "join\tio\tx1000c0s0b[3-4]n0" } }
run { TABLE, says = "join\tcompute\tx1000c0s0b[0-4]n0" }
expect(nodes.nids "@compute", { 1, 2, 3, 4, 5 }, "five nodes, with their NIDs")
expect(nodes.macs "@io", { "52:54:00:be:ef:04", "52:54:00:be:ef:05" }, "two of them for I/O")
expect(smd.rfe.get("x1000c0s0b4").IPAddress, "172.16.0.105", "and their BMCs")
run_unchanged { TABLE, says = "unchanged   20", hides = "join" }

-- What differs stays, unless it is said; who joined a group by other means stays in it.
smd.group.member.set("io", "nid[1,5]")
local other = broken("compute1,x1000c0s0b0n0,1,", "compute1,x1000c0s0b0n0,11,")
run_unchanged { other, status = 1, says = { "NID is 1, the file says 11", "--overwrite" } }
run { other, "--overwrite", says = { "replaced    1", "join\tio\tx1000c0s0b3n0" } }
expect(smd.component.get("x1000c0s0b0n0").NID, 11, "replaced")
expect(smd.group.member.list "io", set "x1000c0s0b[0,3-4]n0", "one more in io, and nobody less")
