//! The whole reference as one Markdown document: `chami docs`.
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

// Writing to a String cannot fail; the results are dropped throughout.
fn module_text(out: &mut String, module: &Module) {
    let title = if module.name == START {
        "Everywhere"
    } else {
        &module.name
    };
    let _ = write!(out, "\n## {title}\n");
    paragraph(out, &module.text);
    for (path, text) in &module.groups {
        let _ = write!(out, "\n### `{path}`\n\n{text}\n");
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

fn paragraph(out: &mut String, text: &str) {
    if !text.is_empty() {
        let _ = write!(out, "\n{text}\n");
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
