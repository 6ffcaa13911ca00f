//! What goes in and out of natives.
use super::{prompt, text, vm};
use crate::lua::{Reply, shape::Shape};

#[test]
fn null_and_absent_are_nil_in_records() {
    let (vm, _) = vm();
    assert_eq!(
        prompt(&vm, "t.record().role"),
        Reply::Values(vec![Shape::Nil])
    );
    assert_eq!(
        text(&vm, "t.echo(t.record().tags) == nil and 'nil' or 'list'"),
        "list"
    );
}

#[test]
fn keys_may_be_spelled_freely() {
    let (vm, _) = vm();
    assert_eq!(text(&vm, "t.filter{ net_type = 'hsn' }[1]"), "hsn");
    assert_eq!(text(&vm, "t.filter{ STATE = 'Ready' }[1]"), "Ready");
}

#[test]
fn an_empty_table_is_what_is_wanted() {
    let (vm, _) = vm();
    assert_eq!(
        prompt(&vm, "t.filter{ nid = {} }[2]"),
        Reply::Values(vec![Shape::List(Vec::new(), 0)])
    );
}

#[test]
fn a_wrong_argument_is_told_in_the_users_words() {
    let (vm, _) = vm();
    let cases = [
        (
            "t.filter{ stat = 'Ready' }",
            "bad_argument: t.filter: unknown key \"stat\"\n  hint: did you mean \"state\"? keys: state, Net-Type, nid",
        ),
        (
            "t.filter{ nid = { 1, 'x' } }",
            "bad_argument: t.filter: argument 1.nid[2]: expected a whole number, 0 or more, got \"x\"\n  hint: help(t.filter)",
        ),
        (
            "t.filter{ 'Ready' }",
            "bad_argument: t.filter: argument 1: expected a table of named keys, got a list\n  hint: help(t.filter)",
        ),
        (
            "t.two()",
            "bad_argument: t.two: argument 1 is missing\n  hint: help(t.two)",
        ),
        (
            "t.two('a', 300)",
            "bad_argument: t.two: argument 2: expected a whole number, 0 or more, got 300\n  hint: help(t.two)",
        ),
        (
            "t.two('a', 1, 'b')",
            "bad_argument: t.two: takes 2 arguments\n  hint: help(t.two)",
        ),
        (
            "t.double(1.5)",
            "bad_argument: t.double: argument 1: expected a whole number, got 1.5\n  hint: help(t.double)",
        ),
        (
            "t.echo{ 1, x = 2 }",
            "bad_argument: t.echo: argument 1: mixes positions and named keys\n  hint: help(t.echo)",
        ),
        (
            "t.echo(print)",
            "bad_argument: t.echo: argument 1: expected plain data, got a function\n  hint: help(t.echo)",
        ),
    ];
    for (code, report) in cases {
        assert_eq!(text(&vm, code), report, "{code}");
    }
}

#[test]
fn a_table_that_holds_itself_is_refused() {
    let (vm, _) = vm();
    let said = text(&vm, "local x = {} x.x = x return t.echo(x)");
    assert!(said.contains("holds itself"), "{said}");
}

#[test]
fn data_survives_the_way_out_and_back() {
    let (vm, _) = vm();
    let data = "t.echo{ b = t.echo{ x = {} }.x, c = { d = { 1, 2.5 } } }";
    let shape = "Record([(Name(\"b\"), Record([])), (Name(\"c\"), \
        Record([(Name(\"d\"), List([Int(1), Float(2.5)], 2))]))])";
    assert_eq!(text(&vm, data), format!("[{shape}]"));
}
