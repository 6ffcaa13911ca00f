//! Every command of ochami has its twin: each leaf of `support/ochami-commands.txt` is named by a `---@shell` tag of a
//! public function, or stands in `TO_COME`. A tag that names no command is a slip of the pen.
use chami::lua::library;
use std::{collections::BTreeSet, fs, path::Path};

/// Commands whose services are not bound yet, by their first word; a group leaves this list when it is bound.
const TO_COME: &[&str] = &["boot", "metadata", "pcs", "rcs"];

/// ochami's commands, without `ochami`.
fn leaves() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/ochami-commands.txt");
    let text = fs::read_to_string(path).expect("the list of commands");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(str::to_owned).collect()
}

/// Every tag that speaks of ochami: the function, and the words behind `ochami`.
fn tags() -> Vec<(String, String)> {
    let index = library::index();
    let of = |shell: &String| shell.strip_prefix("ochami ").map(str::to_owned);
    let all = index.functions().flat_map(|function| {
        let tags = function.shell.iter().filter_map(of);
        tags.map(|tag| (function.path.clone(), tag))
            .collect::<Vec<_>>()
    });
    all.collect()
}

/// The command a tag begins with: the longest, as `smd group member get` is none of `smd group`.
fn leaf<'a>(tag: &str, leaves: &'a [String]) -> Option<&'a str> {
    let words: Vec<&str> = tag.split_whitespace().collect();
    let begins = |leaf: &&String| {
        let leaf: Vec<&str> = leaf.split_whitespace().collect();
        words.starts_with(&leaf)
    };
    let found = leaves.iter().filter(begins);
    found.max_by_key(|leaf| leaf.len()).map(String::as_str)
}

fn is_to_come(leaf: &str) -> bool {
    let first = leaf.split(' ').next().unwrap_or_default();
    TO_COME.contains(&first)
}

#[test]
fn every_command_of_ochami_has_a_twin_or_is_to_come() {
    let (leaves, tags) = (leaves(), tags());
    assert!(leaves.len() > 90, "the list of commands is cut");
    let covered: BTreeSet<&str> = tags
        .iter()
        .filter_map(|(_, tag)| leaf(tag, &leaves))
        .collect();
    let wrong: Vec<String> = leaves
        .iter()
        .filter_map(
            |leaf| match (covered.contains(leaf.as_str()), is_to_come(leaf)) {
                (false, false) => Some(format!("ochami {leaf}: no function names it in ---@shell")),
                (true, true) => Some(format!(
                    "ochami {leaf}: covered, and in TO_COME all the same"
                )),
                _ => None,
            },
        )
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for word in TO_COME {
        let used = leaves
            .iter()
            .any(|leaf| leaf.split(' ').next() == Some(word));
        assert!(used, "TO_COME: ochami has no {word}");
    }
}

#[test]
fn every_tag_names_a_command() {
    let leaves = leaves();
    let wrong: Vec<String> = tags()
        .into_iter()
        .filter(|(_, tag)| leaf(tag, &leaves).is_none())
        .map(|(path, tag)| format!("{path}: there is no ochami {tag}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
