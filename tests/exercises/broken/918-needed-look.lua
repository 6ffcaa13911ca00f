-- breaks: line 10, look "Count": without it the script fails: attempt to perform arithmetic on a nil value (global 'count')
exercise { id = "918", title = "A look that others need", goal = "Group a exists.", seed = { "A" } }

check "group a exists" {
  got  = function() return smd.group.list() end,
  want = contains(has { label = "a" }),
  hint = { "Who owns groups?", 'smd.group.ensure "a"' },
}

look "Count"
local count = 1

step "Make it"
smd.group.ensure("a", { description = "number " .. count + 1 })
