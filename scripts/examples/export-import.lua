-- Writes what SMD, BSS and cloud-init hold into files, and brings such files into a cluster.
--
--   chami export-import.lua export DIR
--   chami export-import.lua import DIR [--replace]
--
-- One YAML file per kind of record, without locks, hardware, maps and history. Import adds what is
-- missing and removes nothing. Where records differ it lists them (exit 1) and changes nothing, or
-- with --replace makes them as the files say and compares again (exit 6). No login of a BMC lands
-- in a file, nor a record with a secret (told, exit 3). Nodes looked at get a lasting instance-id.

local verb, dir, option, more = ...
local replace = verb == "import" and option == "--replace"
if not dir or verb ~= "export" and verb ~= "import" or option and not replace or more then
  local hint = "chami export-import.lua export backup"
  fault.raise("bad_argument", "wanted: export DIR, or import DIR [--replace]", { hint = hint })
end
-- BSS shows together who boots the same; here each has a record.
local function boots()
  local list = {}
  for _, r in ipairs(bss.boot.params.list()) do
    for _, sort in ipairs { "macs", "hosts", "nids" } do
      for _, id in ipairs(r[sort] or {}) do
        list[#list + 1] = { whose = sort .. " " .. id, [sort] = { id }, kernel = r.kernel,
                            initrd = r.initrd, params = r.params }
      end
    end
  end
  return list
end
local function defaults()
  local all = cloud_init.defaults.get() ---@type table
  all.whose = next(all) and "all"
  return { next(all) and all }
end
local function components(list)    -- those of BMCs have no State, and come with the endpoints
  local stated = {}
  for _, r in ipairs(list) do stated[#stated + 1] = r.State and r end
  smd.component.ensure(stated)
end
local function boot_alike(list)    -- who boots the same is written with one call
  local sets = {}
  for _, r in ipairs(list) do
    local sort = r.whose:match "%a+"
    local what = table.concat({ sort, r.kernel or "", r.initrd or "", r.params or "" }, "\n")
    sets[what], r.whose = sets[what] or r, nil
    if sets[what] ~= r then table.insert(sets[what][sort], r[sort][1]) end
  end
  for _, set in pairs(sets) do bss.boot.params.set(set) end
end
local function each(set, options)    -- set(name, fields): where a call takes one record
  return function(list, key)
    for _, r in ipairs(list) do
      local name = r[key]
      r[key], r.ID = nil, nil
      set(name, r, options)
    end
  end
end
-- In the order of import: the file, what there is, what a record goes by, and how it is written.
local KINDS = {
  { "smd-components", smd.component.list, "ID", components },
  { "smd-endpoints", smd.rfe.bodies, "ID", function(list) smd.rfe.ensure(list) end }, -- no logins
  { "smd-interfaces", smd.iface.list, "MACAddress", each(smd.iface.ensure) },
  { "smd-groups", smd.group.list, "label", each(smd.group.set) },
  { "smd-partitions", smd.partition.list, "name", each(smd.partition.set) },
  { "bss-parameters", boots, "whose", boot_alike },
  { "cloud-init-defaults", defaults, "whose", each(function(_, r) cloud_init.defaults.set(r) end) },
  { "cloud-init-groups", cloud_init.group.list, "name",
    each(cloud_init.group.set, { lint = false }) },
  { "cloud-init-nodes", cloud_init.node.list, "id", each(cloud_init.node.set) },
}
local function path(kind) return dir .. "/" .. kind[1] .. ".yaml" end
-- As they come back from a file, without what goes by itself or by other calls.
local function records(kind)
  local list, own = kind[2](), { "LastUpdate", "Locked", "ReservationDisabled", "smd" }
  for _, r in ipairs(list) do for _, key in ipairs(own) do r[key] = nil end end
  return yaml.decode(yaml.encode(list))
end
local function is_open(r)
  local own, lint = r.file and cloud_init.group.config(r.name) or r.params, cloud_init.template.lint
  for _, part in ipairs { own or "", "#cloud-config\n" .. yaml.encode(r["meta-data"] or {}) } do
    for _, found in ipairs(lint(part)) do if found.rule == "secret" then return true end end
  end
end
if verb == "export" then
  local left = {}
  fs.mkdir(dir)
  for _, kind in ipairs(KINDS) do
    local list = json.array {}
    for _, r in ipairs(records(kind)) do
      if is_open(r) then left[#left + 1] = r[kind[3]] else list[#list + 1] = r end
    end
    fs.write(path(kind), yaml.encode(list))
    print(kind[1], #list, kind[1] == "smd-endpoints" and "without logins" or "")
  end
  local why = "left out for an open secret: " .. table.concat(left, ", ")
  return #left > 0 and fault.raise("partial", why, { hint = "cloud_init.template.lint shows it" })
end
-- Compares the files with the cluster; tells what differs, or writes that and what is missing.
local function pass(write)
  local count = { missing = 0, differing = 0 }
  for _, kind in ipairs(KINDS) do
    local now, list = {}, {}
    for _, r in ipairs(records(kind)) do now[r[kind[3]]] = json.encode(r) end
    for _, r in ipairs(yaml.decode(fs.read(path(kind)))) do
      local old = now[r[kind[3]]]
      local what = not old and "missing" or old ~= json.encode(r) and "differing"
      if what then count[what], list[#list + 1], r.Type = count[what] + 1, r, nil end
      if what == "differing" and not write then print("differs", kind[1], r[kind[3]]) end
    end
    if write and #list > 0 then print("wrote", kind[1], #list, kind[4](list, kind[3])) end
  end
  return count
end
if pass(false).differing > 0 and not replace then
  fault.raise("conflict", "records differ: nothing was changed", { hint = "--replace writes them" })
end
pass(true)
expect(pass(false), { missing = 0, differing = 0 }, "all is as the files say")
print "all is as the files say"
