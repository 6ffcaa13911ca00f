-- breaks: once = true, but a second run changes 1 record: smd groups a (description)
exercise { id = "915", title = "Once, but late", goal = "Group a exists.", seed = { "A" }, once = true }

check "group a exists" {
  got  = function() return smd.group.list() end,
  want = contains(has { label = "a" }),
  hint = { "Who owns groups?", 'smd.group.ensure "a"' },
}

step "Make it"
smd.group.ensure("a", { description = "there were " .. #smd.group.list() })
smd.group.add("b", { description = "once" })
