use super::*;

const SOURCE: &str = r#"local native = select(2, ...)

--- The state manager: what hardware there is.
--- It forgets nothing.
---
--- More about it.
local smd = { component = {} }

---@alias smd.State
---| "Ready" # it runs
---| "Off"

--- One component.
---@class smd.Component: smd.Base
---@field ID string its xname
---@field NID? integer
---@field [string] string|nil anything else

--- Components: nodes, controllers, cabinets.
smd.component = {}

--- Lists components, e.g. nodes. Slow on Tuesdays.
---@param set? string|string[] which ones
---  (all, if none is given)
---@param filter? { Type: string, State?: smd.State } and of what sort
---@return smd.Component[] found in the order of the set
---@shell ochami smd component get
---@example #smd.component.list() --> 0
---@state 301
---@example
---  local n = smd.component.list "@io"
---  return #n --> 2
function smd.component.list(set, filter) return native.list(set, filter) end

--- Sorts in place.
---@param by fun(a: string, b: string): boolean | nil order
local function sort(by) end

--- An open session.
---@class smd.Session
local Session = {}

--- Ends it.
function Session:close() end

function smd._hidden() end

smd.count = function(x, ...) end

return smd
"#;

fn function<'a>(module: &'a Module, path: &str) -> &'a Function {
    let found = module.functions.iter().find(|f| f.path == path);
    found.expect("the function is in the source")
}

#[test]
fn a_module_is_introduced_by_the_text_above_its_local() {
    let module = read("smd", SOURCE);
    assert_eq!(
        module.summary(),
        "The state manager: what hardware there is."
    );
    assert!(module.text.ends_with("More about it."));
    assert_eq!(
        module.groups,
        [(
            "smd.component".to_owned(),
            "Components: nodes, controllers, cabinets.".to_owned()
        )]
    );
    assert!(module.oddities.is_empty(), "{:?}", module.oddities);
}

#[test]
fn a_function_has_all_its_tags() {
    let module = read("smd", SOURCE);
    let list = function(&module, "smd.component.list");
    assert_eq!(list.signature(), "smd.component.list(set?, filter?)");
    assert_eq!(list.summary(), "Lists components, e.g. nodes.");
    assert_eq!(list.params[0].kind, "string|string[]");
    assert_eq!(list.params[0].text, "which ones (all, if none is given)");
    assert_eq!(list.params[1].kind, "{ Type: string, State?: smd.State }");
    assert_eq!(list.returns[0].kind, "smd.Component[]");
    assert_eq!(list.returns[0].name, "found");
    assert_eq!(list.returns[0].text, "in the order of the set");
    assert_eq!(list.shell, ["ochami smd component get"]);
    assert_eq!(list.examples[0].code, "#smd.component.list()");
    assert_eq!(list.examples[0].value.as_deref(), Some("0"));
    assert_eq!(list.examples[0].state, None);
    assert_eq!(list.examples[1].state.as_deref(), Some("301"));
    assert_eq!(
        list.examples[1].code,
        "local n = smd.component.list \"@io\"\nreturn #n"
    );
    let written = SOURCE.lines().nth(list.line - 1).expect("the line exists");
    assert!(written.starts_with("function smd.component.list"));
}

#[test]
fn types_end_where_their_text_begins() {
    let module = read("smd", SOURCE);
    let sort = function(&module, "sort");
    assert!(!sort.public);
    assert_eq!(
        sort.params[0].kind,
        "fun(a: string, b: string): boolean | nil"
    );
    assert_eq!(sort.params[0].text, "order");
}

#[test]
fn methods_belong_to_their_class_and_underscores_are_private() {
    let module = read("smd", SOURCE);
    assert!(function(&module, "smd.Session:close").public);
    assert!(!function(&module, "smd._hidden").public);
    let count = function(&module, "smd.count");
    assert_eq!(count.signature(), "smd.count(x, ...)");
    assert_eq!(count.text, "");
}

#[test]
fn classes_and_aliases_keep_order_and_text() {
    let module = read("smd", SOURCE);
    let class = &module.classes[0];
    assert_eq!(
        (class.name.as_str(), class.text.as_str()),
        ("smd.Component", "One component.")
    );
    assert_eq!(class.parents, ["smd.Base"]);
    let fields: Vec<_> = class
        .fields
        .iter()
        .map(|f| (f.name.as_str(), f.optional))
        .collect();
    assert_eq!(fields, [("ID", false), ("NID", true), ("[string]", false)]);
    assert_eq!(class.fields[2].kind, "string|nil");
    let alias = &module.aliases[0];
    assert_eq!(alias.kind, "\"Ready\" | \"Off\"");
    assert_eq!(alias.text, "\"Ready\": it runs");
}

#[test]
fn a_field_may_bear_a_word_of_the_annotations() {
    let source = "---@class m.File\n---@field private text string\n---@field [\"private\"]? boolean hidden\n\
                  ---@field [\"user-data\"] string\n";
    let fields = &read("m", source).classes[0].fields;
    let names: Vec<&str> = fields.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["text", "private", "[\"user-data\"]"]);
    assert!(fields[1].optional && fields[1].kind == "boolean" && fields[1].text == "hidden");
}

#[test]
fn a_local_name_gives_way_to_the_modules() {
    let module = read(
        "smd.group",
        "--- Groups.\nlocal M = {}\n\n--- Adds.\nfunction M.add() end\n",
    );
    assert_eq!(module.functions[0].path, "smd.group.add");
}

#[test]
fn an_unknown_tag_is_reported() {
    let module = read("m", "---@parm x string\nfunction m.f(x) end\n");
    assert_eq!(module.oddities, [(1, "@parm x string".to_owned())]);
}

#[test]
fn a_summary_is_one_sentence() {
    assert_eq!(summary("Reads v1.5 files. Then more."), "Reads v1.5 files.");
    assert_eq!(summary("No stop here\nsecond"), "No stop here");
    assert_eq!(summary("Over two\nlines. More"), "Over two\nlines.");
}

#[test]
fn a_module_may_be_what_a_file_returns() {
    let module = read(
        "prelude",
        "--- Begin here.\nreturn {\n  smd = \"smd\",\n}\n",
    );
    assert_eq!(module.text, "Begin here.");
}

#[test]
fn global_functions_go_by_their_global_name() {
    let source = "local m = {}\nfunction m.expect(x) end\nfunction m.other() end\n";
    let globals = [("expect", "tell:expect"), ("tell", "tell")];
    let globals = globals.map(|(name, home)| (name.to_owned(), home.to_owned()));
    let index = Index::new([("@tell.lua", "tell", &*source.replace("m.", "tell."))]);
    let index = index.globals(&globals);
    let paths: Vec<&str> = index.functions().map(|f| f.path.as_str()).collect();
    assert_eq!(paths, ["expect", "tell.other"]);
}

#[test]
fn fields_of_a_constructor_may_have_a_text() {
    let source = "--- JSON.\nlocal M = {\n  --- Stands for null.\n  null = native.null,\n  \
                  --- Deep.\n  inner = {\n    --- One.\n    one = 1,\n  },\n  --- Last.\n  last = 2,\n}\n\
                  --- Outside.\nM.out = 3\nlocal function f()\n  local t = {\n  }\nend\n";
    let module = read("json", source);
    let groups: Vec<(&str, &str)> = module
        .groups
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let want = [
        ("json.null", "Stands for null."),
        ("json.inner", "Deep."),
        ("json.inner.one", "One."),
        ("json.last", "Last."),
        ("json.out", "Outside."),
    ];
    assert_eq!(groups, want);
}

#[test]
fn names_declared_beforehand_are_local() {
    let source = "local show, other\nshow = function(x) end\nfunction other() end\nfunction m._d.f() end\nfunction m.g() end\n";
    let module = read("m", source);
    let public: Vec<&str> = module.public().map(|f| f.path.as_str()).collect();
    assert_eq!(public, ["m.g"]);
}

#[test]
fn dots_that_nobody_speaks_of_are_no_parameter() {
    let source = "--- F.\n---@param x string\nfunction m.f(x, ...) end\n--- G.\n---@param ... string\nfunction m.g(...) end\n";
    let module = read("m", source);
    let signatures: Vec<String> = module.public().map(Function::signature).collect();
    assert_eq!(signatures, ["m.f(x)", "m.g(...)"]);
}

#[test]
fn a_value_may_take_several_lines() {
    let source = "--- F.\n---@example\n---  local x = 1\n---  return m.f(x) --> [\n---  1\n---]\n---@see x\nfunction m.f(x) end\n";
    let module = read("m", source);
    let example = &function(&module, "m.f").examples[0];
    assert_eq!(example.code, "local x = 1\nreturn m.f(x)");
    assert_eq!(example.value.as_deref(), Some("[\n 1\n]"));
}
