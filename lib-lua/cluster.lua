local fault = require "fault"
local plans = require "cluster.plan"
local read = require("cluster.roles").read

--- The cluster as a set of roles: what compute, io or front-end nodes boot and are configured with, said in one table.
--- A role is three records in three services: a group in SMD, boot parameters in BSS under the MAC of each member, and a
--- group of the same name in cloud-init. Here it is declared once; `diff` tells what differs and `apply` makes it so.
--- Groups and nodes that no role names are let alone, and so are the boot parameters of a node that has no role any more.
local cluster = {}

---@class cluster.Image kernel, initrd and arguments of one build
---@field kernel string where the kernel is fetched from
---@field initrd? string
---@field params? string|bss.Args kernel arguments, `root=` among them

---@class cluster.Role
---@field nodes nodeset.Set who has the role: a set of nodes; `{}` for nobody
---@field image? string|cluster.Image what they boot; a name where the YAML has `images:`
---@field kernel? string instead of the image's
---@field initrd? string instead of the image's
---@field params? string|bss.Args instead of the image's
---@field args? string more arguments, added to those of the image
---@field config? string their cloud-config: its text, or the path of a file, such as `data/cloud-init/io.yaml`
---@field meta_data? table<string, json.Value> what the cloud-config finds under the role's name
---@field description? string

---@class cluster.Inventory a file of roles, as YAML has it
---@field images? table<string, cluster.Image> by name, for the roles
---@field roles table<string, cluster.Role>

---@class cluster.Change
---@field action "create"|"change"
---@field resource "group"|"boot"|"cloud-init"
---@field role string
---@field nodes string who is concerned, as a set
---@field detail string what differs

---@class cluster.Options
---@field plan? boolean|cluster.Ask true: only the plan, nothing is written; false: it is not printed; or who is asked first

---@alias cluster.Ask fun(changes: cluster.Change[]): boolean gets the plan; when it answers false, nothing is written

--- Tells what of the declared roles the cluster does not have; nothing when all is so.
--- Each resource is listed once, however many roles and nodes there are. The case of MACs, the order of lists and the
--- spaces between arguments do not count; the order of arguments does.
---@param roles table<string, cluster.Role>|cluster.Inventory|string roles by name, or YAML: a file's path or its text
---@return cluster.Change[] changes what `apply` would write, in its order
---@state 301
---@example cluster.diff{ compute = { nodes = "nid[1-5]" } } --> {}
---@state 301
---@example cluster.diff{ compute = { nodes = 1 }, io = { nodes = 2 } }[2].detail --> leaves x1000c0s0b[1-4]n0
function cluster.diff(roles) return plans.make(read(roles)).changes end

-- What was written, in a word; for programs it is the list all the same.
local Applied = { __data = true }

function Applied.__tostring(changes) return ("(%d changes made)"):format(#changes) end

--- Makes the cluster have the declared roles: prints the plan, then writes what differs, and only that.
--- A node leaves the groups of roles that it no longer has. Each write is journaled, so that `undo()` takes one back after
--- the other. A node in two roles is refused before anything is written, and so is a file that nodes could not use.
---@param roles table<string, cluster.Role>|cluster.Inventory|string roles by name, or YAML: a file's path or its text
---@param options? cluster.Options
---@return cluster.Change[] changes what was written; nothing when all was so
---@state 301
---@example #cluster.apply({ io = { nodes = 5, kernel = "k" }, compute = { nodes = "nid[1-4]" } }) --> 3
---@state 301
---@example
---  local roles = { io = { nodes = "nid[4-5]", kernel = "k", config = "#cloud-config\n" } }
---  cluster.apply(roles)
---  return cluster.apply(roles) --> {}
---@state 301
---@example cluster.apply{ io = { nodes = "nid[3-4]" }, compute = { nodes = "nid[1-3]" } } --> raises bad_argument
function cluster.apply(roles, options)
  local ask
  for key, value in pairs(options or {}) do
    if key ~= "plan" then
      fault.raise("bad_argument", ("cluster.apply: no option %q"):format(tostring(key)), { hint = "known is: plan" })
    end
    ask = value
  end
  local plan = plans.make(read(roles))
  local changes = plan.changes
  if ask == true or #changes == 0 then return changes end
  if type(ask) == "function" then
    if ask(changes) == false then return {} end
  elseif ask == nil then
    print(changes)
    -- They were shown: the prompt need not do so once more.
    changes = setmetatable(table.move(changes, 1, #changes, 1, {}), Applied)
  end
  for i, write in ipairs(plan.writes) do
    local ok, failed = pcall(write)
    if not ok then
      if type(failed) == "table" and failed.kind then
        -- The fault may have a hint of its own, and how far it came must be said all the same.
        local text = "%s of role %s: %s; %d of %d changes are made"
        failed.message = text:format(changes[i].resource, changes[i].role, failed.message, i - 1, #plan.writes)
        failed.hint = (failed.hint and failed.hint .. "; " or "") .. "cluster.diff(ROLES) tells what is left"
      end
      error(failed, 0)
    end
  end
  return changes
end

return cluster
