smd.group.ensure("a", { description = "made otherwise" })
