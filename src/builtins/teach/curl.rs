//! A request as a line of `curl` that can be pasted: secrets are named, not told.
use crate::{
    http::{Exchange, Outcome, is_tool},
    secret::{self, HIDDEN},
};
use std::{borrow::Cow, path::Path};

/// Of a longer body only the length is told.
const LONGEST: usize = 4000;

/// A word as a shell takes it.
pub(super) fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,%+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A command of another tool; none: what goes on with something that is open is no command.
fn command(exchange: &Exchange) -> Option<String> {
    let words = secret::hide(&exchange.place);
    let how = match &exchange.outcome {
        Outcome::Answer { .. } => "ok",
        Outcome::Fault { fault, .. } => fault.kind.name(),
        Outcome::Abandoned => "abandoned",
    };
    (!words.starts_with('(')).then(|| format!("{} {words}  # {how}", exchange.method))
}

/// None: there is nothing that could be pasted.
pub(super) fn line(exchange: &Exchange, ca: Option<&Path>) -> Option<String> {
    if is_tool(&exchange.method) {
        return command(exchange);
    }
    Some(request(exchange, ca))
}

fn request(exchange: &Exchange, ca: Option<&Path>) -> String {
    let mut words = vec!["curl".to_owned()];
    if exchange.method == "HEAD" && exchange.body.length == 0 {
        // Told -X HEAD, curl waits for a body that never comes.
        words.push("-I".to_owned());
    } else if exchange.method != "GET" || !exchange.body.bytes.is_empty() {
        words.push(format!("-X {}", exchange.method));
    }
    if let Some(ca) = ca.filter(|_| exchange.url.starts_with("https:")) {
        words.push(format!("--cacert {}", word(&ca.display().to_string())));
    }
    for (name, value) in &exchange.headers {
        let token = name.eq_ignore_ascii_case("authorization") && value == HIDDEN;
        words.push(if token {
            let variable = exchange.variable.as_deref().unwrap_or("TOKEN");
            // In double quotes, for the variable.
            format!("-H \"Authorization: Bearer ${variable}\"")
        } else {
            format!("-H {}", word(&secret::hide(&format!("{name}: {value}"))))
        });
    }
    if exchange.body.length > 0 {
        words.push(body(exchange));
    }
    words.push(word(&secret::hide(&exchange.url)));
    let status = match &exchange.outcome {
        Outcome::Answer { status, .. } => status.to_string(),
        Outcome::Fault { fault, .. } => fault.kind.to_string(),
        Outcome::Abandoned => "abandoned".to_owned(),
    };
    format!("{}  # {status}", words.join(" "))
}

fn body(exchange: &Exchange) -> String {
    let text = String::from_utf8_lossy(&exchange.body.bytes);
    if !exchange.body.is_whole() || text.len() > LONGEST {
        return format!(
            "-d @- <<< '({} bytes; -vv tells them)'",
            exchange.body.length
        );
    }
    let json = serde_json::from_str(&text).ok();
    let text: Cow<str> = match json {
        Some(mut value) => {
            secret::hide_json(&mut value);
            value.to_string().into()
        }
        None => secret::hide(&text),
    };
    format!("-d {}", word(&text))
}
