-- breaks: all checks pass before the first step
exercise { id = "911", title = "Done before it begins", goal = "Group a exists.", seed = { "A" }, needs = { "900" } }

check "group a exists" {
  got  = function() return smd.group.list() end,
  want = each(has { label = "start" }),
  hint = { "Who owns groups?", 'smd.group.ensure "a"' },
}

look "Nothing to do"
smd.group.list()
