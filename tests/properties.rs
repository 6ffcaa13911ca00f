//! Laws that hold for whatever is typed or stands in a file: a hundred thousand cases each, the same in every run.
#[path = "support/damage.rs"]
mod damage;
#[path = "support/dice.rs"]
#[allow(dead_code)] // the sets that are compared with ClusterShell are larger
mod dice;

use chami::{
    config::{Files, Session, Which},
    fault::{Fault, Kind},
    nodeset::{self, Folding, Meanings},
    services::{
        smd::discover::{self, LintOptions, Source},
        xname,
    },
};
use dice::Dice;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    thread,
};

const CASES: u64 = 100_000;
/// As many as a machine for tests has cores.
const HANDS: u64 = 2;

/// Looks at every case; `look` gives what was typed and what is wrong with it.
fn each(seed: u64, look: impl Fn(&mut Dice, &Path) -> Result<bool, String> + Sync) {
    let folder = tempfile::tempdir().expect("a directory");
    let hand = |hand: u64| {
        let place = folder.path().join(hand.to_string());
        let mut taken = 0_u64;
        for case in (hand..CASES).step_by(usize::try_from(HANDS).expect("small")) {
            let seed = seed << 32 | case;
            let dice = &mut Dice::new(seed);
            let out = catch_unwind(AssertUnwindSafe(|| look(dice, &place)));
            match out.unwrap_or_else(|_| Err("panics".to_owned())) {
                Ok(accepted) => taken += u64::from(accepted),
                Err(wrong) => panic!("case {case}: {wrong}"),
            }
        }
        taken
    };
    let hand = &hand;
    let taken: u64 = thread::scope(|scope| {
        let hands: Vec<_> = (0..HANDS).map(|it| scope.spawn(move || hand(it))).collect();
        hands
            .into_iter()
            .map(|it| it.join().expect("all hold"))
            .sum()
    });
    // A law about what is accepted says nothing when nothing is.
    assert!(taken > CASES / 50, "only {taken} of {CASES} were accepted");
    assert!(taken < CASES, "nothing was ever refused");
}

/// What is refused says what is wrong with it and what would be right.
fn teaches(fault: &Fault, text: &str) -> Result<bool, String> {
    if fault.kind != Kind::BadArgument || fault.hint.is_none() || fault.message.contains('\u{0}') {
        return Err(format!("{text:?}: {fault:?}"));
    }
    Ok(false)
}

/// A bracket with few numbers, and the numbers as they will be written.
fn numbers(dice: &mut Dice) -> (String, Vec<String>) {
    let width = [0, 0, 0, 2, 3][dice.below(5)];
    let write = |number: usize| format!("{number:0width$}");
    let (mut parts, mut all) = (Vec::new(), Vec::new());
    for _ in 0..=dice.below(2) {
        let from = dice.below(12);
        let (to, step) = (from + dice.below(4), 1 + dice.below(2));
        let padded = write(from).len() == write(to).len();
        if from == to || (width > 0 && !padded) {
            parts.push(write(from));
            all.push(write(from));
        } else {
            let by = if step > 1 {
                format!("/{step}")
            } else {
                String::new()
            };
            parts.push(format!("{}-{}{by}", write(from), write(to)));
            all.extend((from..=to).step_by(step).map(write));
        }
    }
    (format!("[{}]", parts.join(",")), all)
}

/// A word and the names it stands for.
fn word(dice: &mut Dice) -> (String, Vec<String>) {
    let mut text = dice.pick(&["a", "b", "x"]).to_owned();
    let mut names = vec![text.clone()];
    for axis in 0..dice.below(3) {
        let letter = if axis > 0 { dice.pick(&["c", "-"]) } else { "" };
        let (bracket, all) = numbers(dice);
        text = format!("{text}{letter}{bracket}");
        let longer = |name: &String| {
            let name = name.clone();
            all.iter()
                .map(move |number| format!("{name}{letter}{number}"))
                .collect::<Vec<_>>()
        };
        names = names.iter().flat_map(longer).collect();
    }
    (text, names)
}

#[test]
fn node_sets_are_sets() {
    each(1, |dice, _| {
        let (mut text, names) = word(dice);
        let mut want: BTreeSet<String> = names.into_iter().collect();
        for _ in 0..dice.below(4) {
            let (more, names) = word(dice);
            let names: BTreeSet<String> = names.into_iter().collect();
            let op = dice.pick(&[",", "!", "&", "^"]);
            want = match op {
                "," => &want | &names,
                "!" => &want - &names,
                "&" => &want & &names,
                _ => &want ^ &names,
            };
            text = format!("{text}{op}{more}");
        }
        if dice.once_in(3) {
            text = dice.misspelt(&text);
            return match nodeset::expand(&text, &Meanings::default()) {
                Err(fault) => teaches(&fault, &text),
                Ok(list) => again(&text, &list).map(|()| true),
            };
        }
        let list =
            nodeset::expand(&text, &Meanings::default()).map_err(|e| format!("{text}: {e}"))?;
        if list.iter().cloned().collect::<BTreeSet<_>>() != want || list.len() != want.len() {
            return Err(format!("{text} gives {list:?}"));
        }
        again(&text, &list).map(|()| true)
    });
}

/// A list folds to text that gives the list, and can be counted.
fn again(text: &str, list: &[String]) -> Result<(), String> {
    let wrong = |what: &str| Err(format!("{text}: {what}"));
    if let Ok(Some(count)) = nodeset::count(text)
        && count != list.len() as u64
    {
        return wrong(&format!("counted {count}, and there are {}", list.len()));
    }
    if list.len() > 400 {
        return Ok(());
    }
    let folded = match nodeset::fold(list, &Folding::default()) {
        Ok(folded) => folded,
        Err(fault) => return wrong(&fault.to_string()),
    };
    match nodeset::expand(&folded, &Meanings::default()) {
        Ok(back) if back == list => Ok(()),
        other => wrong(&format!("folds to {folded}, which gives {other:?}")),
    }
}

const PLACES: &[&str] = &[
    "x1c2s3b4n5",
    "x9c0s64b0n1p2",
    "x1c2r3j4p1",
    "x1m0p3j9",
    "d0w1",
    "x1c0w12j3",
    "x1c7b0",
    "x3c1f0",
    "x1c0s1e0t1",
    "sms01",
    "p1.2",
    "x0c0s0b0n3v7",
    "x1c0h1s2",
    "x1e1",
    "all",
    "s0",
    "x1c0r7a1l3",
    "x2d1",
];

/// A place with other numbers, and in another spelling.
fn respelt(dice: &mut Dice) -> String {
    let mut text = String::new();
    for letter in dice.pick(PLACES).chars() {
        if letter.is_ascii_digit() && dice.once_in(2) {
            text.push_str(&dice.below(10).to_string());
        } else if letter.is_ascii_digit() && dice.once_in(3) {
            text.push('0');
            text.push(letter);
        } else if dice.once_in(6) {
            text.push(letter.to_ascii_uppercase());
        } else {
            text.push(letter);
        }
    }
    text
}

#[test]
fn xnames_have_one_spelling() {
    each(2, |dice, _| {
        let mut text = respelt(dice);
        for _ in 0..dice.below(3) {
            text = damage::letters(dice, &text);
        }
        let normal = xname::normalize(&text);
        if xname::normalize(&normal) != normal {
            return Err(format!("{text:?}: {normal:?} has another spelling yet"));
        }
        let _ = (xname::default_nid(&normal), xname::default_nid(&text));
        let above: Vec<&str> = xname::upwards(&normal).collect();
        if above[0] != normal || !above.iter().all(|it| normal.starts_with(it)) {
            return Err(format!("{text:?} is below {above:?}"));
        }
        let Some(valid) = xname::valid(&text) else {
            return match xname::kind(&normal) {
                None => Ok(false),
                Some(kind) => Err(format!("{text:?} is a {kind} and not valid")),
            };
        };
        let kind = xname::kind(&valid).ok_or_else(|| format!("{text:?} is nothing"))?;
        if valid != normal
            || !xname::kinds().contains(&kind)
            || xname::kind_named(&kind.to_uppercase()).is_none() && !kind.starts_with("All")
        {
            return Err(format!("{text:?}: {valid:?}, a {kind}"));
        }
        let longer = format!("  {} ", valid.to_uppercase());
        if xname::valid(&longer).as_ref() != Some(&valid) {
            return Err(format!("{longer:?} is not {valid:?}"));
        }
        Ok(true)
    });
}

const CONFIG: &str = "# mine
log: {level: warning, x-own: 1}
timeout: 1m30s # long
default-cluster: demo
tomorrow: [1, 'two']
clusters:
# first
- name: demo
  cluster:
    uri: https://demo:8443
    smd: {uri: /smd, x-own: v2}
";

/// What a document says, key by key, and its comments.
fn said(text: &str) -> Option<Value> {
    serde_saphyr::from_str(text).ok()
}

#[test]
fn configuration_keeps_what_it_does_not_know() {
    each(3, |dice, place| {
        let bytes = damage::document(dice, CONFIG);
        fs::write(place, &bytes).expect("written");
        let files = Files::at(None, Some(place.to_owned()));
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        let config = match files.load() {
            Ok(config) => config,
            Err(fault) if fault.kind == Kind::Io => return Ok(false),
            Err(fault) => return teaches(&fault, &shown),
        };
        if !dice.once_in(8) {
            return Ok(true);
        }
        let session = Session::new(files);
        let value = dice.pick(&["45s", "2m", "1h"]);
        let key = "timeout";
        let change = match session.set(key, &Value::from(value), Which::default()) {
            Ok(change) => change,
            Err(fault) => return teaches(&fault, &shown).map(|_| true),
        };
        fs::write(place, &change.new).expect("written");
        let (old, new) = (said(&change.old).unwrap_or_default(), said(&change.new));
        let mut new = new.ok_or_else(|| format!("{shown:?} becomes {:?}, no YAML", change.new))?;
        if new[key] != value {
            return Err(format!(
                "{shown:?}: {key} is {} in {:?}",
                new[key], change.new
            ));
        }
        let back = session
            .get(key, Which::default())
            .map_err(|e| e.to_string())?;
        if back.value != Some(Value::from(value)) {
            return Err(format!("{shown:?}: {key} reads back as {:?}", back.value));
        }
        match old.get(key) {
            Some(was) => new[key] = was.clone(),
            None => _ = new.as_object_mut().and_then(|all| all.shift_remove(key)),
        }
        if new != old && !(old.is_null() && new.as_object().is_some_and(serde_json::Map::is_empty))
        {
            return Err(format!("{shown:?} says something else: {:?}", change.new));
        }
        let comments = |text: &str| text.matches('#').count();
        if comments(&change.new) != comments(&change.old) {
            return Err(format!("{shown:?} loses a comment: {:?}", change.new));
        }
        let after = Files::at(None, Some(place.to_owned()))
            .load()
            .map_err(|e| e.to_string())?;
        if after.clusters != config.clusters {
            return Err(format!("{shown:?}: other clusters in {:?}", change.new));
        }
        Ok(true)
    });
}

const NODES: &str = "bmcs:
- name: b0
  xname: x1000c0s0b0
  mac: de:ca:fc:0f:fe:e1
  ip: 172.16.0.101
nodes:
- name: n1
  nid: 1
  xname: x1000c0s0b0n0
  bmc: b0
  groups: [compute]
  interfaces:
  - mac_addr: 52:54:00:be:ef:01
    ip_addrs:
    - name: internal
      ip_addr: 172.16.0.1
";

#[test]
fn nodes_files_are_written_as_they_are_read() {
    let source = |text: &str| Source {
        name: "nodes.yaml".to_owned(),
        text: Some(text.to_owned()),
        table: None,
    };
    let options = LintOptions::default();
    each(4, |dice, _| {
        let bytes = damage::document(dice, NODES);
        let Ok(text) = String::from_utf8(bytes) else {
            return Ok(false);
        };
        let wanted = match discover::wanted(source(&text), Some(&options)) {
            Ok(wanted) => wanted,
            Err(fault) => return teaches(&fault, &text),
        };
        // To write and read again costs thrice as much as to read.
        if dice.once_in(2) {
            return Ok(true);
        }
        let written = discover::convert(source(&text)).map_err(|e| format!("{text:?}: {e}"))?;
        let back = discover::wanted(source(&written), Some(&options));
        let back = back.map_err(|e| format!("{text:?} is written as {written:?}: {e}"))?;
        if format!("{back:?}") != format!("{wanted:?}") {
            return Err(format!(
                "{text:?} is written as {written:?}, which wants {back:?}, not {wanted:?}"
            ));
        }
        let twice = discover::convert(source(&written)).map_err(|e| e.to_string())?;
        if twice != written {
            return Err(format!("{written:?} is written as {twice:?}"));
        }
        Ok(true)
    });
}
