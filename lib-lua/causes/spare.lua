-- What nobody has yet: addresses and numbers for nodes that have another's, each given to one node. No part of the public
-- API: `causes.shared`.
local address = require "causes.address"

-- The network that most addresses are in, `172.16.0.`, and the lowest of them there.
local function home(by_ip)
  local count, lowest, most = {}, {}, nil
  for ip in pairs(by_ip) do
    local net, last = ip:match "^(%d+%.%d+%.%d+%.)(%d+)$"
    if net then
      count[net], lowest[net] = (count[net] or 0) + 1, math.min(lowest[net] or 255, tonumber(last) or 255)
      if not most or count[net] > count[most] or count[net] == count[most] and net < most then most = net end
    end
  end
  return most, most and lowest[most] or 255
end

-- The addresses above the first, from the lowest on, that nobody has.
local function free(shared)
  local net, lowest = home(shared.by_ip)
  local list = {}
  for last = lowest, 199 do
    local ip = net .. last
    local taken = shared.by_ip[ip] or shared:lent(ip) or shared.places:find(ip:gsub("%.", "%%.") .. "%f[^%d]")
    if not taken then list[#list + 1] = ip end
  end
  return list
end

-- An address that neither a node has nor another was given; nil where there is none left.
---@return string?
local function address_for(shared, xname)
  shared.free = rawget(shared, "free") or free(shared)
  shared.given = rawget(shared, "given") or {}
  shared.given[xname] = shared.given[xname] or table.remove(shared.free, 1)
  return shared.given[xname]
end

-- The number that a node's address speaks of, where most are as much more than their nodes' numbers.
local function spoken(shared, id)
  local nic = shared:boot_nic(id)
  local ip = nic and nic.IPAddresses and nic.IPAddresses[1]
  local number = shared.offset and ip and address.number(ip.IPAddress)
  return number and number > shared.offset and number - shared.offset or nil
end

-- Those that give up the number they share: the one whose address speaks of it keeps it, else the first by name.
local function giving_up(shared, nid, out)
  local ids = shared.by_nid[nid]
  local keeper = ids[1]
  for _, id in ipairs(ids) do
    if spoken(shared, id) == nid then keeper = id end
  end
  for _, id in ipairs(ids) do
    if id ~= keeper then out[#out + 1] = id end
  end
end

-- New numbers for nodes that share one: what their address speaks of, else the lowest that is free.
---@return table<string, integer> numbers by xname
local function numbers(shared)
  local nids, ids, given, taken = {}, {}, {}, {}
  for nid in pairs(shared.by_nid) do nids[#nids + 1], taken[nid] = nid, true end
  table.sort(nids)
  for _, nid in ipairs(nids) do giving_up(shared, nid, ids) end
  for _, id in ipairs(ids) do
    local own = spoken(shared, id)
    if own and not taken[own] then given[id], taken[own] = own, true end
  end
  local next_free = 1
  for _, id in ipairs(ids) do
    if not given[id] then
      while taken[next_free] do next_free = next_free + 1 end
      given[id], taken[next_free] = next_free, true
    end
  end
  return given
end

return { address_for = address_for, numbers = numbers }
