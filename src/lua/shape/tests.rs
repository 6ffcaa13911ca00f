use super::*;
use crate::lua::docs::Index;
use mlua::Lua;

fn shape(code: &str) -> Shape {
    let lua = Lua::new();
    let docs = Index::new([("@lib-lua/m.lua", "m", DOCS)]);
    let value = lua.load(code).eval().expect("the code runs");
    read(&lua, &docs, &value, Limit::Rows(2))
}

const DOCS: &str = "---@class Wide\n---@field ID string\n---@field Type string\n---@field Extra string\n\n\
    ---@class Narrow\n---@field Type string\n---@field ID string\n";

fn keys(shape: &Shape) -> Vec<&str> {
    match shape {
        Shape::Record(fields) => fields.iter().map(|(key, _)| key.text()).collect(),
        other => panic!("no record: {other:?}"),
    }
}

#[test]
fn integers_and_floats_stay_what_they_are() {
    assert_eq!(shape("return 3"), Shape::Int(3));
    assert_eq!(shape("return 3.0"), Shape::Float(3.0));
}

#[test]
fn keys_follow_the_smallest_class_that_has_them_all() {
    assert_eq!(keys(&shape("return {ID = 1, Type = 2}")), ["Type", "ID"]);
    let wide = "return {ID = 1, Type = 2, Extra = 3}";
    assert_eq!(keys(&shape(wide)), ["ID", "Type", "Extra"]);
    assert_eq!(
        keys(&shape("return {b = 1, A = 2, c = 3}")),
        ["A", "b", "c"]
    );
}

#[test]
fn a_sequence_is_a_list_and_holes_are_keys() {
    let Shape::List(items, 3) = shape("return {1, 2, 3}") else {
        panic!("not a list")
    };
    assert_eq!(items.len(), 3);
    assert_eq!(
        keys(&shape("return {[3] = 1, [1] = 2, x = 3}")),
        ["1", "3", "x"]
    );
    assert_eq!(shape("return {}"), Shape::Record(vec![]));
}

#[test]
fn long_lists_of_records_are_taken_in_part() {
    let long = "local t = {} for i = 1, 5000 do t[i] = {i} end return t";
    let Shape::List(items, 5000) = shape(long) else {
        panic!("not a list")
    };
    assert_eq!(items.len(), 2);
}

#[test]
fn a_table_in_itself_ends() {
    let shape = shape("local t = {} t.me = t t.twin = {t} return t");
    assert_eq!(keys(&shape), ["me", "twin"]);
    assert!(serde_json::to_string(&shape).is_err());
}

#[test]
fn a_table_may_speak_for_itself_but_a_fault_is_data() {
    let own = "return setmetatable({}, {__tostring = function() return 'console x1' end})";
    assert_eq!(shape(own), Shape::Opaque("console x1".to_owned()));
    let fault = "return setmetatable({kind = 'io'}, {__tostring = function() return '' end})";
    assert_eq!(keys(&shape(fault)), ["kind"]);
}

#[test]
fn functions_are_named_by_their_docs() {
    let lua = Lua::new();
    let docs = Index::new([("@m.lua", "m", "local m = {}\nfunction m.f(a) end\nreturn m")]);
    let m: mlua::Table = lua
        .load("local m = {}\nfunction m.f(a) end\nreturn m")
        .set_name("@m.lua")
        .eval()
        .expect("the module loads");
    let f = m.get("f").expect("m has f");
    let text = read(&lua, &docs, &f, Limit::Whole);
    assert_eq!(text, Shape::Opaque("function m.f(a)".to_owned()));
}

#[test]
fn json_keeps_the_order() {
    let text = serde_json::to_string(&shape("return {{ID = 'x', Type = 1.5}}"));
    assert_eq!(text.expect("data"), r#"[{"Type":1.5,"ID":"x"}]"#);
}
