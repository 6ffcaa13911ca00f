//! Values and faults as people read them: what the prompt prints, `-F table`, transcripts.
//!
//! Pure: from a `Shape` and a `Style` to text, the same text each time. It knows no terminal; its user measures the width
//! and decides on colour. What came from outside cannot move the cursor: control characters are always escaped.
mod cell;
mod fault;
mod fold;
mod scalar;
mod set;
mod table;
mod veil;

pub use fault::{error, fault};
pub use fold::fold;
pub use scalar::{float, quote};

use super::shape::{Key, Shape};
use cell::{line, list_line, record_line, whole};
use scalar::{bare, printable, width};
use std::fmt::Write;

/// What the reader's screen can show.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Columns; lines are broken, cells cut and columns dropped to fit.
    pub width: usize,
    /// Lines that a list of plain values may fill.
    pub rows: usize,
    pub colour: bool,
    /// What is shown can be had again as `_`, so notes may say so.
    pub prompt: bool,
}

impl Style {
    /// For files and pipes: nothing is cut.
    pub const WHOLE: Self = Self {
        width: usize::MAX,
        rows: usize::MAX,
        colour: false,
        prompt: false,
    };

    pub(super) fn paint(&self, code: &str, text: &str) -> String {
        if self.colour {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    fn narrow(&self, by: usize) -> Self {
        Self {
            width: self.width.saturating_sub(by).max(20),
            ..*self
        }
    }
}

pub(super) const BOLD: &str = "1";
const DIM: &str = "2";
const RED: &str = "1;31";
/// A table that fits in so few columns stands in one line, as one would type it.
const ONE_LINE: usize = 60;
/// How much deeper the broken lines go on of what says itself how it wants to be shown: below the words behind `next: `.
const HANG: usize = 6;

/// A value as the prompt shows it: strings quoted, so that `"3"` and `3` differ.
pub fn inspect(shape: &Shape, style: &Style) -> String {
    match veil::veil(shape).as_ref() {
        Shape::List(items, _) if !items.is_empty() && items.iter().all(speaks) => {
            let texts: Vec<String> = items.iter().map(|item| inspect(item, style)).collect();
            texts.join("\n\n")
        }
        Shape::List(items, total) if !items.is_empty() => list(items, *total, style),
        Shape::Opaque(text) | Shape::Told(text, _) if speaks(shape) => {
            let lines: Vec<String> = text.split('\n').map(scalar::clean).collect();
            fold(&lines.join("\n"), style, HANG)
        }
        Shape::Record(fields) if !fields.is_empty() => record(fields, style),
        Shape::Text(text) if text.contains('\n') && printable(text) => bracket(text),
        other => line(other, usize::MAX).unwrap_or_default(),
    }
}

/// Whether this is a table that says itself, in lines of its own, how it wants to be shown.
fn speaks(shape: &Shape) -> bool {
    matches!(shape, Shape::Opaque(text) | Shape::Told(text, _) if text.contains('\n'))
}

/// The same for a program's output: a string stands as it is, a list of plain values one to a line.
pub fn plain(shape: &Shape, style: &Style) -> String {
    match veil::veil(shape).as_ref() {
        Shape::Text(text) => text.clone(),
        Shape::Nil => String::new(),
        Shape::List(items, _) if items.iter().all(Shape::is_scalar) => {
            let lines: Vec<String> = items.iter().map(|item| plain(item, style)).collect();
            lines.join("\n")
        }
        other => inspect(other, style),
    }
}

/// Lua's long bracket: a text of several lines that can be read, and pasted.
fn bracket(text: &str) -> String {
    let mut bars = String::new();
    while text.contains(&format!("]{bars}]")) || text.ends_with(&format!("]{bars}")) {
        bars.push('=');
    }
    format!("[{bars}[\n{text}]{bars}]")
}

fn record(fields: &[(Key, Shape)], style: &Style) -> String {
    let simple = fields.iter().all(|(_, value)| short(value));
    match record_line(fields, style.width.min(ONE_LINE)).filter(|_| simple) {
        Some(text) => text,
        None => block(fields, style),
    }
}

fn short(value: &Shape) -> bool {
    match value {
        Shape::Text(text) => !text.contains('\n'),
        Shape::Opaque(_) | Shape::Told(..) => false,
        _ => true,
    }
}

/// `key  value` lines, values aligned; what does not fit beside its key stands indented below it.
fn block(fields: &[(Key, Shape)], style: &Style) -> String {
    let label = |key: &Key| bare(key.text());
    let widest = fields.iter().map(|(key, _)| width(&label(key))).max();
    let column = widest.unwrap_or_default().min(30);
    let mut lines = Vec::new();
    for (key, value) in fields {
        let name = label(key);
        let pad = " ".repeat(column.saturating_sub(width(&name)));
        let room = style.narrow(column + 2);
        if let Some(text) = beside(value, room.width) {
            lines.push(format!("{}{pad}  {text}", style.paint(BOLD, &name)));
        } else {
            lines.push(style.paint(BOLD, &name));
            let inner = Style {
                prompt: false,
                ..style.narrow(2)
            };
            lines.push(indent(&below(value, &inner)));
        }
    }
    lines.join("\n")
}

/// A field's value on the line of its key. Long strings are not cut: the terminal wraps them, and they can be copied.
fn beside(value: &Shape, room: usize) -> Option<String> {
    match value {
        Shape::Text(text) if text.contains('\n') && printable(text) => None,
        scalar if scalar.is_scalar() => whole(scalar, usize::MAX),
        parts => whole(parts, room.min(100)),
    }
}

fn below(value: &Shape, style: &Style) -> String {
    match value {
        Shape::Text(text) => text.trim_end_matches('\n').to_owned(),
        Shape::List(items, total) => list(items, *total, style),
        Shape::Record(fields) => block(fields, style),
        other => inspect(other, style),
    }
}

fn indent(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let _ = writeln!(out, "  {line}");
    }
    out.trim_end().to_owned()
}

/// A list that is not empty: records as a table, plain values side by side, all else item by item.
fn list(items: &[Shape], total: usize, style: &Style) -> String {
    if table::is_table(items) {
        return more(table::table(items, style), items.len(), total, style);
    }
    if let Some(text) = list_line(items, total, style.width) {
        return text;
    }
    if items.iter().all(Shape::is_scalar) {
        let (text, shown) = fill(items, total, style);
        return more(text, shown, total, style);
    }
    let numbered = (1..).zip(items);
    let fields: Vec<(Key, Shape)> = numbered
        .map(|(at, item): (usize, &Shape)| (Key::Other(at.to_string()), item.clone()))
        .collect();
    more(block(&fields, style), items.len(), total, style)
}

/// Says how many items of a cut list are not shown.
fn more(text: String, shown: usize, total: usize, style: &Style) -> String {
    if shown >= total {
        return text;
    }
    let count = scalar::grouped(total - shown);
    let note = if style.prompt {
        format!("… {count} more; page(_) shows all, #_ is {total}")
    } else {
        format!("… {count} more")
    };
    format!("{text}\n{}", style.paint(DIM, &note))
}

/// Plain values side by side, as many as the style has lines for; also says how many those are.
fn fill(items: &[Shape], total: usize, style: &Style) -> (String, usize) {
    let mut lines = vec![String::from("{ ")];
    let mut shown = 0;
    for item in items {
        let last = shown + 1 == total;
        let text = line(item, usize::MAX).unwrap_or_default() + if last { " }" } else { "," };
        let current = lines.last().map_or(0, |l| width(l));
        if current > 2 && current + width(&text) > style.width {
            if lines.len() >= style.rows {
                break;
            }
            lines.push(String::from("  "));
        }
        if let Some(line) = lines.last_mut() {
            let _ = write!(line, "{text}{}", if last { "" } else { " " });
        }
        shown += 1;
    }
    let lines: Vec<&str> = lines.iter().map(|l| l.trim_end()).collect();
    let end = if shown < total { " … }" } else { "" };
    (lines.join("\n") + end, shown)
}

#[cfg(test)]
mod tests;
