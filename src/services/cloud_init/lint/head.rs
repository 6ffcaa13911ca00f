//! The first lines, which decide what a text is, and the characters that spoil it.
use super::Findings;
use crate::services::cloud_init::{
    merge::{self, Kind},
    render::{self, HEADER},
};

const CONFIG: &str = "#cloud-config";

pub(super) fn check(content: &str, findings: &mut Findings) {
    if content.trim().is_empty() {
        findings.warning(
            "empty",
            (1, 1),
            "the text is empty: the node gets nothing from this group",
            "begin it with #cloud-config",
        );
        return;
    }
    if let Some(at) = content.lines().position(|line| line.ends_with('\r')) {
        findings.warning(
            "line-ends",
            (at + 1, 1),
            "lines end as on Windows",
            "store the file with plain line ends",
        );
    }
    let mut lines = content.lines().map(|line| line.trim_end_matches('\r'));
    let (first, second) = (
        lines.next().unwrap_or_default(),
        lines.next().unwrap_or_default(),
    );
    if render::is_template(content) {
        template(first, content, findings);
        if first.trim_start().starts_with("##") {
            config(
                second,
                2,
                content.split_once('\n').map_or("", |(_, rest)| rest),
                findings,
            );
        }
    } else {
        let jinja = jinja(content);
        if let Some(line) = jinja {
            findings.error(
                "header",
                (1, 1),
                format!("there is Jinja on line {line}, but the node does not take the text for a template"),
                format!("make `{HEADER}` the first line, exactly"),
            );
        }
        // A header that is no header is one fault, not two.
        let meant = jinja.is_some()
            && first
                .to_lowercase()
                .replace(' ', "")
                .starts_with("##template");
        if !meant {
            config(first, 1, content, findings);
        }
    }
    tabs(content, findings);
}

fn template(first: &str, content: &str, findings: &mut Findings) {
    if first.trim().is_empty()
        || render::names_in(content).is_err_and(|it| it.fault.message.contains(HEADER))
    {
        findings.error(
            "header",
            (1, 1),
            format!("`{HEADER}` is not the whole first line, so the node renders nothing"),
            "nothing may stand before it, and nothing behind it",
        );
    } else if first != HEADER {
        findings.warning(
            "header",
            (1, 1),
            "the first line is not exactly as it should be",
            format!("write `{HEADER}`"),
        );
    } else if !content.contains("{{") && !content.contains("{%") {
        findings.note(
            "header",
            (1, 1),
            "a template without any Jinja",
            "the first line is not needed",
        );
    }
}

/// The line that says what the text is.
fn config(line: &str, number: usize, text: &str, findings: &mut Findings) {
    if line == CONFIG {
        return;
    }
    match merge::kind_of(text) {
        Kind::CloudConfig => findings.warning(
            "header",
            (number, 1),
            format!("line {number} is not exactly {CONFIG}"),
            format!("make {CONFIG} line {number}, exactly"),
        ),
        Kind::Unknown | Kind::Empty | Kind::Template => findings.error(
            "header",
            (number, 1),
            format!("line {number} is not {CONFIG}, so the node does not know what this is and ignores it"),
            format!("make {CONFIG} line {number}, exactly"),
        ),
        _ => {}
    }
}

/// Words of Go's templates, which stand in commands of podman and docker; in Jinja they are no expression.
const GO: [&str; 9] = [
    "block", "define", "else", "end", "if", "json", "range", "template", "with",
];

/// The first line with Jinja in it. `{{.State}}` and `{{range .Mounts}}` are Go's and none of it.
fn jinja(content: &str) -> Option<usize> {
    let expression = |rest: &str| {
        let rest = rest.trim_start();
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
        let word = &rest[..end.unwrap_or(rest.len())];
        rest.contains("}}")
            && word.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && !GO.contains(&word)
    };
    let inside = |line: &str| line.contains("{%") || line.split("{{").skip(1).any(expression);
    content.lines().position(inside).map(|at| at + 1)
}

/// Tabs at the beginning of a line: wrong in YAML, but for the inside of a block of text.
fn tabs(content: &str, findings: &mut Findings) {
    if merge::kind_of(content.trim_start_matches(HEADER)) != Kind::CloudConfig {
        return;
    }
    for (line, number) in content.lines().zip(1..) {
        if line.starts_with('\t') && !line.trim().is_empty() {
            findings.error(
                "tab",
                (number, 1),
                "the line begins with a tab",
                "indent with spaces",
            );
        }
    }
}
