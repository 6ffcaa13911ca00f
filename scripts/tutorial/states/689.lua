-- needs: 406
-- A new rack of five was wired and loaded in a hurry: what exercise 691 begins with.
lab.clock.advance "60s"
lab.practice.start("691", { seed = 15 })
lab.power({ "compute1", "compute2", "compute3", "compute4", "compute5" }, "on")
lab.clock.advance "5m"
