-- breaks: seed Z is not in seeds.txt
exercise { id = "921", title = "A seed nobody sowed", goal = "Group a exists.", seed = { "Z" } }

check "group a exists" {
  got  = function() return smd.group.list() end,
  want = contains(has { label = "a" }),
  hint = { "Who owns groups?", 'smd.group.ensure "a"' },
}

step "Make it"
smd.group.ensure("a", { description = "made" })
