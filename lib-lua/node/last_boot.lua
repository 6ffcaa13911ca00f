-- Of a console's log what stands there of the last boot. No part of the public API: `node.evidence`.

-- Who begins to speak, in the order of a boot; SeaBIOS says its first words once in each.
local MARKS = {
  { 1, "SeaBIOS %(version", alone = true }, { 1, "BdsDxe: " }, { 1, ">>Start PXE over" },
  { 1, ">>Start HTTP Boot over" },
  { 2, "iPXE initialising devices" }, { 3, "Linux version ", alone = true },
}

-- Where each of them is heard, from first to last.
local function marks(text)
  local found = {}
  for _, mark in ipairs(MARKS) do
    local from = 1
    while true do
      local at = text:find(mark[2], from)
      if not at then break end
      found[#found + 1] = { at = at, rank = mark[1], alone = mark.alone }
      from = at + 1
    end
  end
  table.sort(found, function(one, other) return one.at < other.at end)
  return found
end

-- What stands there of the last time it was switched on or reset: it begins where somebody speaks whose turn was before.
---@param text string
---@return string
local function last_boot(text)
  local first, rank = 1, 4
  for _, mark in ipairs(marks(text)) do
    if mark.rank < rank or mark.alone and mark.rank == rank then first = mark.at end
    rank = mark.rank
  end
  return text:sub(first)
end

-- A line without what was taken back: iPXE does so with its percentage.
local function without_backspaces(line)
  if not line:find("\b", 1, true) then return nil end
  local kept, count = {}, 0 ---@type string[], integer
  for piece, back in line:gmatch "([^\b]*)(\b*)" do
    if piece ~= "" then kept[count + 1], count = piece, count + 1 end
    local left = #back
    while left > 0 and count > 0 do
      local last = kept[count]
      if #last > left then
        kept[count], left = last:sub(1, -left - 1), 0
      else
        left, count = left - #last, count - 1
      end
    end
  end
  return table.concat(kept, "", 1, count)
end

-- A log without what only moves a terminal's cursor.
---@param text string
---@return string
local function clean(text)
  text = text:gsub("\27%[[%d;?=]*%a", ""):gsub("\r", "")
  return (text:gsub("[^\n]+", without_backspaces))
end

---@param text string a log as it is
---@return string
return function(text) return last_boot(clean(text)) end
