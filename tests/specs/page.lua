-- The page's address carries a key that opens what the page reads, and nothing else.
local address = lab.page()
local base, key = address:match "^(http://127%.0%.0%.1:%d+)/lab/#(%x+)$"
expect(#key, 64, "the key")
local function ask(method, path, secret)
  return http[method](base .. path, { headers = { ["X-Lab-Secret"] = secret }, any_status = true }).status
end
expect(ask("get", "/lab/v1/nodes", key), 200, "it may look at the machines")
expect(ask("get", "/lab/v1/nodes/compute1/console", key), 200, "and at a console")
expect(ask("get", "/lab/v1/nodes", ("0"):rep(64)), 403, "no other key may")
expect(ask("get", "/lab/v1/diff", key), 403, "not at what the page does not show")
expect(ask("post", "/lab/v1/power", key), 403, "and it changes nothing")
