-- How the Lua here is read by luacheck: its globals are those of lib-lua/prelude.lua.
std = "lua54"
max_code_line_length = 120
max_comment_line_length = 140
max_string_line_length = 140
-- Broken on purpose.
exclude_files = { "tests/exercises/broken" }
read_globals = { "chami" }
for name in pairs(dofile "lib-lua/prelude.lua") do read_globals[#read_globals + 1] = name end

-- These modules define the globals of the course: their environment is what they export.
for _, name in ipairs { "exercise", "expect", "matchers" } do
  files["lib-lua/" .. name .. ".lua"] = { allow_defined_top = true, module = true }
end
files["tests"] = { max_code_line_length = 130 }

-- What the sessions of the example scripts are given.
local session = { "advance", "dir", "reset", "run", "run_unchanged" }
files["tests/support/example.lua"] = { globals = session }
files["tests/examples"] = { read_globals = session }
