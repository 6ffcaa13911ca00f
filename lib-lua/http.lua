local native = select(2, ...)

--- Requests to any URL, for what has no binding of its own.
--- A URL that begins with `/` goes to the target's gateway, with the session's token; others get no token. A refusal
--- raises, as everywhere; with `any_status` it is an answer like others.
local http = {}

---@class http.Options
---@field query? table<string, string|number|boolean> what follows the `?`
---@field headers? table<string, string>
---@field json? json.Value the body, sent as JSON
---@field body? string the body as it is
---@field content_type? string of `body`
---@field timeout? string|number such as `"5s"`; the session's when missing
---@field any_status? boolean true: 4xx and 5xx are answers too

---@class http.Answer
---@field status integer
---@field headers table<string, string> by name in lower case
---@field body string as it came
---@field json? json.Value the body read as JSON, when it says it is

--- Asks for something.
---@param url string a URL, or a path of the gateway
---@param options? http.Options
---@return http.Answer answer
---@example http.get("/hsm/v2/service/ready").json.message --> HSM is healthy
function http.get(url, options) return native.get(url, options) end

--- Asks for the head of an answer only.
---@param url string a URL, or a path of the gateway
---@param options? http.Options
---@return http.Answer answer
---@example http.head("/hsm/v2/service/ready", { any_status = true }).body --> ""
function http.head(url, options) return native.head(url, options) end

--- Sends something new.
---@param url string a URL, or a path of the gateway
---@param options? http.Options
---@return http.Answer answer
---@example http.post("/hsm/v2/groups", { json = { label = "io" } }).status --> 201
function http.post(url, options) return native.post(url, options) end

--- Sends a whole replacement.
---@param url string a URL, or a path of the gateway
---@param options? http.Options
---@return http.Answer answer
---@example http.put("/hsm/v2/nowhere", { json = {}, any_status = true }).status --> 404
function http.put(url, options) return native.put(url, options) end

--- Sends a change.
---@param url string a URL, or a path of the gateway
---@param options? http.Options
---@return http.Answer answer
---@example http.patch("/hsm/v2/groups/io", { json = { description = "I/O" }, any_status = true }).status --> 404
function http.patch(url, options) return native.patch(url, options) end

--- Asks for something to be removed.
---@param url string a URL, or a path of the gateway
---@param options? http.Options
---@return http.Answer answer
---@example http.delete("/hsm/v2/groups/io", { any_status = true }).status --> 404
function http.delete(url, options) return native.delete(url, options) end

return http
