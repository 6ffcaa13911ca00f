-- Causes that stand in the store of kernels, initrds and root file systems. No part of the public API.
local fault = require "fault"
local image = require "causes.image"

-- For who makes a fault: the same.
local function stored(url)
  local path = tostring(url):match "^https?://[^/]+/(.*)$"
  for _, one in ipairs(chami.lab.artifacts()) do
    if one.path == path then return one end
  end
end

-- The artifact on the lab's server that a URL names.
local function artifact_at(ctx, url)
  if not ctx.machine then return nil end
  return ctx.shared.artifacts[tostring(url):match "^https?://[^/]+/(.*)$"]
end

-- Which other layer a root file system is of; nil where its name tells none.
local function other_layer(ctx)
  local kernel, root = image.layer(ctx.record.kernel), image.root(ctx.record)
  if not kernel or not root or root:find("/" .. kernel .. "/", 1, true) then return nil end
  if ctx.record.initrd and image.layer(ctx.record.initrd) ~= kernel then return nil end
  for layer in pairs(ctx.shared.layers) do
    if layer ~= kernel and root:find("/" .. layer .. "/", 1, true) then return layer, kernel, "certain" end
  end
  -- A folder beside that of the kernel's layer, as the image builder makes them.
  local parent, beside = ctx.record.kernel:match "([^/]+)/[^/]+/[^/]*$", root:match "([^/]+)/[^/]+/[^/]*$"
  if parent and parent == beside then return image.layer(root), kernel, ctx.machine and "likely" or "possible" end
end

return {
  {
    id = "F20", stage = "kernel", owner = "artifacts",
    symptom = "iPXE says `Permission denied` (403) for the kernel or the initrd",
    cause = "the bucket may be read with a key only: its policy does not let anybody get objects",
    note = "in a shell: s3cmd setpolicy public-read.json s3://boot-images, which allows s3:GetObject to all",
    lab = "lab.artifact.put{ path = PATH, bytes = BYTES }",
    _probe = function(ctx)
      if not ctx.record then return nil end
      for _, pair in ipairs(image.wanted(ctx.record)) do
        local stage, url = pair[1], pair[2]
        if url and url:find "^https?://" and ctx.shared:status(url) == 403 then
          local one = artifact_at(ctx, url)
          if one then
            return ("403 for the %s of %s: %s"):format(stage, ctx.xname, url), "certain",
              { PATH = one.path, BYTES = one.bytes, _stage = stage }
          end
          local text = "403 for the %s of %s: %s; S3 says so as well of a file that is not there, where nobody may "
            .. "list the bucket: then it is F19"
          return text:format(stage, ctx.xname, url), "likely", { _stage = stage }
        end
      end
    end,
    _inject = function(at)
      local one = at.record and stored(at.record.kernel)
      if not one then fault.raise("bad_argument", at.node .. " boots no kernel of this lab's server") end
      chami.lab.artifact.put { path = one.path, bytes = one.bytes, kernel = one.kernel, private = true }
      return ("%s is not to be read without a key"):format(one.path)
    end,
  },
  {
    id = "F21", stage = "kernel", owner = "bss",
    symptom = "iPXE says `Connection refused` or `timed out` for the kernel, again and again",
    cause = "the URL leads to a port or an address where no artifact server is, or the server is down",
    note = "curl -I the URL on the head node; then set kernel, initrd and params with the server's address and port",
    _probe = function(ctx)
      if not ctx.record then return nil end
      for _, pair in ipairs(image.wanted(ctx.record)) do
        local stage, url = pair[1], pair[2]
        if url and url:find "^https?://" and ctx.shared:silent(url) then
          if ctx.shared.away then
            local text = "nobody answers here for %s; %s"
            local why = fault.new("unreachable", text:format(url, ctx.shared.away))
            ctx.shared:excuse(why)
            error(why, 0)
          end
          return ("nobody answers for the %s of %s: %s"):format(stage, ctx.xname, url),
            ctx.machine and "certain" or "likely", { _stage = stage }
        end
      end
    end,
    _inject = function(at)
      local record, port = at.record, at.pick { "9090", "9001", "80" }
      local function moved(text) return text and (text:gsub("(https?://[%d%.]+):9000", "%1:" .. port)) end
      if not record or moved(record.kernel) == record.kernel then
        fault.raise("bad_argument", at.node .. " boots nothing from port 9000")
      end
      chami.bss.boot.params.update(at.node, {
        kernel = moved(record.kernel), initrd = moved(record.initrd), params = moved(record.params),
      })
      return ("%s is sent to port %s for all it boots"):format(at.node, port)
    end,
  },
  {
    id = "F22", stage = "rootfs", owner = "artifacts",
    heard = "one node stops a moment after the kernel began, its last word is `Refusing to continue`",
    symptom = "dracut says `Don't know how to handle 'root=live:…'`, and refuses to continue",
    cause = "the initrd was made without dracut's modules dmsquash-live and livenet",
    note = 'in a shell: dracut --force --add "dmsquash-live livenet network-manager" --kver KVER '
      .. "initramfs-KVER.img, and upload it",
    lab = "lab.artifact.put{ path = PATH, bytes = BYTES }",
    _probe = function(ctx)
      local record = ctx.record
      if not record or not record.initrd then return nil end
      local one = artifact_at(ctx, record.initrd)
      if one and one.dracut then
        local has = {}
        for _, name in ipairs(one.dracut) do has[name] = true end
        if has.livenet and has["dmsquash-live"] then return nil end
        local text = "the initrd of %s is made with %s, and without what `root=live:` wants"
        return text:format(ctx.xname, table.concat(one.dracut, ", ")), "certain",
          { PATH = one.path, BYTES = one.bytes, KVER = image.version(record.initrd) }
      end
      local line = not one and ctx.said and ctx.said:match "[^\n]*Don't know how to handle 'root=live[^\n]*"
      return line and ("its console says: %s"):format(line), "certain", { KVER = image.version(record.initrd) }
    end,
    _inject = function(at)
      local one = at.record and stored(at.record.initrd)
      if not one then fault.raise("bad_argument", at.node .. " boots no initrd of this lab's server") end
      chami.lab.artifact.put {
        path = one.path, bytes = one.bytes, kernel = one.kernel,
        dracut = { "base", "systemd", "network-manager", "nfs" },
      }
      return ("%s was made without livenet"):format(one.path)
    end,
  },
  {
    id = "F23", stage = "rootfs", owner = "bss",
    symptom = "the node comes up with another image than it was meant to, or stops in dracut's emergency shell",
    cause = "`root=` is missing, or names another layer than kernel and initrd: it was not set together with them",
    note = "set kernel, initrd and params anew, all three of one layer: bss.boot.params.set",
    _probe = function(ctx)
      if not ctx.record then return nil end
      if ctx.record.kernel and not ctx.args:get "root" then
        local text = "no `root=` among the arguments of %s: dracut mounts nothing then that is not in the initrd"
        return text:format(ctx.xname), "likely"
      end
      local layer, kernel, how = other_layer(ctx)
      if not layer then return nil end
      local text = "kernel and initrd of %s are of %s, its root file system of %s"
      return text:format(ctx.xname, kernel, layer), how
    end,
    _inject = function(at)
      local record, own = at.record, at.record and image.layer(at.record.kernel)
      local root, others = record and image.root(record), {}
      for layer in pairs(at.shared.layers) do
        if layer ~= own then others[#others + 1] = layer end
      end
      table.sort(others)
      if #others == 0 or not root or not root:find("/" .. own .. "/", 1, true) then
        fault.raise("bad_argument", "this needs nodes that boot two layers", { hint = "cluster.apply" })
      end
      local layer = at.pick(others)
      local function changed(text) return (text:gsub("%f[%w]" .. own .. "%f[%W]", layer)) end
      local params = record.params:gsub("root=%S+", changed)
      at.artifact(changed(root))
      chami.bss.boot.params.update(at.node, { params = params })
      return ("%s has the root file system of %s"):format(at.node, layer)
    end,
  },
  {
    id = "F19", stage = "kernel", owner = "artifacts",
    heard = "one node says that a file is missing",
    symptom = "iPXE says `No such file` for the kernel or the initrd, and tries again every 30 seconds",
    cause = "BSS names a file that is not there: a rebuild changed the kernel's version, or it is misspelt",
    note = "list what is there, and set kernel, initrd and params anew, all three of one build",
    lab_note = 'lab.artifacts() lists what is there, below "http://172.16.0.254:9000/"',
    _probe = function(ctx)
      if not ctx.record then return nil end
      for _, pair in ipairs(image.wanted(ctx.record)) do
        local stage, url = pair[1], pair[2]
        if url and url ~= "" and not url:find "^%a+://" then
          return ("the %s of %s is no URL: %s"):format(stage, ctx.xname, url), "certain", { _stage = stage }
        end
        if url and url:find "^https?://" and ctx.shared:status(url) == 404 then
          return ("404 for the %s of %s: %s"):format(stage, ctx.xname, url), "certain", { _stage = stage }
        end
      end
    end,
    _inject = function(at)
      local record = at.record
      if not record then fault.raise("bad_argument", at.node .. " has no boot parameters to be spoiled") end
      local version = image.later(image.version(record.kernel))
      chami.bss.boot.params.update(at.node, {
        kernel = image.renamed(record.kernel, version), initrd = image.renamed(record.initrd or "", version),
      })
      return ("%s got the names of a build that was never uploaded"):format(at.node)
    end,
  },
}
