//! An exercise as a reader meets it: what stands before the first step, parts of prose and code, what to try afterwards.
use super::text::{self, Kind};

/// A piece of a part, in the file's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// Comments without their dashes.
    Prose(String),
    Code(String),
}

/// From a mark to the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) kind: Kind,
    pub(super) title: String,
    /// The line of its mark, counted from 1.
    pub(super) line: usize,
    /// All that stands below the mark, as one runs it.
    pub(super) code: String,
    pub(super) blocks: Vec<Block>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Script {
    /// The comment the file opens with.
    pub(super) opening: String,
    /// Header, locals and checks: all above the first mark.
    pub(super) head: String,
    pub(super) parts: Vec<Part>,
    pub(super) tries: Vec<String>,
}

impl Script {
    pub(super) fn read(source: &str) -> Self {
        let marks = text::marks(source);
        let lines: Vec<&str> = source.lines().collect();
        let first = marks.first().map_or(lines.len(), |mark| mark.line - 1);
        let last = marks.last().map_or(first, |mark| mark.line);
        let end = (last..lines.len())
            .find(|at| proposal(lines[*at]).is_some())
            .unwrap_or(lines.len());
        let bounds = marks.iter().map(|mark| mark.line - 1).skip(1).chain([end]);
        let parts = marks.iter().zip(bounds).map(|(mark, to)| {
            let body = &lines[mark.line.min(to)..to];
            Part {
                kind: mark.kind,
                title: spoken(&mark.title),
                line: mark.line,
                code: body.join("\n"),
                blocks: blocks(body),
            }
        });
        let opening: Vec<String> = lines
            .iter()
            .skip_while(|line| line.starts_with("#!"))
            .map_while(|line| comment(line))
            .collect();
        Self {
            parts: parts.collect(),
            opening: opening.join("\n"),
            head: lines[..first].join("\n"),
            tries: lines[end..]
                .iter()
                .filter_map(|line| proposal(line))
                .collect(),
        }
    }

    /// How many parts there are, of both kinds.
    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }
}

/// What a line proposes to try.
fn proposal(line: &str) -> Option<String> {
    let rest = line.strip_prefix("try")?.trim();
    rest.starts_with(['"', '\'', '[', '('])
        .then(|| spoken(rest))
}

/// A comment's words; none for any other line, and for a comment in long brackets.
fn comment(line: &str) -> Option<String> {
    let rest = line.strip_prefix("--")?;
    let long = rest.starts_with("[[") || rest.starts_with("[=");
    (!long).then(|| rest.strip_prefix(' ').unwrap_or(rest).trim_end().to_owned())
}

/// Comments at the beginning of lines are prose; what is indented or follows code belongs to the code.
pub(super) fn blocks(lines: &[&str]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for line in lines {
        match (comment(line), blocks.last_mut()) {
            (Some(words), Some(Block::Prose(text))) => {
                text.push('\n');
                text.push_str(&words);
            }
            (Some(words), _) => blocks.push(Block::Prose(words)),
            (None, Some(Block::Code(text))) => {
                text.push('\n');
                text.push_str(line);
            }
            (None, _) if line.trim().is_empty() => {}
            (None, _) => blocks.push(Block::Code((*line).to_owned())),
        }
    }
    for block in &mut blocks {
        if let Block::Code(text) = block {
            text.truncate(text.trim_end().len());
        }
    }
    blocks
}

/// What a literal says: its quotes or brackets gone, its escapes read.
pub(super) fn spoken(literal: &str) -> String {
    let inner = literal
        .trim_start_matches(['(', '['])
        .trim_end_matches([')', ']', ';'])
        .trim();
    let quote = inner.chars().next().filter(|c| ['"', '\''].contains(c));
    let Some(quote) = quote else {
        return inner.to_owned();
    };
    let (mut out, mut escaped) = (String::new(), false);
    for letter in inner.chars().skip(1) {
        match letter {
            _ if escaped => {
                out.push(if letter == 'n' { '\n' } else { letter });
                escaped = false;
            }
            '\\' => escaped = true,
            letter if letter == quote => break,
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "-- About things.\n-- In two lines.\n\nexercise { id = \"1\" }\nlocal a = 1\n\nlook \"See \\\"it\\\"\"\n-- Look here,\n-- then there.\nprint(a)\n  -- part of the code\nprint(2)\n\n-- And more.\nf()\n\nstep 'Do it'\ng()\n\ntry \"One.\"\ntry 'Two.'\n";

    #[test]
    fn a_file_falls_into_head_parts_and_proposals() {
        let script = Script::read(FILE);
        assert_eq!(script.opening, "About things.\nIn two lines.");
        assert!(script.head.ends_with("local a = 1\n"), "{}", script.head);
        assert_eq!(script.tries, ["One.", "Two."]);
        let titles: Vec<_> = script
            .parts
            .iter()
            .map(|p| (p.kind, p.title.as_str(), p.line))
            .collect();
        assert_eq!(
            titles,
            [(Kind::Look, "See \"it\"", 7), (Kind::Step, "Do it", 17)]
        );
        assert_eq!(script.parts[1].code, "g()\n");
    }

    #[test]
    fn prose_and_code_alternate_in_the_files_order() {
        let script = Script::read(FILE);
        let want = [
            Block::Prose("Look here,\nthen there.".into()),
            Block::Code("print(a)\n  -- part of the code\nprint(2)".into()),
            Block::Prose("And more.".into()),
            Block::Code("f()".into()),
        ];
        assert_eq!(script.parts[0].blocks, want);
    }

    #[test]
    fn a_file_without_marks_has_a_head_alone() {
        let script = Script::read("exercise { id = \"1\" }\n");
        assert_eq!(
            (script.len(), script.head.as_str()),
            (0, "exercise { id = \"1\" }")
        );
    }
}
