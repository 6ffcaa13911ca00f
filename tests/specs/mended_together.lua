-- What doctor proposes for two nodes of one cause can be typed as it stands, and mends both.
dofile "tests/support/well.lua"

-- What only the user knows stands in capitals, outside of what is quoted.
local function is_whole(fix) return fix ~= nil and not fix:gsub('"[^"]*"', '""'):find "%f[%w_]%u%u%u+%f[^%w_]" end

local function sick_of(id)
  for _, one in ipairs(doctor().causes) do
    if one.id == id then return one end
  end
end

-- The fixes of one cause: doctor's for all, or where it has none for all that of each node.
local function fixes(id, sick)
  if sick.count == 1 or not tostring(sick.note):find "node.wrong" then return { sick.fix } end
  local list = {}
  for _, verdict in ipairs(node.wrong(sick.nodes)) do
    for _, one in ipairs(verdict.causes) do
      if one.id == id then list[#list + 1] = one.fix end
    end
  end
  return list
end

local mended = 0
for _, cause in ipairs(lab.fault.list()) do
  lab.restore "well"
  lab.clock.advance "60s"
  local id = cause.id
  local both = pcall(lab.fault.inject, id, { node = 2, seed = 1 }) and pcall(lab.fault.inject, id, { node = 3, seed = 2 })
  local sick, first = both and sick_of(id), nil
  -- One that may only be late is waited for first.
  for _ = 1, 2 do
    if not sick or not is_whole(sick.fix) then break end
    first = sick.fix
    for _, fix in ipairs(fixes(id, sick)) do assert(load(fix, id))() end
    lab.clock.advance "60s"
    -- Some show at a boot only.
    pcall(node.reboot, "nid[2-3]", { wait = "10m" })
    sick = sick_of(id)
  end
  if first then
    expect(sick, nil, id .. " is mended by " .. first)
    mended = mended + 1
  end
end
expect(mended > 12, true, mended .. " causes")
