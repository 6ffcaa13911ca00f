//! What `help` answers: the documentation of a value, a module, a word, or where to begin.
//!
//! Finds what is asked for and leaves the wording to `page` (terminal) and `markdown` (the reference). Everything said
//! comes from the annotated sources; the start page is the text that introduces lib-lua/prelude.lua.
mod markdown;
mod page;
mod search;
mod wrap;

pub use markdown::{parts, reference, start};

use super::{
    docs::{Function, Index, read},
    inspect::Style,
    shape::NATIVE,
};
use mlua::{Table, Value};

/// Where the text a function was defined in is found again, by the chunk's name as Lua reports it: files, and what was
/// typed at the prompt.
pub type Sources<'a> = dyn Fn(&str, &mlua::Function) -> Option<String> + 'a;

/// The module whose introduction is the start page.
pub const START: &str = "prelude";

/// Answers `help(subject)`.
pub fn help(docs: &Index, subject: &Value, sources: &Sources, style: &Style) -> String {
    match subject {
        Value::Nil => page::start(docs, style),
        Value::String(word) => word_help(docs, &word.to_string_lossy(), style),
        Value::Function(function) => function_help(docs, function, sources, style),
        Value::Table(table) => table_help(docs, table, style),
        Value::Integer(_) | Value::Number(_) => unexplained("number"),
        other => unexplained(other.type_name()),
    }
}

/// The text of a function and of the lines of `---` above it; none where it is not Lua's.
pub fn source(function: &mlua::Function, sources: &Sources) -> Option<String> {
    let info = function.info();
    let text = sources(&info.source?, function)?;
    let lines: Vec<&str> = text.lines().collect();
    let (first, last) = (info.line_defined?.checked_sub(1)?, info.last_line_defined?);
    let above = lines.get(..first)?.iter().rev();
    let above = above.take_while(|line| line.trim_start().starts_with("---"));
    Some(lines.get(first - above.count()..last)?.join("\n"))
}

fn word_help(docs: &Index, word: &str, style: &Style) -> String {
    let word = word.trim().trim_end_matches("()");
    if let Some(function) = docs.function(word) {
        return page::function(docs, function, style);
    }
    if docs.module(word).is_some() || docs.group(word).is_some() || is_prefix(docs, word) {
        return page::module(docs, word, style);
    }
    if let Some(class) = docs.class(word) {
        return page::class(class, style);
    }
    match docs.alias(word) {
        Some(alias) => page::alias(alias, style),
        None => page::found(&search::search(docs, word), word, style),
    }
}

fn is_prefix(docs: &Index, path: &str) -> bool {
    !path.is_empty() && docs.functions().any(|f| inside(&f.path, path))
}

/// Whether `path` lies below `parent`.
fn inside(path: &str, parent: &str) -> bool {
    path.strip_prefix(parent)
        .is_some_and(|rest| rest.starts_with(['.', ':']))
}

fn function_help(
    docs: &Index,
    function: &mlua::Function,
    sources: &Sources,
    style: &Style,
) -> String {
    let info = function.info();
    let (source, line) = (
        info.source.unwrap_or_default(),
        info.line_defined.unwrap_or_default(),
    );
    if let Some(known) = docs.at(&source, line) {
        return page::function(docs, known, style);
    }
    if line == 0 || source == NATIVE {
        return "a function of Lua itself: https://www.lua.org/manual/5.4/#6".to_owned();
    }
    let own = sources(&source, function).map(|text| read("", &text).functions);
    let found = own.and_then(|all| all.into_iter().find(|f| f.line == line));
    let place = format!("{}:{line}", info.short_src.unwrap_or_default());
    match found {
        Some(mut own) => {
            if own.text.is_empty() {
                own.text = format!("Defined at {place}; lines of `---` above it would stand here.");
            }
            page::function(docs, &own, style)
        }
        None => format!("a function defined at {place}"),
    }
}

/// A module or a part of one is known by its functions, `chami` itself by the names it lends; any other table by the class
/// that has its fields.
fn table_help(docs: &Index, table: &Table, style: &Style) -> String {
    let names = table
        .metatable()
        .and_then(|meta| meta.raw_get("names").ok());
    if let Some(Value::Table(_)) = names {
        return page::start(docs, style);
    }
    if let Some(path) = path_of(docs, table, 3) {
        return page::module(docs, &path, style);
    }
    let keys = table.pairs::<Value, Value>().flatten().map(|(key, _)| key);
    let names: Option<Vec<String>> = keys
        .map(|key| key.as_string().map(mlua::LuaString::to_string_lossy))
        .collect();
    match names.and_then(|names| docs.class_of(&names)) {
        Some(class) => page::class(class, style),
        None => unexplained("table"),
    }
}

fn unexplained(what: &str) -> String {
    format!("a {what}; help(f) explains a function, help \"word\" searches")
}

/// The path of a table that holds documented functions, `smd.component`.
fn path_of(docs: &Index, table: &Table, depth: usize) -> Option<String> {
    for (key, value) in table.pairs::<String, Value>().flatten() {
        let path = match &value {
            Value::Function(function) => {
                let info = function.info();
                let known = docs.at(&info.source?, info.line_defined?);
                known.map(|f| f.path.clone())
            }
            Value::Table(inner) if depth > 0 && inner != table => path_of(docs, inner, depth - 1),
            _ => None,
        };
        let parent = path.and_then(|p| Some(p.strip_suffix(&format!(".{key}"))?.to_owned()));
        if parent.is_some() {
            return parent;
        }
    }
    None
}

/// The functions directly or deeper below `path`, in the order they are written.
fn below<'a>(docs: &'a Index, path: &'a str) -> impl Iterator<Item = &'a Function> {
    docs.functions().filter(move |f| inside(&f.path, path))
}

#[cfg(test)]
mod tests;
