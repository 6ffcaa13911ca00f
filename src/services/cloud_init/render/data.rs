//! The values a template works on: dicts and lists that print and answer as Python's do, and names nobody knows.
use super::{MISSING, python};
use crate::services::cloud_init::instance::Instance;
use indexmap::IndexMap;
use minijinja::{
    Error, ErrorKind, State,
    value::{DynObject, Enumerator, Object, ObjectRepr, Tuple, Value},
};
use serde_json::{Map, Value as Json};
use std::{
    cmp::Ordering,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

/// Notes which facts were asked for that only the node knows.
#[derive(Clone, Debug, Default)]
pub(super) struct Watch(Arc<Mutex<Vec<String>>>);

impl Watch {
    pub(super) fn first(&self) -> Option<String> {
        let asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        asked.first().cloned()
    }

    fn note(&self, path: &str) {
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        asked.push(path.to_owned());
    }
}

/// Names that Jinja2 knows itself; they are looked up behind the data.
pub(super) const OWN: &[&str] = &[
    "range",
    "dict",
    "namespace",
    "cycler",
    "joiner",
    "lipsum",
    "loop",
    "self",
    "super",
    "caller",
    "varargs",
    "kwargs",
];

/// The names at the top of a template.
pub(super) fn root(instance: &Instance, watch: &Watch) -> Value {
    let data = instance.reachable();
    let mut top = Dict::new(&data, watch);
    let paths = instance.unknown.iter();
    top.unknown = paths
        .clone()
        .map(|path| path.trim_start_matches("v1."))
        .filter(|name| !data.contains_key(*name))
        .collect();
    if let Some(Json::Object(v1)) = data.get("v1") {
        let mut inner = Dict::new(v1, watch);
        inner.unknown = paths.filter_map(|path| path.strip_prefix("v1.")).collect();
        top.items.insert("v1".to_owned(), Value::from_object(inner));
    }
    top.top = true;
    Value::from_object(top)
}

fn value(json: &Json, watch: &Watch) -> Value {
    match json {
        Json::Null => Value::from(()),
        Json::Bool(flag) => Value::from(*flag),
        Json::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => Value::from(number),
            (_, Some(number)) => Value::from(number),
            _ => Value::from(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => {
            Value::from_object(List(items.iter().map(|item| value(item, watch)).collect()))
        }
        Json::Object(map) => Value::from_object(Dict::new(map, watch)),
    }
}

/// A dict.
#[derive(Clone, Debug)]
pub(super) struct Dict {
    items: IndexMap<String, Value>,
    /// Whether it holds the names of the template itself.
    top: bool,
    unknown: Vec<&'static str>,
    watch: Watch,
}

impl Dict {
    fn new(map: &Map<String, Json>, watch: &Watch) -> Self {
        let items = map
            .iter()
            .map(|(key, inner)| (key.clone(), value(inner, watch)));
        Self {
            items: items.collect(),
            top: false,
            unknown: Vec::new(),
            watch: watch.clone(),
        }
    }

    /// As a mapping of the engine.
    pub(super) fn plain(&self) -> Value {
        let pairs = self.items.iter();
        Value::from_pairs(pairs.map(|(key, value)| (key.as_str(), value.clone())))
    }
}

impl Dict {
    /// The value of a key; an unknown name keeps its name.
    fn look(&self, key: &str) -> Option<Value> {
        if self.unknown.contains(&key) {
            self.watch.note(&format!("v1.{key}"));
        }
        let found = self.items.get(key).cloned();
        if found.is_some() || self.top && OWN.contains(&key) {
            return found;
        }
        let text = if self.top {
            format!("'{key}' is undefined")
        } else {
            format!("'dict object' has no attribute '{key}'")
        };
        Some(Missing::value(key, text))
    }
}

impl Object for Dict {
    /// To the engine a mapping has a key when it has a value for it, and here every key has one: so it is none.
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.look(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.look(key)
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        let (own, other) = (self.plain(), other.downcast_ref::<Self>()?.plain());
        Some(own.cmp(&other))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let keys: Vec<Value> = self
            .items
            .keys()
            .map(|key| Value::from(key.as_str()))
            .collect();
        Enumerator::Iter(Box::new(keys.into_iter()))
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.items.len())
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        let list = |items: Vec<Value>| Ok(Value::from_object(List(items)));
        let keys = self.items.keys().map(|key| Value::from(key.as_str()));
        match (method, args) {
            ("keys", []) => list(keys.collect()),
            ("values", []) => list(self.items.values().cloned().collect()),
            ("items", []) => {
                let pairs = keys.zip(self.items.values().cloned());
                list(
                    pairs
                        .map(|(key, item)| Value::from(Tuple::from([key, item])))
                        .collect(),
                )
            }
            ("get", [key, rest @ ..]) => {
                let found = key.as_str().and_then(|key| self.items.get(key));
                let other = rest.first().cloned().unwrap_or_else(|| Value::from(()));
                Ok(found.cloned().unwrap_or(other))
            }
            ("copy", []) => Ok(Value::from_object(Self::clone(self))),
            _ => Err(no_method("dict", method)),
        }
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&python::repr(&Value::from_dyn_object(Arc::clone(self))))
    }
}

/// A list.
#[derive(Debug)]
pub(super) struct List(pub(super) Vec<Value>);

impl Object for List {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let found = key.as_usize().and_then(|at| self.0.get(at)).cloned();
        let text = "list object has no such element";
        Some(found.unwrap_or_else(|| Missing::value(&python::text(key), text.to_owned())))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.0.len())
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        match (method, args) {
            ("count", [item]) => Ok(Value::from(self.0.iter().filter(|it| *it == item).count())),
            ("index", [item]) => {
                let at = self.0.iter().position(|it| it == item);
                at.map(Value::from).ok_or_else(|| {
                    let text = format!("{} is not in list", python::repr(item));
                    Error::new(ErrorKind::InvalidOperation, text)
                })
            }
            ("copy", []) => Ok(Value::from_object(Self(self.0.clone()))),
            _ => Err(no_method("list", method)),
        }
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&python::repr(&Value::from_dyn_object(Arc::clone(self))))
    }
}

/// Methods that change a value in place: Python has them, the engine's values do not change.
const IN_PLACE: &[&str] = &[
    "append",
    "clear",
    "extend",
    "insert",
    "pop",
    "popitem",
    "remove",
    "reverse",
    "setdefault",
    "sort",
    "update",
];

/// Why a method cannot be called.
pub(super) fn no_method(owner: &str, method: &str) -> Error {
    if IN_PLACE.contains(&method) {
        let text = format!("{owner}.{method}() changes a value in place, which is not simulated");
        return Error::new(ErrorKind::UnknownMethod, text);
    }
    let text = format!("'{owner} object' has no attribute '{method}'");
    Error::new(ErrorKind::UndefinedError, text)
}

/// A name nobody knows: it prints, counts as false and as empty; all else fails.
#[derive(Debug)]
pub(super) struct Missing {
    name: String,
    /// What Python says when more is wanted of it.
    text: String,
}

impl Missing {
    pub(super) fn value(name: &str, text: String) -> Value {
        let name = name.to_owned();
        Value::from_object(Self { name, text })
    }

    fn error(&self) -> Error {
        Error::new(ErrorKind::UndefinedError, self.text.clone())
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{MISSING}{}", self.name)
    }
}

impl Object for Missing {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, _: &Value) -> Option<Value> {
        Some(Value::from(self.error()))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Empty
    }

    fn is_true(self: &Arc<Self>) -> bool {
        false
    }

    fn call(self: &Arc<Self>, _: &mut State<'_, '_>, _: &[Value]) -> Result<Value, Error> {
        Err(self.error())
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        _: &str,
        _: &[Value],
    ) -> Result<Value, Error> {
        Err(self.error())
    }

    /// All unknowns are equal, as in Python.
    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        other.downcast_ref::<Self>().map(|_| Ordering::Equal)
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
