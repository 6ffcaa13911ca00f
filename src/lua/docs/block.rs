//! A run of `---` lines while it is gathered: its text, and its tags in the form the entries have.
use super::{Alias, Class, Example, Function, Slot, types};

/// A run of `---` lines.
#[derive(Default)]
pub(super) struct Block {
    pub(super) entry: Function,
    pub(super) class: Option<Class>,
    pub(super) alias: Option<Alias>,
    state: Option<String>,
    /// What a further indented line continues.
    last: Last,
    pub(super) started: bool,
}

#[derive(Clone, Copy, Default)]
enum Last {
    #[default]
    Text,
    Param,
    Return,
    Field,
    Example,
    Alias,
}

impl Block {
    pub(super) fn declares(&self) -> bool {
        self.class.is_some() || self.alias.is_some()
    }

    pub(super) fn tag(&mut self, number: usize, name: &str, rest: &str) -> bool {
        match name {
            "param" => {
                self.entry.params.push(named(rest));
                self.last = Last::Param;
            }
            "return" => {
                self.entry.returns.push(result(rest));
                self.last = Last::Return;
            }
            "field" => {
                let Some(class) = &mut self.class else {
                    return false;
                };
                class.fields.push(named(rest));
                self.last = Last::Field;
            }
            "class" => self.class = Some(class(rest)),
            "alias" => {
                let (name, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
                let (kind, text) = types::split(rest);
                self.alias = Some(Alias {
                    name: name.to_owned(),
                    kind: kind.to_owned(),
                    text: text.to_owned(),
                });
                self.last = Last::Alias;
            }
            "shell" => self.entry.shell.push(rest.to_owned()),
            "see" => self.entry.see.push(rest.to_owned()),
            "overload" => self.entry.overloads.push(rest.to_owned()),
            "state" => self.state = Some(rest.to_owned()),
            "example" => {
                self.entry.examples.push(Example {
                    line: number,
                    state: self.state.take(),
                    ..Example::default()
                });
                self.last = Last::Example;
                self.example(rest);
            }
            "meta" | "generic" | "nodiscard" | "async" | "deprecated" | "type" | "diagnostic"
            | "cast" | "private" => {}
            _ => return false,
        }
        true
    }

    /// A line without a tag: goes on with the last tag when indented, else belongs to the text.
    pub(super) fn plain(&mut self, text: &str) {
        let indented = text.starts_with(' ');
        let slot = match self.last {
            Last::Param => self.entry.params.last_mut(),
            Last::Return => self.entry.returns.last_mut(),
            Last::Field => self.class.as_mut().and_then(|c| c.fields.last_mut()),
            Last::Example if indented || (self.in_value() && !text.is_empty()) => {
                return self.example(text);
            }
            _ => None,
        };
        if let Some(slot) = slot.filter(|_| indented) {
            if !slot.text.is_empty() {
                slot.text.push(' ');
            }
            slot.text.push_str(text.trim());
            return;
        }
        self.last = Last::Text;
        if !self.entry.text.is_empty() {
            self.entry.text.push('\n');
        }
        self.entry.text.push_str(text);
    }

    /// Whether the lines of an example's value go on: it ends at an empty line or the next tag.
    fn in_value(&self) -> bool {
        let last = self.entry.examples.last();
        last.is_some_and(|example| example.value.is_some())
    }

    /// One more line of the current example; what stands behind `-->` is its value.
    fn example(&mut self, line: &str) {
        let Some(example) = self.entry.examples.last_mut() else {
            return;
        };
        if let Some(value) = &mut example.value {
            value.push('\n');
            value.push_str(line);
            return;
        }
        let line = line.trim();
        let (code, value) = match line.rsplit_once("-->") {
            Some((code, value)) => (code.trim_end(), Some(value.trim().to_owned())),
            None => (line, None),
        };
        if !example.code.is_empty() && !code.is_empty() {
            example.code.push('\n');
        }
        example.code.push_str(code);
        example.value = value;
    }

    /// `| "word" # text`: one more alternative of an alias.
    pub(super) fn variant(&mut self, text: &str) {
        let Some(alias) = &mut self.alias else { return };
        let (kind, note) = text.split_once('#').unwrap_or((text, ""));
        let (kind, note) = (kind.trim(), note.trim());
        if !alias.kind.is_empty() {
            alias.kind.push_str(" | ");
        }
        alias.kind.push_str(kind);
        if !note.is_empty() {
            alias.text = join(&alias.text, &format!("{kind}: {note}"));
        }
    }
}

/// `name? type text`
fn named(text: &str) -> Slot {
    let text = ["private ", "protected ", "public "]
        .iter()
        .find_map(|word| text.strip_prefix(word))
        .unwrap_or(text);
    let (name, rest) = if text.starts_with('[') {
        types::split(text)
    } else {
        text.split_once(char::is_whitespace).unwrap_or((text, ""))
    };
    let (kind, note) = types::split(rest);
    let mut slot = unnamed(kind, note);
    slot.optional |= name.ends_with('?');
    plain(name.trim_end_matches('?')).clone_into(&mut slot.name);
    slot
}

/// `["private"]` is the field `private`, which LuaCATS would take for a word of its own without brackets.
fn plain(name: &str) -> &str {
    let inner = name.strip_prefix("[\"").and_then(|n| n.strip_suffix("\"]"));
    let word = |n: &&str| n.chars().all(|c| c.is_alphanumeric() || c == '_');
    inner.filter(word).unwrap_or(name)
}

/// `type name text`
fn result(text: &str) -> Slot {
    let (kind, rest) = types::split(text);
    let (name, note) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let mut slot = unnamed(kind, note.trim());
    name.clone_into(&mut slot.name);
    slot
}

fn unnamed(kind: &str, text: &str) -> Slot {
    Slot {
        name: String::new(),
        optional: kind.ends_with('?'),
        kind: kind.to_owned(),
        text: text.trim_start_matches("# ").to_owned(),
    }
}

/// `Name: Parent, Parent`; or `Name` and what it is, which is for who reads the source.
fn class(text: &str) -> Class {
    let text = text.strip_prefix("(exact)").unwrap_or(text).trim();
    let (name, rest) = text.split_once([':', ' ']).unwrap_or((text, ""));
    let parents = if text[name.len()..].starts_with(':') {
        rest
    } else {
        ""
    };
    let parents = parents.split(',').map(str::trim).filter(|p| !p.is_empty());
    Class {
        name: name.trim().to_owned(),
        parents: parents.map(str::to_owned).collect(),
        ..Class::default()
    }
}

pub(super) fn join(first: &str, second: &str) -> String {
    match (first.is_empty(), second.is_empty()) {
        (true, _) => second.to_owned(),
        (_, true) => first.to_owned(),
        _ => format!("{first}\n{second}"),
    }
}
