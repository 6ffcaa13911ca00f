smd.group.ensure("start", { description = "where the course begins" })
