-- breaks: line 13, step "Rest": without it all checks pass and nothing fails
exercise { id = "916", title = "An idle step", goal = "Group a exists.", seed = { "A" } }

check "group a exists" {
  got  = function() return smd.group.list() end,
  want = contains(has { label = "a" }),
  hint = { "Who owns groups?", 'smd.group.ensure "a"' },
}

step "Make it"
smd.group.ensure("a", { description = "made" })

step "Rest"
local known = smd.group.list()
expect(#known > 0, "something is known")
