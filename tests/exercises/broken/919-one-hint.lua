-- breaks: check "group a exists" has 1 hint; two stages are wanted
exercise { id = "919", title = "One hint", goal = "Group a exists.", seed = { "A" } }

check "group a exists" {
  got  = function() return smd.group.list() end,
  want = contains(has { label = "a" }),
  hint = { 'smd.group.ensure "a"' },
}

step "Make it"
smd.group.ensure("a", { description = "made" })
