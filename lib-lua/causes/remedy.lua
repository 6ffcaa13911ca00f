-- What puts a cause right: code that can be pasted as it stands, and a remark in words beside it. No part of the public
-- API: `node.why`, `doctor`.

-- What only the user can fill in, as capitals in the code.
local YOURS = {
  { "ADDRESS", "ADDRESS is an address that nobody has" },
  { "GROUP", "GROUP is the group it belongs to" },
  { "MAC", "MAC is the card's" },
  { "RIGHT", "RIGHT is the MAC that it should have" },
  { "NET", "NET is the nodes' network" },
  { "FILE", "FILE is the path of a corrected one" },
  { "CONFIG", "CONFIG is the path of its cloud-config" },
  { "KERNEL", "KERNEL is the URL of the kernel" },
  { "INITRD", "INITRD is the URL of the initrd, of the kernel's build" },
  { "PARAMS", "PARAMS are the kernel's arguments, with root= of that build" },
}

-- What is known of a word in capitals, if anything. A service that does not answer leaves the word as it is.
local function known(ctx, names, word)
  if word == "NODE" then return ctx.xname end
  if names and names[word] then return names[word] end
  local of = word == "HEAD" and "head" or word == "ADDRESS" and "address"
  local ok, name = pcall(function() return of and ctx[of] end)
  return ok and name or nil
end

-- A text with the names of this node in it: piece by piece between quotes, where a name stands as it is.
local function filled(text, ctx, names)
  local quoted = false
  return (text:gsub('([^"]*)("?)', function(piece, quote)
    local out = piece:gsub("%f[%w]%u+%f[%W]", function(word)
      local name = known(ctx, names, word)
      return name and (quoted and tostring(name) or ("%q"):format(name))
    end)
    if quote ~= "" then quoted = not quoted end
    return out .. quote
  end))
end

-- The capitals left outside of quotes, in words.
local function open(code)
  local bare, words = code:gsub('"[^"]*"', '""'), {}
  for _, one in ipairs(YOURS) do
    if bare:find("%f[%w_]" .. one[1] .. "%f[^%w_]") then words[#words + 1] = one[2] end
  end
  return words
end

-- What to do about a cause of a node: the code, and the remark; either may be missing. On a lab the code is what does it
-- there, and the remark says what a head node wants.
---@param names? table what its probe found out
---@return string? fix
---@return string? note
local function of(cause, ctx, names)
  local own = names and (names._fix or names._note) and names
  local fix, note = cause.fix, cause.note
  if own then fix, note = own._fix, own._note end
  local there = ctx.machine and (names and names._lab or cause.lab)
  if there then
    local elsewhere = {}
    if fix then elsewhere[#elsewhere + 1] = fix end
    if note then elsewhere[#elsewhere + 1] = note end
    fix, note = there, "on a head node: " .. table.concat(elsewhere, "; ")
  end
  fix = fix and filled(fix, ctx, names)
  local remarks = fix and open(fix) or {}
  if note then table.insert(remarks, 1, filled(note, ctx, names)) end
  if ctx.machine and cause.lab_note and not own then remarks[#remarks + 1] = cause.lab_note end
  return fix, remarks[1] and table.concat(remarks, "; ") or nil
end

-- The code of one node for many: around what differs by the node's name alone a loop is put.
---@param list { node: string, fix?: string }[]
---@return string? fix
---@return boolean whole whether it mends all of them
local function for_all(list)
  local first, same, alike = list[1].fix, true, nil
  if not first then return nil, true end
  for _, one in ipairs(list) do
    same = same and one.fix == first
    local shape = one.fix and one.fix:gsub(("%q"):format(one.node):gsub("%p", "%%%0"), "n")
    if alike == nil then alike = shape elseif alike ~= shape then alike = false end
  end
  if same then return first, true end
  if not alike then return first, false end
  local names = {}
  for i, one in ipairs(list) do names[i] = one.node end
  local set = chami.nodeset.fold(names)
  return ("for _, n in ipairs(nodes.xnames(%q)) do %s end"):format(set, alike), true
end

-- As lines below what they are about.
local function lines(out, front, fix, note)
  if fix then out[#out + 1] = front .. "fix:  " .. fix end
  if note then out[#out + 1] = front .. "note: " .. note end
end

return { of = of, for_all = for_all, lines = lines }
