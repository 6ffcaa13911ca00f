-- All nodes become io nodes as well.
smd.group.member.ensure("io", "x1000c0s[0-11]b0n0")
