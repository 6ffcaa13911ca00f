local native = select(2, ...)

--- Files, as whole texts.
--- A path starts in the directory chami was started in, `~/` at home. `data/…` is looked for beside the script that runs
--- first, then from the working directory, then among the data that come with chami.
local fs = {}

-- The script that runs, beside which its data stand.
local function script() return _G.arg and _G.arg[0] end

--- Reads a file.
---@param path string the file
---@return string text its content, byte for byte
---@example fs.read("data/nodes.yaml"):match "x1000c0s0b0n0" --> x1000c0s0b0n0
function fs.read(path) return native.read(path, script()) end

--- Writes a file: it is replaced in one step, or stays as it was.
---@param path string the file; its directory must be there
---@param text string the new content
---@example fs.write("/dev/null", "gone") --> nil
function fs.write(path, text) native.write(path, text) end

--- Adds to the end of a file, which is made when it is missing.
---@param path string the file
---@param text string what to add
---@example fs.append("/dev/null", "gone") --> nil
function fs.append(path, text) native.append(path, text) end

--- Says whether there is such a file or directory.
---@param path string the file
---@return boolean exists
---@example fs.exists "data/nodes.yaml" --> true
function fs.exists(path) return native.exists(path, script()) end

--- Lists the names in a directory, in alphabetical order.
---@param path string the directory
---@return string[] names without their directory
---@example #fs.list "/" > 0 --> true
function fs.list(path) return native.list(path) end

--- Makes a directory, and those above it; one that is there already is fine.
---@param path string the directory
---@example fs.mkdir "/tmp" --> nil
function fs.mkdir(path) native.mkdir(path) end

--- Removes a file, or a directory with nothing in it.
---@param path string the file or directory
---@example select(2, pcall(fs.remove, "/no/such/file")).kind --> not_found
function fs.remove(path) native.remove(path) end

return fs
