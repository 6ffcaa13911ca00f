//! Why an argument does not fit, said in the user's words.
use crate::fault::Fault;
use serde::de::{Error, Expected, Unexpected};
use std::fmt;

/// So many letters of a place are shown.
const WAY: usize = 60;

/// A value that does not fit the type a native wants, and where in the argument it stands.
#[derive(Debug)]
pub struct Mismatch {
    /// From the inside out: keys as `.State`, positions as `[2]`.
    path: Vec<String>,
    reason: Reason,
}

#[derive(Debug)]
enum Reason {
    /// A key or word that is not among those known.
    Unknown {
        what: &'static str,
        given: String,
        known: &'static [&'static str],
    },
    Missing(&'static str),
    Type {
        wanted: String,
        given: String,
    },
    Superfluous(usize),
    Other(String),
}

impl Mismatch {
    /// One argument more than the native takes.
    pub(super) fn new(wanted: &str, given: impl Into<String>) -> Self {
        Self::from(Reason::Type {
            wanted: wanted.to_owned(),
            given: given.into(),
        })
    }

    pub(crate) fn superfluous(takes: usize) -> Self {
        Self::from(Reason::Superfluous(takes))
    }

    pub(super) fn under_key(mut self, key: &str) -> Self {
        self.path.push(format!(".{key}"));
        self
    }

    pub(super) fn at_index(mut self, index: usize) -> Self {
        self.path.push(format!("[{index}]"));
        self
    }

    /// The place in the argument; of a long way down only the beginning.
    fn inside(&self) -> String {
        let all: String = self.path.iter().rev().map(String::as_str).collect();
        match all.char_indices().nth(WAY) {
            Some((end, _)) => format!("{}…", &all[..end]),
            None => all,
        }
    }

    /// The fault for argument `position` (from 0) of `function`, with the name the facade gives it.
    pub(crate) fn fault(&self, function: &str, position: usize, name: Option<&str>) -> Fault {
        let inside = self.inside();
        let key = inside.strip_prefix('.');
        let place = match (name, key) {
            // A table that the facade has put together: the user knows its keys.
            (Some(""), Some(key)) => key.to_owned(),
            (Some("") | None, _) => format!("argument {}{inside}", position + 1),
            (Some(name), _) => format!("{name}{inside}"),
        };
        let spare = name == Some("") && inside.is_empty();
        let within = if inside.is_empty() {
            String::new()
        } else {
            format!(" in {place}")
        };
        // A method has a name for people, which is no expression of Lua.
        let help = if function.contains(':') {
            format!("help {function:?}")
        } else {
            format!("help({function})")
        };
        let (message, hint) = match &self.reason {
            Reason::Unknown { what, given, known } => (
                format!("unknown {what} {given:?}{within}"),
                nearest(what, given, known),
            ),
            Reason::Missing(key) if spare => (format!("{key} is missing"), help),
            Reason::Missing(key) => (format!("{place}.{key} is missing"), help),
            Reason::Type { given, .. } if given == "nil" => (format!("{place} is missing"), help),
            Reason::Type { wanted, given } => {
                (format!("{place}: expected {wanted}, got {given}"), help)
            }
            Reason::Superfluous(0) => ("takes no argument".to_owned(), help),
            Reason::Superfluous(1) => ("takes one argument".to_owned(), help),
            Reason::Superfluous(n) => (format!("takes {n} arguments"), help),
            Reason::Other(text) if spare => (text.clone(), help),
            Reason::Other(text) => (format!("{place}: {text}"), help),
        };
        Fault::bad_argument(format!("{function}: {message}")).hint(hint)
    }
}

impl From<Reason> for Mismatch {
    fn from(reason: Reason) -> Self {
        Self {
            path: Vec::new(),
            reason,
        }
    }
}

/// `did you mean "state"? keys: state, role`
fn nearest(what: &str, given: &str, known: &[&str]) -> String {
    // Of a name that may be spelled with - or _ the one that Lua can write without brackets is enough.
    let spelled = |word: &&&str| !word.contains('-') || !known.contains(&&*word.replace('-', "_"));
    let words: Vec<&str> = known.iter().filter(spelled).copied().collect();
    let all = format!("{what}s: {}", words.join(", "));
    let lower = given.to_lowercase();
    let best = known
        .iter()
        .map(|word| (strsim::jaro_winkler(&lower, &word.to_lowercase()), word))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match best {
        Some((likeness, word)) if likeness > 0.75 => format!("did you mean {word:?}? {all}"),
        Some(_) => all,
        None => format!("no {what}s are taken here"),
    }
}

/// Rust's names for types, in words.
fn wanted(expected: &dyn Expected) -> String {
    let name = expected.to_string();
    match name.as_str() {
        "a string" | "a character" | "string or bytes" | "byte array" => "text".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a map" => "a table".to_owned(),
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, 0 or more".to_owned(),
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        _ if name.starts_with("struct ") => "a table".to_owned(),
        _ if name.starts_with("a tuple") => name.replacen("a tuple", "a list", 1),
        _ => name,
    }
}

fn given(value: Unexpected) -> String {
    match value {
        Unexpected::Str(text) => format!("{text:?}"),
        Unexpected::Bool(it) => it.to_string(),
        Unexpected::Unsigned(it) => it.to_string(),
        Unexpected::Signed(it) => it.to_string(),
        Unexpected::Float(it) => it.to_string(),
        Unexpected::Unit | Unexpected::Option => "nil".to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "a table".to_owned(),
        Unexpected::Bytes(_) => "bytes that are not UTF-8".to_owned(),
        other => other.to_string(),
    }
}

impl Error for Mismatch {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Reason::Other(text.to_string()).into()
    }

    fn invalid_type(value: Unexpected, expected: &dyn Expected) -> Self {
        Self::new(&wanted(expected), given(value))
    }

    fn invalid_value(value: Unexpected, expected: &dyn Expected) -> Self {
        Self::new(&wanted(expected), given(value))
    }

    fn unknown_field(given: &str, known: &'static [&'static str]) -> Self {
        Self::unknown("key", given, known)
    }

    fn unknown_variant(given: &str, known: &'static [&'static str]) -> Self {
        Self::unknown("word", given, known)
    }

    fn missing_field(key: &'static str) -> Self {
        Reason::Missing(key).into()
    }
}

impl Mismatch {
    fn unknown(what: &'static str, given: &str, known: &'static [&'static str]) -> Self {
        Self::from(Reason::Unknown {
            what,
            given: given.to_owned(),
            known,
        })
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.reason)
    }
}

impl std::error::Error for Mismatch {}
