//! Texts: which way of writing one its content allows, and the four ways.
use super::{WIDTH, Writer, plain};

/// A way of writing a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Single,
    Double,
    Literal,
}

impl Style {
    /// The way that is tried first.
    pub(super) fn of(text: &str) -> Self {
        if text.contains('\n') {
            Self::Literal
        } else if plain::is_text(text) {
            Self::Plain
        } else {
            Self::Double
        }
    }
}

/// What of a text decides how it can be written.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools)] // four answers to four questions
pub(super) struct Shape {
    pub(super) multiline: bool,
    plain: bool,
    single: bool,
    block: bool,
}

fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Written as it is; what lies beyond the 16-bit plane is escaped, and tabs are as well.
fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}')
        && c != '\u{feff}'
}

/// Whether the text begins with, or holds, something that means more than itself.
fn has_indicators(text: &str) -> bool {
    if text.starts_with("---") || text.starts_with("...") {
        return true;
    }
    let letters: Vec<char> = text.chars().collect();
    let mut after_blank = true;
    letters.iter().enumerate().any(|(at, &c)| {
        let before_blank = letters
            .get(at + 1)
            .is_none_or(|next| matches!(next, ' ' | '\t'));
        let special = match c {
            ':' => before_blank,
            '#' if at > 0 => after_blank,
            '?' | '-' if at == 0 => before_blank,
            '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%'
            | '@' | '`' => at == 0,
            _ => false,
        };
        after_blank = matches!(c, ' ' | '\t' | '\0') || is_break(c);
        special
    })
}

impl Shape {
    pub(super) fn of(text: &str) -> Self {
        if text.is_empty() {
            return Self {
                multiline: false,
                plain: true,
                single: true,
                block: false,
            };
        }
        let pair = |one: fn(char) -> bool, other: fn(char) -> bool| {
            let next = text.chars().skip(1);
            text.chars().zip(next).any(|(a, b)| one(a) && other(b))
        };
        let blank = |c| c == ' ';
        let edge = |c: char| c == ' ' || is_break(c);
        let multiline = text.contains(is_break);
        let break_space = pair(is_break, blank);
        let hard = pair(blank, is_break) || !text.chars().all(is_printable);
        let edges = text.starts_with(edge) || text.ends_with(edge);
        Self {
            multiline,
            plain: !(edges || break_space || hard || multiline || has_indicators(text)),
            single: !(break_space || hard),
            block: !(hard || text.ends_with(' ')),
        }
    }

    /// The way nearest to the one wanted that the text allows.
    pub(super) fn style(&self, wanted: Style, text: &str, key: bool) -> Style {
        let mut style = wanted;
        if key && self.multiline {
            style = Style::Double;
        }
        if style == Style::Plain && (!self.plain || (text.is_empty() && key)) {
            style = Style::Single;
        }
        if style == Style::Single && !self.single {
            style = Style::Double;
        }
        if style == Style::Literal && (!self.block || key) {
            style = Style::Double;
        }
        style
    }
}

impl Writer {
    fn copy(&mut self, c: char) {
        if is_break(c) {
            self.out.push(c);
            self.column = 0;
        } else {
            self.put(c);
        }
    }

    pub(super) fn plain(&mut self, text: &str, indent: usize, key: bool) {
        if !self.whitespace {
            self.put(' ');
        }
        self.folded(text, indent, key, false);
        self.whitespace = false;
        self.indention = false;
    }

    pub(super) fn single(&mut self, text: &str, indent: usize, key: bool) {
        self.indicator("'", true, false);
        self.folded(text, indent, key, true);
        self.indicator("'", false, false);
        self.whitespace = false;
        self.indention = false;
    }

    /// Breaks long lines at single blanks, and keeps the breaks there are by doubling the first.
    fn folded(&mut self, text: &str, indent: usize, key: bool, quoted: bool) {
        let (mut spaces, mut breaks) = (false, false);
        let mut letters = text.char_indices().peekable();
        while let Some((at, c)) = letters.next() {
            let next = letters.peek().map(|(_, next)| *next);
            if c == ' ' {
                let inside = !quoted || (at > 0 && next.is_some());
                if !key && !spaces && self.column > WIDTH && inside && next != Some(' ') {
                    self.indent(indent);
                } else {
                    self.put(c);
                }
                spaces = true;
            } else if is_break(c) {
                if !breaks && c == '\n' {
                    self.line_break();
                }
                self.copy(c);
                self.indention = true;
                breaks = true;
            } else {
                if breaks {
                    self.indent(indent);
                }
                if quoted && c == '\'' {
                    self.put(c);
                }
                self.put(c);
                self.indention = false;
                (spaces, breaks) = (false, false);
            }
        }
    }

    pub(super) fn double(&mut self, text: &str, indent: usize, key: bool) {
        self.indicator("\"", true, false);
        let mut spaces = false;
        let mut letters = text.char_indices().peekable();
        let marked = text.starts_with('\u{feff}');
        while let Some((at, c)) = letters.next() {
            let next = letters.peek().map(|(_, next)| *next);
            if !is_printable(c) || is_break(c) || c == '"' || c == '\\' || marked {
                escape(c).chars().for_each(|letter| self.put(letter));
                spaces = false;
            } else if c == ' ' {
                if !key && !spaces && self.column > WIDTH && at > 0 && next.is_some() {
                    self.indent(indent);
                    if next == Some(' ') {
                        self.put('\\');
                    }
                } else {
                    self.put(c);
                }
                spaces = true;
            } else {
                self.put(c);
                spaces = false;
            }
        }
        self.indicator("\"", false, false);
        self.whitespace = false;
        self.indention = false;
    }

    pub(super) fn literal(&mut self, text: &str, indent: usize) {
        self.indicator("|", true, false);
        if text.starts_with(|c| c == ' ' || is_break(c)) {
            self.indicator("2", false, false);
        }
        let mut end = text.chars().rev();
        match (end.next().is_some_and(is_break), end.next()) {
            (false, _) => self.indicator("-", false, false),
            (true, None) => self.indicator("+", false, false),
            (true, Some(c)) if is_break(c) => self.indicator("+", false, false),
            _ => {}
        }
        self.line_break();
        self.indention = true;
        self.whitespace = true;
        let mut breaks = true;
        for c in text.chars() {
            if is_break(c) {
                self.copy(c);
                self.indention = true;
            } else {
                if breaks {
                    self.indent(indent);
                }
                self.put(c);
                self.indention = false;
            }
            breaks = is_break(c);
        }
    }
}

fn escape(c: char) -> String {
    let short = match c {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' | '\\' => c,
        '\u{85}' => 'N',
        '\u{a0}' => '_',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        _ => {
            return match u32::from(c) {
                code @ ..=0xff => format!("\\x{code:02X}"),
                code @ ..=0xffff => format!("\\u{code:04X}"),
                code => format!("\\U{code:08X}"),
            };
        }
    };
    format!("\\{short}")
}
