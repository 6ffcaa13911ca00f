-- breaks: line 11, look "Make it": without it "group a exists" fails: want something that contains a record with { label = "a" }; got nothing
-- breaks: line 14, step "Go on": without it all checks pass and nothing fails
exercise { id = "917", title = "A look that works", goal = "Group a exists.", seed = { "A" } }

check "group a exists" {
  got  = function() return smd.group.list() end,
  want = contains(has { label = "a" }),
  hint = { "Who owns groups?", 'smd.group.ensure "a"' },
}

look "Make it"
smd.group.ensure("a", { description = "made" })

step "Go on"
smd.group.list()
