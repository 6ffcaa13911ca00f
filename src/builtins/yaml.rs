//! YAML text and Lua values. Here null is kept: data goes out as it came in.
use super::Builtin;
use crate::{fault::Fault, lua::Natives};
use serde_json::Value;

pub(super) const BUILTIN: Builtin = Builtin {
    name: "yaml",
    natives: |n, _| natives(n),
};

fn natives(n: &mut Natives) {
    n.keep_nulls();
    n.sync("decode", |(text,): (String,)| decode(&text));
    n.sync("documents", |(text,): (String,)| documents(&text));
    n.sync("encode", |(value,): (Value,)| encode(&value));
}

fn decode(text: &str) -> Result<Value, Fault> {
    serde_saphyr::from_str(text).map_err(|e| malformed("decode", &e))
}

fn documents(text: &str) -> Result<Vec<Value>, Fault> {
    serde_saphyr::from_multiple(text).map_err(|e| malformed("documents", &e))
}

fn encode(value: &Value) -> Result<String, Fault> {
    serde_saphyr::to_string(value)
        .map_err(|e| Fault::bad_argument(format!("no YAML for this value: {e}")))
}

fn malformed(call: &str, error: &serde_saphyr::Error) -> Fault {
    let place = error.location().map_or_else(String::new, |at| {
        format!("line {}, column {}: ", at.line(), at.column())
    });
    let text = error.without_snippet();
    Fault::bad_argument(format!("yaml.{call}: {place}{text}"))
        .hint("YAML is indented with spaces; a text with : or # in it wants quotes")
}
