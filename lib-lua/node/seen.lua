-- A stage as it is told where it is put together from what can be read: seen to go well or ill, or not seen. No part of
-- the public API: `node.evidence`.

---@return node.Stage
local function seen(stage, owner, ok, what, more)
  local one = { stage = stage, ok = ok, owner = owner, what = what, tries = 1 }
  for key, value in pairs(more or {}) do one[key] = value end
  return one
end

-- What cannot be told from here says why.
---@return node.Stage
local function unseen(stage, owner, why)
  return seen(stage, owner, false, "not seen from here: " .. why, { unseen = true })
end

return { seen = seen, unseen = unseen }
