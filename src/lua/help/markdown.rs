//! The reference as Markdown: one document, or a part for each module with all that stands below it.
use super::START;
use crate::lua::docs::{Alias, Class, Function, Index, Module, Slot};
use std::fmt::Write;

pub fn reference(docs: &Index) -> String {
    let mut out = String::from("# The reference\n");
    let start = docs.modules().filter(|m| m.name == START);
    let others = docs.modules().filter(|m| m.name != START && m.is_public());
    for module in start.chain(others) {
        module_text(&mut out, module);
    }
    out
}

/// The same in parts: the name of each outermost module, and its text with that of `smd.component` under `smd`.
pub fn parts(docs: &Index) -> Vec<(String, String)> {
    let mut parts: Vec<(String, String)> = Vec::new();
    for module in docs.modules().filter(|m| m.name != START && m.is_public()) {
        let top = module.name.split('.').next().unwrap_or_default();
        if parts.last().is_none_or(|(name, _)| name != top) {
            parts.push((top.to_owned(), String::new()));
        }
        if let Some((_, text)) = parts.last_mut() {
            if module.name != top {
                let _ = write!(text, "\n## {}\n", module.name);
            }
            inner_text(text, module);
        }
    }
    parts
}

/// What one types first.
pub fn start(docs: &Index) -> String {
    let mut out = String::new();
    if let Some(module) = docs.module(START) {
        paragraph(&mut out, &module.text);
    }
    out
}

// Writing to a String cannot fail; the results are dropped throughout.
fn module_text(out: &mut String, module: &Module) {
    let title = if module.name == START {
        "Everywhere"
    } else {
        &module.name
    };
    let _ = write!(out, "\n## {title}\n");
    inner_text(out, module);
}

fn inner_text(out: &mut String, module: &Module) {
    paragraph(out, &module.text);
    for (path, text) in &module.groups {
        let _ = write!(out, "\n### `{path}`\n");
        paragraph(out, text);
    }
    for function in module.public() {
        function_text(out, function);
    }
    for class in &module.classes {
        class_text(out, class);
    }
    for alias in &module.aliases {
        alias_text(out, alias);
    }
}

/// Lines that are set in are shown as they are, as `help` does.
fn paragraph(out: &mut String, text: &str) {
    let mut fenced = false;
    for (at, line) in text.lines().enumerate() {
        let set_in = line.starts_with("  ");
        match (fenced, set_in) {
            (false, true) => out.push_str("\n```text\n"),
            (true, false) => out.push_str("```\n"),
            (false, false) if at == 0 => out.push('\n'),
            _ => {}
        }
        fenced = set_in;
        out.push_str(if set_in { &line[2..] } else { line });
        out.push('\n');
    }
    if fenced {
        out.push_str("```\n");
    }
}

fn function_text(out: &mut String, function: &Function) {
    let _ = write!(out, "\n### `{}`\n", function.signature());
    paragraph(out, &function.text);
    let params = function.params.iter().map(|p| (p.name.clone(), p));
    let returned = |r: &Slot| format!("returns {}", r.name).trim_end().to_owned();
    let returns = function.returns.iter().map(|r| (returned(r), r));
    slots(out, params.chain(returns));
    for shell in &function.shell {
        let _ = write!(out, "\nIn the shell: `{shell}`\n");
    }
    if function.examples.is_empty() {
        return;
    }
    out.push_str("\n```lua\n");
    for example in &function.examples {
        if let Some(state) = &example.state {
            let _ = writeln!(out, "-- after exercise {state}");
        }
        let value = example.value.as_deref();
        let value = value.map_or(String::new(), |v| format!("  --> {v}"));
        let _ = writeln!(out, "{}{value}", example.code);
    }
    out.push_str("```\n");
}

fn slots<'a>(out: &mut String, slots: impl Iterator<Item = (String, &'a Slot)>) {
    for (at, (name, slot)) in slots.enumerate() {
        if at == 0 {
            out.push('\n');
        }
        let optional = if slot.optional && !name.starts_with("returns") {
            ", optional"
        } else {
            ""
        };
        let kind = if slot.kind.is_empty() {
            "?"
        } else {
            &slot.kind
        };
        let _ = write!(out, "- {name} (`{kind}`{optional})");
        let _ = match slot.text.as_str() {
            "" => writeln!(out),
            text => writeln!(out, ": {text}"),
        };
    }
}

fn class_text(out: &mut String, class: &Class) {
    let _ = write!(out, "\n### Record `{}`\n", class.name);
    paragraph(out, &class.text);
    slots(out, class.fields.iter().map(|f| (f.name.clone(), f)));
}

fn alias_text(out: &mut String, alias: &Alias) {
    let _ = write!(out, "\n### Type `{}`\n\n`{}`\n", alias.name, alias.kind);
    paragraph(out, &alias.text);
}
