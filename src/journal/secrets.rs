//! Takes secrets out of images: tokens, private keys, passwords. What is hidden cannot be put back, and undo says so.
use super::Picture;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

/// Stands where a secret stood.
pub(super) const HIDDEN: &str = "(hidden)";
/// A shorter text is no encoded secret.
const SHORTEST: usize = 40;

/// Hides every secret; the records that had one, as `RESOURCE ID`.
pub(super) fn hide(picture: &mut Picture) -> Vec<String> {
    let mut hidden = Vec::new();
    for (resource, records) in picture {
        for (id, record) in records {
            if veil(record) {
                hidden.push(key(resource, id));
            }
        }
    }
    hidden
}

pub(super) fn key(resource: &str, id: &str) -> String {
    format!("{resource} {id}")
}

/// Hides the secrets of one record; whether there were any.
pub(super) fn veil(value: &mut Value) -> bool {
    match value {
        Value::String(text) => match cleaned(text) {
            Some(clean) => {
                *text = clean;
                true
            }
            None => false,
        },
        // not `any`: each is to be looked at
        Value::Array(items) => items.iter_mut().fold(false, |had, item| veil(item) | had),
        Value::Object(fields) => fields.iter_mut().fold(false, |had, (name, value)| {
            let password = name.eq_ignore_ascii_case("password")
                && value.as_str().is_some_and(|text| !text.is_empty());
            if password {
                *value = HIDDEN.into();
            }
            veil(value) | password | had
        }),
        _ => false,
    }
}

/// The text without its secrets; None when it has none.
fn cleaned(text: &str) -> Option<String> {
    if text.len() >= SHORTEST
        && let Ok(bytes) = STANDARD.decode(text.split_whitespace().collect::<String>())
        && let Ok(inner) = String::from_utf8(bytes)
        && cleaned(&inner).is_some()
    {
        return Some(HIDDEN.to_owned());
    }
    let keyless = without_keys(text);
    let clean = without_tokens(keyless.as_deref().unwrap_or(text));
    clean.or(keyless)
}

/// PEM blocks of private keys: from `-----BEGIN … PRIVATE KEY-----` to the end of its last line.
fn without_keys(text: &str) -> Option<String> {
    const BEGIN: &str = "-----BEGIN ";
    const END: &str = "-----END ";
    const KEY: &str = "PRIVATE KEY";
    let (mut out, mut rest, mut found) = (String::new(), text, false);
    while let Some(at) = rest.find(BEGIN) {
        let (head, block) = rest.split_at(at);
        out.push_str(head);
        let first = block.lines().next().unwrap_or_default();
        if !first.contains(KEY) {
            out.push_str(BEGIN);
            rest = &block[BEGIN.len()..];
            continue;
        }
        found = true;
        out.push_str(HIDDEN);
        // Without an end all that follows may be the key.
        rest = block.find(END).map_or("", |end| {
            let last = &block[end + END.len()..];
            last.find("-----").map_or("", |dashes| &last[dashes + 5..])
        });
    }
    out.push_str(rest);
    found.then_some(out)
}

/// Tokens: three dotted words in base64url of which the first two begin as JSON does.
fn without_tokens(text: &str) -> Option<String> {
    let letter = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    let (mut out, mut rest, mut found) = (String::new(), text, false);
    while let Some(at) = rest.find("eyJ") {
        let (head, tail) = rest.split_at(at);
        out.push_str(head);
        let end = tail.find(|c: char| !letter(c) && c != '.');
        let word = &tail[..end.unwrap_or(tail.len())];
        let mut parts = word.split('.');
        let is_token = parts.next().is_some_and(|head| head.len() > 8)
            && parts.next().is_some_and(|claims| claims.starts_with("eyJ"));
        if is_token {
            found = true;
            out.push_str(HIDDEN);
        } else {
            out.push_str(word);
        }
        rest = &tail[word.len()..];
    }
    out.push_str(rest);
    found.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl";
    const KEY: &str =
        "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----";

    #[test]
    fn tokens_keys_and_passwords_are_hidden_wherever_they_stand() {
        let encoded = STANDARD.encode(format!("#cloud-config\nkey: |\n{KEY}\n"));
        let mut value = json!({
            "file": { "content": format!("curl -H 'Authorization: Bearer {TOKEN}' x\n{KEY}\nend") },
            "list": [encoded], "User": "root", "Password": "initial0", "password": "",
        });
        assert!(veil(&mut value));
        assert_eq!(
            value,
            json!({
                "file": { "content": "curl -H 'Authorization: Bearer (hidden)' x\n(hidden)\nend" },
                "list": ["(hidden)"], "User": "root", "Password": "(hidden)", "password": "",
            })
        );
    }

    #[test]
    fn a_key_without_its_end_takes_the_rest_along() {
        let mut value = json!("a -----BEGIN RSA PRIVATE KEY-----\nc2Vj");
        assert!(veil(&mut value));
        assert_eq!(value, json!("a (hidden)"));
    }

    #[test]
    fn what_is_no_secret_stays() {
        let text = "-----BEGIN CERTIFICATE-----\neyJ is how JSON begins, eyJhbGciOiJSUzI1NiJ9 alone is no token";
        let mut value = json!({ "a": text, "macs": ["52:54:00:be:ef:01"] });
        let before = value.clone();
        assert!(!veil(&mut value));
        assert_eq!(value, before);
    }
}
