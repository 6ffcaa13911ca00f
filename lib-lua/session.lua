local native = select(2, ...)

--- What belongs to a session at the prompt: keeping it as a script, looking at long values, looking again and again.
local session = {}

---@alias session.Value any

---@class session.Saved
---@field path string
---@field inputs integer how many inputs it holds
---@field left_out integer how many were left out: they failed, only looked, or held a secret

--- Writes what was typed in this session as a script that does the same: `chami FILE` runs it.
--- Inputs that failed are left out, those that only looked (`help`, `x?`, an expression whose value nothing used), and
--- those that hold a token, key or password. What `init.lua` did is not in it. An input that may end with `return` before
--- its last line becomes a function of its own; where the script's locals would be too many, or a name was declared
--- twice, they are globals.
---@param path string the file; one that is there is replaced
---@return session.Saved saved
---@example save("/dev/null").inputs --> 0
function session.save(path)
  local made = native.script()
  chami.fs.write(path, made.text)
  return { path = path, inputs = made.inputs, left_out = made.left_out }
end

--- Shows a value whole, however long, one screen at a time: through `$CHAMI_PAGER`, `$PAGER` or `less`.
--- `CHAMI_PAGER=off` turns that off. Where no terminal is, it is printed.
---@param value session.Value what to show
---@example page{ 1, 2 }
function session.page(value)
  native.page(type(value) == "string" and value or chami.inspect(value))
end

---@class session.WatchOptions
---@field times? integer so often, and no more
---@field done? fun(): boolean ends it when it says true after a look

--- Calls a function again and again and shows what it gives and prints, until Ctrl-C.
--- A terminal is redrawn each time; elsewhere what has changed is printed. The pause is wall time, on a lab too: looking
--- lets no time pass there, so that what needs time to happen needs `task.sleep` or another session.
---@param f fun(): any what to look at
---@param span? string|number the pause; `"2s"`
---@param options? session.WatchOptions
---@example watch(function() return #smd.component.list() end, "10ms", { times = 2 })
---@example watch(function() end, "10ms", { time = 2 }) --> raises bad_argument
function session.watch(f, span, options)
  span = span or "2s"
  local done, checked = nil, options
  if type(options) == "table" then
    checked = {}
    for key, value in pairs(options) do checked[key] = value end
    done, checked.done = checked.done, nil
  end
  local most = native.times(checked) or math.huge
  local before
  for count = 1, most do
    native.hold()
    local out = table.pack(pcall(f))
    local lines = { native.release() }
    if not out[1] then error(out[2], 0) end
    for i = 2, out.n do lines[#lines + 1] = chami.inspect(out[i]) end
    local text = table.concat(lines, "\n"):gsub("^\n", "")
    native.show(text, before, tostring(span))
    before = text
    if done and done() then return end
    if count < most then native.pause(span) end
  end
end

return session
