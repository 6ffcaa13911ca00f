-- breaks: the marks that run stand in lines 11, 11; those that begin a line in none
exercise { id = "924", title = "A mark in a loop", goal = "Group a exists.", seed = { "A" } }

check "group a exists" {
  got  = function() return smd.group.list() end,
  want = contains(has { label = "a" }),
  hint = { "Who owns groups?", 'smd.group.ensure "a"' },
}

for _, name in ipairs { "a", "b" } do
  step "Make one"
  smd.group.ensure(name, { description = "made" })
end
