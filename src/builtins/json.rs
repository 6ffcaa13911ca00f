//! JSON text and Lua values. Here null is kept: data goes out as it came in.
use super::Builtin;
use crate::{
    fault::Fault,
    lua::{Natives, null},
};
use serde_json::Value;

pub(super) const BUILTIN: Builtin = Builtin {
    name: "json",
    natives: |n, _| natives(n),
};

fn natives(n: &mut Natives) {
    n.keep_nulls();
    n.value("null", null());
    n.value("list", n.list_metatable());
    n.sync("decode", |(text,): (String,)| decode(&text));
    n.sync("encode", |(value,): (Value,)| encode(&value, false));
    n.sync("pretty", |(value,): (Value,)| encode(&value, true));
}

fn decode(text: &str) -> Result<Value, Fault> {
    serde_json::from_str(text).map_err(|e| {
        // serde_json ends its messages with the place; here it comes first.
        let (line, column) = (e.line(), e.column());
        let what = e.to_string();
        let what = what.split(" at line ").next().unwrap_or_default();
        let hint = if what.contains("recursion") {
            "no service nests its data like that: is it the right text?"
        } else {
            "JSON has double quotes only, no comments, and no comma behind the last entry"
        };
        Fault::bad_argument(format!("json.decode: line {line}, column {column}: {what}")).hint(hint)
    })
}

fn encode(value: &Value, pretty: bool) -> Result<String, Fault> {
    let text = if pretty {
        serde_json::to_string_pretty(value)
    } else {
        serde_json::to_string(value)
    };
    text.map_err(|e| Fault::bad_argument(format!("no JSON for this value: {e}")))
}
