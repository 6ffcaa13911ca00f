use super::*;
use crate::{
    fault::{Fault, Item, Kind},
    lua::{docs::Index, shape},
};
use mlua::Lua;

const DOCS: &str = "---@class Component\n---@field ID string\n---@field Type string\n---@field State string\n\
    ---@field NID integer\n---@field Role string\n";

fn style(width: usize) -> Style {
    Style {
        width,
        rows: 4,
        colour: false,
        prompt: true,
    }
}

fn shown(code: &str, width: usize) -> String {
    let lua = Lua::new();
    let docs = Index::new([("m.lua", "m", DOCS)]);
    let value = lua.load(code).eval().expect("the code runs");
    let shape = shape::read(&lua, &docs, &value, shape::Limit::Rows(3));
    inspect(&shape, &style(width))
}

const NODES: &str = "local t = {} for i = 0, 4 do t[i + 1] = \
    {ID = 'x1000c0s0b' .. i .. 'n0', NID = i * 100, State = 'Ready', Type = 'Node'} end ";

#[test]
fn single_values() {
    let cases = [
        ("return nil", "nil"),
        ("return 3", "3"),
        ("return 3.0", "3.0"),
        ("return true", "true"),
        ("return 'it'", "\"it\""),
        ("return '3'", "\"3\""),
        ("return 'say \"hi\"'", "'say \"hi\"'"),
        ("return 'a\\27[2Jb\\tc'", "\"a\\x1B[2Jb\\tc\""),
        ("return 'a\\xffb'", "\"a\\xFFb\""),
        ("return 'one\\ntwo\\n'", "[[\none\ntwo\n]]"),
        ("return 'one\\n]]'", "[=[\none\n]]]=]"),
        ("return {}", "{}"),
        ("return {1, 'a', {}}", "{ 1, \"a\", {} }"),
        (
            "return {a = 1, ['b-c'] = 'x', ['end'] = 2}",
            "{ a = 1, [\"b-c\"] = \"x\", [\"end\"] = 2 }",
        ),
        ("return print", "function (built in)"),
        ("return coroutine.create(print)", "thread"),
    ];
    for (code, want) in cases {
        assert_eq!(shown(code, 80), want, "{code}");
    }
}

#[test]
fn sentences_are_not_cut_and_macs_neither() {
    let code = "return {{ level = 'error', fix = 'write the words as the file of this version wants them' }}";
    assert_eq!(
        shown(code, 40),
        "fix    write the words as the file of this version wants them\nlevel  error"
    );
    let code = "return {{ a = ('long'):rep(9), b = ('long'):rep(9), mac = '52:54:00:be:ef:01' }}";
    assert!(
        shown(code, 60).contains("  52:54:00:be:ef:01"),
        "{}",
        shown(code, 60)
    );
}

#[test]
fn a_path_that_is_cut_keeps_its_end() {
    let path = "boot-images/efi-images/compute/base/vmlinuz-5.14";
    let row = |text: &str| {
        let table = shown(&format!("return {{{{n = 1, text = '{text}'}}}}"), 40);
        table.lines().nth(1).unwrap_or_default().to_owned()
    };
    let cut = row(path);
    assert!(
        cut.contains("boot") && cut.ends_with("/base/vmlinuz-5.14"),
        "{cut}"
    );
    // Words are no path, even with a slash among them.
    let cut = row("console=ttyS0,115200 root=live:http://172.16.0.254/base");
    assert!(cut.ends_with('…'), "{cut}");
}

#[test]
fn floats_as_lua_prints_them() {
    let lua = Lua::new();
    let numbers = "0.1+0.2 1e15 1e100 -2.5e-7 123456789012345.0 99999999999999.0 1/3 1e14 100.0 -0.0 0.0001 1/0 -1/0 2^53";
    for number in numbers.split(' ') {
        let want: String = lua
            .load(format!("return tostring({number})"))
            .eval()
            .expect("a number");
        let have: f64 = lua
            .load(format!("return {number}"))
            .eval()
            .expect("a number");
        assert_eq!(float(have), want, "{number}");
    }
}

#[test]
fn quoted_strings_come_back_the_same() {
    let lua = Lua::new();
    for text in [
        "",
        "a\"b",
        "it's \"so\"",
        "\\n\n\r\t\0\x7f1",
        "grün\u{202e}x",
        "]]",
    ] {
        let back: String = lua
            .load(format!("return {}", quote(text)))
            .eval()
            .expect("Lua reads it");
        assert_eq!(back, text);
    }
}

#[test]
fn records_in_columns() {
    let text = shown(&format!("{NODES} return {{t[1], t[2]}}"), 80);
    assert_eq!(
        text,
        "ID             Type  State  NID\n\
         x1000c0s0b0n0  Node  Ready    0\n\
         x1000c0s0b1n0  Node  Ready  100"
    );
}

#[test]
fn a_long_list_says_how_much_is_left() {
    let text = shown(
        "local t = {} for i = 1, 100000 do t[i] = {NID = i} end return t",
        80,
    );
    assert!(
        text.ends_with("  3\n… 99,997 more; page(_) shows all, #_ is 100000"),
        "{text}"
    );
}

#[test]
fn columns_that_do_not_fit_are_cut_and_then_dropped() {
    let text = shown(
        &format!("{NODES} t[1].Role = ('long'):rep(20) return {{t[1], t[2]}}"),
        60,
    );
    assert_eq!(
        text,
        "ID             Type  State  NID  Role\n\
         x1000c0s0b0n0  Node  Ready    0  longlonglonglonglonglonglo…\n\
         x1000c0s0b1n0  Node  Ready  100"
    );
    let text = shown(&format!("{NODES} return {{t[1], t[2]}}"), 24);
    assert_eq!(
        text,
        "ID             Type\n\
         x1000c0s0b0n0  Node\n\
         x1000c0s0b1n0  Node\n\
         … also State, NID; _[1] shows all"
    );
}

#[test]
fn empty_columns_go_first() {
    let text = shown(
        "return {{ID = 'x1', Type = '', State = 'Ready'}, {ID = 'x2', State = 'Off'}}",
        14,
    );
    assert_eq!(
        text,
        "ID  State\nx1  Ready\nx2  Off\n… also Type; _[1] shows all"
    );
}

#[test]
fn nested_values_are_told_in_short() {
    let text = shown(
        "return {{label = 'io', members = {ids = {'x1000c0s0b3n0', 'x1000c0s0b4n0'}}}, \
         {label = 'odd', members = {ids = {'some', 'quite', 'different', 'names', 'of', 'things'}}}}",
        80,
    );
    assert_eq!(
        text,
        "label  members\n\
         io     {ids = {x1000c0s0b[3-4]n0}}\n\
         odd    {ids = 6 items}"
    );
}

#[test]
fn one_record_is_a_line_or_a_block() {
    assert_eq!(
        shown("return {label = 'io', count = 2}", 80),
        "{ count = 2, label = \"io\" }"
    );
    let text = shown(
        "return {label = 'io', text = 'a\\nb\\n', members = {ids = {'x1', 'x2'}}, tags = {}, \
         records = {{a = 1}, {a = 2}}, n = '3', description = ('word '):rep(30)}",
        80,
    );
    let want = format!(
        "description  \"{}\"\nlabel        io\nmembers      {{ids = {{x[1-2]}}}}\nn            \"3\"\n\
         records      {{{{a = 1}}, {{a = 2}}}}\ntags         {{}}\ntext\n  a\n  b",
        "word ".repeat(30)
    );
    assert_eq!(text, want);
}

#[test]
fn plain_lists_fill_the_lines_they_have() {
    let text = shown("local t = {} for i = 1, 300 do t[i] = i end return t", 24);
    assert_eq!(
        text,
        "{ 1, 2, 3, 4, 5, 6, 7,\n  8, 9, 10, 11, 12, 13,\n  14, 15, 16, 17, 18,\n  19, 20, 21, 22, 23, … }\n\
         … 277 more; page(_) shows all, #_ is 300"
    );
}

#[test]
fn programs_get_plain_values_one_to_a_line() {
    let words = ["a b", "c"].map(|word| Shape::Text(word.to_owned()));
    assert_eq!(
        plain(&Shape::List(words.to_vec(), 2), &Style::WHOLE),
        "a b\nc"
    );
    assert_eq!(plain(&Shape::Nil, &Style::WHOLE), "");
}

#[test]
fn a_fault_takes_three_lines() {
    let text = fault(
        &Fault::not_found("no component x9c0")
            .status(404)
            .hint("smd.component.list() shows all"),
        Some("boot.lua:12, in boot_all"),
        &style(80),
    );
    assert_eq!(
        text,
        "not_found (404): no component x9c0\n  hint: smd.component.list() shows all\n  at:   boot.lua:12, in boot_all"
    );
}

#[test]
fn a_partial_fault_names_the_nodes_of_each_failure() {
    let item = |node: &str, why: &str| Item {
        node: node.to_owned(),
        fault: Fault::new(Kind::Conflict, why),
    };
    let items = vec![
        item("x1", "x1 is there"),
        item("x3", "x3 is \u{1b}[31mlocked"),
        item("x2", "x2 is there"),
    ];
    let text = fault(
        &Fault::new(Kind::Partial, "3 of 5 failed").items(items),
        None,
        &style(80),
    );
    assert_eq!(
        text,
        "partial: 3 of 5 failed\n    x[1-2]  conflict: … is there\n    x3  conflict: x3 is \\x1B[31mlocked"
    );
}

#[test]
fn secrets_are_out_of_sight() {
    let field = |name: &str, text: &str| (Key::Name(name.into()), Shape::Text(text.into()));
    let shape = Shape::Record(vec![
        field("Password", "sesame"),
        field("deputykey", "x0:dk:1"),
        field("ReservationKey", "x0:rk:2"),
        field("Key", "x0:rk:3"),
        field("key", "value"),
    ]);
    let shown = inspect(&shape, &style(80));
    assert_eq!(shown.matches("(hidden)").count(), 4, "{shown}");
    assert!(shown.contains("value"), "{shown}");
    for secret in ["sesame", ":dk:", ":rk:"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn colour_only_when_asked() {
    let shape = Shape::List(
        vec![Shape::Record(vec![(Key::Name("a".into()), Shape::Int(1))])],
        1,
    );
    let bright = Style {
        colour: true,
        ..style(80)
    };
    assert_eq!(inspect(&shape, &bright), "\x1b[1ma\x1b[0m\n1");
}
