use super::{Node, before, write};
use serde_json::{Value, json};
use std::cmp::Ordering;

fn yaml(value: &Value) -> String {
    write(&Node::from(value))
}

#[test]
fn texts_are_quoted_where_they_would_be_read_as_something_else() {
    for (text, written) in [
        ("plain", "plain"),
        ("", "\"\""),
        ("y", "\"y\""),
        ("No", "\"No\""),
        ("~", "\"~\""),
        ("0001", "\"0001\""),
        ("08", "\"08\""),
        ("1_000", "\"1_000\""),
        ("0x1f", "\"0x1f\""),
        ("1e999", "1e999"),
        ("1.0", "\"1.0\""),
        (".5", "\".5\""),
        ("1:30", "\"1:30\""),
        ("1:75", "1:75"),
        ("10.1.2.3", "10.1.2.3"),
        ("2026-01-02", "\"2026-01-02\""),
        ("2026-13-02", "2026-13-02"),
        ("2026-1-2T3:4:5Z", "\"2026-1-2T3:4:5Z\""),
        ("2026-1-2 3:4:5.6", "\"2026-1-2 3:4:5.6\""),
        ("#note", "'#note'"),
        ("a #note", "'a #note'"),
        ("a: b", "'a: b'"),
        ("a:b", "a:b"),
        ("it's", "it's"),
        ("'quoted'", "'''quoted'''"),
        ("{{ x }}", "'{{ x }}'"),
        (" edge", "' edge'"),
        ("tab\there", "\"tab\\there\""),
        ("-", "'-'"),
        ("--- a", "'--- a'"),
        ("<<", "<<"),
        ("é\u{1f600}", "\"é\\U0001F600\""),
    ] {
        assert_eq!(
            yaml(&json!({ "k": text })),
            format!("k: {written}\n"),
            "{text:?}"
        );
    }
}

#[test]
fn lines_break_as_there() {
    assert_eq!(yaml(&json!({"k": "a\nb\n"})), "k: |\n  a\n  b\n");
    assert_eq!(yaml(&json!({"k": "a\n\n b"})), "k: |-\n  a\n\n   b\n");
    assert_eq!(yaml(&json!({"k": "a\n\n"})), "k: |+\n  a\n\n");
    assert_eq!(yaml(&json!({"k": " a\n"})), "k: |2\n   a\n");
    assert_eq!(yaml(&json!({"k": "a \nb"})), "k: \"a \\nb\"\n");
    let word = "x".repeat(90);
    assert_eq!(
        yaml(&json!({"k": format!("{word} y z")})),
        format!("k: {word}\n  y z\n")
    );
    assert_eq!(
        yaml(&json!({"a": {"l": [format!("{word} y")]}})),
        format!("a:\n  l:\n  - {word}\n    y\n")
    );
}

#[test]
fn collections_nest_as_there() {
    assert_eq!(
        yaml(&json!({"a": {}, "b": [], "c": null, "d": true})),
        "a: {}\nb: []\nc: null\nd: true\n"
    );
    assert_eq!(
        yaml(&json!({"l": [1, [2, 3], {"x": 1, "y": [4]}]})),
        "l:\n- 1\n- - 2\n  - 3\n- x: 1\n  \"y\":\n  - 4\n"
    );
    let long = "k".repeat(129);
    assert_eq!(yaml(&json!({ &long: 1 })), format!("? {long}\n: 1\n"));
    assert_eq!(yaml(&json!({"": 1})), "\"\": 1\n");
}

#[test]
fn numbers_are_floats() {
    for (number, written) in [
        (json!(1), "1"),
        (json!(100_000), "100000"),
        (json!(1_000_000), "1e+06"),
        (json!(1_234_567), "1.234567e+06"),
        (json!(0.000_01), "1e-05"),
        (json!(1.5), "1.5"),
        (json!(-3), "-3"),
        (json!(0), "0"),
    ] {
        assert_eq!(yaml(&json!({ "k": number })), format!("k: {written}\n"));
    }
}

#[test]
fn keys_are_sorted_by_the_numbers_in_them() {
    let mut keys = ["b", "a10", "a2", "a", "a02", "_x", "A", "1", "a-b"];
    keys.sort_by(|one, other| before(one, other));
    assert_eq!(keys, ["_x", "1", "A", "a", "a-b", "a2", "a02", "a10", "b"]);
    assert_eq!(before("a", "a"), Ordering::Equal);
}
