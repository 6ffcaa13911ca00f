-- What the facades of this folder do to their arguments before the natives take them. No part of the public API.
local fs = require "fs"

-- Text of several lines, or with a # at its front, is content; any other text is the path of a file.
local function file(given)
  if type(given) ~= "string" then return given end
  if given == "" or given:find "^#" or given:find "\n" then return { content = given } end
  return { content = fs.read(given), filename = given:match "[^/]+$" }
end

-- Fields of a group, with the file as the wire has it.
local function group(fields)
  if type(fields) ~= "table" or fields.file == nil then return fields end
  local copy = {}
  for key, value in pairs(fields) do copy[key] = value end
  copy.file = file(fields.file)
  return copy
end

-- Says of each group whether SMD has one of its name; says nothing where SMD does not answer.
local function known(groups)
  local ok, labels = pcall(function() return chami.smd.group.list() end)
  if not ok then return groups end
  local there = {}
  for _, group in ipairs(labels) do there[group.label] = true end
  for _, group in ipairs(groups) do group.smd = there[group.name] == true end
  return groups
end

return { group = group, known = known }
