-- breaks: no check
-- breaks: line 5, step "Make it": without it all checks pass and nothing fails
exercise { id = "925", title = "Nothing to check", goal = "Group a exists.", seed = { "A" } }

step "Make it"
smd.group.ensure("a", { description = "made" })
