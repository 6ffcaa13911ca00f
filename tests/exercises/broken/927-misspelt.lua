-- breaks: exercise: unknown key "neds"
exercise { id = "927", title = "A misspelt header", goal = "Group a exists.", seed = { "A" }, neds = { "900" } }

check "group a exists" {
  got  = function() return smd.group.list() end,
  want = contains(has { label = "a" }),
  hint = { "Who owns groups?", 'smd.group.ensure "a"' },
}

step "Make it"
smd.group.ensure("a", { description = "made" })
