//! YAML as gopkg.in/yaml.v2 writes it, byte for byte: what is quoted, how lines break, how keys are sorted.
//!
//! Nodes read the meta-data with another YAML library, and people compare it with what they remember; so the lab does not
//! write some equal document but this one. Only what cloud-init needs is here: block style, no tags, no anchors.
mod order;
mod plain;
mod scalar;

use scalar::{Shape, Style};
use serde_json::Value;
use std::borrow::Cow;

pub(super) use order::before;

/// A document to be written.
#[derive(Debug)]
pub(super) enum Node<'a> {
    Text(Cow<'a, str>),
    /// Anything that is written as it is: numbers, `true`, `null`.
    Bare(Cow<'static, str>),
    List(Vec<Node<'a>>),
    /// In the order given.
    Map(Vec<(Cow<'a, str>, Node<'a>)>),
}

impl<'a> Node<'a> {
    pub(super) fn text(text: &'a str) -> Self {
        Self::Text(text.into())
    }

    /// A map whose keys are put in order.
    pub(super) fn sorted(mut members: Vec<(Cow<'a, str>, Node<'a>)>) -> Self {
        members.sort_by(|(one, _), (other, _)| before(one, other));
        Self::Map(members)
    }
}

impl<'a> From<&'a Value> for Node<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Bare("null".into()),
            Value::Bool(true) => Self::Bare("true".into()),
            Value::Bool(false) => Self::Bare("false".into()),
            Value::Number(number) => Self::Bare(float(number.as_f64().unwrap_or_default()).into()),
            Value::String(text) => Self::text(text),
            Value::Array(items) => Self::List(items.iter().map(Node::from).collect()),
            Value::Object(members) => {
                let member = |(key, value): (&'a String, &'a Value)| (key.into(), value.into());
                Self::sorted(members.iter().map(member).collect())
            }
        }
    }
}

/// Every number is a float, and from a million on it has an exponent.
fn float(value: f64) -> String {
    let text = format!("{value:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if value != 0.0 && !(-4..6).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", exponent.abs());
    }
    value.to_string()
}

pub(super) fn write(document: &Node) -> String {
    let mut writer = Writer {
        out: String::with_capacity(1024),
        column: 0,
        whitespace: true,
        indention: true,
    };
    writer.node(document, None, false);
    if !writer.out.ends_with('\n') {
        writer.line_break();
    }
    writer.out
}

/// Where the pen is.
struct Writer {
    out: String,
    column: usize,
    /// The last character was a blank, or is as good as one.
    whitespace: bool,
    /// Nothing but blanks and indicators stands on this line yet.
    indention: bool,
}

/// Beyond this column a line is broken at the next blank.
const WIDTH: usize = 80;
const STEP: usize = 2;
/// A longer key is written as `? key`.
const SIMPLE_KEY: usize = 128;

impl Writer {
    fn put(&mut self, letter: char) {
        self.out.push(letter);
        self.column += 1;
    }

    fn line_break(&mut self) {
        self.out.push('\n');
        self.column = 0;
    }

    fn indent(&mut self, indent: usize) {
        if !self.indention || self.column > indent || (self.column == indent && !self.whitespace) {
            self.line_break();
        }
        while self.column < indent {
            self.put(' ');
        }
        self.whitespace = true;
        self.indention = true;
    }

    /// `-`, `:`, `[]` and the like.
    fn indicator(&mut self, text: &str, spaced: bool, indention: bool) {
        if spaced && !self.whitespace {
            self.put(' ');
        }
        text.chars().for_each(|letter| self.put(letter));
        self.whitespace = false;
        self.indention &= indention;
    }

    /// `indent`: of the collection around, if there is one; `in_map`: it is a map.
    fn node(&mut self, node: &Node, indent: Option<usize>, in_map: bool) {
        match node {
            Node::Text(text) => self.text(text, indent, Style::of(text), false),
            Node::Bare(text) => self.text(text, indent, Style::Plain, false),
            Node::List(items) if items.is_empty() => self.empty("[]"),
            Node::Map(members) if members.is_empty() => self.empty("{}"),
            Node::List(items) => {
                let deeper = if in_map && !self.indention { 0 } else { STEP };
                let indent = indent.map_or(0, |indent| indent + deeper);
                for item in items {
                    self.indent(indent);
                    self.indicator("-", true, true);
                    self.node(item, Some(indent), false);
                }
            }
            Node::Map(members) => {
                let indent = indent.map_or(0, |indent| indent + STEP);
                for (key, value) in members {
                    self.indent(indent);
                    self.member(key, value, indent);
                }
            }
        }
    }

    fn member(&mut self, key: &str, value: &Node, indent: usize) {
        let simple = key.len() <= SIMPLE_KEY && !Shape::of(key).multiline;
        if simple {
            self.text(key, Some(indent), Style::of(key), true);
            self.indicator(":", false, false);
        } else {
            self.indicator("?", true, true);
            self.text(key, Some(indent), Style::of(key), false);
            self.indent(indent);
            self.indicator(":", true, true);
        }
        self.node(value, Some(indent), true);
    }

    fn empty(&mut self, brackets: &str) {
        self.indicator(brackets, true, false);
    }

    fn text(&mut self, text: &str, indent: Option<usize>, wanted: Style, key: bool) {
        let indent = indent.map_or(STEP, |indent| indent + STEP);
        match Shape::of(text).style(wanted, text, key) {
            Style::Plain => self.plain(text, indent, key),
            Style::Single => self.single(text, indent, key),
            Style::Double => self.double(text, indent, key),
            Style::Literal => self.literal(text, indent),
        }
    }
}

#[cfg(test)]
mod tests;
