-- Causes that stand in the store of kernels, initrds and root file systems. No part of the public API.
local fault = require "fault"
local image = require "causes.image"

-- What a node fetches, in its order: stage → URL.
local function wanted(record)
  return { { "kernel", record.kernel }, { "initrd", record.initrd }, { "rootfs", image.root(record) } }
end

return {
  {
    id = "F19", stage = "kernel", owner = "artifacts",
    symptom = "iPXE says `No such file` for the kernel or the initrd, and tries again every 30 seconds",
    cause = "BSS names a file that is not there: a rebuild changed the kernel's version, or it is misspelt",
    fix = "list what is there, and set kernel, initrd and params anew, all three of one build",
    lab = "lab.artifacts() lists what is there",
    _probe = function(ctx)
      if not ctx.record then return nil end
      for _, pair in ipairs(wanted(ctx.record)) do
        local stage, url = pair[1], pair[2]
        if url and url:find "^https?://" and ctx.shared:status(url) == 404 then
          return ("404 for the %s of %s: %s"):format(stage, ctx.xname, url), "certain"
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
