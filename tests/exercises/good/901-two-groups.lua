exercise {
  id = "901", title = "Two groups", goal = "The groups a and b exist.",
  needs = { "900" }, seed = { "A" },
}

check "group a exists" {
  got  = function() return smd.group.get("a").label end,
  want = "a",
  hint = { "Who owns groups?", 'smd.group.ensure "a"' },
}

check "group b exists" {
  got  = function() return smd.group.get("b").label end,
  want = "b",
  hint = { "And the other one?", 'smd.group.ensure "b"' },
}

look "What is not there"
expect_fault("not_found", function() smd.group.get "nobody" end)

step "The first"
smd.group.ensure("a", { description = "the first" })

step "The second"
smd.group.ensure("b", { description = "the second" })

look "Both are there"
expect(#smd.group.list(), at_least(2), "two groups were made")

try "Make a third."
