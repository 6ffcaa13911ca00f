-- Causes that stand in cloud-init: what nodes are told, and where they look for it. No part of the public API.
local fault = require "fault"

local function words(text)
  local set = {}
  for word in text:gmatch "%S+" do set[word] = true end
  return set
end

-- The containers of a head node, by names that only they know.
local CONTAINERS = words [[cloud-init-server cloud-init smd bss haproxy opaal opaal-idp hydra step-ca postgres tokensmith
  coresmd coresmd-coredhcp coresmd-coredns host.containers.internal]]

-- The host of a URL in lower case, an IPv6 address without its brackets, and "s" when it is https.
local function host_of(url)
  local tls, rest = url:match "^[hH][tT][tT][pP]([sS]?)://(.*)$"
  rest = (rest or url:gsub("^/+", "")):gsub("^[^/]*@", "")
  local host = rest:match "^%[([^%]]*)%]" or rest:match "^[^/:]+"
  return host and host:lower(), tls or ""
end

-- What is wrong with a URL that nodes are to fetch, and how certain that is; nil when nothing is.
local function unreachable(url)
  local host, tls = host_of(url)
  if not host or host == "" then return "is no address", "certain" end
  if host == "localhost" or host:find "^127%." or host == "::1" then return "is the node itself", "certain" end
  if CONTAINERS[host] then return "is a name that only the containers of the head node know", "certain" end
  if tls ~= "" then return "wants TLS: does the node know the cluster's CA?", "possible" end
  if not host:find "[%.:]" then return "is a short name: does the node's DNS know it?", "possible" end
end

-- What begins a tag of Jinja, and names that cloud-init has without `ds.` or `v1.` before them.
local TAGS = words "set if for endif endfor else elif macro raw include filter"
local NAMES = words "instance_id local_hostname hostname cloud_name public_ssh_keys"

-- How certain it is that a text has braces for cloud-init to fill in: those of other tools (`{{.Names}}`) are none.
local function is_template(text)
  local found
  for inside in text:gmatch "{{[-+]?%s*(.-)}}" do
    local name, more = inside:match "^([%a_][%w_]*)%s*([%.%[]?)"
    if more ~= "" and (name == "ds" or name == "v1") then return "certain" end
    if NAMES[name] then found = "possible" end
  end
  for word in text:gmatch "{%%[-+]?%s*(%a+)" do
    if TAGS[word] then return "likely" end
  end
  return found
end

-- A secret that lies open hinders no node. Braces outside a template the lint refuses whosever they are: those that are
-- cloud-init's are looked for here.
local function hinders(finding)
  return finding.rule ~= "secret" and not finding.message:find "^there is Jinja on line"
end

local function seed_of(ctx)
  local ds = ctx.args:get "ds"
  if type(ds) ~= "string" then return nil end
  return ds:match "s=([^;]*)"
end

local function empty(shared) return not next(shared.clouds) and not next(shared.defaults) end

-- The cloud-configs of a node's groups, as they are served. One that it is not told to fetch is not looked at: its data are
-- missing as well.
local function configs(ctx)
  local found = {}
  for _, record in ipairs(ctx:clouds()) do
    if not ctx.includes or ctx.includes[record.name] then
      found[#found + 1] = { name = record.name, text = ctx.shared:text(record.name) }
    end
  end
  return found
end

local function some_cloud(at)
  local own = {}
  for _, label in ipairs(at.shared.labels[at.node] or {}) do
    if at.shared.clouds[label] then own[#own + 1] = label end
  end
  if #own == 0 then fault.raise("bad_argument", at.node .. " has no cloud-config to be spoiled") end
  return at.pick(own)
end

-- What gives a group its file, which chami has of some.
local function filed(label)
  local path = ("data/cloud-init/%s.yaml"):format(label)
  local file = chami.fs.exists(path) and ("%q"):format(path) or "CONFIG"
  return ("cloud_init.group.set(%q, { file = %s })"):format(label, file)
end

local function upload(label, text)
  chami.cloud_init.group.update(label, { file = { content = text } }, { lint = false })
end

-- What cloud-init tells all nodes.
local DEFAULTS = 'cloud_init.defaults.set{ cluster_name = "demo", base_url = "http://HEAD:8081/cloud-init" }'

-- What to do where the kernel's arguments are wrong.
local SEED = {
  _fix = 'bss.boot.params.update(NODE, { params = bss.args(bss.boot.params.get(NODE).params)'
    .. ':set("ds", "nocloud-net;s=http://HEAD:8081/cloud-init") })',
}

-- Without `ds=` BSS writes its own address there, or `localhost`, where it was told none: its script says which, and so
-- does a kernel. Nobody asks for the script here: BSS would take that for the node's own question.
local function unsaid(ctx)
  local text = "no `ds=` among the arguments of %s: BSS writes its own address there, or localhost"
  local started = ctx.cmdline
  local given = started and started:match "ds=[^;%s]*;s=([^;%s]*)"
  if not given then return text:format(ctx.xname), "likely", SEED end
  local why, certainty = unreachable(given)
  if certainty ~= "certain" then return text:format(ctx.xname), "possible", SEED end
  local told = "no `ds=` among the arguments of %s, and its kernel was started with `s=%s`, which %s"
  return told:format(ctx.xname, given, why), certainty, SEED
end

-- Ways to lose the first lines, or the YAML.
local function spoiled(text, way)
  local body = text:gsub("^## template: jinja\n", "", 1)
  if way == 1 then return "\n" .. text end
  if way == 2 then return "# template: jinja\n" .. body end
  if way == 3 then return (text:gsub("#cloud%-config\n", "", 1)) end
  return text .. "write_files:\n\t- path: /etc/motd\n"
end

return {
  {
    id = "F46", stage = "meta-data", owner = "cloud-init",
    symptom = "cloud-init knows nothing of any node: they come up with no names, keys or files of theirs",
    cause = "nothing was set yet; or it was, and is gone with a restart: only STORAGE_BACKEND=quack keeps it",
    fix = DEFAULTS .. "; cloud_init.group.set(GROUP, { file = CONFIG })",
    _probe = function(ctx)
      -- Of a node that SMD does not know nobody could tell it anything.
      if not ctx.component or not empty(ctx.shared) then return nil end
      local up = tostring(chami.cloud_init.service.version().uptime):gsub("%.%d+(%a+)$", "%1")
      -- Who came past meta-data is kept by something else.
      local past = ctx.stopped and ctx.stopped.stage ~= "meta-data" and ctx.stopped.stage ~= "groups"
      local text = "cloud-init has no defaults and no group; it runs for %s"
      return text:format(up), past and "possible" or "likely",
        { _fix = ctx.labels[1] and DEFAULTS .. "; " .. filed(ctx.labels[1]) or DEFAULTS }
    end,
    _inject = function(at)
      at.condition("cloud_init_lost", true)
      return "cloud-init was restarted"
    end,
  },
  {
    id = "F44", stage = "groups", owner = "cloud-init",
    symptom = "the node boots without keys and users: its group's file is a bare `#cloud-config`",
    cause = "SMD has the group and cloud-init has none of that name",
    fix = "cloud_init.group.set(GROUP, { file = CONFIG })",
    _probe = function(ctx)
      if #ctx.labels == 0 or #ctx:clouds() > 0 or empty(ctx.shared) then return nil end
      local labels = table.concat(ctx.labels, ", ")
      local names, stage = { _fix = filed(ctx.labels[1]) }, ctx.stopped
      -- A request that never came to cloud-init failed of something else.
      local unsent = stage and stage.stage == "groups" and stage.request and not stage.status
      return ("cloud-init has nothing for %s, the groups of %s"):format(labels, ctx.xname),
        unsent and "possible" or "certain", names
    end,
    _inject = function(at)
      local gone = {}
      for _, label in ipairs(at.shared.labels[at.node] or {}) do
        if at.shared.clouds[label] then gone[#gone + 1] = label end
      end
      if #gone == 0 then fault.raise("bad_argument", at.node .. " has no cloud-config to be lost") end
      chami.cloud_init.group.delete(gone)
      return ("cloud-init lost %s"):format(table.concat(gone, ", "))
    end,
  },
  {
    id = "F50", stage = "meta-data", owner = "cloud-init",
    symptom = "the node asks itself, or a host that it cannot reach, for its configuration",
    cause = "base-url or `ds=` is localhost, a container's name or https; without `ds=` BSS says `s=localhost/`",
    fix = 'cloud_init.defaults.set{ base_url = "http://HEAD:8081/cloud-init" }',
    _probe = function(ctx)
      local seed, why, certainty
      if ctx.record then
        seed = seed_of(ctx)
        if not seed then return unsaid(ctx) end
        why, certainty = unreachable(seed)
        if certainty == "certain" then return ("`ds=` names %s, which %s"):format(seed, why), certainty, SEED end
      end
      local base = not empty(ctx.shared) and ctx.base
      if base then
        local what, how = unreachable(base)
        if what and (how == "certain" or not why) then
          return ("%s is sent to %s, which %s"):format(ctx.xname, base, what), how
        end
      end
      if why then return ("`ds=` names %s, which %s"):format(seed, why), certainty, SEED end
    end,
    _inject = function(at)
      local way = at.chance(5)
      local record = at.shared:record_of(at.node)
      if record and way > 3 then
        local args = chami.bss.args(record.params)
        if way == 4 then args:remove "ds" else args:set("ds", "nocloud-net;s=http://localhost:8081/cloud-init") end
        chami.bss.boot.params.update(at.node, { params = args })
        return ("the arguments of %s do not lead to cloud-init"):format(at.node)
      end
      ---@type string[]
      local urls = {
        "http://localhost:27777/cloud-init", "http://cloud-init-server:27777/cloud-init",
        "https://demo.openchami.cluster:8443/cloud-init",
      }
      local url = urls[(way - 1) % 3 + 1]
      chami.cloud_init.defaults.set { base_url = url }
      return ("base-url is %s"):format(url)
    end,
  },
  {
    id = "F48", stage = "config", owner = "cloud-init",
    symptom = "the node ignores its group's file, or takes the braces for its content",
    cause = "its first line is not exactly `## template: jinja`, its second not `#cloud-config`, or its YAML has a tab",
    note = "cloud_init.template.lint(cloud_init.group.config(GROUP), cloud_init.node.meta_data(NODE)) tells line and "
      .. "column; cloud_init.group.set(GROUP, { file = FILE }) writes a corrected file back",
    _probe = function(ctx)
      for _, one in ipairs(configs(ctx)) do
        for _, finding in ipairs(ctx.shared:lint(one.name, ctx.told.data)) do
          if finding.severity == "error" and hinders(finding) then
            local text = "%s.yaml, line %d: %s"
            return text:format(one.name, finding.line, finding.message), "certain", { GROUP = one.name }
          end
        end
        local first = one.text:match "^[^\n]*"
        local certainty = first ~= "## template: jinja" and is_template(one.text)
        if certainty then
          local text = "%s.yaml is a template, and its first line is %q"
          return text:format(one.name, first), certainty, { GROUP = one.name }
        end
      end
    end,
    _inject = function(at)
      local label, way = some_cloud(at), at.chance(4)
      upload(label, spoiled(chami.cloud_init.group.config(label), way))
      local ways = { "an empty line at its front", "one # less at its front", "no #cloud-config", "a tab in its YAML" }
      return ("the file of %s has %s"):format(label, ways[way])
    end,
  },
  {
    id = "F52", stage = "config", owner = "cloud-init",
    symptom = "a value in the node's configuration is empty, or reads CI_MISSING_JINJA_VAR",
    cause = "the template asks for a name that is not there",
    note = "cloud_init.template.names(cloud_init.node.meta_data(NODE)) lists the names that there are; correct the "
      .. "template, and write it back with cloud_init.group.set",
    _probe = function(ctx)
      if not ctx.told.data then return nil end
      for _, one in ipairs(configs(ctx)) do
        local missing = ctx.shared:missing_in(one.name, ctx.told.data)
        if #missing > 0 then
          return ("%s.yaml asks for %s, which is not there"):format(one.name, table.concat(missing, ", ")), "certain"
        end
      end
    end,
    _inject = function(at)
      local label = some_cloud(at)
      local text, name = chami.cloud_init.group.config(label), at.pick { "hostnam", "local_ip", "clustername" }
      if not text:find "^## template: jinja" then text = "## template: jinja\n" .. text end
      upload(label, text .. ("\ntimezone: {{ ds.meta_data.instance_data.v1.%s }}\n"):format(name))
      return ("the file of %s asks for %s, which no node has"):format(label, name)
    end,
  },
  {
    id = "F51", stage = "meta-data", owner = "cloud-init",
    symptom = "404 page not found for all that is asked in a node's name; the nodes themselves are served",
    cause = "cloud-init was started without IMPERSONATION=true",
    note = "IMPERSONATION=true in its environment, and restart it",
    lab = 'lab.condition("impersonation_off", false)',
    _probe = function(ctx)
      if not ctx.blind then return nil end
      return "cloud-init answers 404 to whoever asks in a node's name", "certain"
    end,
    _inject = function(at)
      at.condition("impersonation_off", true)
      return "cloud-init runs without IMPERSONATION=true"
    end,
  },
}
