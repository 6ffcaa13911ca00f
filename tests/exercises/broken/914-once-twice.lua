-- breaks: once = true, but a second run goes through
exercise { id = "914", title = "Once, but twice", goal = "Group a exists.", seed = { "A" }, once = true }

check "group a exists" {
  got  = function() return smd.group.list() end,
  want = contains(has { label = "a" }),
  hint = { "Who owns groups?", 'smd.group.ensure "a"' },
}

step "Make it"
smd.group.ensure("a", { description = "made" })
