use super::*;
use crate::fault::Kind;
use proptest::prelude::*;
use std::time::{Duration, Instant};

fn names(text: &str) -> Vec<String> {
    expand(text, &Meanings::default()).expect("a good node set")
}

fn folded(list: &[&str]) -> String {
    fold(list, &Axes::All).expect("names that fold")
}

#[test]
fn expands_brackets_steps_and_padding() {
    assert_eq!(
        names("x1000c0s0b[0-2]n0"),
        ["x1000c0s0b0n0", "x1000c0s0b1n0", "x1000c0s0b2n0"]
    );
    assert_eq!(names("n[0-10/4,7]"), ["n0", "n4", "n7", "n8"]);
    assert_eq!(
        names("nid[098-101]"),
        ["nid098", "nid099", "nid100", "nid101"]
    );
    assert_eq!(names("c[0-1]s[3,5]"), ["c0s3", "c0s5", "c1s3", "c1s5"]);
    assert_eq!(names(" a , b10,b9, a "), ["a", "b9", "b10"]);
    assert_eq!(names("[1-3]"), ["1", "2", "3"]);
    assert_eq!(names("52:54:00:be:ef:0[1-2]").len(), 2);
    assert!(names(" ").is_empty());
}

#[test]
fn operators_apply_from_left_to_right() {
    assert_eq!(names("n[1-5]!n[2-3]"), ["n1", "n4", "n5"]);
    assert_eq!(names("n[1-5] & n[4-9]"), ["n4", "n5"]);
    assert_eq!(names("n[1-3]^n[2-4]"), ["n1", "n4"]);
    assert_eq!(names("a,b&b"), ["b"]);
    assert_eq!(names("a!b,c"), ["a", "c"]);
}

#[test]
fn words_are_looked_up_before_operators_apply() {
    let words = words("@rack[1-2], n9 ! 2, n9").expect("a good set");
    assert_eq!(words.names, ["n9", "2"]);
    assert_eq!(words.groups, ["rack1", "rack2"]);
    let rack = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    let meanings = Meanings {
        names: HashMap::from([("2".to_owned(), "n2".to_owned())]),
        groups: HashMap::from([
            ("rack1".to_owned(), rack(&["n1"])),
            ("rack2".to_owned(), rack(&["n2", "n10"])),
        ]),
    };
    let set = expand("@rack[1-2], n9 ! 2", &meanings);
    assert_eq!(set.expect("known words"), ["n1", "n9", "n10"]);
    let fault = expand("@io", &meanings).expect_err("an unknown group");
    assert_eq!(fault.kind, Kind::BadArgument);
}

#[test]
fn errors_name_the_position_and_what_was_expected() {
    let cases = [
        ("n[1-", "position 5: expected a number, found the end"),
        ("n[1-2", "position 6: expected `,` or `]`"),
        (
            "n1]",
            "position 3: expected a name, this bracket was never opened",
        ),
        ("n[]", "position 3: expected a number, found `]`"),
        ("n[5-1]", "position 3: expected a range that counts upwards"),
        (
            "n[1-010]",
            "position 5: expected both ends of the range with the same number of digits (1)",
        ),
        ("n[01-3]", "position 6: expected both ends"),
        ("n[1-9/0]", "position 7: expected a step of 1 or more"),
        ("a,,b", "position 3: expected a name or @group, found `,`"),
        ("a,", "position 3: expected a name or @group, found the end"),
        (
            "a b",
            "position 3: expected an operator: , ! & or ^, found `b`",
        ),
        ("@", "position 2: expected the name of a group after @"),
        (
            "n[99999999999999999999]",
            "position 3: expected a number below",
        ),
        ("ä[x]", "position 3: expected a number, found `x`"),
    ];
    for (text, message) in cases {
        let fault = parse(text).expect_err(text);
        assert_eq!(fault.kind, Kind::BadArgument);
        assert!(fault.message.contains(message), "{text}: {}", fault.message);
    }
}

#[test]
fn a_slip_of_the_finger_does_not_eat_the_memory() {
    for text in ["n[0-99999999]", "n[0-18446744073709551615]m[0-9]"] {
        let fault = expand(text, &Meanings::default()).expect_err(text);
        assert_eq!(fault.kind, Kind::BadArgument);
    }
}

#[test]
fn folds_on_every_axis_that_differs() {
    assert_eq!(
        folded(&["x1000c0s0b1n0", "x1000c0s0b0n0", "x1000c0s0b2n0"]),
        "x1000c0s0b[0-2]n0"
    );
    assert_eq!(folded(&["a1b1", "a1b2", "a2b1", "a2b2"]), "a[1-2]b[1-2]");
    assert_eq!(folded(&["a1b1", "a1b2", "a2b1"]), "a1b[1-2],a2b1");
    assert_eq!(folded(&["b", "a", "a2", "a10", "a9", "b"]), "a,a[2,9-10],b");
    assert_eq!(folded(&["n08", "n09", "n10"]), "n[08-10]");
    assert_eq!(folded(&["n8", "n9", "n09", "n10"]), "n[8-10,09]");
    assert_eq!(folded(&[]), "");
    assert_eq!(
        folded(&["n99999999999999999999", "n1"]),
        "n1,n99999999999999999999"
    );
}

#[test]
fn folds_only_on_the_axes_asked_for() {
    let list = ["a1b1", "a1b2", "a2b1", "a2b2"];
    let only = |axis| fold(&list, &Axes::Only(vec![axis])).expect("names that fold");
    assert_eq!(only(1), "a[1-2]b1,a[1-2]b2");
    assert_eq!(only(2), "a1b[1-2],a2b[1-2]");
    assert_eq!(only(-1), only(2));
    assert_eq!(only(3), "a1b1,a1b2,a2b1,a2b2");
}

#[test]
fn what_is_not_one_name_is_not_folded() {
    for name in ["", "a b", "n[1-2]", "@io", "a,b"] {
        let fault = fold(&[name], &Axes::All).expect_err(name);
        assert_eq!(fault.kind, Kind::BadArgument);
    }
}

#[test]
fn a_hundred_thousand_names_fold_quickly() {
    let scattered = names("x[1000-1009]c[0-7]s[0-63]b[0-9]n[0-1]")
        .into_iter()
        .enumerate()
        .filter(|(index, _)| index % 7 != 0);
    let mut list: Vec<String> = scattered.map(|(_, name)| name).collect();
    list.extend(names("node[1-20000]"));
    assert!(list.len() > 100_000);
    let start = Instant::now();
    let text = fold(&list, &Axes::All).expect("names that fold");
    // Generous: an unoptimised build on a busy machine; pairwise comparison would take hours.
    assert!(start.elapsed() < Duration::from_secs(20));
    list.sort_by(|a, b| natural(a, b));
    assert_eq!(names(&text), list);
}

#[test]
fn natural_order_counts() {
    let mut list = ["n10", "n2", "x", "n2a", "n02", "n", "m9b10", "m9b9"];
    list.sort_by(|a, b| natural(a, b));
    assert_eq!(list, ["m9b9", "m9b10", "n", "n2", "n02", "n2a", "n10", "x"]);
}

proptest! {
    #[test]
    fn expand_undoes_fold(list in prop::collection::vec("[a-c]{0,2}[0-9]{1,3}([a-b-][0-9]{1,2}){0,2}[a-b]?", 0..60), axis in -3_i64..4) {
        let axes = if axis == 0 { Axes::All } else { Axes::Only(vec![axis]) };
        let text = fold(&list, &axes).expect("names that fold");
        let mut want = list;
        want.sort_by(|a, b| natural(a, b));
        want.dedup();
        prop_assert_eq!(names(&text), want);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[a-c0-2@,!&^ \\[\\]/-]{0,16}") {
        // Never a panic; and what is read folds to something that reads the same.
        if let Ok(list) = expand(&text, &Meanings::default()) {
            let again = fold(&list, &Axes::All).expect("names that fold");
            prop_assert_eq!(names(&again), list);
        }
    }

    #[test]
    fn natural_is_an_order(a in "[ab]?[0-9]{0,3}[ab]?[0-9]{0,2}", b in "[ab]?[0-9]{0,3}[ab]?[0-9]{0,2}", c in "[ab]?[0-9]{0,3}[ab]?[0-9]{0,2}") {
        prop_assert_eq!(natural(&a, &b), natural(&b, &a).reverse());
        prop_assert_eq!(natural(&a, &b).is_eq(), a == b);
        if natural(&a, &b).is_le() && natural(&b, &c).is_le() {
            prop_assert!(natural(&a, &c).is_le());
        }
    }
}
