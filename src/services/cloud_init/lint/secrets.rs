//! Secrets that stand open in a text. They are named by their place and never repeated: what the server holds, every
//! machine of the network can read.
use super::{Findings, Severity};
use crate::services::cloud_init::{
    document::{Node, Tree},
    render::SKETCHED,
};
use base64::{Engine, engine::general_purpose::STANDARD};

const HINT: &str = "the server gives group texts to anybody who asks: use a key or a hash, put it into the image, or let the node fetch it";

/// Keys whose value is a secret.
const OPEN: &[&str] = &[
    "passwd",
    "password",
    "plain_text_passwd",
    "passphrase",
    "psk",
    "secret",
];
/// Ends of such keys.
const ENDINGS: &[&str] = &[
    "_token",
    "_secret",
    "_password",
    "_passwd",
    "api_key",
    "apikey",
    "secret_key",
    "private_key",
];
/// Files that hold nothing else.
const FILES: &[&str] = &[
    "munge.key",
    "id_rsa",
    "id_ed25519",
    "id_ecdsa",
    "shadow",
    "slurm.key",
    "jwt_hs256.key",
    ".netrc",
    ".pgpass",
];
/// What stands before a token in a text, and before a password.
const TOKENS: &[&str] = &[
    "authorization: bearer ",
    "--token ",
    "--token=",
    "access_token=",
];
const PASSWORDS: &[&str] = &["password=", "passwd=", "--password "];

type Place<'a> = &'a dyn Fn(&Node) -> (usize, usize);

pub(super) fn check(config: &Node, place: Place, findings: &mut Findings) {
    walk(config, "", place, findings);
}

/// A text that is no YAML, line by line.
pub(super) fn of_text(text: &str, findings: &mut Findings) {
    for (line, number) in text.lines().zip(1..) {
        if let Some(what) = telling(line) {
            findings.error(
                "secret",
                (number, 1),
                format!("line {number} holds {what}"),
                HINT,
            );
        }
    }
}

fn walk(node: &Node, path: &str, place: Place, findings: &mut Findings) {
    match &node.tree {
        Tree::Map(entries) => {
            file(node, path, place, findings);
            for (key, value) in entries {
                let name = key.key();
                let inner = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                if path == "chpasswd" && matches!(name.as_str(), "list" | "users") {
                    passwords(value, &inner, place, findings);
                }
                match named(&name, value) {
                    Some((severity, what)) => report(severity, &inner, what, place(key), findings),
                    None => walk(value, &inner, place, findings),
                }
            }
        }
        Tree::List(items) => {
            for (item, at) in items.iter().zip(1..) {
                walk(item, &format!("{path}[{at}]"), place, findings);
            }
        }
        Tree::Text(text) => {
            if let Some(what) = telling(text) {
                report(Severity::Error, path, what, place(node), findings);
            }
        }
        _ => {}
    }
}

fn report(severity: Severity, path: &str, what: &str, at: (usize, usize), findings: &mut Findings) {
    findings.add(
        severity,
        "secret",
        at,
        format!("`{path}` holds {what}"),
        HINT,
    );
}

/// Whether the value is written here, and not put in by the template or left empty.
fn is_written(node: &Node) -> bool {
    match &node.tree {
        Tree::Text(text) => {
            !text.is_empty()
                && !text.contains(SKETCHED)
                && !text.chars().all(|c| matches!(c, '*' | '!'))
        }
        Tree::Int(_) | Tree::Bytes(_) => true,
        _ => false,
    }
}

/// What a key says of its value.
fn named(key: &str, value: &Node) -> Option<(Severity, &'static str)> {
    if !is_written(value) {
        return None;
    }
    let key = key.to_lowercase().replace('-', "_");
    let hashed = value.as_text().is_some_and(is_hash);
    if key == "hashed_passwd" || hashed && OPEN.contains(&key.as_str()) {
        return Some((
            Severity::Warning,
            "the hash of a password, which can be guessed at leisure",
        ));
    }
    if key.ends_with("_private") {
        return Some((Severity::Error, "a private key"));
    }
    if key == "token"
        || ENDINGS[..2]
            .iter()
            .chain(&ENDINGS[4..])
            .any(|end| key.ends_with(end))
    {
        return Some((Severity::Error, "a token or key in plain text"));
    }
    let password =
        OPEN.contains(&key.as_str()) || ENDINGS[2..4].iter().any(|end| key.ends_with(end));
    password.then_some((Severity::Error, "a password in plain text"))
}

fn is_hash(text: &str) -> bool {
    text.strip_prefix('$')
        .is_some_and(|rest| rest.contains('$'))
}

/// `chpasswd`: lines of `name:password`.
fn passwords(value: &Node, path: &str, place: Place, findings: &mut Findings) {
    let lines: Vec<&str> = match &value.tree {
        Tree::Text(text) => text.lines().collect(),
        Tree::List(items) => items.iter().filter_map(Node::as_text).collect(),
        _ => return,
    };
    let secrets = lines.iter().filter_map(|line| line.split_once(':'));
    let mut open = secrets.map(|(_, secret)| secret.trim());
    let written = |secret: &str| {
        !secret.is_empty() && !secret.contains(SKETCHED) && !matches!(secret, "R" | "RANDOM")
    };
    if open
        .clone()
        .any(|secret| written(secret) && !is_hash(secret))
    {
        report(
            Severity::Error,
            path,
            "passwords in plain text",
            place(value),
            findings,
        );
    } else if open.any(written) {
        report(
            Severity::Warning,
            path,
            "hashes of passwords",
            place(value),
            findings,
        );
    }
}

/// An entry of `write_files` whose path says what it holds.
fn file(node: &Node, path: &str, place: Place, findings: &mut Findings) {
    let Some(content) = node.get("content").filter(|it| is_written(it)) else {
        return;
    };
    let target = node.get("path").and_then(Node::as_text).unwrap_or_default();
    let name = target.rsplit('/').next().unwrap_or_default();
    if FILES.contains(&name) {
        let what = format!("`{path}.content` is the content of {target}, which is a secret");
        findings.error("secret", place(content), what, HINT);
    } else if let Some(packed) = content.as_text() {
        let packed: String = packed
            .chars()
            .filter(|c| !c.is_ascii_whitespace())
            .collect();
        let text = STANDARD
            .decode(packed)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        if let Some(what) = text.as_deref().and_then(telling) {
            report(
                Severity::Error,
                &format!("{path}.content"),
                what,
                place(content),
                findings,
            );
        }
    }
}

/// What a text gives away by its form.
fn telling(text: &str) -> Option<&'static str> {
    let key = text.split("-----BEGIN ").skip(1).any(|rest| {
        rest.split("-----")
            .next()
            .is_some_and(|it| it.ends_with("PRIVATE KEY"))
    });
    if key {
        return Some("a private key");
    }
    for word in text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';')) {
        if is_jwt(word) || is_access_key(word) {
            return Some("a token or key in plain text");
        }
        if login(word) {
            return Some("a password in a URL");
        }
    }
    // ASCII only: its offsets hold in the text, too.
    let lower = text.to_ascii_lowercase();
    let follows = |mark: &str| {
        lower.match_indices(mark).any(|(at, _)| {
            let rest = text[at + mark.len()..].trim_start_matches(['"', '\'', ' ']);
            let word: String = rest.chars().take_while(|c| !c.is_whitespace()).collect();
            word.len() > 2
                && !word.starts_with(['$', '<', '{', '-', '/'])
                && !word.contains(SKETCHED)
        })
    };
    if TOKENS.iter().any(|mark| follows(mark)) {
        return Some("a token or key in plain text");
    }
    let password = PASSWORDS.iter().any(|mark| follows(mark));
    password.then_some("a password in plain text")
}

fn is_jwt(word: &str) -> bool {
    let at = word.find("eyJ");
    at.is_some_and(|at| {
        let parts: Vec<&str> = word[at..].split('.').collect();
        parts.len() == 3
            && parts.iter().take(2).all(|part| part.len() > 8)
            && parts[1].starts_with("eyJ")
    })
}

fn is_access_key(word: &str) -> bool {
    let rest = word
        .strip_prefix("AKIA")
        .or_else(|| word.strip_prefix("ghp_"));
    rest.is_some_and(|rest| rest.len() >= 16 && rest.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// `https://name:password@host`.
fn login(word: &str) -> bool {
    let host = word
        .split_once("://")
        .map(|(_, rest)| rest.split('/').next().unwrap_or_default());
    let login = host.and_then(|host| host.rsplit_once('@'));
    login.is_some_and(|(login, _)| {
        let secret = login.split_once(':').map(|(_, secret)| secret);
        secret.is_some_and(|it| !it.is_empty() && !it.starts_with('$') && !it.contains(SKETCHED))
    })
}
