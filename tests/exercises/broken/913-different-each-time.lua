-- breaks: a second run changes 1 record: smd groups a (description)
exercise { id = "913", title = "Different each time", goal = "Group a exists.", seed = { "A" } }

check "group a exists" {
  got  = function() return smd.group.list() end,
  want = contains(has { label = "a" }),
  hint = { "Who owns groups?", 'smd.group.ensure "a"' },
}

step "Make it"
local known = smd.group.list()
smd.group.ensure("a", { description = "there were " .. #known })
