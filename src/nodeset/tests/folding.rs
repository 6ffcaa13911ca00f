use super::*;
use crate::fault::Kind;
use std::time::{Duration, Instant};

fn on(list: &[&str], axes: Vec<i64>) -> Result<String, Fault> {
    let axes = Axes::Only(axes);
    fold(
        list,
        &Folding {
            axes,
            ..Folding::default()
        },
    )
}

fn stepped(list: &[&str], autostep: Autostep) -> String {
    fold(
        list,
        &Folding {
            autostep,
            ..Folding::default()
        },
    )
    .expect("names that fold")
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
    assert_eq!(folded(&["n8", "n9", "n09", "n10"]), "n[8-9,09-10]");
    assert_eq!(folded(&[]), "");
    assert_eq!(
        folded(&["n99999999999999999999", "n1"]),
        "n[1,99999999999999999999]"
    );
}

#[test]
fn folds_only_on_the_axes_asked_for() {
    let list = ["a1b1", "a1b2", "a2b1", "a2b2"];
    let only = |axis| on(&list, vec![axis]).expect("names that fold");
    assert_eq!(only(1), "a[1-2]b1,a[1-2]b2");
    assert_eq!(only(2), "a1b[1-2],a2b[1-2]");
    assert_eq!(only(-1), only(2));
    assert_eq!(only(3), "a1b1,a2b1,a1b2,a2b2");
}

#[test]
fn steps_are_written_where_they_are_asked_for() {
    let list = ["n0", "n2", "n4", "n6", "n7"];
    assert_eq!(folded(&list), "n[0,2,4,6-7]");
    assert_eq!(stepped(&list, Autostep::From(4)), "n[0-6/2,7]");
    assert_eq!(stepped(&list, Autostep::From(5)), "n[0,2,4,6-7]");
    assert_eq!(stepped(&list, Autostep::Share(0.8)), "n[0-6/2,7]");
    assert_eq!(stepped(&list, Autostep::Auto), "n[0,2,4,6-7]");
    assert_eq!(stepped(&list[..4], Autostep::Auto), "n[0-6/2]");
    assert_eq!(
        stepped(&["a01b1", "a03b1", "a05b1"], Autostep::From(3)),
        "a[01-05/2]b1"
    );
}

#[test]
fn large_boxes_come_first_and_ends_compare_as_text() {
    assert_eq!(folded(&["a1b5", "a2b1", "a2b2"]), "a2b[1-2],a1b5");
    assert_eq!(folded(&["a10b1", "a9b2"]), "a10b1,a9b2");
}

#[test]
fn what_is_not_one_name_is_not_folded() {
    for name in ["", "a b", "n[1-2]", "@io", "a,b", "a*", "a=b", "-a"] {
        let fault = fold(&[name], &Folding::default()).expect_err(name);
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
    let text = fold(&list, &Folding::default()).expect("names that fold");
    // Generous: an unoptimised build on a busy machine; pairwise comparison would take hours.
    assert!(start.elapsed() < Duration::from_secs(20));
    list.sort_by(|a, b| order::in_set(a, b));
    assert_eq!(names(&text), list);
}
