-- breaks: after the script "group a exists" fails: want something that contains a record with { label = "a" }; got b
exercise { id = "912", title = "Never done", goal = "Group a exists.", seed = { "A" } }

check "group a exists" {
  got  = function() return smd.group.list() end,
  want = contains(has { label = "a" }),
  hint = { "Who owns groups?", 'smd.group.ensure "a"' },
}

step "Make it"
smd.group.ensure("b", { description = "made" })
