-- What every session has without `require`: one line per name, `"module"` or `"module:function"`.
-- Each is loaded when it is first touched, and stands under `chami` as well.
return {
  all = "matchers:all",
  at_least = "matchers:at_least",
  check = "exercise:check",
  contains = "matchers:contains",
  each = "matchers:each",
  exercise = "exercise:exercise",
  expect = "expect:expect",
  expect_fault = "expect:expect_fault",
  has = "matchers:has",
  json = "json",
  look = "exercise:look",
  match = "matchers:match",
  nodes = "nodes",
  nodeset = "nodeset",
  none = "matchers:none",
  set = "matchers:set",
  step = "exercise:step",
  try = "exercise:try",
  unchanged = "matchers:unchanged",
}
