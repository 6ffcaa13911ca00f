//! YAML text and Lua values, read as nodes files are: `no` and `007` are text. Null is left out, as in records.
use super::Builtin;
use crate::{fault::Fault, lua::Natives};
use serde_json::Value;
use serde_saphyr::Options;

pub(super) const BUILTIN: Builtin = Builtin {
    name: "yaml",
    natives: |n, _| natives(n),
};

fn natives(n: &mut Natives) {
    n.sync("decode", |(text,): (String,)| decode(&text));
    n.sync("documents", |(text,): (String,)| documents(&text));
    n.sync("encode", |(value,): (Value,)| encode(&value));
}

fn options() -> Options {
    let mut options = Options::default();
    options.leading_zero_numbers_as_strings = true;
    options.underscored_numbers_as_strings = true;
    options.strict_booleans = true;
    options
}

fn decode(text: &str) -> Result<Value, Fault> {
    serde_saphyr::from_str_with_options(text, options()).map_err(|e| malformed("decode", &e))
}

fn documents(text: &str) -> Result<Vec<Value>, Fault> {
    serde_saphyr::from_multiple_with_options(text, options())
        .map_err(|e| malformed("documents", &e))
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
