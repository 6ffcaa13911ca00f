-- breaks: asking the checks changes 1 record: smd groups asked
exercise { id = "923", title = "A check that works", goal = "Group a exists.", seed = { "A" } }

check "group a exists" {
  got  = function() smd.group.ensure "asked" return smd.group.list() end,
  want = contains(has { label = "a" }),
  hint = { "Who owns groups?", 'smd.group.ensure "a"' },
}

step "Make it"
smd.group.ensure("a", { description = "made" })
