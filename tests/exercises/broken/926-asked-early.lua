-- breaks: smd stands before the first step
exercise { id = "926", title = "A cluster asked too early", goal = "Group a exists.", seed = { "A" } }

local known = smd.group.list()

check "group a exists" {
  got  = function() return smd.group.list() end,
  want = contains(has { label = "a" }),
  hint = { "Who owns groups?", 'smd.group.ensure "a"' },
}

step "Make it"
smd.group.ensure("a", { description = "made" })
