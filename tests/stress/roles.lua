-- Gives each node a role of its own, some at a time; one that cannot be changed does not keep the others.
task.map(nodeset.expand "x1000c0s[0-11]b0n0", function(node)
  smd.component.ensure(node, { Role = "Service" })
end, { keep_going = true, limit = 4 })
