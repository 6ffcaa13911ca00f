-- breaks: needs 999: no exercise and no states/999.lua gives it
exercise { id = "920", title = "A need that nothing meets", goal = "Group a exists.", seed = { "A" }, needs = { "999" } }

check "group a exists" {
  got  = function() return smd.group.list() end,
  want = contains(has { label = "a" }),
  hint = { "Who owns groups?", 'smd.group.ensure "a"' },
}

step "Make it"
smd.group.ensure("a", { description = "made" })
