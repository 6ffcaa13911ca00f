//! An exchange in words: one line, or all there is to it.
use super::{
    entry::{End, Entry, Message},
    scope::Row,
};
use crate::{
    fault::Fault,
    http::{Exchange, is_tool},
    secret,
};
use jiff::Timestamp;
use serde_json::Value;
use std::{fmt::Write as _, time::Duration};

/// So many lines and letters of a body are shown.
const LINES: usize = 40;
const LETTERS: usize = 4000;

/// `GET /hsm/v2/State/Components 200 1.2 ms 5.1 kB`
pub fn line(exchange: &Exchange) -> String {
    let place = secret::hide(&exchange.place);
    let mut text = format!("{} {place} ", exchange.method);
    match &exchange.outcome {
        crate::http::Outcome::Answer { status, body, .. } => {
            let (status, took) = (end(&exchange.method, *status), span(exchange.took));
            let _ = write!(text, "{status} {took} {}", size(body.length));
        }
        crate::http::Outcome::Fault { fault, .. } => {
            let _ = write!(text, "{} {}", fault.kind, span(exchange.took));
        }
        crate::http::Outcome::Abandoned => {
            let _ = write!(text, "abandoned {}", span(exchange.took));
        }
    }
    if exchange.attempt > 1 {
        let _ = write!(text, " (attempt {})", exchange.attempt);
    }
    text
}

/// The same with who asked, headers and bodies.
pub fn block(exchange: &Exchange) -> String {
    let entry = Entry::of(exchange, Timestamp::UNIX_EPOCH);
    let mut lines = vec![line(exchange)];
    if let Some(call) = &entry.call {
        lines.push(format!("  {call}"));
    }
    message(&entry.ask, '>', &mut lines);
    match &entry.end {
        End::Answer { message: it, .. } => message(it, '<', &mut lines),
        End::Fault { fault, .. } => lines.push(format!("  ! {}", why(fault))),
        End::Abandoned => {}
    }
    lines.join("\n")
}

/// A request that `trace` listed.
pub(super) fn row(row: &Row) -> String {
    let how = match (row.status, &row.fault) {
        (Some(status), _) => end(&row.method, status),
        (None, Some(fault)) => fault.kind.to_string(),
        (None, None) => "abandoned".to_owned(),
    };
    format!(
        "{} {} {how} {:.1} ms {}",
        row.method,
        row.path,
        row.ms,
        size(row.bytes)
    )
}

/// The status of an answer; a tool's commands have none.
pub(crate) fn end(method: &str, status: u16) -> String {
    if is_tool(method) {
        return "ok".to_owned();
    }
    status.to_string()
}

fn why(fault: &Fault) -> &str {
    fault.cause.as_deref().unwrap_or(&fault.message)
}

fn message(message: &Message, mark: char, lines: &mut Vec<String>) {
    for (name, value) in &message.headers {
        lines.push(format!("  {mark} {name}: {value}"));
    }
    for line in body(message).lines() {
        lines.push(format!("  {mark} {line}"));
    }
}

/// The body as people read it.
fn body(message: &Message) -> String {
    match (&message.text, message.body()) {
        (Some(text), _) => shortened(&pretty(text)),
        (None, Ok(bytes)) if bytes.is_empty() => String::new(),
        (None, Ok(bytes)) => format!("({} that are no text)", size(bytes.len())),
        (None, Err(why)) => format!("({why})"),
    }
}

fn pretty(text: &str) -> String {
    let value: Option<Value> = serde_json::from_str(text).ok();
    let value = value.filter(|it| it.is_object() || it.is_array());
    let pretty = value.and_then(|value| serde_json::to_string_pretty(&value).ok());
    pretty.unwrap_or_else(|| text.to_owned())
}

fn shortened(text: &str) -> String {
    let all = text.lines().count();
    let mut kept: String = text.chars().take(LETTERS).collect();
    let cut = kept.len() < text.len();
    kept = kept.lines().take(LINES).collect::<Vec<_>>().join("\n");
    let shown = kept.lines().count();
    if all > shown || cut {
        let _ = write!(kept, "\n… ({} in all)", size(text.len()));
    }
    kept
}

fn span(took: Duration) -> String {
    let ms = took.as_secs_f64() * 1e3;
    if ms < 1000.0 {
        format!("{ms:.1} ms")
    } else {
        format!("{:.1} s", ms / 1e3)
    }
}

#[allow(clippy::cast_precision_loss)] // three digits are shown
pub(super) fn size(bytes: usize) -> String {
    match bytes {
        0..1000 => format!("{bytes} B"),
        1000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
