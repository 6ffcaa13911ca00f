-- Addresses as numbers, and whether this host has one on a network. No part of the public API.

-- An IPv4 address as a number; nil when it is none.
---@return number?
local function number(ip)
  local a, b, c, d = tostring(ip):match "^(%d+)%.(%d+)%.(%d+)%.(%d+)$"
  return a and ((tonumber(a) * 256 + tonumber(b)) * 256 + tonumber(c)) * 256 + tonumber(d)
end

-- A number as an IPv4 address.
---@return string
local function text(value)
  return ("%d.%d.%d.%d"):format(value >> 24 & 255, value >> 16 & 255, value >> 8 & 255, value & 255)
end

-- How many bits of an address are the network's, by a mask.
local function ones(mask)
  local bits = 0
  for bit = 31, 0, -1 do
    if mask >> bit & 1 == 0 then break end
    bits = bits + 1
  end
  return bits
end

-- How many they are where nobody says so: by the class of old, as libvirt takes it.
local function class(ip)
  local first = (number(ip) or 0) >> 24
  return first < 128 and 8 or first < 192 and 16 or 24
end

-- The kernel's routes write addresses in hexadecimal, with the last byte first.
local function swapped(hex)
  local value = tonumber(hex, 16)
  return (value & 0xff) << 24 | (value >> 8 & 0xff) << 16 | (value >> 16 & 0xff) << 8 | value >> 24
end

-- The networks that this host is on itself, each with its mask; nil where that cannot be read.
---@return { first: integer, mask: integer }[]?
local function own_networks()
  local ok, table_of = pcall(chami.fs.read, "/proc/net/route")
  if not ok then return nil end
  local found = {}
  for to, gateway, mask in table_of:gmatch "\n%S+%s+(%x+)%s+(%x+)%s+%x+%s+%S+%s+%S+%s+%S+%s+(%x+)" do
    if tonumber(gateway, 16) == 0 and tonumber(mask, 16) ~= 0 then
      found[#found + 1] = { first = swapped(to), mask = swapped(mask) }
    end
  end
  return found
end

return { number = number, text = text, ones = ones, class = class, own_networks = own_networks }
