-- Loads nodes into SMD from a table, as spreadsheets and asset databases write them.
--
--   chami bulk-load.lua FILE.csv [--dry-run] [--overwrite]
--   chami bulk-load.lua data/rack.csv --dry-run
--
-- Columns, in any order: xname, nid, mac, ip, bmc_mac, bmc_ip, and at will name and groups (with a
-- blank or ; between several). A node's BMC is the front of its xname; nodes behind one BMC say the
-- same of it, or the first of them says it. Every fault is told with its line, and then nothing
-- is loaded. What SMD has already stays as it is; what differs is a conflict, unless --overwrite
-- stands there. Nodes join their groups and leave none.

-- The first four are in every line.
local COLUMNS = { "xname", "nid", "mac", "ip", "bmc_mac", "bmc_ip", "name", "groups" }

local path, options = nil, {}
for _, word in ipairs { ... } do
  local option = word:match "^%-%-(.+)$"
  if option == "dry-run" or option == "overwrite" then
    options[option] = true
  else
    path = not path and not option and word or ""
  end
end
if not path or path == "" then
  local hint = "chami bulk-load.lua data/rack.csv --dry-run"
  fault.raise("bad_argument", "wanted: FILE.csv [--dry-run] [--overwrite]", { hint = hint })
end

local text = fs.read(path)
local rows, lines, number = csv.decode(text), {}, 0
for line in (text .. "\n"):gmatch "(.-)\r?\n" do           -- csv.decode reads past empty lines
  number = number + 1
  if line ~= "" then lines[#lines + 1] = number end
end
local whole = #lines == #rows + 1    -- else a cell goes over several lines, and numbers would lie

local found = 0
local function complain(line, message, fix, level)
  if level ~= "warning" then found = found + 1 end
  print(("%s:%s: %s (%s)"):format(path, whole and line or "", message, fix))
end

local function is_column(name)
  for _, column in ipairs(COLUMNS) do if column == name then return true end end
end
for name in pairs(rows[1] or {}) do
  if not is_column(name) then
    complain(lines[1], "unknown column " .. name, "known are " .. table.concat(COLUMNS, ", "))
  end
end
if #rows == 0 then complain(1, "no nodes", "a line for each node below the names of columns") end

-- The same as a nodes file, and for each record of it the line it came from.
local file = { bmcs = {}, nodes = {} }
local from = { bmcs = {}, nodes = {} } ---@type table<string, table>
local bmcs, groups, labels = {}, {}, {}
for i, row in ipairs(rows) do
  local line = lines[i + 1]
  local function cell(name) return row[name] ~= "" and row[name] or nil end
  for n = 1, 4 do
    if not cell(COLUMNS[n]) then complain(line, "no " .. COLUMNS[n], "fill it in") end
  end
  local node = {
    xname = cell "xname", nid = math.tointeger(tonumber(cell "nid")) or cell "nid",
    name = cell "name" or ("nid%03d"):format(math.tointeger(tonumber(cell "nid")) or 0),
    interfaces = { { mac_addr = cell "mac", ip_addrs = { { ip_addr = cell "ip" } } } },
    groups = json.array {},
  }
  for label in (row.groups or ""):gmatch "[^%s;]+" do
    label = label:lower()
    node.groups[#node.groups + 1] = label
    if not groups[label] then labels[#labels + 1], groups[label] = label, {} end
    table.insert(groups[label], node.xname)
  end
  file.nodes[i], from.nodes[i] = node, line
  local place = (cell "xname" or ""):match "^(.*b%d+)n%d+$"
  local mac, ip, bmc = cell "bmc_mac", cell "bmc_ip", place and bmcs[place]
  if place and not bmc then
    bmcs[place] = { xname = place, mac = mac, ip = ip }
    table.insert(file.bmcs, bmcs[place])
    table.insert(from.bmcs, line)
  elseif bmc and (mac or bmc.mac) ~= bmc.mac or bmc and (ip or bmc.ip) ~= bmc.ip then
    complain(line, place .. " has another bmc_mac or bmc_ip above", "one BMC has one of each")
  end
end

-- `nodes[2] (compute2)` is of no use to who has a table before him.
local function line_of(list, index) return from[list] and "line " .. from[list][tonumber(index)] end
for _, finding in ipairs(found == 0 and discover.lint(file) or {}) do
  local line = finding.record:gsub("^(%a+)%[(%d+)%].*", line_of):match "^line (%d+)"
  local message = finding.message:gsub("(%a+)%[(%d+)%]", line_of):gsub("(line %d+) %b()", "%1")
  if finding.level ~= "note" then complain(line, message, finding.fix, finding.level) end
end
if found > 0 then
  local message = ("%d faults in %s: nothing was loaded"):format(found, path)
  fault.raise("bad_argument", message, { hint = "mend the lines above" })
end

for _, node in ipairs(file.nodes) do node.groups = nil end   -- they are joined below
for _, c in ipairs(options["dry-run"] and discover.plan(file) or {}) do
  if c.action ~= "unchanged" then print(c.action, c.id, c.detail) end
end
if not options["dry-run"] then
  local ok, told = pcall(discover.static, file, { overwrite = options.overwrite })
  if not ok and told.kind == "conflict" then told.hint = "--overwrite makes SMD as the file" end
  print(ok and told or error(told, 0))
end
local members = {}
for _, group in ipairs(smd.group.list()) do members[group.label] = group.members.ids end
for _, label in ipairs(labels) do
  local there, new = {}, {}
  for _, id in ipairs(members[label] or {}) do there[id] = true end
  for _, id in ipairs(groups[label]) do if not there[id] then new[#new + 1] = id end end
  if #new > 0 then print("join", label, nodeset.fold(new)) end
  if #new > 0 and not options["dry-run"] then
    if members[label] then smd.group.member.ensure(label, new)
    else smd.group.add(label, { members = new }) end
  end
end
