local native = select(2, ...)
local args = require "smd.args"

--- Locks and reservations: who may work on a component. SMD keeps the book and stops nobody; services that switch power
--- or write firmware ask it.
--- An administrator locks a component, so that services leave it alone, and may reserve it then without end. A service
--- reserves one that is not locked, for some minutes, and renews that. A reservation has two keys: who holds the
--- reservation key renews and releases, and gives others the deputy key to show that it is held. Printing hides both.
local locks = { reservation = {}, service_reservation = {} }

---@class smd.Lock
---@field ID string the xname
---@field Locked boolean an administrator has locked it
---@field Reserved boolean somebody holds a reservation of it
---@field CreationTime? string when it was reserved
---@field ExpirationTime? string when the reservation ends; none for one without end
---@field ReservationDisabled boolean nobody may reserve it

---@class smd.LockFilter
---@field Type? smd.Word
---@field State? smd.Word
---@field Flag? smd.Word
---@field Enabled? boolean
---@field SoftwareStatus? smd.Word
---@field Role? smd.Word
---@field Subrole? smd.Word
---@field Subtype? smd.Word
---@field Arch? smd.Word
---@field Class? smd.Word
---@field NID? integer|integer[]|string
---@field Group? smd.Word `"NULL"` finds those in no group
---@field Partition? smd.Word
---@field Locked? boolean
---@field Reserved? boolean
---@field ReservationDisabled? boolean

---@class smd.LockOptions
---@field ProcessingModel? "flexible"|"rigid" each that can be (so it is without a word), or all or nothing

---@class smd.Reservation
---@field ID string the xname
---@field DeputyKey string shows others that it is reserved
---@field ReservationKey? string renews and releases; told once, by `add`
---@field CreationTime? string
---@field ExpirationTime? string none for one without end

---@class smd.ReservationOptions
---@field ReservationDuration string|integer whole minutes, 1 to 15: `"5m"` or `5`

---@class smd.ReservationKey
---@field ID string the xname
---@field Key string

--- Lists how components stand.
---@overload fun(filter: smd.LockFilter): smd.Lock[]
---@param set? nodeset.Set these, in this order; unknown ones are left out
---@param filter? smd.LockFilter only those that match
---@return smd.Lock[] locks in natural order of the xnames, or in that of the set
---@state 301
---@example smd.locks.list("nid[1-2]")[2].Locked --> false
---@example #smd.locks.list { Locked = true } --> 0
function locks.list(set, filter) return native.lock_list(args.listing(set, filter)) end

--- Locks components; one that is locked or reserved is a `conflict`.
---@param set nodeset.Set which ones
---@param options? smd.LockOptions how
---@return smd.Lock[] locks as they are now
---@state 301
---@example smd.locks.lock("nid[1-2]")[1].Locked --> true
function locks.lock(set, options) return native.lock_lock(args.xnames(set), options) end

--- Unlocks components; one that is not locked, or is reserved, is a `conflict`.
---@param set nodeset.Set which ones
---@param options? smd.LockOptions how
---@return smd.Lock[] locks as they are now
---@state 301
---@example smd.locks.lock(1); return smd.locks.unlock(1)[1].Locked --> false
function locks.unlock(set, options) return native.lock_unlock(args.xnames(set), options) end

--- Forbids reservations of components, and ends those there are. A lock stays.
---@param set nodeset.Set which ones
---@param options? smd.LockOptions how
---@return smd.Lock[] locks as they are now
---@state 301
---@example smd.locks.disable(1)[1].ReservationDisabled --> true
function locks.disable(set, options) return native.lock_disable(args.xnames(set), options) end

--- Allows reservations of components again.
---@param set nodeset.Set which ones
---@param options? smd.LockOptions how
---@return smd.Lock[] locks as they are now
---@state 301
---@example smd.locks.disable(1); return smd.locks.repair(1)[1].ReservationDisabled --> false
function locks.repair(set, options) return native.lock_repair(args.xnames(set), options) end

--- Reserves locked components without end: all of a set, or none of it. Keep what this returns; keys are told once.
---@param set nodeset.Set which ones
---@return smd.Reservation[] reservations with their keys
---@state 301
---@example smd.locks.lock(1); return smd.locks.reservation.add(1)[1].ExpirationTime --> nil
function locks.reservation.add(set) return native.reservation_add(args.xnames(set)) end

--- Ends the reservations of components without their keys, whoever holds them.
---@param set nodeset.Set which ones
---@param options? smd.LockOptions how
---@return smd.Lock[] locks as they are now
---@state 301
---@example smd.locks.lock(1); smd.locks.reservation.add(1); return smd.locks.reservation.remove(1)[1].Reserved --> false
function locks.reservation.remove(set, options) return native.reservation_remove(args.xnames(set), options) end

--- Ends reservations by their keys.
---@param held smd.Reservation|smd.ReservationKey|smd.Reservation[]|smd.ReservationKey[] what `add` returned
---@return smd.Lock[] locks as they are now
---@state 301
---@example smd.locks.lock(1); return smd.locks.reservation.release(smd.locks.reservation.add(1))[1].Reserved --> false
function locks.reservation.release(held) return native.reservation_release(args.list_of(held)) end

--- Reserves components that are not locked for some minutes: all of a set, or none of it. Keep what this returns.
---@param set nodeset.Set which ones
---@param options smd.ReservationOptions for how long
---@return smd.Reservation[] reservations with their keys
---@state 301
---@example #smd.locks.service_reservation.add("@compute", { ReservationDuration = "5m" }) --> 5
function locks.service_reservation.add(set, options) return native.service_add(args.xnames(set), options) end

--- Moves the end of reservations: so many minutes from now.
---@param held smd.Reservation|smd.ReservationKey|smd.Reservation[]|smd.ReservationKey[] what `add` returned
---@param options smd.ReservationOptions for how long
---@return smd.Lock[] locks as they are now
---@state 301
---@example local s, m = smd.locks.service_reservation, { ReservationDuration = 1 }; return #s.renew(s.add(1, m), m) --> 1
function locks.service_reservation.renew(held, options) return native.service_renew(args.list_of(held), options) end

--- Ends reservations by their keys.
---@param held smd.Reservation|smd.ReservationKey|smd.Reservation[]|smd.ReservationKey[] what `add` returned
---@return smd.Lock[] locks as they are now
---@state 301
---@example local s, m = smd.locks.service_reservation, { ReservationDuration = 1 }; return #s.release(s.add(1, m)) --> 1
function locks.service_reservation.release(held) return native.service_release(args.list_of(held)) end

--- Checks deputy keys: whether the components are still reserved under them. One that is not is `not_found`.
---@param held smd.Reservation|smd.ReservationKey|smd.Reservation[]|smd.ReservationKey[] deputy keys
---@return smd.Reservation[] reservations without their reservation keys
---@state 301
---@example local s, m = smd.locks.service_reservation, { ReservationDuration = 1 }; return #s.check(s.add(1, m)) --> 1
function locks.service_reservation.check(held) return native.service_check(args.list_of(held)) end

return locks
