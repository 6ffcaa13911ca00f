-- What the names of artifacts tell: the layer and the kernel's version, by the folders and files the image builder
-- writes. No part of the public API.

local function split(url)
  local place, file = (url or ""):match "^(.-)([^/]*)$"
  return place, file
end

-- The last folder: `base` of `…/efi-images/compute/base/vmlinuz-5.14`.
local function layer(url) return (split(url):match "([^/]+)/$") end

-- The version in a file's name: `5.14.0-503.38.1.el9_5.x86_64` of a kernel and of its initrd.
local function version_of(url)
  local _, file = split(url)
  local version = file:gsub("%.img$", ""):match "%d+%.%d+[%w%.%-_]*"
  return version
end

-- What is read of a record is kept with it: many nodes share one.
local function kept(read)
  local known = setmetatable({}, { __mode = "k" })
  return function(record)
    if known[record] == nil then known[record] = read(record) or false end
    return known[record] or nil
  end
end

-- The root file system's URL in the arguments, if it is one.
local root_of = kept(function(record)
  local root = chami.bss.args(record.params):get "root"
  return type(root) == "string" and root:match "https?://%S+" or nil
end)

-- What a node fetches, in its order: stage, URL.
local function wanted(record)
  return { { "kernel", record.kernel }, { "initrd", record.initrd }, { "rootfs", root_of(record) } }
end

-- Whether a kernel and an initrd come from two builds, in words; nil when nothing speaks for that.
local odd = kept(function(record)
  local kernel, initrd = version_of(record.kernel), version_of(record.initrd)
  if kernel and initrd and kernel ~= initrd then return ("the kernel is %s, the initrd %s"):format(kernel, initrd) end
  local one, other, root = layer(record.kernel), layer(record.initrd), root_of(record) or ""
  local function in_root(name) return root:find("/" .. name .. "/", 1, true) ~= nil end
  if one and other and one ~= other and in_root(other) and not in_root(one) then
    return ("the kernel is of %s, initrd and root of %s"):format(one, other)
  end
end)

-- What a record boots, as one text to compare.
local of = kept(function(record)
  return table.concat({ record.kernel or "", record.initrd or "", root_of(record) or "" }, " ")
end)

-- The same build's file with another version.
local function renamed(url, version)
  local place, file = split(url)
  local old = version_of(url)
  local at = old and file:find(old, 1, true)
  if not at then return url .. "-" .. version end
  return place .. file:sub(1, at - 1) .. version .. file:sub(at + #old)
end

-- A later version: the build number one up.
local function later(version)
  local next_one, count = (version or "5.14.0-503.38.1.el9_5.x86_64"):gsub("(%-%d+%.)(%d+)", function(front, number)
    return front .. tonumber(number) + 2
  end, 1)
  return count > 0 and next_one or version .. "-2"
end

return {
  layer = layer, version = version_of, root = root_of, wanted = wanted, odd = odd, of = of, renamed = renamed,
  later = later,
}
