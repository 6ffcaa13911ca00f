//! An exercise as text: where its parts begin, and what is left without one. Knows no Lua VM.

/// Whether a part changes the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Step,
    Look,
}

impl Kind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Look => "look",
        }
    }
}

/// The line that begins a part, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) kind: Kind,
    pub(super) line: usize,
    /// As the file spells it, quotes and all.
    pub(super) title: String,
}

/// Whether this is an exercise: its first statement is the header.
pub fn is_exercise(text: &str) -> bool {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let code = |line: &&str| !line.is_empty() && !line.starts_with("--") && !line.starts_with("#!");
    let first = text.lines().map(str::trim).find(code);
    first
        .and_then(|line| line.strip_prefix("exercise"))
        .is_some_and(|rest| rest.trim_start().starts_with(['{', '(']) || rest.trim().is_empty())
}

/// The marks of a file. A mark stands at the beginning of its line, so that the line can be found without running it.
pub(super) fn marks(text: &str) -> Vec<Mark> {
    let mark = |(line, content): (usize, &str)| {
        let (kind, rest) = match content {
            _ if content.starts_with("step") => (Kind::Step, &content[4..]),
            _ if content.starts_with("look") => (Kind::Look, &content[4..]),
            _ => return None,
        };
        let title = rest.trim();
        title.starts_with(['"', '\'', '[', '(']).then(|| Mark {
            kind,
            line,
            title: title.to_owned(),
        })
    };
    (1..).zip(text.lines()).filter_map(mark).collect()
}

/// The text without what one part does: from below its mark to the next one, or to the first `try`. Its lines stay empty,
/// so that the others keep their numbers.
pub(super) fn without(text: &str, marks: &[Mark], part: usize) -> String {
    let from = marks[part].line;
    let next = marks.get(part + 1).map(|next| next.line);
    let end = (1..)
        .zip(text.lines())
        .find(|(line, content)| *line > from && content.starts_with("try"))
        .map(|(line, _)| line);
    let to = next.or(end).unwrap_or(usize::MAX);
    let keep = |(line, content): (usize, &'_ str)| {
        let gone = (from + 1..to).contains(&line);
        format!("{}\n", if gone { "" } else { content })
    };
    (1..).zip(text.lines()).map(keep).collect()
}

/// The text as a literal of Lua: a long bracket that it does not close itself.
pub(super) fn literal(text: &str) -> String {
    let mut bars = String::new();
    while text.contains(&format!("]{bars}")) {
        bars.push('=');
    }
    // Lua drops a first line break.
    format!("[{bars}[\n{text}]{bars}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "-- a course\nexercise { id = \"1\" }\nlook \"A\"\nlocal stepping = 1\nstep \"B\"\nf()\ntry \"C\"\n";

    #[test]
    fn an_exercise_begins_with_its_header() {
        assert!(is_exercise(FILE));
        assert!(is_exercise("\u{feff}exercise{id='1'}"));
        assert!(is_exercise("#!/usr/bin/chami\n\nexercise({})"));
        assert!(!is_exercise("print 'x'\nexercise {}"));
        assert!(!is_exercise("exercises = {}"));
        assert!(!is_exercise(""));
    }

    #[test]
    fn marks_are_found_at_the_beginning_of_lines() {
        let found = marks(FILE);
        let short: Vec<_> = found
            .iter()
            .map(|m| (m.kind, m.line, m.title.as_str()))
            .collect();
        assert_eq!(short, [(Kind::Look, 3, "\"A\""), (Kind::Step, 5, "\"B\"")]);
        assert!(marks("  step \"x\"\nstepping = 1\n-- step \"x\"").is_empty());
    }

    #[test]
    fn a_part_is_taken_out_and_the_other_lines_keep_their_numbers() {
        let marks = marks(FILE);
        let first = without(FILE, &marks, 0);
        assert_eq!(first.lines().nth(2), Some("look \"A\""));
        assert_eq!(first.lines().nth(3), Some(""));
        assert_eq!(first.lines().nth(4), Some("step \"B\""));
        let last = without(FILE, &marks, 1);
        assert_eq!(last.lines().nth(3), Some("local stepping = 1"));
        assert_eq!(last.lines().nth(5), Some(""));
        assert_eq!(last.lines().nth(6), Some("try \"C\""));
    }

    #[test]
    fn a_literal_survives_any_bracket() {
        assert_eq!(literal("a"), "[[\na]]");
        assert_eq!(literal("a]]b]=]"), "[==[\na]]b]=]]==]");
        assert_eq!(literal("ends with ]"), "[=[\nends with ]]=]");
    }
}
