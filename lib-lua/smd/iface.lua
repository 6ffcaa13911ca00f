local native = select(2, ...)
local args = require "smd.args"

--- Ethernet interfaces: which MAC sits on which component, and which addresses it has.
--- A MAC is taken in any spelling: `52:54:00:be:ef:01`, `52-54-00-BE-EF-01`, `525400beef01`.
local iface = { address = {} }

---@class smd.IpAddress
---@field IPAddress string
---@field Network? string the network's name

---@class smd.EthernetInterface
---@field ID string the MAC's twelve digits
---@field Description string
---@field MACAddress string
---@field LastUpdate string when its addresses changed last
---@field ComponentID string the xname it sits on
---@field Type string the component's type
---@field IPAddresses smd.IpAddress[]

---@class smd.EthernetInterfaceFilter
---@field MACAddress? smd.Word
---@field IPAddress? smd.Word
---@field Network? smd.Word
---@field ComponentID? smd.Word
---@field Type? smd.Word
---@field ID? smd.Word
---@field OlderThan? string a time such as 2026-01-31T12:00:00Z
---@field NewerThan? string a time such as 2026-01-31T12:00:00Z

---@class smd.InterfaceFields
---@field Description? string
---@field ComponentID? string
---@field IPAddresses? (string|smd.IpAddress)[] addresses, with their network or without

---@class smd.AddressFields
---@field Network string the network's name

--- Lists interfaces.
---@overload fun(filter: smd.EthernetInterfaceFilter): smd.EthernetInterface[]
---@param set? nodeset.Set those of these components, in this order
---@param filter? smd.EthernetInterfaceFilter only those that match
---@return smd.EthernetInterface[] interfaces in natural order of their components, or in that of the set
---@shell ochami smd iface get
---@state 301
---@example smd.iface.list("@compute")[5].MACAddress --> "52:54:00:be:ef:05"
---@state 301
---@example smd.iface.list{ ipaddress = "172.16.0.1" }[1].ComponentID --> "x1000c0s0b0n0"
function iface.list(set, filter) return native.iface_list(args.listing(set, filter)) end

--- Gets one interface.
---@param mac string its MAC
---@return smd.EthernetInterface interface
---@shell ochami smd iface get
---@state 301
---@example smd.iface.get("52-54-00-BE-EF-01").ComponentID --> "x1000c0s0b0n0"
function iface.get(mac) return native.iface_get(mac) end

--- Adds an interface; a known MAC is a `conflict`.
---@param mac string its MAC
---@param fields? smd.InterfaceFields where it sits and which addresses it has
---@return smd.EthernetInterface interface as it is now
---@shell ochami smd iface add
---@example smd.iface.add("de:ad:be:ef:00:01", { IPAddresses = { "172.16.0.50" } }).ID --> "deadbeef0001"
function iface.add(mac, fields) return native.iface_add(mac, fields) end

--- Creates an interface, or replaces its description and addresses.
---@param mac string its MAC
---@param fields? smd.InterfaceFields where it sits and which addresses it has
---@return smd.EthernetInterface interface as it is now
---@state 301
---@example #smd.iface.set("52:54:00:be:ef:01").IPAddresses --> 0
function iface.set(mac, fields) return native.iface_set(mac, fields) end

--- Changes the given fields of an interface; `IPAddresses` is replaced as a whole.
---@param mac string its MAC
---@param fields smd.InterfaceFields what it gets
---@return smd.EthernetInterface interface as it is now
---@state 301
---@example smd.iface.update("52:54:00:be:ef:01", { Description = "boot" }).Description --> "boot"
function iface.update(mac, fields) return native.iface_update(mac, fields) end

--- Makes an interface exist with the given fields; nothing is done and returned if it is so already.
---@param mac string its MAC
---@param fields? smd.InterfaceFields where it sits and which addresses it has
---@return smd.EthernetInterface? changed the interface, if it was not so
---@state 301
---@example smd.iface.ensure("52:54:00:be:ef:01", { ComponentID = "x1000c0s0b0n0" }) --> nil
function iface.ensure(mac, fields) return native.iface_ensure(mac, fields) end

--- Deletes interfaces.
---@param macs string|string[]|{ all: true } which ones; all of them only when that is said
---@return smd.EthernetInterface[] gone what went
---@shell ochami smd iface delete
---@state 301
---@example smd.iface.delete("52:54:00:be:ef:05")[1].ComponentID --> "x1000c0s0b4n0"
function iface.delete(macs) return native.iface_delete(args.whom(macs, args.words)) end

--- Adds an address to an interface.
---@param mac string the interface's MAC
---@param ip string the address
---@param fields? smd.AddressFields the network it belongs to
---@return smd.IpAddress[] addresses all that the interface has now
---@state 301
---@example #smd.iface.address.add("52:54:00:be:ef:01", "10.0.0.1", { Network = "HSN" }) --> 2
function iface.address.add(mac, ip, fields) return native.address_add(mac, ip, fields) end

--- Moves an address of an interface to another network.
---@param mac string the interface's MAC
---@param ip string the address
---@param fields smd.AddressFields the network it belongs to
---@return smd.IpAddress[] addresses all that the interface has now
---@state 301
---@example smd.iface.address.update("52:54:00:be:ef:01", "172.16.0.1", { Network = "NMN" })[1].Network --> "NMN"
function iface.address.update(mac, ip, fields) return native.address_update(mac, ip, fields) end

--- Takes an address away from an interface.
---@param mac string the interface's MAC
---@param ip string the address
---@return smd.IpAddress[] addresses all that the interface has now
---@state 301
---@example #smd.iface.address.delete("52:54:00:be:ef:01", "172.16.0.1") --> 0
function iface.address.delete(mac, ip) return native.address_delete(mac, ip) end

return iface
