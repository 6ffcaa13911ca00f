//! Filters, tests and globals: those of Jinja2 3.1 and no others, since a node has no others.
#![allow(clippy::needless_pass_by_value)] // the engine hands arguments over by value
use super::{
    data::{Dict, Missing, no_method},
    python,
};
use minijinja::{
    Environment, Error, ErrorKind, State, filters,
    value::{Kwargs, Rest, Value, ValueKind},
};
use minijinja_contrib::{
    filters::{filesizeformat, striptags, truncate},
    globals::{cycler, joiner},
    pycompat::unknown_method_callback,
};

/// What the engine has and Jinja2 has not.
const NOT_JINJA2: &[&str] = &["bool", "chain", "lines", "split", "zip"];
const NOT_JINJA2_TESTS: &[&str] = &["startingwith", "endingwith", "safe"];

/// What Jinja2 has and neither the engine nor this module: met in a template, they are named as not simulated.
pub(super) const NOT_SIMULATED: &[&str] = &[
    "forceescape",
    "lipsum",
    "random",
    "urlize",
    "wordwrap",
    "xmlattr",
];

pub(super) fn install(environment: &mut Environment) {
    for name in NOT_JINJA2 {
        environment.remove_filter(name);
    }
    for name in NOT_JINJA2_TESTS {
        environment.remove_test(name);
    }
    environment.remove_global("debug");
    environment.add_global(
        "cycler",
        Value::from_function(|items: Rest<Value>| cycler(items.0)),
    );
    environment.add_global("joiner", Value::from_function(joiner));
    environment.add_test("defined", |value: &Value| !is_missing(value));
    environment.add_test("undefined", is_missing);
    environment.add_test("callable", |_: &Value| false);
    environment.add_filter("default", default);
    environment.add_filter("d", default);
    environment.add_test("mapping", |value: &Value| {
        python::kind(value) == ValueKind::Map
    });
    environment.add_filter("dictsort", |value: &Value, named: Kwargs| {
        filters::dictsort(&plain(value), named)
    });
    environment.add_filter("items", |value: &Value| filters::items(&plain(value)));
    environment.add_filter("string", |value: &Value| python::text(value));
    environment.add_filter("join", join);
    environment.add_filter("list", |state: &State<'_, '_>, value: Value| {
        filters::list(state, iterable(value)?)
    });
    environment.add_filter("first", |value: Value| {
        filters::first(&iterable(value)?).map(nameless)
    });
    environment.add_filter("last", |value: Value| {
        filters::last(iterable(value)?).map(nameless)
    });
    environment.add_filter("tojson", tojson);
    environment.add_filter("center", center);
    environment.add_filter("wordcount", |text: String| words(&text));
    environment.add_filter("filesizeformat", filesizeformat);
    environment.add_filter("striptags", striptags);
    environment.add_filter("truncate", truncate);
    environment.set_unknown_method_callback(method);
}

/// The engine takes None for an empty list, Python does not.
fn iterable(value: Value) -> Result<Value, Error> {
    if value.is_none() {
        let text = "'NoneType' object is not iterable";
        return Err(Error::new(ErrorKind::InvalidOperation, text));
    }
    Ok(value)
}

/// What was found; of an empty list that is an unknown, and Python has no name for it.
fn nameless(found: Value) -> Value {
    if found.is_undefined() {
        return Missing::value("None", "the list is empty".to_owned());
    }
    found
}

/// A dict of the data as a mapping of the engine.
fn plain(value: &Value) -> Value {
    let dict = value.downcast_object_ref::<Dict>();
    dict.map_or_else(|| value.clone(), Dict::plain)
}

fn is_missing(value: &Value) -> bool {
    value.is_undefined() || value.downcast_object_ref::<Missing>().is_some()
}

/// Python's methods; those of a name nobody knows fail for the want of the name.
fn method(
    state: &mut State<'_, '_>,
    value: &Value,
    method: &str,
    args: &[Value],
) -> Result<Value, Error> {
    unknown_method_callback(state, value, method, args).map_err(|error| {
        if error.kind() == ErrorKind::UnknownMethod {
            let owner = match value.kind() {
                ValueKind::String => "str",
                ValueKind::Map => "dict",
                ValueKind::Seq => "list",
                _ => "value",
            };
            no_method(owner, method)
        } else {
            error
        }
    })
}

/// The argument at a place, or by its name.
fn argument(args: &[Value], at: usize, named: &Kwargs, name: &str) -> Result<Option<Value>, Error> {
    match args.get(at) {
        Some(value) => Ok(Some(value.clone())),
        None => named.get::<Option<Value>>(name),
    }
}

fn default(value: &Value, args: Rest<Value>, named: Kwargs) -> Result<Value, Error> {
    let other = argument(&args, 0, &named, "default_value")?;
    let all = argument(&args, 1, &named, "boolean")?;
    named.assert_all_used()?;
    let wanted = is_missing(value) || all.is_some_and(|all| all.is_true()) && !value.is_true();
    Ok(if wanted {
        other.unwrap_or_else(|| Value::from(""))
    } else {
        value.clone()
    })
}

fn join(value: &Value, args: Rest<Value>, named: Kwargs) -> Result<String, Error> {
    let between = argument(&args, 0, &named, "d")?.map_or_else(String::new, |it| python::text(&it));
    let attribute = argument(&args, 1, &named, "attribute")?;
    named.assert_all_used()?;
    let mut parts = Vec::new();
    for item in iterable(value.clone())?.try_iter()? {
        let item = match &attribute {
            Some(name) => item.get_item(name)?,
            None => item,
        };
        parts.push(python::text(&item));
    }
    Ok(parts.join(&between))
}

fn tojson(value: &Value, indent: Option<usize>, named: Kwargs) -> Result<Value, Error> {
    let indent = match indent {
        Some(indent) => Some(indent),
        None => named.get("indent")?,
    };
    named.assert_all_used()?;
    let text = python::json(value, indent).ok_or_else(|| {
        let text = "Object of type Undefined is not JSON serializable";
        Error::new(ErrorKind::BadSerialization, text)
    })?;
    Ok(Value::from_safe_string(text))
}

/// As Python's `str.center`, whose odd space goes left or right by the width.
fn center(text: String, width: Option<usize>) -> String {
    let (width, length) = (width.unwrap_or(80), text.chars().count());
    let space = width.saturating_sub(length);
    let left = space / 2 + (space & width & 1);
    format!("{}{text}{}", " ".repeat(left), " ".repeat(space - left))
}

fn words(text: &str) -> usize {
    let parts = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    parts.filter(|part| !part.is_empty()).count()
}
