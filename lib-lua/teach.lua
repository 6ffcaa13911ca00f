local native = select(2, ...)

--- The same in the words of other tools.
local teach = {}

--- Says from now on what each call is elsewhere: the command it replaces, and each request as a line of `curl`.
--- A token stands there as the variable it is read from; for a lab `export TOKEN=$(chami -e 'lab.token()')` sets it.
--- What a command would be given is named where it is given the same way; `…` stands for what is not. All requests are
--- told, also the look that follows a write: that is what happens.
---@param on? boolean `false` ends it
---@return boolean on
---@example teach(true) --> true
---@example teach(false) --> false
function teach.teach(on) return native.teach(on ~= false) end

return teach
