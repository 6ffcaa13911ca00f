-- Locks and reservations from Lua; time is the lab's.
smd.component.add("x1000c0s0b[0-4]n0", { State = "On" })

expect(smd.locks.lock("x1000c0s0b[0-1]n0"), each(has { Locked = true, Reserved = false }), "locked")
local fault = expect_fault("partial", smd.locks.lock, "x1000c0s0b[1-2]n0")
expect(fault.items, { has { node = "x1000c0s0b1n0", fault = has { kind = "conflict" } } }, "who was locked already")
fault = expect_fault("conflict", smd.locks.lock, "x1000c0s0b[3,1]n0", { ProcessingModel = "rigid" })
expect(fault.message, contains "x1000c0s0b1n0 is locked already", "all or nothing")
expect(#smd.locks.list { Locked = true }, 3, "a filter")
expect(smd.locks.list("x1000c0s0b[4,0]n0", { locked = false }), { has { ID = "x1000c0s0b4n0" } }, "a set and a filter")
expect(smd.component.get("x1000c0s0b0n0").Locked, true, "the component tells it too")
expect_fault("bad_argument", smd.locks.lock, "x1000c0s0b4n0", { ProcessingModel = "soft" })
expect_fault("not_found", smd.locks.lock, "x9c0s0b0n0")
expect(smd.locks.lock {}, {}, "nobody")
expect(smd.locks.unlock("x1000c0s0b[1-2]n0"), each(has { Locked = false }), "unlocked")

-- Of a service.
local service = smd.locks.service_reservation
local held = service.add("x1000c0s0b[1-2]n0", { ReservationDuration = "1m" })
expect(held[1].ReservationKey, match "^x1000c0s0b1n0:rk:", "a script reads the key")
expect(inspect(held), contains "(hidden)", "a screen does not show it")
expect(inspect(held):find(":rk:", 1, true), nil, "nor any part of it")
expect(service.check(held), each(has { ReservationKey = none }), "deputies")
expect(service.renew(held, { ReservationDuration = 2 }), each(has { Reserved = true }), "renewed")
expect(service.release(held[1]), { has { Reserved = false } }, "one of them")
fault = expect_fault("partial", service.add, "x1000c0s0b[0-2]n0", { ReservationDuration = 5 })
expect(#fault.items, 2, "one locked, one reserved")
expect(#smd.locks.list { Reserved = true }, 1, "what was reserved beside them is given back")
lab.clock.advance "3m"
expect(smd.locks.list { Reserved = true }, {}, "over")
expect_fault("not_found", service.check, held[2])
expect_fault("bad_argument", service.add, "x1000c0s0b1n0", {})

-- Of an administrator.
local admin = smd.locks.reservation
expect_fault("conflict", admin.add, "x1000c0s0b1n0")
local mine = admin.add "x1000c0s0b0n0"
expect(mine[1].ExpirationTime, nil, "no end")
expect_fault("conflict", smd.locks.unlock, "x1000c0s0b0n0")
expect(admin.release { ID = mine[1].ID, Key = assert(mine[1].ReservationKey) }, { has { Reserved = false } }, "by name and key")
admin.add "x1000c0s0b0n0"
expect(admin.remove "x1000c0s0b0n0", { has { Reserved = false, Locked = true } }, "without the key")
expect(smd.locks.disable("x1000c0s0b0n0"), { has { ReservationDisabled = true, Locked = true } }, "the lock stays")
expect_fault("conflict", admin.add, "x1000c0s0b0n0")
expect(smd.locks.repair("x1000c0s0b0n0"), { has { ReservationDisabled = false } }, "allowed again")
