//! How the course looks on a terminal: prose broken to its width and set off from code. Knows no terminal.
use super::script::{Block, Part};
use crate::shell::token::{self, Kind};
use unicode_width::UnicodeWidthStr as _;

/// Prose is read in lines no longer than this, however wide the window.
const WIDEST: usize = 84;
/// Code is set off by so much; what is copied from there still runs.
const INDENT: &str = "    ";

/// What the reader's screen can show.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub width: usize,
    pub colour: bool,
}

impl Look {
    /// For files and pipes.
    pub const PLAIN: Self = Self {
        width: 80,
        colour: false,
    };

    pub(super) fn bold(&self, text: &str) -> String {
        self.dressed("1", text)
    }

    pub(super) fn dim(&self, text: &str) -> String {
        self.dressed("2", text)
    }

    pub(super) fn green(&self, text: &str) -> String {
        self.dressed("32", text)
    }

    pub(super) fn red(&self, text: &str) -> String {
        self.dressed("31", text)
    }

    fn dressed(&self, code: &str, text: &str) -> String {
        if self.colour {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    /// Prose in lines that fit; what is indented in it, and lists, stay as they are.
    pub(super) fn prose(&self, text: &str) -> String {
        wrap(text, self.width.min(WIDEST)).join("\n")
    }

    /// A word, and beside it what it says, in lines that hang below one another.
    pub(super) fn beside(&self, word: &str, room: usize, text: &str) -> String {
        let width = self.width.min(WIDEST).saturating_sub(room).max(24);
        let pad = " ".repeat(room.saturating_sub(word.width()));
        let lines = wrap(text, width);
        let mut out = format!("{word}{pad}");
        for (at, line) in lines.iter().enumerate() {
            if at > 0 {
                out.push('\n');
                out.push_str(&" ".repeat(room));
            }
            out.push_str(line);
        }
        out.trim_end().to_owned()
    }

    pub(super) fn code(&self, text: &str) -> String {
        let text = if self.colour {
            painted(text)
        } else {
            text.to_owned()
        };
        let indented = text.lines().map(|line| match line {
            "" => String::new(),
            line => format!("{INDENT}{line}"),
        });
        indented.collect::<Vec<_>>().join("\n")
    }

    /// One part: its title, prose and code.
    pub(super) fn part(&self, part: &Part, number: usize, of: usize) -> String {
        let head = format!("{number} of {of} · {}", part.kind.name());
        let mut out = vec![format!("{}  {}", self.dim(&head), self.bold(&part.title))];
        out.push(self.blocks(&part.blocks));
        out.join("\n\n").trim_end().to_owned()
    }

    pub(super) fn blocks(&self, blocks: &[Block]) -> String {
        let one = |block: &Block| match block {
            Block::Prose(text) => self.prose(text),
            Block::Code(text) => self.code(text),
        };
        blocks.iter().map(one).collect::<Vec<_>>().join("\n\n")
    }
}

/// The words of Lua itself.
const KEYWORDS: [&str; 22] = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
    "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
];

/// Code in colour: what is said in it stands out from how it is done.
fn painted(code: &str) -> String {
    let (mut out, mut at) = (String::new(), 0);
    for it in token::tokens(code) {
        out.push_str(&code[at..it.start]);
        at = it.end();
        let colour = match it.kind {
            Kind::Comment => "2",
            Kind::Text => "32",
            Kind::Number => "36",
            Kind::Word if KEYWORDS.contains(&it.text) => "35",
            Kind::Word | Kind::Sign => {
                out.push_str(it.text);
                continue;
            }
        };
        // A colour that ran over the end of a line would reach into the margin of the next.
        let lines: Vec<String> = it
            .text
            .split('\n')
            .map(|line| format!("\x1b[{colour}m{line}\x1b[0m"))
            .collect();
        out.push_str(&lines.join("\n"));
    }
    out + &code[at..]
}

/// Breaks each paragraph anew; an empty line ends one, lines that are indented or begin a list stay as they are.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        if line.is_empty() || line.starts_with([' ', '-', '|']) {
            lines.push(line.to_owned());
            open = false;
            continue;
        }
        for word in words(line) {
            match lines.last_mut() {
                Some(last) if open && last.width() + 1 + word.width() <= width => {
                    last.push(' ');
                    last.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
            open = true;
        }
    }
    lines
}

/// Words; what stands between backticks is one, if it is short enough to keep together.
fn words(line: &str) -> Vec<&str> {
    const TOGETHER: usize = 50;
    let (mut out, mut start, mut inside) = (Vec::new(), None, false);
    for (at, letter) in line.char_indices() {
        if letter == '`' {
            let closes = line[at + 1..].find('`');
            inside = !inside && closes.is_some_and(|length| length < TOGETHER);
        }
        if letter.is_whitespace() && !inside {
            out.extend(start.take().map(|from: usize| &line[from..at]));
        } else {
            start.get_or_insert(at);
        }
    }
    out.extend(start.map(|from| &line[from..]));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::text::Kind as PartKind;

    #[test]
    fn prose_is_broken_and_code_is_not() {
        let part = Part {
            kind: PartKind::Step,
            title: "Load it".into(),
            line: 1,
            code: String::new(),
            blocks: vec![
                Block::Prose("One two three\nfour `five six` seven.".into()),
                Block::Code("print(1)\n\nprint(2)".into()),
            ],
        };
        let look = Look {
            width: 20,
            ..Look::PLAIN
        };
        assert_eq!(
            look.part(&part, 2, 3),
            "2 of 3 · step  Load it\n\nOne two three four\n`five six` seven.\n\n    print(1)\n\n    print(2)"
        );
    }

    #[test]
    fn what_a_word_says_hangs_beside_it() {
        let look = Look {
            width: 32,
            ..Look::PLAIN
        };
        assert_eq!(
            look.beside("goal", 6, "All nodes of the group are on and known."),
            "goal  All nodes of the group are\n      on and known."
        );
    }

    #[test]
    fn colour_is_put_around_words_and_takes_nothing_away() {
        let code = "local a = 'x' -- why\nreturn [[\ny]]";
        let shown = painted(code);
        assert!(
            shown.starts_with("\x1b[35mlocal\x1b[0m a = \x1b[32m'x'\x1b[0m"),
            "{shown}"
        );
        let mut bare = shown.clone();
        for colour in ["0", "2", "32", "35"] {
            bare = bare.replace(&format!("\x1b[{colour}m"), "");
        }
        assert_eq!(bare, code);
        assert!(
            shown.lines().all(|line| line.ends_with("\x1b[0m")),
            "{shown}"
        );
    }

    #[test]
    fn lists_and_tables_in_prose_stay() {
        assert_eq!(
            wrap("a b\n\n  kept  so\n- x", 2),
            ["a", "b", "", "  kept  so", "- x"]
        );
    }
}
