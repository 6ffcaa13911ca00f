-- breaks: the marks that run are not the lines that begin with step or look: lines 12, 12; lines 
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
