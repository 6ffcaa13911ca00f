-- The state before this course.
smd.group.ensure("start", { description = "where the course begins" })
