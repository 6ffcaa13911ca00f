//! Help as it stands on a terminal.
use super::{
    START, below, inside,
    search::Found,
    wrap::{columns, wrap},
};
use crate::lua::{
    docs::{Alias, Class, Example, Function, Index, Module, Slot, summary},
    inspect::{BOLD, Style},
};
use unicode_width::UnicodeWidthStr;

/// Longer lines are hard to read, whatever the terminal's width.
const WIDEST: usize = 100;
/// Columns before the text of a note: the page's indent, the longest head and a gap.
const NOTE: usize = 11;

/// Sections with an empty line between them.
struct Page {
    width: usize,
    lines: Vec<String>,
}

impl Page {
    fn new(title: &str, style: &Style) -> Self {
        Self {
            width: style.width.min(WIDEST),
            lines: vec![style.paint(BOLD, title)],
        }
    }

    fn section(&mut self, lines: impl IntoIterator<Item = String>) {
        let mut lines = lines.into_iter().peekable();
        if lines.peek().is_some()
            && self.lines.len() > 1
            && self.lines.last().is_some_and(|l| !l.is_empty())
        {
            self.lines.push(String::new());
        }
        let indented = lines.map(|line| format!("  {line}").trim_end().to_owned());
        self.lines.extend(indented);
    }

    fn text(&mut self, text: &str) {
        self.section(wrap(text, self.width - 2));
    }

    fn columns<const N: usize>(&mut self, rows: &[[String; N]]) {
        self.section(columns(rows, self.width - 2));
    }

    fn end(self) -> String {
        self.lines.join("\n")
    }
}

/// Where to begin: the introduction of the prelude, then what modules there are.
pub(super) fn start(docs: &Index, style: &Style) -> String {
    let prelude = docs.module(START);
    let text = prelude.map_or("", |m| &*m.text);
    let (title, rest) = text.split_once('\n').unwrap_or((text, ""));
    let mut page = Page::new(title, style);
    page.lines.push(String::new());
    page.text(rest.trim_start());
    let modules = docs
        .modules()
        .filter(|m| m.name != START && !m.name.contains('.'));
    let rows: Vec<[String; 2]> = modules
        .map(|m| [m.name.clone(), m.summary().to_owned()])
        .collect();
    page.columns(&rows);
    page.end()
}

pub(super) fn function(docs: &Index, function: &Function, style: &Style) -> String {
    let mut page = Page::new(&function.signature(), style);
    page.text(&function.text);
    let mut rows: Vec<[String; 3]> = function.params.iter().map(|p| row(p, &mark(p))).collect();
    rows.extend(
        function
            .returns
            .iter()
            .map(|r| row(r, format!("→ {}", r.name).trim_end())),
    );
    rows.retain(|[_, kind, text]| !kind.is_empty() || !text.is_empty());
    page.columns(&rows);
    for class in named(&function.params, |word| docs.class(word)) {
        page.section([class.name.clone()]);
        let fields = class
            .fields
            .iter()
            .map(|f| row(f, &format!("  {}", mark(f))));
        let rows: Vec<[String; 3]> = fields.collect();
        let width = page.width - 2;
        let lines = columns(&rows, width).into_iter().map(|l| format!("  {l}"));
        page.lines.extend(lines);
    }
    for alias in named(&function.params, |word| docs.alias(word)) {
        if !alias.text.is_empty() {
            page.section([alias.name.clone()]);
            let lines = wrap(summary(&alias.text), page.width - 4);
            page.lines
                .extend(lines.into_iter().map(|l| format!("    {l}")));
        }
    }
    let mut notes: Vec<[String; 2]> = Vec::new();
    let examples = function.examples.iter().map(|e| example(e, page.width));
    notes.extend(examples.map(|text| ["example".to_owned(), text]));
    notes.extend(
        function
            .shell
            .iter()
            .map(|s| ["shell".to_owned(), s.clone()]),
    );
    notes.extend(function.see.iter().map(|s| ["see".to_owned(), s.clone()]));
    page.section(
        notes
            .iter()
            .map(|[head, text]| format!("{head:<7}  {text}")),
    );
    page.end()
}

/// Code and value on one line if they fit, else the value below.
fn example(example: &Example, width: usize) -> String {
    let deep = |text: &str, by: &str| text.replace('\n', &format!("\n{by}"));
    let code = deep(&example.code, "           ");
    let Some(value) = &example.value else {
        return code;
    };
    let fits = !code.contains('\n') && !value.contains('\n');
    if fits && NOTE + code.width() + 4 + value.width() <= width {
        format!("{code}  → {value}")
    } else {
        format!("{code}\n           → {}", deep(value, "             "))
    }
}

fn mark(slot: &Slot) -> String {
    format!("{}{}", slot.name, if slot.optional { "?" } else { "" })
}

fn row(slot: &Slot, name: &str) -> [String; 3] {
    [name.to_owned(), slot.kind.clone(), slot.text.clone()]
}

/// The classes or aliases that parameters are of, each once.
fn named<'a, T: PartialEq>(params: &[Slot], find: impl Fn(&str) -> Option<&'a T>) -> Vec<&'a T> {
    let mut found: Vec<&T> = Vec::new();
    for param in params {
        let words = param
            .kind
            .split(|c: char| !c.is_alphanumeric() && !"._".contains(c));
        for one in words.filter_map(&find) {
            if !found.contains(&one) {
                found.push(one);
            }
        }
    }
    found
}

/// A module or a part of one: its text, then its functions.
pub(super) fn module(docs: &Index, path: &str, style: &Style) -> String {
    let text = docs.module(path).map(|m| &*m.text).or(docs.group(path));
    let mut page = Page::new(path, style);
    page.text(text.unwrap_or_default());
    let module = docs.module(path).into_iter().flat_map(Module::public);
    let own = module.filter(|f| !inside(&f.path, path));
    let mut rows: Vec<[String; 2]> = own
        .chain(below(docs, path))
        .map(|f| [f.path.clone(), f.summary().to_owned()])
        .collect();
    let groups = docs.modules().flat_map(|m| &m.groups);
    let values = groups.filter(|(p, _)| inside(p, path) && below(docs, p).next().is_none());
    rows.extend(values.map(|(p, text)| [p.clone(), summary(text).to_owned()]));
    page.columns(&rows);
    page.end()
}

pub(super) fn class(class: &Class, style: &Style) -> String {
    let mut page = Page::new(&class.name, style);
    page.text(&class.text);
    let rows: Vec<[String; 3]> = class.fields.iter().map(|f| row(f, &mark(f))).collect();
    page.columns(&rows);
    page.end()
}

pub(super) fn alias(alias: &Alias, style: &Style) -> String {
    let mut page = Page::new(&alias.name, style);
    page.text(&alias.text);
    page.text(&alias.kind);
    page.end()
}

pub(super) fn found(found: &Found, word: &str, style: &Style) -> String {
    if found.hits.is_empty() {
        let near = match &found.near[..] {
            [] => "help() shows where to begin".to_owned(),
            near => format!("did you mean {}?", near.join(", ")),
        };
        return format!("nothing mentions \"{word}\"; {near}");
    }
    let rows: Vec<[String; 2]> = found
        .hits
        .iter()
        .map(|(path, text)| [(*path).to_owned(), summary(text).to_owned()])
        .collect();
    let mut lines = columns(&rows, style.width.min(WIDEST));
    if found.more > 0 {
        lines.push(format!("… {} more; a second word narrows it", found.more));
    }
    lines.join("\n")
}
