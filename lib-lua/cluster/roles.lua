-- What is said of roles, read and checked: from tables or YAML to one form. No part of the public API.
local args = require "bss.args"
local cloud = require "cloud_init.args"
local fault = require "fault"
local nodes = require "nodes"
local nodeset = require "nodeset"
local words = require "nodes.words"

local BOOT = { "kernel", "initrd", "params" }
local KEYS = { "nodes", "image", "kernel", "initrd", "params", "args", "config", "meta_data", "description" }
local known = {}
for _, key in ipairs(KEYS) do known[key] = true end

local function refuse(message, hint) fault.raise("bad_argument", message, { hint = hint }) end

-- A file's path, its text, or a table → roles by name, images by name.
local function document(given)
  if type(given) == "string" then
    given = yaml.decode(given:find "\n" and given or fs.read(given))
  end
  if type(given) ~= "table" or given[1] ~= nil then
    refuse("roles are a table of role by name", "{ io = { nodes = 3, image = { kernel = … }, config = … } }")
  end
  if type(given.roles) == "table" and given.roles.nodes == nil then
    return given.roles, given.images or {}
  end
  return given, {}
end

local function sorted(map)
  local names = {}
  for name in pairs(map) do
    if type(name) ~= "string" then refuse(("a role has a name; this one is %s"):format(tostring(name))) end
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

-- The fields of a role, all known; names may have `-` or `_`.
local function fields_of(name, role)
  if type(role) ~= "table" then
    refuse(("role %s is no table"):format(name), name .. " = { nodes = …, image = …, config = … }")
  end
  local fields = cloud.names(role)
  for key, value in pairs(fields) do
    if not known[key] then words.unknown(("key of role %s:"):format(name), tostring(key), KEYS) end
    if value == json.null then fields[key] = nil end
  end
  if fields.nodes == nil then
    refuse(("role %s names no nodes"):format(name), "nodes = \"@compute\", or {} for a role that nobody has")
  end
  return fields
end

local WHAT_IMAGE = "image = { kernel = …, initrd = …, params = … }, or a name of images: in the YAML"

local function known_image(whose, image)
  for key in pairs(image) do
    if key ~= "kernel" and key ~= "initrd" and key ~= "params" then
      words.unknown(("key of the image of %s:"):format(whose), tostring(key), BOOT)
    end
  end
  return image
end

local function image_of(name, image, images)
  if type(image) == "table" then return known_image(("role %s"):format(name), image) end
  if image == nil then return {} end
  if type(image) ~= "string" then refuse(("role %s: an image is no %s"):format(name, type(image)), WHAT_IMAGE) end
  if type(images[image]) == "table" then return known_image("images", images[image]) end
  if next(images) then words.unknown("image", image, words.keys(images)) end
  refuse(("role %s: what is image %s?"):format(name, image),
    WHAT_IMAGE)
end

-- Kernel, initrd and arguments: the role's own go before those of its image, `args` are added to them.
local function boot_of(name, fields, images)
  local image, boot = image_of(name, fields.image, images), {}
  for _, key in ipairs(BOOT) do
    local value = fields[key] == nil and image[key] or fields[key]
    boot[key] = value ~= nil and tostring(value) or nil
  end
  if fields.args ~= nil then
    local all = args.new(boot.params)
    for _, word in ipairs(args.new(fields.args)) do
      local key, value = word:match "^%s*([^=]*)=?(.*)$"
      all:add(key or "", word:find "=" and value or nil)
    end
    boot.params = tostring(all)
  end
  if next(boot) and not boot.kernel then
    refuse(("role %s has arguments and no kernel"):format(name), "an image is kernel, initrd and params of one build")
  end
  return next(boot) and boot or nil
end

local function cloud_of(fields)
  if fields.config == nil and fields.meta_data == nil then return nil end
  local file = cloud.group({ file = fields.config }).file
  return { file = file, meta_data = fields.meta_data, description = fields.description }
end

-- Nobody has two roles, or a name which SMD does not know.
local function check_members(roles)
  local owner, twice = {}, {}
  for _, role in ipairs(roles) do
    for _, xname in ipairs(role.xnames) do
      local other = owner[xname]
      owner[xname] = other or role.label
      if other then
        local both = other .. " and " .. role.label
        twice[both] = twice[both] or {}
        table.insert(twice[both], xname)
      end
    end
  end
  local both, list = next(twice)
  if both then
    refuse(("%s in two roles: %s"):format(nodeset.fold(list), both), "a node has one role: its groups may be more")
  end
  local missing = {}
  for _, component in ipairs(chami.smd.component.list { type = "Node" }) do owner[component.ID] = nil end
  for xname in pairs(owner) do missing[#missing + 1] = xname end
  if #missing == 0 then return end
  fault.raise("not_found", ("SMD has no node %s"):format(nodeset.fold(missing)), {
    hint = "discover.static loads nodes from a file", service = "smd",
  })
end

-- Roles in the order of their labels: { label, xnames, description?, boot?, cloud? }.
local function read(given)
  local by_name, images = document(given)
  local roles, sets, seen = {}, {}, {}
  for i, name in ipairs(sorted(by_name)) do
    local fields, label = fields_of(name, by_name[name]), name:lower()
    if seen[label] then refuse(("%s and %s are one group to SMD"):format(seen[label], name)) end
    seen[label], sets[i] = name, fields.nodes
    roles[i] = {
      label = label, description = fields.description,
      boot = boot_of(name, fields, images), cloud = cloud_of(fields),
    }
  end
  for i, xnames in ipairs(nodes.several(sets)) do roles[i].xnames = xnames end
  check_members(roles)
  return roles
end

return { read = read, BOOT = BOOT }
