-- What a function does with a table that it has no parameter for: called by each of the library's, as it is loaded. Lua
-- would drop it, and with it what somebody meant. No part of the public API.

-- Words that mean: only say what would be done.
local DRY = { dry_run = true, dry = true, dryrun = true, noop = true, plan = true, check = true }

local function hint(name, table)
  for key in pairs(table) do
    if DRY[key] then return "chami --plan shows what a line or a script would send, and sends nothing" end
  end
  -- A method has a name for people, which is no expression of Lua.
  return (name:find ":" and "help %q" or "help(%s)"):format(name) .. " tells what it takes"
end

return function(name, parameters, ...)
  local lost
  local given = table.pack(...)
  for i = 1, given.n do lost = lost or type(given[i]) == "table" and given[i] end
  if not lost then return end
  local what = parameters == "nothing" and "no arguments, and was given a table"
    or ("(%s), and was given a table beside that"):format(parameters)
  require("fault").raise("bad_argument", ("%s takes %s"):format(name, what), { hint = hint(name, lost) })
end
