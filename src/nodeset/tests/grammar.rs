use super::*;
use crate::fault::Kind;

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
    assert_eq!(names("n[9-10,09,010]"), ["n9", "n09", "n10", "n010"]);
    assert_eq!(
        names("n[ 1 - 3 / 2 , 7 ]-ib0"),
        ["n1-ib0", "n3-ib0", "n7-ib0"]
    );
    assert_eq!(names("n[5/1]"), ["n5"]);
    assert_eq!(names("n[-1-1,-7]"), ["n0", "n1", "n-1", "n-7"]);
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
fn digits_beside_a_bracket_belong_to_its_numbers() {
    assert_eq!(names("n1[2-3]4"), ["n124", "n134"]);
    assert_eq!(names("n0[0-1]"), ["n00", "n01"]);
    assert_eq!(names("n1[08-10]"), ["n108", "n109", "n110"]);
    assert_eq!(names("n1[8-12/2]"), ["n18", "n110", "n112"]);
    assert_eq!(names("n[8-12]5").len(), 5);
    for (text, expected) in [
        (
            "n1[8-12]",
            "position 3: expected numbers of one length after digits",
        ),
        ("n1[9,10]", "expected numbers of one length"),
        ("n[0-12]5", "expected no digits after a bracket"),
        ("n[0-8/2]5", "expected no digits after a bracket"),
        ("n[-3-1]5", "expected no digits beside negative numbers"),
        (
            "n[1-2][3-4]",
            "position 7: expected a letter between two brackets",
        ),
        ("n[1-2]5[3-4]", "expected a letter between two brackets"),
    ] {
        let fault = parse(text).expect_err(text);
        assert!(
            fault.message.contains(expected),
            "{text}: {}",
            fault.message
        );
    }
    let hint = parse("n1[8-12]")
        .expect_err("two readings")
        .hint
        .unwrap_or_default();
    assert!(
        hint.contains("n[19,110]") && hint.contains("n1[09-10]"),
        "{hint}"
    );
}

#[test]
fn words_are_looked_up_before_operators_apply() {
    let words =
        words("@rack[1-2], n9 ! 2, n9 & State=On, @role:*, x* ^ @@role").expect("a good set");
    assert_eq!(words.names, ["n9", "2"]);
    let asked: Vec<_> = words
        .asked
        .iter()
        .map(|asked| {
            (
                &*asked.word,
                asked.sort,
                asked.source.as_deref(),
                &*asked.name,
            )
        })
        .collect();
    assert_eq!(
        asked,
        [
            ("@rack1", Sort::Group, None, "rack1"),
            ("@rack2", Sort::Group, None, "rack2"),
            ("State=On", Sort::Attribute, Some("State"), "On"),
            ("@role:*", Sort::Group, Some("role"), "*"),
            ("x*", Sort::Mask, None, "x*"),
            ("@@role", Sort::Labels, Some("role"), ""),
        ]
    );
    let list = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    let meanings = Meanings {
        names: HashMap::from([("2".to_owned(), "n2".to_owned())]),
        members: HashMap::from([
            ("@rack1".to_owned(), list(&["n1"])),
            ("@rack2".to_owned(), list(&["n2", "n10"])),
            ("NID=1".to_owned(), list(&["n1"])),
            ("NID=2".to_owned(), list(&["n2"])),
        ]),
        all: HashMap::from([("node10".to_owned(), "n10".to_owned())]),
    };
    let set = |text| expand(text, &meanings).expect("known words");
    assert_eq!(set("@rack[1-2], n9 ! 2"), ["n1", "n9", "n10"]);
    assert_eq!(set("@rack2 & node*"), ["n10"]);
    assert_eq!(set("@rack2 & NID=[1-2]"), ["n2"]);
    for unknown in ["@io", "State=On"] {
        let fault = expand(unknown, &meanings).expect_err(unknown);
        assert_eq!(fault.kind, Kind::BadArgument);
    }
}

#[test]
fn a_colon_makes_a_source_only_after_an_at() {
    assert_eq!(
        names("52:54:00:be:ef:0[1-2]"),
        ["52:54:00:be:ef:01", "52:54:00:be:ef:02"]
    );
    let words = words("@partition:p[1-2]").expect("a good set");
    let sources: Vec<_> = words
        .asked
        .iter()
        .filter_map(|asked| asked.source.as_deref())
        .collect();
    assert_eq!(sources, ["partition", "partition"]);
}

#[test]
fn masks_stand_for_letters() {
    for (mask, name) in [
        ("*", ""),
        ("n*", "n1"),
        ("n?-*", "n1-"),
        ("*a*b", "xaab"),
        ("?", "ä"),
        ("a*c*e", "abcde"),
    ] {
        assert!(matches(mask, name), "{mask} {name}");
    }
    for (mask, name) in [
        ("n?", "n"),
        ("n*", "an"),
        ("a*b", "abc"),
        ("", "a"),
        ("?", "ab"),
    ] {
        assert!(!matches(mask, name), "{mask} {name}");
    }
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
        ("n[1,]", "position 5: expected a number, found `]`"),
        ("n[1[2]]", "position 4: expected `,` or `]`"),
        ("n[5-1]", "position 3: expected a range that counts upwards"),
        (
            "n[1-010]",
            "position 5: expected both ends of the range with the same number of digits (1)",
        ),
        ("n[01-3]", "position 6: expected both ends"),
        ("n[1-9/0]", "position 7: expected a step of 1 or more"),
        ("n[1-9/-1]", "position 7: expected a step of 1 or more"),
        ("n[5/2]", "position 5: expected a step after a range only"),
        (
            "n[-05]",
            "position 3: expected a negative number without leading zeros",
        ),
        ("a,,b", "position 3: expected a name or @group, found `,`"),
        ("a,", "position 3: expected a name or @group, found the end"),
        ("!a", "position 1: expected a name or @group, found `!`"),
        (
            "a b",
            "position 3: expected an operator: , ! & or ^, found `b`",
        ),
        ("a@b", "position 2: expected an operator before this group"),
        (
            "n[999999999999999999999999999999999999999]",
            "position 3: expected a number of at most",
        ),
        ("ä[x]", "position 3: expected a number, found `x`"),
    ];
    refused(&cases);
}

#[test]
fn errors_in_what_is_asked_for_name_the_position_too() {
    refused(&[
        ("@", "position 2: expected the name of a group after @"),
        (
            "@role:",
            "position 7: expected the name of a group after @role:",
        ),
        (
            "@rack*",
            "position 1: expected the name of a group without `*`",
        ),
        ("State=", "position 7: expected a value after State="),
        (
            "a & =On",
            "position 5: expected the name of an attribute before `=`",
        ),
        (
            "a[1-2]=On",
            "position 1: expected the name of an attribute before `=`",
        ),
    ]);
}

fn refused(cases: &[(&str, &str)]) {
    for (text, message) in cases {
        let fault = parse(text).expect_err(text);
        assert_eq!(fault.kind, Kind::BadArgument);
        assert!(fault.message.contains(message), "{text}: {}", fault.message);
    }
}

#[test]
fn who_writes_another_grammar_is_told_what_to_write_here() {
    let cases = [
        ("x[1-3],-x1", "`!` takes away"),
        ("/x1000.*/", "no regular expressions"),
        ("x1.*", "no regular expressions"),
        ("a[1-2](b|c)", "no regular expressions"),
        ("^x1", "no regular expressions"),
        ("n[a-z]", "brackets hold numbers"),
        ("n{1..3}", "node[1-3]"),
        ("n1+4", "node[1-5]"),
        ("n[3-1]", "did you mean 1-3?"),
        ("n[01-3]", "01-03 would do"),
        ("@* ! State!=Off", "@* ! State=Off"),
        ("a b", "a comma joins names"),
    ];
    for (text, hint) in cases {
        let fault = parse(text).expect_err(text);
        let said = fault.hint.unwrap_or_default();
        assert!(said.contains(hint), "{text}: {said}");
    }
    let ranges = [
        ("node1-node5", Some("node[1-5]")),
        ("x1000c0s0b0n0-x1000c0s0b4n0", Some("x1000c0s0b[0-4]n0")),
        ("nid019-nid021", Some("nid[019-021]")),
        ("a-b1-a-b3", Some("a-b[1-3]")),
        ("node-1", None),
        ("ä1-å1", None),
        ("n1-n1", None),
    ];
    for (word, range) in ranges {
        assert_eq!(range_of_names(word).as_deref(), range, "{word}");
    }
}

#[test]
fn numbers_are_padded_to_64_digits_at_most() {
    let padded = |zeros: usize| format!("n[{}1-{}2]", "0".repeat(zeros), "0".repeat(zeros));
    assert_eq!(names(&padded(63)).len(), 2);
    for zeros in [64, 70_000] {
        let fault = parse(&padded(zeros)).expect_err("too wide");
        assert_eq!(fault.kind, Kind::BadArgument);
        let expected = "position 3: expected a number of at most 64 digits";
        assert!(fault.message.contains(expected), "{}", fault.message);
    }
}

#[test]
fn a_slip_of_the_finger_does_not_eat_the_memory() {
    for text in ["n[0-99999999]", "n[0-18446744073709551615]m[0-9]"] {
        let fault = expand(text, &Meanings::default()).expect_err(text);
        assert_eq!(fault.kind, Kind::BadArgument);
    }
}
