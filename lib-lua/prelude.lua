-- What every session has without `require`: one line per name, `"module"` or `"module:function"`.
-- Each is loaded when it is first touched, and stands under `chami` as well.
return {
  json = "json",
  nodes = "nodes",
  nodeset = "nodeset",
}
