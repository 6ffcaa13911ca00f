use super::*;
use proptest::prelude::*;

/// Names without an operator's trouble: few letters, so that sets overlap.
fn set() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[ab][0-9]([ab][0-3])?", 1..12)
}

#[test]
fn natural_order_counts() {
    let mut list = ["n10", "n2", "x", "n2a", "n02", "n", "m9b10", "m9b9"];
    list.sort_by(|a, b| natural(a, b));
    assert_eq!(list, ["m9b9", "m9b10", "n", "n2", "n02", "n2a", "n10", "x"]);
    list.sort_by(|a, b| order::in_set(a, b));
    assert_eq!(list, ["m9b9", "m9b10", "n", "n2", "n02", "n10", "n2a", "x"]);
}

proptest! {
    #[test]
    fn expand_undoes_fold(list in prop::collection::vec("[a-c]{0,2}[0-9]{1,3}([a-b-][0-9]{1,2}){0,2}[a-b]?", 0..60), axis in -3_i64..4, step in 2_usize..6) {
        let axes = if axis == 0 { Axes::All } else { Axes::Only(vec![axis]) };
        let autostep = if step < 3 { Autostep::Never } else { Autostep::From(step) };
        let text = fold(&list, &Folding { axes, autostep }).expect("names that fold");
        let mut want = list;
        want.sort_by(|a, b| order::in_set(a, b));
        want.dedup();
        prop_assert_eq!(names(&text), want);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[a-c0-2@,!&^ \\[\\]/-]{0,16}") {
        // Never a panic; and what is read folds to something that reads the same.
        if let Ok(list) = expand(&text, &Meanings::default()) {
            let again = fold(&list, &Folding::default()).expect("names that fold");
            prop_assert_eq!(names(&again), list);
        }
    }

    #[test]
    fn whatever_is_typed_is_read_or_refused(text in "\\PC{0,24}") {
        // Never a panic, whatever the letters.
        let _ = words(&text);
        let _ = range_of_names(&text);
    }

    #[test]
    fn operators_are_those_of_sets(start in set(), steps in prop::collection::vec((0_usize..4, set()), 0..5)) {
        let (mut text, mut meanings) = ("@start".to_owned(), Meanings::default());
        meanings.members.insert(text.clone(), start.clone());
        let mut want: HashSet<String> = start.into_iter().collect();
        for (at, (op, operand)) in steps.into_iter().enumerate() {
            let more: HashSet<String> = operand.iter().cloned().collect();
            want = match op {
                0 => want.union(&more).cloned().collect(),
                1 => want.difference(&more).cloned().collect(),
                2 => want.intersection(&more).cloned().collect(),
                _ => want.symmetric_difference(&more).cloned().collect(),
            };
            text = format!("{text} {}@g{at}", [',', '!', '&', '^'][op]);
            meanings.members.insert(format!("@g{at}"), operand);
        }
        let list = expand(&text, &meanings).expect("a good set");
        prop_assert!(list.is_sorted_by(|a, b| order::in_set(a, b).is_lt()));
        prop_assert_eq!(list.into_iter().collect::<HashSet<_>>(), want);
    }

    #[test]
    fn both_orders_are_orders(a in "[ab]?[0-9]{0,3}[ab]?[0-9]{0,2}", b in "[ab]?[0-9]{0,3}[ab]?[0-9]{0,2}", c in "[ab]?[0-9]{0,3}[ab]?[0-9]{0,2}") {
        for order in [natural, order::in_set] {
            prop_assert_eq!(order(&a, &b), order(&b, &a).reverse());
            prop_assert_eq!(order(&a, &b).is_eq(), a == b);
            if order(&a, &b).is_le() && order(&b, &c).is_le() {
                prop_assert!(order(&a, &c).is_le());
            }
        }
    }
}
