-- Writes what SMD, BSS and cloud-init hold into files, and brings such files into a cluster.
--
--   chami export-import.lua export DIR
--   chami export-import.lua import DIR [--replace]
--
-- One YAML file per kind of record; locks, hardware, maps and history are left out. Import adds
-- what is missing and removes nothing. Where records differ it lists them (exit 1) and changes
-- nothing, unless --replace makes them as the files say; then it compares all once more (exit 6).
-- Logins of BMCs land in no file; nor does a record with an open secret, which is told (exit 3).

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
  local all = cloud_init.defaults.get()
  all.whose = next(all) and "all"
  return { next(all) and all }
end
local function each(set, options)    -- set(name, fields), for a list of records
  return function(records, key)
    for _, record in ipairs(records) do
      local name = record[key]
      record[key], record.ID, record.Type = nil, nil, nil
      set(name, record, options)
    end
  end
end

-- In the order of import: the file, what there is, what a record goes by, and how it is written.
local KINDS = {
  { "smd-components", smd.component.list, "ID",
    each(function(id, r) return r.State and smd.component.ensure(id, r) end) },   -- BMCs have none
  { "smd-endpoints", smd.rfe.bodies, "ID", each(smd.rfe.ensure) },   -- logins stay
  { "smd-interfaces", smd.iface.list, "MACAddress", each(smd.iface.ensure) },
  { "smd-groups", smd.group.list, "label", each(smd.group.set) },
  { "smd-partitions", smd.partition.list, "name", each(smd.partition.set) },
  { "bss-parameters", boots, "whose", each(function(_, r) bss.boot.params.set(r) end) },
  { "cloud-init-defaults", defaults, "whose", each(function(_, r) cloud_init.defaults.set(r) end) },
  { "cloud-init-groups", cloud_init.group.list, "name",
    each(cloud_init.group.set, { lint = false }) },
  { "cloud-init-nodes", cloud_init.node.list, "id", each(cloud_init.node.set) },
}
local function path(kind) return dir .. "/" .. kind[1] .. ".yaml" end

-- As they come back from a file, without what goes by itself or by other calls.
local function records(kind)
  local list = kind[2]()
  for _, r in ipairs(list) do
    r.LastUpdate, r.Locked, r.ReservationDisabled, r.smd = nil, nil, nil, nil
  end
  return yaml.decode(yaml.encode(list))
end
local function is_open(r)
  local text = r.file and cloud_init.group.config(r.name) or r.params or ""
  for _, part in ipairs { text, "#cloud-config\n" .. yaml.encode(r["meta-data"] or {}) } do
    for _, found in ipairs(cloud_init.template.lint(part)) do
      if found.rule == "secret" then return true end
    end
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
  local missing, differing = 0, 0
  for _, kind in ipairs(KINDS) do
    local now, list = {}, {}
    for _, r in ipairs(records(kind)) do now[r[kind[3]]] = json.encode(r) end
    for _, r in ipairs(yaml.decode(fs.read(path(kind)))) do
      local old = now[r[kind[3]]]
      if not old then
        missing, list[#list + 1] = missing + 1, r
      elseif old ~= json.encode(r) then
        differing, list[#list + 1] = differing + 1, r
        if not write then print("differs", kind[1], r[kind[3]]) end
      end
    end
    if write and #list > 0 then print("wrote", kind[1], #list, kind[4](list, kind[3])) end
  end
  return { missing = missing, differing = differing }
end

if pass(false).differing > 0 and not replace then
  local hint = "--replace makes them as the files say"
  fault.raise("conflict", "these records differ, and nothing was changed", { hint = hint })
end
pass(true)
expect(pass(false), { missing = 0, differing = 0 }, "all is as the files say")
print "all is as the files say"
