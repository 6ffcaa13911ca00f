--- cloud-init: what a node is told about itself when it starts.
local cloud_init = {
  template = require "cloud_init.template",
}

return cloud_init
