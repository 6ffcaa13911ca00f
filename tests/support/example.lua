-- Runs a session of tests/examples. The session's own calls go to the lab that serves; the script is run as a process.
local chami_binary, url, script, session, home = ...

local function quoted(word) return "'" .. tostring(word):gsub("'", "'\\''") .. "'" end

local function texts(value) return type(value) == "table" and value or { value } end

--- A directory of the session's own.
dir = home

local runs = 0

-- What the script says with these options, and its exit status.
local function once(options, order)
  local words = { quoted(chami_binary), table.concat(options, " "), quoted(script) }
  for _, word in ipairs(order) do words[#words + 1] = quoted(word) end
  local pipe = assert(io.popen(table.concat(words, " ") .. " 2>&1"))
  local text = pipe:read "a"
  local _, _, status = pipe:close()
  return text, status
end

--- Runs the script, and then again from its tape: `run { "nid3", "compute", "io", status = 3, says = "…" }`. Its exit
--- status (0, if none is given) and what it prints must be so; returns what it printed, on both streams.
function run(order)
  runs = runs + 1
  local tape = quoted(("%s/%d.tape"):format(home, runs))
  local text, status = once({ "-u", quoted(url), "--no-token", "--record", tape }, order)
  local again, its = once({ "--replay", tape }, order)
  local call = table.concat(order, " ") .. "\n" .. text
  expect(status, order.status or 0, "the exit status of " .. call)
  expect(again, text, "it says the same from its tape")
  expect(its, status, "and ends with the same status from its tape")
  for _, wanted in ipairs(texts(order.says)) do
    expect(text:find(wanted, 1, true) ~= nil, "it says " .. wanted .. ": " .. call)
  end
  for _, unwanted in ipairs(texts(order.hides)) do
    expect(not text:find(unwanted, 1, true), "it does not say " .. unwanted .. ": " .. call)
  end
  return text
end

local function control(path, body) return http.post("/lab/v1/" .. path, { json = body }).json end

--- Empties the lab, or brings it into the state after exercise 301.
function reset(state) control("reset", { state = state or "empty" }) end

--- Lets the lab's time pass.
function advance(seconds) control("clock", { advance = seconds }) end

--- Runs the script as `run` does; nothing in the lab may be different afterwards.
function run_unchanged(order)
  control("snapshot", { name = "before" })
  local text = run(order)
  local changed = control("diff", { name = "before" })
  expect(#changed == 0, "it changes nothing: " .. table.concat(order, " ") .. "\n" .. json.encode(changed))
  return text
end

assert(loadfile(session))()
