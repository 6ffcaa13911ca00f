//! Top-level keys, against those cloud-init knows, and the request how to be merged.
use super::Findings;
use crate::{
    fault::nearest,
    services::cloud_init::{document::Node, merge},
};

/// One key a line; see its first line.
const TABLE: &str = include_str!("keys.txt");

fn known() -> impl Iterator<Item = &'static str> + Clone {
    TABLE
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

pub(super) fn check(
    config: &Node,
    place: &dyn Fn(&Node) -> (usize, usize),
    findings: &mut Findings,
) {
    for (key, _) in config.entries() {
        let name = key.key();
        if known().any(|it| it == name) {
            continue;
        }
        let dashed = name.replace(['-', ' '], "_");
        let near = known()
            .find(|it| *it == dashed)
            .or_else(|| nearest(&name, known()));
        let hint = match near {
            Some(near) => format!("did you mean {near}?"),
            None => "see https://docs.cloud-init.io for the modules and their keys".to_owned(),
        };
        findings.warning(
            "unknown-key",
            place(key),
            format!("cloud-init has no key `{name}`: nothing comes of it"),
            hint,
        );
    }
    merging(config, place, findings);
}

/// A part that does not say how it is merged replaces what other groups said.
fn merging(config: &Node, place: &dyn Fn(&Node) -> (usize, usize), findings: &mut Findings) {
    let key = config.entries().iter().map(|(key, _)| key);
    let key = key
        .clone()
        .find(|key| matches!(key.as_text(), Some("merge_how" | "merge_type")));
    let at = key.map_or((1, 1), place);
    match merge::asked(config) {
        Err(why) => findings.error(
            "merge-how",
            at,
            format!("{why}: the node leaves the whole text out"),
            "write merge_how: \"list(append)+dict(no_replace,recurse_list)+str()\"",
        ),
        Ok((how, true)) if !how.contains("dict(") => findings.error(
            "merge-how",
            at,
            format!(
                "{how} has no merger for mappings: nothing of this text is merged behind another"
            ),
            "add dict(no_replace,recurse_list)",
        ),
        Ok((_, false)) if !config.entries().is_empty() => findings.note(
            "merge-how",
            at,
            "it does not say how it is merged: its keys replace those of groups before it",
            "merge_how: \"list(append)+dict(no_replace,recurse_list)+str()\" adds to lists instead",
        ),
        Ok(_) => {}
    }
}
