//! JSON in and out as Go does it: names of members match in any case, `null` is as good as absent, unknown members are
//! passed over, every number is a float; and what goes out has `<`, `>` and `&` escaped.
use serde::Serialize;
use serde_json::{
    Map, Number, Value,
    ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer},
};
use std::io;

/// Reads a body; `Err` says in serde's words what is wrong with it.
pub(super) fn value(body: &[u8]) -> Result<Value, String> {
    let text = String::from_utf8_lossy(body);
    serde_json::from_str(&text).map_err(|error| error.to_string())
}

/// Brings an object's members into the spelling of `names`, without those that say nothing; `Err`: it is no object.
pub(super) fn fitted(value: Value, names: &[&str]) -> Result<Value, String> {
    let members = match value {
        Value::Object(members) => members,
        Value::Null => Map::new(),
        _ => return Err("invalid type: an object is wanted".to_owned()),
    };
    let mut fitted = Map::new();
    for (given, value) in members {
        let name = names.iter().find(|name| name.eq_ignore_ascii_case(&given));
        if let (Some(name), false) = (name, value.is_null()) {
            fitted.insert((*name).to_owned(), value);
        }
    }
    Ok(Value::Object(fitted))
}

/// Texts in a list or a map, where `null` is the empty one.
pub(super) fn texts(value: &mut Value) {
    let fill = |item: &mut Value| {
        if item.is_null() {
            *item = "".into();
        }
    };
    match value {
        Value::Array(items) => items.iter_mut().for_each(fill),
        Value::Object(items) => items.values_mut().for_each(fill),
        _ => {}
    }
}

/// Numbers become floats, and members stand in the order of their names.
pub(super) fn as_go_keeps(value: &mut Value) {
    match value {
        Value::Number(number) => *number = float(number),
        Value::Array(items) => items.iter_mut().for_each(as_go_keeps),
        Value::Object(members) => {
            members.sort_keys();
            members.values_mut().for_each(as_go_keeps);
        }
        _ => {}
    }
}

/// The nearest float; as an integer where that says the same.
fn float(number: &Number) -> Number {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let value = number.as_f64().unwrap_or_default();
    if value.fract() == 0.0 && value.abs() < EXACT {
        #[allow(clippy::cast_possible_truncation)] // it is whole and small
        return Number::from(value as i64);
    }
    Number::from_f64(value).unwrap_or_else(|| number.clone())
}

pub(super) fn json(document: &impl Serialize) -> Vec<u8> {
    write(document, Go(CompactFormatter))
}

/// The same, a line for each member.
pub(super) fn indented(document: &impl Serialize) -> Vec<u8> {
    write(document, Go(PrettyFormatter::with_indent(b"\t")))
}

fn write(document: &impl Serialize, formatter: impl Formatter) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    // A document of texts and numbers cannot fail to be written to memory.
    let _ = document.serialize(&mut Serializer::with_formatter(&mut out, formatter));
    out
}

/// Go's spelling of texts and floats, in the layout of another formatter.
struct Go<F>(F);

macro_rules! as_inside {
    ($($name:ident($($arg:ident: $kind:ty),*);)*) => {$(
        fn $name<W: ?Sized + io::Write>(&mut self, to: &mut W $(, $arg: $kind)*) -> io::Result<()> {
            self.0.$name(to $(, $arg)*)
        }
    )*};
}

impl<F: Formatter> Formatter for Go<F> {
    as_inside! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        end_object_key();
        begin_object_value();
        end_object_value();
    }

    fn write_f64<W: ?Sized + io::Write>(&mut self, to: &mut W, value: f64) -> io::Result<()> {
        let size = value.abs();
        if size != 0.0 && !(1e-6..1e21).contains(&size) {
            let text = format!("{value:e}");
            let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
            let sign = if exponent.starts_with('-') { "" } else { "+" };
            return write!(to, "{digits}e{sign}{exponent}");
        }
        write!(to, "{value}")
    }

    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        to: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let special = |c: char| matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}');
        let mut rest = fragment;
        while let Some(at) = rest.find(special) {
            to.write_all(&rest.as_bytes()[..at])?;
            let Some(letter) = rest[at..].chars().next() else {
                break;
            };
            write!(to, "\\u{:04x}", u32::from(letter))?;
            rest = &rest[at + letter.len_utf8()..];
        }
        to.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_goes_out_is_spelt_as_in_go() {
        let text = |value: Value| String::from_utf8(json(&value)).expect("text");
        assert_eq!(
            text(json!("a<b> & \u{2028}\"")),
            r#""a\u003cb\u003e \u0026 \u2028\"""#
        );
        assert_eq!(
            text(json!([1e21, 1.5e-7, 0.000_001])),
            "[1e+21,1.5e-7,0.000001]"
        );
        assert_eq!(indented(&json!({})), b"{}");
        assert_eq!(
            indented(&json!({"a": {"b": 1}})),
            b"{\n\t\"a\": {\n\t\t\"b\": 1\n\t}\n}"
        );
    }

    #[test]
    fn numbers_are_floats() {
        let mut value = json!({"b": 12_345_678_901_234_567_890_u64, "a": [3.0, 2.5]});
        as_go_keeps(&mut value);
        assert_eq!(json(&value), br#"{"a":[3,2.5],"b":12345678901234567000}"#);
    }
}
