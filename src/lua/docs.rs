//! What the annotated Lua sources say about themselves: the one text behind `help`, Tab, the reference and the doctests.
//!
//! Pure data made from text in one pass (`read`); knows no VM, no file and no terminal. The dialect is LuaCATS, as editors
//! understand it, with four tags of our own: `@shell` (the command a function replaces), `@example CODE --> VALUE`,
//! `@state` (what the next example needs) and, above `local name = {`, plain text that introduces the module.
mod block;
mod index;
mod line;
mod read;
mod types;

pub use index::Index;
pub use read::read;

/// All that one source file documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Module {
    /// As users write it: `smd`, or `smd.group` for a file that holds one resource.
    pub name: String,
    pub text: String,
    /// Tables inside the module that have a text of their own, by path.
    pub groups: Vec<(String, String)>,
    pub functions: Vec<Function>,
    pub classes: Vec<Class>,
    pub aliases: Vec<Alias>,
    /// Lines that look like annotations and are not understood; a truth test wants none.
    pub oddities: Vec<(usize, String)>,
}

/// A function, documented or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Function {
    /// The full path, `smd.component.list`; a method stands behind a colon.
    pub path: String,
    /// The line of the `function` keyword, counted from 1, as Lua itself reports it.
    pub line: usize,
    /// False for `local function` and for names that begin with `_`.
    pub public: bool,
    pub text: String,
    pub params: Vec<Slot>,
    pub returns: Vec<Slot>,
    pub overloads: Vec<String>,
    pub shell: Vec<String>,
    pub examples: Vec<Example>,
    pub see: Vec<String>,
}

/// A parameter, a result (often without a name) or a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slot {
    pub name: String,
    pub optional: bool,
    /// The type as written; empty where none is given.
    pub kind: String,
    pub text: String,
}

impl Slot {
    /// A field's key as a record has it: `["enable-auth"]` is written with brackets only because Lua wants them.
    pub fn key(&self) -> &str {
        let inner = self.name.strip_prefix("[\"");
        let inner = inner.and_then(|name| name.strip_suffix("\"]"));
        inner.unwrap_or(&self.name)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Example {
    pub line: usize,
    /// The end state the lab must hold first (`301`); none: a fresh, empty one.
    pub state: Option<String>,
    pub code: String,
    /// What the prompt shows for it; none: it only must not fail.
    pub value: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Class {
    pub name: String,
    pub parents: Vec<String>,
    pub text: String,
    pub fields: Vec<Slot>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alias {
    pub name: String,
    pub kind: String,
    pub text: String,
}

impl Function {
    /// `smd.component.list(set?, filter?)`.
    pub fn signature(&self) -> String {
        let mark = |p: &Slot| format!("{}{}", p.name, if p.optional { "?" } else { "" });
        let params: Vec<String> = self.params.iter().map(mark).collect();
        format!("{}({})", self.path, params.join(", "))
    }

    pub fn summary(&self) -> &str {
        summary(&self.text)
    }
}

impl Module {
    pub fn summary(&self) -> &str {
        summary(&self.text)
    }

    /// Whether users have anything of it.
    pub fn is_public(&self) -> bool {
        !self.text.is_empty() || self.public().next().is_some() || !self.classes.is_empty()
    }

    pub fn public(&self) -> impl Iterator<Item = &Function> {
        self.functions.iter().filter(|f| f.public)
    }
}

/// The first sentence of a text: up to a full stop before a space and no small letter (`e.g. this`), or the first line.
pub fn summary(text: &str) -> &str {
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    let end = paragraph
        .match_indices('.')
        .map(|(at, _)| at + 1)
        .find(|&end| {
            let rest = &paragraph[end..];
            let next = rest.trim_start().chars().next();
            (rest.is_empty() || rest.starts_with(char::is_whitespace))
                && !next.is_some_and(char::is_lowercase)
        });
    match end {
        Some(end) => &paragraph[..end],
        None => paragraph.lines().next().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests;
