exercise {
  id = "902", title = "A thing done once", goal = "Group c exists.",
  needs = { "901" }, seed = { "B" }, once = true,
}

check "group c exists" {
  got    = function() return smd.group.list() end,
  want   = contains(has { label = "c" }),
  within = "10s",
  hint   = { "Who owns groups?", 'smd.group.add "c"' },
}

step "Make it"
smd.group.add("c", { description = "the third" })
