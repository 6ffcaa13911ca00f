-- What a stage shows that no cause in the catalogue explains: which URL was asked, what it answered, who set it and with
-- which call; and whether that was changed since. No part of the public API: `node.why`.
local ARGS = "bss.boot.params.update(NODE, { params = bss.args(bss.boot.params.get(NODE).params):set(%s) })"
local SEED = { "meta-data", "user-data", "vendor-data" }

-- Of a stage: who sets what it asks for, in words, with which call, and what is set there now.
---@type table<string, table>
local SET = {
  script = {
    owner = "coresmd", what = "ipxe_base_uri in coredhcp.yaml", _now = function(ctx) return ctx.shared.dhcp.scripts end,
    note = "dhcp.lint() reads the file; then systemctl restart coresmd-coredhcp", lab = "lab.dhcp.reset()",
  },
  kernel = {
    owner = "bss", what = "`kernel` of its boot parameters",
    _now = function(ctx) return ctx.record and ctx.record.kernel end,
    fix = "bss.boot.params.update(NODE, { kernel = KERNEL })",
  },
  initrd = {
    owner = "bss", what = "`initrd` of its boot parameters",
    _now = function(ctx) return ctx.record and ctx.record.initrd end,
    fix = "bss.boot.params.update(NODE, { initrd = INITRD })",
  },
  rootfs = {
    owner = "bss", what = "`root=` among its kernel's arguments",
    _now = function(ctx) return ctx.record and tostring(ctx.args:get "root" or "") end,
    fix = ARGS:format '"root", "live:URL"',
    note = "URL is that of its root file system",
  },
  groups = {
    owner = "cloud-init", what = "base-url of cloud-init's defaults",
    _now = function(ctx) return ctx.base end,
    fix = 'cloud_init.defaults.set{ base_url = "http://HEAD:8081/cloud-init" }',
  },
}
-- A group's file that a node takes for something else than a cloud-config.
local function left_out(stage) return stage.what:match "/([^/%s]+)%.yaml is left out" end

SET.config = {
  owner = "cloud-init", what = "the file of its group", names = left_out, _now = function() end,
  fix = "cloud_init.group.set(GROUP, { file = FILE })", note = "a cloud-config begins with the line `#cloud-config`",
}

for _, stage in ipairs(SEED) do
  SET[stage] = {
    owner = "bss", what = "`ds=` among its kernel's arguments", is_seed = true,
    _now = function(ctx)
      local ds = ctx.record and ctx.args:get "ds"
      return type(ds) == "string" and ds:match "s=([^;]*)" or nil
    end,
    fix = ARGS:format '"ds", "nocloud-net;s=http://HEAD:8081/cloud-init"',
  }
end

-- Whether what its kernel was started with is no more what it would be started with.
local function restarted(ctx, key)
  local started = ctx.cmdline and chami.bss.args(ctx.cmdline):get(key)
  local now = ctx.record and ctx.args:get(key)
  -- What the record does not say BSS says.
  return started ~= nil and now ~= nil and started ~= now
end

-- Whether a URL that was refused is answered well now.
local function answered(ctx, stage, url)
  if not stage.status and not ctx.machine then return false end
  if stage.stage == "groups" then
    local name = stage.status == 404 and url:match "/([^/]+)%.yaml$"
    return name and ctx.shared.clouds[name] ~= nil
  end
  local fetched = stage.stage == "kernel" or stage.stage == "initrd" or stage.stage == "rootfs"
  return fetched and ctx.shared:status(url) == 200
end

-- Whether something that this stage depends on was changed since it failed.
local function changed(ctx, stage, set, url)
  local name, now = stage.stage, set._now(ctx)
  if name == "config" then
    local group = left_out(stage)
    return not ctx.shared.clouds[group] or not ctx.shared:text(group):find "^#!"
  end
  if name == "rootfs" and restarted(ctx, "root") then return true end
  if set.is_seed then return restarted(ctx, "ds") end
  now = now and now:gsub("^live:", "")
  if url and now and url:sub(1, #now) ~= now then return true end
  return url ~= nil and answered(ctx, stage, url) or false
end

-- Whether it was asked for something, and that did not come; or what BSS says was no use.
local function refused(stage)
  if stage.stage == "config" then return left_out(stage) ~= nil end
  if stage.request then return not stage.status or stage.status >= 400 end
  return stage.owner == "bss" or stage.what:find " is no %a+: " ~= nil or stage.what:find "^root=" ~= nil
end

-- What is said of the stage a boot stopped at. `mended`: what it was is otherwise now.
---@return table? cause as the catalogue has them
---@return string? evidence
---@return boolean? mended
local function of(ctx)
  local stage = ctx.stopped
  local set = stage and SET[stage.stage]
  if not set or not refused(stage) then return nil end
  local url = stage.request and stage.request:match "^%u+ (%S+)"
  if changed(ctx, stage, set, url) then return nil, nil, true end
  local cause = {
    id = "request", stage = stage.stage, owner = set.owner, fix = set.fix, note = set.note, lab = set.lab,
    cause = ("what the stage %s asked for was no use, and %s says what that is"):format(stage.stage, set.what),
  }
  if set.names then cause.GROUP = set.names(stage) end
  return cause, url and ("%s gives %s: %s"):format(set.what, url, stage.what) or stage.what
end

return { of = of }
