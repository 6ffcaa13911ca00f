local native = select(2, ...)

--- SMD, the inventory: which components there are, how they are reached, and which groups they form.
--- Where a function takes a node it takes a set of them: an xname, a NID (`3`, `"nid003"`), a MAC, a node name,
--- `"x1000c0s0b[0-4]n0"`, `"@compute"`, operators, or a list of these. Writes read back what they wrote.
local smd = {
  component = require "smd.component",
  rfe = require "smd.rfe",
  compep = require "smd.compep",
  iface = require "smd.iface",
  group = require "smd.group",
  partition = require "smd.partition",
  locks = require "smd.locks",
  hardware = require "smd.hardware",
  nodemap = require "smd.nodemap",
  powermap = require "smd.powermap",
  servep = require "smd.servep",
  discovery = require "smd.discovery",
  scn = require "smd.scn",
  service = {},
}

---@class smd.Notice
---@field code integer 0 when all is well
---@field message string what SMD says of itself

---@class smd.Values
---@field Arch? string[] processor architectures
---@field Class? string[] kinds of cabinet
---@field Flag? string[] conditions of a component
---@field NetType? string[] kinds of network
---@field Role? string[] what a node is for
---@field SubRole? string[] what a node is for, closer
---@field State? string[] states of a component
---@field Type? string[] sorts of component

--- Asks SMD whether it and its database are up.
---@return smd.Notice notice
---@shell ochami smd service status
---@example smd.service.status().message --> "HSM is healthy"
function smd.service.status() return native.ready() end

--- Lists the words SMD takes in enumerated fields.
---@return smd.Values values the words by field
---@example smd.service.values().Class --> { "River", "Mountain", "Hill" }
function smd.service.values() return native.values() end

return smd
