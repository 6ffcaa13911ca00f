//! A template without a node: every name has a value, and what is printed of it is a mark. Shows the form of the result.
use super::{Rendered, Trouble, data::OWN, with};
use minijinja::{
    Error, State,
    value::{Enumerator, Object, ObjectRepr, Value},
};
use std::{fmt, sync::Arc};

/// What stands for a value.
pub const SKETCHED: &str = "jinja-value";

/// Renders a text as if all it names were there.
pub fn sketch(content: &str) -> Result<Rendered, Trouble> {
    with(content, Value::from_object(Top))
}

#[derive(Debug)]
struct Top;

impl Object for Top {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let own = key.as_str().is_none_or(|name| OWN.contains(&name));
        (!own).then(|| Value::from_object(Anything))
    }
}

/// A value of which all is there: parts, methods, and two items, so that pairs can be taken apart.
#[derive(Debug)]
pub(super) struct Anything;

impl Object for Anything {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn get_value(self: &Arc<Self>, _: &Value) -> Option<Value> {
        Some(Value::from_object(Self))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(2)
    }

    fn call(self: &Arc<Self>, _: &mut State<'_, '_>, _: &[Value]) -> Result<Value, Error> {
        Ok(Value::from_object(Self))
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        _: &str,
        _: &[Value],
    ) -> Result<Value, Error> {
        Ok(Value::from_object(Self))
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SKETCHED)
    }
}
