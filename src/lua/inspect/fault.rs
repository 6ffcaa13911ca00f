//! A fault in three lines: what and why, what to type next, where it happened; and what is behind it, if more is known.
use super::{DIM, RED, Style, scalar::clean, set::names};
use crate::fault::{Fault, Item};
use std::fmt::Write;

/// So many different failures of a `partial` are listed.
const ITEMS: usize = 10;

/// `place` is where in the user's code it was raised, as `boot.lua:12, in boot_all`.
pub fn fault(fault: &Fault, place: Option<&str>, style: &Style) -> String {
    let mut out = first(&head(fault), &fault.message, style);
    for line in items(&fault.items) {
        let _ = write!(out, "\n    {line}");
    }
    // An answer of a service says it all; other failures have something behind them.
    let cause = fault.cause.as_ref().filter(|_| fault.status.is_none());
    if let Some(cause) = cause.filter(|cause| !fault.message.contains(*cause)) {
        let _ = write!(out, "\n  cause: {}", body(cause));
    }
    out + &rest(fault.hint.as_deref(), place, style)
}

/// An error of Lua, or one that a script raised itself.
pub fn error(message: &str, hint: Option<&str>, place: Option<&str>, style: &Style) -> String {
    first("error", message, style) + &rest(hint, place, style)
}

fn first(head: &str, message: &str, style: &Style) -> String {
    format!("{}: {}", style.paint(RED, head), body(message))
}

fn rest(hint: Option<&str>, place: Option<&str>, style: &Style) -> String {
    let mut out = String::new();
    if let Some(hint) = hint {
        let _ = write!(out, "\n  hint: {}", body(hint));
    }
    if let Some(place) = place {
        let place = format!("at:   {}", clean(place));
        let _ = write!(out, "\n  {}", style.paint(DIM, &place));
    }
    out
}

fn head(fault: &Fault) -> String {
    match fault.status {
        Some(status) => format!("{} ({status})", fault.kind),
        None => fault.kind.to_string(),
    }
}

/// A text of several lines goes on below its first, indented.
fn body(text: &str) -> String {
    let lines: Vec<String> = text.trim_end().lines().map(clean).collect();
    lines.join("\n        ")
}

/// One line per sort of failure, with the nodes it befell; where they differ in nothing but the node's own name, `…`
/// stands for it.
fn items(items: &[Item]) -> Vec<String> {
    let mut sorts: Vec<(String, Vec<&Item>)> = Vec::new();
    for item in items {
        let what = item.fault.to_string().replace(&item.node, "…");
        match sorts.iter_mut().find(|(known, _)| *known == what) {
            Some((_, alike)) => alike.push(item),
            None => sorts.push((what, vec![item])),
        }
    }
    let line = |(what, alike): &(String, Vec<&Item>)| {
        let nodes: Vec<&str> = alike.iter().map(|item| item.node.as_str()).collect();
        let what = match &alike[..] {
            [one] => one.fault.to_string(),
            _ => what.clone(),
        };
        clean(&format!("{}  {what}", names(&nodes)))
    };
    let mut lines: Vec<String> = sorts.iter().take(ITEMS).map(line).collect();
    if sorts.len() > ITEMS {
        lines.push(format!("… {} more", sorts.len() - ITEMS));
    }
    lines
}
