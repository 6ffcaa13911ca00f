-- breaks: line 10, look "Look around": it is no look, for it changes 1 record: smd groups b
exercise { id = "930", title = "A look that writes", goal = "Group a exists.", seed = { "A" } }

check "group a exists" {
  got  = function() return smd.group.list() end,
  want = contains(has { label = "a" }),
  hint = { "Who owns groups?", 'smd.group.ensure "a"' },
}

look "Look around"
smd.group.ensure("b", { description = "seen" })

step "Make it"
smd.group.ensure("a", { description = "made" })
