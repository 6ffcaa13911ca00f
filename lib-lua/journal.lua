local native = select(2, ...)

--- The journal of writes: what stood there before, and the way back.
--- Every write to the records of a service and to files has an entry: who, when, on which target, before and after.
--- It is kept in `~/.local/state/chami/journal.jsonl`, by all sessions of yours together; of a lab that ends with its
--- session, in memory. On a real target nothing is sent before it is kept. `CHAMI_JOURNAL=off` keeps nothing.
local journal = {}

---@class journal.Filter
---@field call? string a call, or what it begins with: `"smd.group"`
---@field target? string the name of a target
---@field outcome? string `"ok"`, the kind of a fault, `"unknown"` or `"running"`
---@field ours? boolean only what this session wrote, or only what others did
---@field last? integer so many of the newest

---@class journal.Entry
---@field id integer
---@field at string when it began, by the target's clock
---@field user string
---@field target string
---@field call string
---@field records? integer how many records changed; nothing when nobody could look
---@field outcome string `"ok"`, the kind of the fault, `"unknown"` when its process died in the middle
---@field undone? integer the entry that took it back

---@class journal.Change
---@field resource string such as `component`, `group` or `file`
---@field id string
---@field before? json.Value the record as it was; nothing: there was none
---@field after? json.Value the record as it was left; nothing: there is none any more

---@class journal.Detail: journal.Entry
---@field url? string the target's
---@field undoes? integer the entry that this one took back
---@field one_way? string why it cannot be taken back
---@field changes journal.Change[]

---@class journal.Undone
---@field id? integer the entry of the undo itself; nothing: all was as before already, and what the write did is not known
---@field undid integer the entry that was taken back
---@field call string what that was
---@field at string
---@field user string
---@field ours boolean whether this session made it
---@field records journal.Change[] what the undo changed

---@class journal.UndoOptions
---@field force? boolean put back records that somebody changed since as well

--- Lists what was written, the newest last; writes that changed nothing are left out.
---@param filter? journal.Filter which of it
---@return journal.Entry[] entries of all targets, unless one is named
---@example smd.component.add("x1000c0s0b0n0", { State = "On" }); return journal.list()[1].call --> smd.component.add
function journal.list(filter) return native.list(filter) end

--- Shows one entry with its records, as they were before and after.
---@param id integer its number
---@return journal.Detail entry
---@example
---  smd.component.add("x1000c0s0b0n0", { State = "On" })
---  return journal.get(1).changes[1].after.State --> On
function journal.get(id) return native.get(id) end

--- Takes a write back: the newest on this target that still stands, or the one of that number.
--- It refuses when a record was changed since. An undo is an entry as well: to undo that does the write again.
---@param id? integer the entry
---@param options? journal.UndoOptions how
---@return journal.Undone undone what it was, and the records before and after the undo
---@example smd.component.add("x1000c0s0b0n0", { State = "On" }); undo(); return #smd.component.list() --> 0
function journal.undo(id, options) return native.undo(id, options) end

-- `journal()` lists, as the word alone suggests.
return setmetatable(journal, { __call = function(_, filter) return journal.list(filter) end })
