-- Tries a kernel argument on the first nodes of a group; later all of the group gets it, or nobody.
--
--   chami canary-argument.lua GROUP KEY[=VALUE] [COUNT]     the first COUNT nodes (1) try it
--   chami canary-argument.lua GROUP KEY[=VALUE] promote     all nodes of the group get it
--   chami canary-argument.lua GROUP KEY[=VALUE] rollback    who has it gets what the others have
--   chami canary-argument.lua compute console=ttyS1,115200 2 --dry-run
--
-- No file remembers a trial: a canary is a node that has the argument while others in its group do
-- not, and what was before is what these still have. Other arguments stay as each node has them.
-- Ends with 3 when a node has no boot parameters to be changed. Looking at boot scripts leaves rows
-- in BSS's history, as if the nodes had asked.

local words, dry = {}, false ---@type string[], boolean
for _, word in ipairs { ... } do
  if word == "--dry-run" then dry = true else words[#words + 1] = word end
end
local group, argument, verb = words[1], words[2] or "", words[3] or "1"
local key, given = argument:match "^([^=%s]+)=?(.*)$"
local count = math.tointeger(tonumber(verb)) or 0
local known = count > 0 or verb == "promote" or verb == "rollback"
if #words > 3 or not key or not known or table.concat(words, " "):find "%-%-" then
  local hint = "chami canary-argument.lua compute console=ttyS1,115200 2 --dry-run"
  fault.raise("bad_argument", "wanted: GROUP KEY=VALUE [COUNT|promote|rollback]", { hint = hint })
end
local value = not argument:find "=" or given

-- What each node of the group has now, in the order of the group.
local members, records = smd.group.member.list(group), {}
for _, record in ipairs(#members > 0 and bss.boot.params.list(members) or {}) do
  records[record.macs[1]] = record
end
local mac_of, text, values, have, rest, without = {}, {}, {}, {}, {}, {}
for i, mac in ipairs(nodes.macs(members)) do
  local node, record = members[i], records[mac]
  mac_of[node], text[node] = mac, record and (record.params or "")
  values[node] = { bss.args(text[node]):get(key) }
  local is_so = #values[node] == 1 and values[node][1] == value
  local list = not record and without or is_so and have or rest
  list[#list + 1] = node
end

local function refuse(message, hint) fault.raise("refused", message, { hint = hint }) end

-- The values that those without the argument agree on: what a canary had before.
local function before()
  local first = values[rest[1]]
  if not first then
    refuse("all of " .. group .. " have " .. argument .. ": nobody shows what was before",
           "try the old value on one node, then promote that")
  end
  for _, node in ipairs(rest) do
    if json.encode(values[node]) ~= json.encode(first) then
      refuse(("%s and %s differ in %s: which was before?"):format(rest[1], node, key),
             "bss.boot.params.update changes single nodes")
    end
  end
  return first
end

local new, changing = {}, {}
local function change(node, edit)
  local args = bss.args(text[node])
  edit(args)
  new[node], changing[#changing + 1] = tostring(args), node
end
local function try_it(args) args:set(key, value) end

if verb == "rollback" then
  local old = #have > 0 and before() or {}
  local function take_back(args)
    if #old == 0 then args:remove(key) else args:set(key, old[1]) end
    for i = 2, #old do args:add(key, old[i]) end
  end
  for _, node in ipairs(have) do change(node, take_back) end
elseif verb == "promote" then
  if #have == 0 then
    refuse(group .. " has no node with " .. argument .. ": it was not tried", "chami "
      .. "canary-argument.lua " .. group .. " " .. argument .. " tries it on one")
  end
  for _, node in ipairs(rest) do change(node, try_it) end
elseif count >= #members then
  refuse(("%s has %d nodes: a canary leaves others"):format(group, #members), "promote gives all")
else
  local first = {}
  for i = 1, count do first[members[i]] = true end
  for _, node in ipairs(rest) do if first[node] then change(node, try_it) end end
  for i = #without, 1, -1 do if not first[without[i]] then table.remove(without, i) end end
end

-- Nodes whose arguments become the same are written together.
local alike, script = {}, {}
for _, node in ipairs(changing) do
  alike[new[node]] = alike[new[node]] or {}
  table.insert(alike[new[node]], node)
  script[node] = dry and text[node] or bss.boot.script.get { mac = mac_of[node] }
end
for args, same in pairs(dry and {} or alike) do bss.boot.params.update(same, { params = args }) end

-- The words that one text has more often than the other.
local function extra(a, b)
  local left, found = {}, {}
  for word in b:gmatch "%S+" do left[word] = (left[word] or 0) + 1 end
  for word in a:gmatch "%S+" do
    left[word] = (left[word] or 0) - 1
    if left[word] < 0 then found[#found + 1] = word end
  end
  return table.concat(found, " ")
end
for _, node in ipairs(changing) do
  local old = script[node]
  local now = dry and new[node] or bss.boot.script.get { mac = mac_of[node] }
  print(("%s  - %s  + %s"):format(node, extra(old, now), extra(now, old)))
end
print(#changing == 0 and "nothing to do" or dry and "dry run: nothing was changed"
  or nodeset.fold(changing) .. " changed: from the next boot on")

if verb ~= "rollback" and #without > 0 then
  local hint = 'bss.boot.params.set("' .. nodeset.fold(without) .. '", { kernel = …, … })'
  fault.raise("partial", nodeset.fold(without) .. " has no boot parameters", { hint = hint })
end
