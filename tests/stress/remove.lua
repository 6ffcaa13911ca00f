-- Takes a rack out of SMD.
smd.component.delete "x1000c0s[0-11]b0n0"
