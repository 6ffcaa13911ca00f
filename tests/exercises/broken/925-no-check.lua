-- breaks: no check
exercise { id = "925", title = "Nothing to check", goal = "Group a exists.", seed = { "A" } }

step "Make it"
smd.group.ensure("a", { description = "made" })
