-- needs: 406
-- Monday morning, after Friday's rebuild of the images: what exercise 692 begins with.
lab.clock.advance "60s"
lab.practice.start("692", { seed = 7 })
lab.power({ "compute1", "compute2", "compute3", "compute4", "compute5" }, "on")
lab.clock.advance "5m"
