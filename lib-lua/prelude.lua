-- What every session has without `require`: one line per name, `"module"` or `"module:function"`.
-- Each is loaded when it is first touched, and stands under `chami` as well.
return {
  all = "expect:all",
  at_least = "expect:at_least",
  check = "learn:check",
  contains = "expect:contains",
  each = "expect:each",
  exercise = "learn:exercise",
  expect = "expect:expect",
  expect_fault = "expect:expect_fault",
  has = "expect:has",
  json = "json",
  learn = "learn",
  look = "learn:look",
  match = "expect:match",
  nodes = "nodes",
  nodeset = "nodeset",
  none = "expect:none",
  set = "expect:set",
  step = "learn:step",
  try = "learn:try",
}
