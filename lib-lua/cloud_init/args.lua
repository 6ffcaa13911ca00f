-- What the facades of this folder do to their arguments before the natives take them. No part of the public API.
local fs = require "fs"

-- Text of several lines, or with a # at its front, is content; any other text is the path of a file.
local function file(given)
  if type(given) ~= "string" then return given end
  if given == "" or given:find "^#" or given:find "\n" then return { content = given } end
  return { content = fs.read(given), filename = given:match "[^/]+$" }
end

-- Names of fields as natives take them: wire names have dashes.
local function names(fields)
  if type(fields) ~= "table" then return fields end
  local copy = {}
  for key, value in pairs(fields) do
    copy[type(key) == "string" and key:gsub("-", "_") or key] = value
  end
  return copy
end

-- Fields of a group, with the file as the wire has it.
local function group(fields)
  fields = names(fields)
  if type(fields) == "table" then fields.file = file(fields.file) end
  return fields
end

-- Says of each group whether SMD has one of its name; says nothing where SMD does not answer.
local function known(groups)
  local ok, labels = pcall(function() return chami.smd.group.list() end)
  if not ok then return groups end
  local there = {}
  for _, known_to_smd in ipairs(labels) do there[known_to_smd.label] = true end
  for _, record in ipairs(groups) do record.smd = there[record.name] == true end
  return groups
end

return { names = names, group = group, known = known }
