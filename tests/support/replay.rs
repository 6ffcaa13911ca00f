//! The rules by which a recorded exchange and an answer count as equal.
//!
//! `volatile` names places whose value may differ but whose type may not, `unordered` lists whose order says nothing;
//! both are JSON pointers in which `*` stands for every element; of a text `volatile` names a line and its form. A step may `capture` values that later steps name.
use regex::Regex;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

#[derive(Deserialize)]
pub(crate) struct Scenario {
    pub(crate) scenario: String,
    pub(crate) steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Step {
    Control { control: Control },
    Exchange(Box<Exchange>),
}

/// Something done to the lab between two requests.
#[derive(Deserialize)]
pub(crate) struct Control {
    pub(crate) action: String,
    pub(crate) seconds: Option<f64>,
    /// The name under which what it makes is kept.
    pub(crate) var: Option<String>,
    /// What else it says: a token's order.
    #[serde(flatten)]
    pub(crate) rest: Map<String, Value>,
}

#[derive(Deserialize)]
pub(crate) struct Exchange {
    pub(crate) id: String,
    pub(crate) request: Request,
    pub(crate) response: Response,
    #[serde(default)]
    pub(crate) volatile: Vec<String>,
    #[serde(default)]
    pub(crate) unordered: Vec<String>,
    #[serde(default)]
    pub(crate) capture: BTreeMap<String, String>,
    /// The real handler crashed here: the step is sent and not compared.
    pub(crate) skip: Option<Value>,
}

#[derive(Deserialize)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Option<Value>,
    pub(crate) body_raw: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) content_type: Option<String>,
    #[serde(default)]
    pub(crate) body_kind: String,
    #[serde(default)]
    pub(crate) body: Value,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
}

/// What came back.
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

pub(crate) type Names = BTreeMap<String, String>;

/// Where a recording holds what only the recorded installation can have: its key.
pub(crate) fn of_its_own(path: &str) -> &'static [&'static str] {
    match path {
        "/.well-known/jwks.json" => &["/body/keys/*/kid", "/body/keys/*/n"],
        _ => &[],
    }
}

/// Puts captured values where `${name}` stands.
pub(crate) fn fill(text: &str, names: &Names) -> String {
    names.iter().fold(text.to_owned(), |text, (name, value)| {
        text.replace(&format!("${{{name}}}"), value)
    })
}

pub(crate) fn fill_all(value: &Value, names: &Names) -> Value {
    match value {
        Value::String(text) => Value::String(fill(text, names)),
        Value::Array(items) => items.iter().map(|item| fill_all(item, names)).collect(),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| (name.clone(), fill_all(value, names));
            Value::Object(members.iter().map(member).collect())
        }
        other => other.clone(),
    }
}

impl Exchange {
    pub(crate) fn body(&self, names: &Names) -> Option<String> {
        match (&self.request.body_raw, &self.request.body) {
            (Some(raw), _) => Some(fill(raw, names)),
            (None, Some(body)) => Some(fill_all(body, names).to_string()),
            (None, None) => None,
        }
    }

    /// Every difference between what was recorded and what came, as `pointer: what`.
    pub(crate) fn differences(&self, got: &Got, names: &mut Names) -> Vec<String> {
        let want = &self.response;
        let body = read(&got.body, &want.body_kind);
        for (name, pointer) in &self.capture {
            let pointer = pointer.strip_prefix("/body").unwrap_or(pointer);
            if let Some(value) = body.pointer(pointer) {
                let text = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                names.insert(name.clone(), text);
            }
        }
        let mut found = Vec::new();
        if got.status != want.status {
            let text = String::from_utf8_lossy(&got.body);
            found.push(format!(
                "/status: want {}, got {}: {text:.160}",
                want.status, got.status
            ));
        }
        let media = |kind: Option<&String>| {
            let kind = kind.map_or("", String::as_str);
            kind.split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_lowercase()
        };
        let (wanted, came) = (
            media(want.content_type.as_ref()),
            media(got.headers.get("content-type")),
        );
        if wanted != came && want.body_kind != "empty" {
            found.push(format!("/content_type: want {wanted}, got {came}"));
        }
        let wanted = want
            .headers
            .iter()
            .map(|(name, value)| (name, fill(value, names)));
        for (name, value) in wanted {
            let came = got.headers.get(name);
            let mark = format!("/headers/{name}");
            if came.is_some() && self.volatile.contains(&mark) {
                continue;
            }
            if came != Some(&value) {
                found.push(format!("/headers/{name}: want {value}, got {came:?}"));
            }
        }
        let wanted = self.prepare(fill_all(&want.body, names));
        compare(&wanted, &self.prepare(body), "/body", &mut found);
        found
    }

    /// Masks what may differ and sorts what has no order.
    fn prepare(&self, mut body: Value) -> Value {
        let (lines, marks): (Vec<_>, Vec<_>) = self
            .volatile
            .iter()
            .partition(|mark| mark.starts_with("text-line"));
        for mark in lines {
            mask_line(&mut body, mark);
        }
        for mark in marks.into_iter().filter(|m| !m.starts_with("/headers/")) {
            assert!(
                mark.starts_with('/'),
                "{mark}: not a mark this harness knows"
            );
            // a place by number inside a list without order means that place in every element
            let list = self
                .unordered
                .iter()
                .find(|list| mark.starts_with(&format!("{list}/")));
            let path = match list {
                Some(list) => {
                    let rest: Vec<&str> = mark[list.len()..].split('/').skip(2).collect();
                    [
                        parts(list),
                        vec!["*".into()],
                        parts(&format!("/{}", rest.join("/"))),
                    ]
                    .concat()
                }
                None => parts(mark),
            };
            at(&mut body, &path, &|value| {
                *value = Value::from(format!("<{}>", sort_of(value)));
            });
        }
        let mut lists: Vec<&String> = self.unordered.iter().collect();
        lists.sort_by_key(|list| std::cmp::Reverse(list.len()));
        for list in lists {
            at(&mut body, &parts(list), &|value| {
                if let Value::Array(items) = value {
                    items.sort_by_cached_key(canonical);
                }
            });
        }
        body
    }
}

/// Masks a line of text, if it is of the form that `text-line:NUMBER:regex:FORM` gives it; `text-lines:unordered` takes
/// their order away.
fn mask_line(body: &mut Value, mark: &str) {
    if mark == "text-lines:unordered" {
        if let Value::String(text) = body {
            let mut lines: Vec<&str> = text.split('\n').collect();
            lines.sort_unstable();
            *body = lines.join("\n").into();
        }
        return;
    }
    let mut parts = mark.splitn(4, ':').skip(1);
    let number: usize = parts.next().and_then(|n| n.parse().ok()).expect("a number");
    assert_eq!(
        parts.next(),
        Some("regex"),
        "{mark}: not a mark this harness knows"
    );
    let form = Regex::new(parts.next().expect("a form")).expect("a regular expression");
    let Value::String(text) = body else { return };
    let mut lines: Vec<&str> = text.split('\n').collect();
    match lines.get_mut(number - 1) {
        Some(line) if form.is_match(line) => *line = "<as expected>",
        _ => {}
    }
    *body = lines.join("\n").into();
}

/// The parts of a pointer into the response's body.
fn parts(pointer: &str) -> Vec<String> {
    let pointer = pointer.strip_prefix("/body").unwrap_or(pointer);
    let part = |part: &str| part.replace("~1", "/").replace("~0", "~");
    pointer
        .split('/')
        .filter(|part| !part.is_empty())
        .map(part)
        .collect()
}

/// Changes every value a path leads to.
fn at(value: &mut Value, path: &[String], change: &dyn Fn(&mut Value)) {
    let Some((head, rest)) = path.split_first() else {
        return change(value);
    };
    let next: Vec<&mut Value> = match value {
        Value::Array(items) if head == "*" => items.iter_mut().collect(),
        Value::Object(members) if head == "*" => members.values_mut().collect(),
        Value::Array(items) => {
            let place = head.parse().ok();
            let item = place.and_then(|place: usize| items.get_mut(place));
            item.into_iter().collect()
        }
        Value::Object(members) => members.get_mut(head).into_iter().collect(),
        _ => Vec::new(),
    };
    for value in next {
        at(value, rest, change);
    }
}

fn sort_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "real",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

/// A text that is the same for equal values whatever the order of their members.
fn canonical(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            format!(
                "[{}]",
                items.iter().map(canonical).collect::<Vec<_>>().join(",")
            )
        }
        Value::Object(members) => {
            let sorted: BTreeMap<_, _> = members.iter().map(|(k, v)| (k, canonical(v))).collect();
            format!("{sorted:?}")
        }
        other => other.to_string(),
    }
}

/// The body as the recording has it: a document, several one after another, or text.
fn read(body: &[u8], kind: &str) -> Value {
    let text = || Value::from(String::from_utf8_lossy(body).into_owned());
    if kind == "empty" {
        return if body.is_empty() { Value::Null } else { text() };
    }
    if kind != "json" && kind != "json-sequence" {
        return text();
    }
    let documents = serde_json::Deserializer::from_slice(body).into_iter::<Value>();
    match documents.collect::<Result<Vec<_>, _>>() {
        Ok(documents) if kind == "json-sequence" => Value::Array(documents),
        Ok(mut documents) if documents.len() == 1 => documents.remove(0),
        _ => text(),
    }
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(200).collect()
}

fn compare(want: &Value, got: &Value, place: &str, found: &mut Vec<String>) {
    match (want, got) {
        (Value::Object(want), Value::Object(got)) => compare_members(want, got, place, found),
        (Value::Array(want), Value::Array(got)) => {
            if want.len() != got.len() {
                let (want, got) = (want.len(), got.len());
                found.push(format!("{place}: {want} elements wanted, got {got}"));
            }
            for (number, (want, got)) in want.iter().zip(got).enumerate() {
                compare(want, got, &format!("{place}/{number}"), found);
            }
        }
        (want, got) if want != got => {
            found.push(format!("{place}: want {}, got {}", short(want), short(got)));
        }
        _ => {}
    }
}

fn compare_members(
    want: &Map<String, Value>,
    got: &Map<String, Value>,
    place: &str,
    found: &mut Vec<String>,
) {
    for (name, want) in want {
        match got.get(name) {
            Some(got) => compare(want, got, &format!("{place}/{name}"), found),
            None => found.push(format!("{place}/{name}: missing, want {}", short(want))),
        }
    }
    for (name, got) in got.iter().filter(|(name, _)| !want.contains_key(*name)) {
        found.push(format!("{place}/{name}: not wanted, got {}", short(got)));
    }
}
