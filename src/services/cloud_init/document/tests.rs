//! Words that YAML 1.1 reads in its own way, and places.
use super::{Place, read};
use serde_json::json;

#[test]
fn words_mean_what_they_mean_to_python() {
    let text = "a: [yes, Off, yEs, y, 0644, 1_000, 0b11, 0x1F, 12:30, 1.5, 1e3, 1.0e+3, .5, ~, 08, 2024-01-02, 1.2.3]";
    let want = json!([
        true,
        false,
        "yEs",
        "y",
        420,
        1000,
        3,
        31,
        750,
        1.5,
        "1e3",
        1000.0,
        0.5,
        null,
        "08",
        "2024-01-02",
        "1.2.3"
    ]);
    assert_eq!(read(text).expect("YAML").json()["a"], want);
    let quoted = read("a: \"yes\"\nb: '0644'\nc: !!str 7\n").expect("YAML");
    assert_eq!(quoted.json(), json!({ "a": "yes", "b": "0644", "c": "7" }));
}

#[test]
fn the_last_of_a_doubled_key_counts_and_merge_keys_go_first() {
    let text = "x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz:\n  a: 9\n  <<: [*x, *y]\na: 1\na: 2\n";
    let have = read(text).expect("YAML").json();
    assert_eq!(have["z"], json!({ "b": 2, "c": 4, "a": 9 }));
    assert_eq!(have["a"], json!(2));
}

#[test]
fn faults_have_a_place() {
    let wrong = read("a: 1\nb: [1, 2\nc: 3\n").expect_err("not closed");
    assert!(wrong.place.line >= 2, "{wrong:?}");
    let wrong = read("a: 1\nb: 2024-13-01\n").expect_err("no such day");
    assert_eq!(wrong.place, Place { line: 2, column: 4 });
    assert!(read("a: 1\n---\nb: 2\n").is_err());
    assert!(read("a: !x 1\n").is_err());
}
