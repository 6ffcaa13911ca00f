-- Fault labs: begun on a cluster that is well, only symptoms told, node.why closed until the third hint.
local empty = expect_fault("bad_argument", lab.practice.start, "691")
expect(empty.message .. empty.hint, all { contains "SMD knows no node", contains "chami learn 691" }, "of none nothing is made")
expect(lab.practice.stop(), nil, "nothing is under way")
lab.reset "tutorial"
expect(expect_fault("bad_argument", lab.practice.start, "692").message, contains "5 nodes", "nothing can be hidden here")
expect_fault("bad_argument", lab.practice.status)

cloud_init.defaults.set { cluster_name = "demo", base_url = "http://172.16.0.254:8081/cloud-init" }
cluster.apply("data/roles.yaml", { plan = false })
lab.clock.advance "60s"
lab.snapshot "well"

-- nor is a fault made of words that are none
expect(expect_fault("bad_argument", lab.fault.inject, "F25", { nod = 1 }).hint, contains "did you mean node", "misspelt")
expect_fault("bad_argument", lab.fault.inject, "F25", 5)
expect_fault("bad_argument", lab.fault.inject, "F25", { seed = 1.5 })

-- an order that cannot be followed is refused before anything is made
for _, seed in ipairs { -3, 1.5, "7", true } do
  expect(expect_fault("bad_argument", lab.practice.start, "692", { seed = seed }).message, contains "seed", "no seed")
end
local sead = expect_fault("bad_argument", lab.practice.start, "692", { sead = 3 })
expect(sead.message .. " " .. sead.hint, all { contains "sead", contains "did you mean seed" }, "misspelt")
expect_fault("bad_argument", lab.practice.start, "692", 3)
expect(lab.diff "well", {}, "nothing was made")
expect(node.wrong(), {}, "and node.why still answers")

local status = lab.practice.start(692, { seed = 7 })
expect(status, has { lab = "692", seed = 7, faults = 3, left = 3, named = 0, wrong = 0, hints = 0 }, "three faults")
expect(#status.symptoms, 3, "each has a symptom")
expect(table.concat(status.symptoms), match "^[^%d]*$", "and no number is told")
expect_fault("conflict", lab.practice.start, "692")
expect(expect_fault("refused", node.why, 1).message, contains "3 hints", "first by hand")
expect_fault("refused", node.wrong)

-- named: how many are right, not which
expect(diagnose { cause = { "F16", "F26" } }, has { named = 1, wrong = 1 }, "one right, one wrong")
expect(diagnose { cause = "F26" }, has { named = 0, wrong = 1 }, "what is said last counts")
expect(diagnose { cause = { "F16", "F16" } }, has { named = 1, wrong = 0 }, "said twice counts once")
expect_fault("bad_argument", diagnose, { cause = "F99" })
local casue = expect_fault("bad_argument", diagnose, { casue = "F19" })
expect(casue.message .. " " .. casue.hint, all { contains "casue", contains "did you mean cause" }, "misspelt")
for _, given in ipairs { {}, { cause = {} }, "F19" } do expect_fault("bad_argument", diagnose, given) end
expect(lab.practice.status(), has { named = 1, wrong = 0 }, "nothing of it counts")

-- the third hint opens node.why
local hints = {}
for i, hint in ipairs(lab.practice.hint()) do hints[i] = hint:match "^x%w+: the last stage that is as it should be" end
expect({ #hints, hints[1] ~= hints[2] }, { 3, true }, "one, and each names its node")
expect(lab.practice.hint()[1], contains "the matter of", "two")
expect_fault("refused", node.why, 1)
expect(lab.practice.hint(), { "node.why(NODE) answers from now on" }, "three")
local found = {}
for _, verdict in ipairs(node.wrong()) do found[verdict.causes[1].id] = true end
expect(found, { F16 = true, F19 = true, F29 = true }, "and these are they")

-- the inventory mends the data, and what was noted goes back with all else
cluster.apply("data/roles.yaml", { plan = false })
expect(lab.practice.status(), has { left = 0, named = 1, hints = 3 }, "mended, not yet named")
expect(diagnose { cause = { "F16", "F19", "F29" } }.named, 3, "named")
expect(lab.practice.stop(), has { lab = "692", named = 3, left = 0 }, "how it stood")
expect_fault("bad_argument", lab.practice.status)
expect(node.wrong(), {}, "all is well")

-- each seed: what it makes is there, and the same again
for try = 1, 40 do
  lab.restore "well"
  lab.clock.advance "60s"
  local seed, id = (try + 1) // 2, try % 2 == 0 and "691" or "692"
  if seed > 12 then seed = seed + 8 end  -- seeds from 20 on know more faults
  local made = lab.practice.start(id, { seed = seed })
  expect(made.left, made.faults, id .. ", seed " .. seed)
  lab.restore "well"
  lab.clock.advance "60s"
  expect(lab.practice.start(id, { seed = seed }), made, "the same again")
end
