-- breaks: the header says 999, the file 922
exercise { id = "999", title = "Under another number", goal = "Group a exists.", seed = { "A" } }

check "group a exists" {
  got  = function() return smd.group.list() end,
  want = contains(has { label = "a" }),
  hint = { "Who owns groups?", 'smd.group.ensure "a"' },
}

step "Make it"
smd.group.ensure("a", { description = "made" })
