local native = select(2, ...)
local texts = require "dhcp.text"

--- TFTP, by which firmware loads its first stage: a client to see what a node would get.
--- coresmd serves the folder `tftp_dir`, and has the script `default` built in.
local tftp = {}

---@class tftp.Wanted
---@field host string the server: the head node's address on the nodes' network
---@field file string `ipxe-x86_64.efi`, `undionly.kpxe`, `default`
---@field port? integer 69
---@field timeout? string how long the server may be silent; `"5s"`

--- Fetches a file, whole, as firmware does. It asks the real network: a lab serves TFTP only on an interface that is real.
---@param wanted tftp.Wanted
---@return string bytes
---@example tftp.get{ host = "127.0.0.1", file = "default", port = 9, timeout = "50ms" } --> raises unreachable
---@example tftp.get{ host = "127.0.0.1", file = "" } --> raises bad_argument
function tftp.get(wanted)
  local of_lab = type(wanted) == "table" and tostring(wanted.host):find "^172%.16%.0%."
  return of_lab and texts.on_wire(native.get, wanted) or native.get(wanted)
end

return tftp
