//! Documents as tables and back: an attribute is `_name`, an element a field of its name, text alone a string, text beside
//! attributes `_`.
//!
//! What may stand several times is a list, always; the order between elements of different names is libvirt's own and does
//! not count. What fits into no table, text between elements above all, is kept as it is written, under `<`.
use super::{DEPTH, Element, Node, checked, clean, inside, order, parse, write};
use crate::fault::Fault;
use serde_json::{Map, Value};

/// The key of what stays XML.
const RAW: &str = "<";
/// The key of text beside attributes.
const TEXT: &str = "_";

/// The table of a document, and the name of its element.
pub(crate) fn read(text: &str) -> Result<(String, Value), Fault> {
    let root = parse(text)?;
    let value = match value_of(&root) {
        // The outermost element is a table, whatever is in it.
        Value::String(text) => Value::Object(Map::from_iter([(TEXT.to_owned(), text.into())])),
        value => value,
    };
    Ok((root.name, value))
}

/// The document of a table.
pub(crate) fn render(name: &str, value: &Value) -> Result<String, Fault> {
    Ok(write(&element(name, value)?))
}

/// A number as XML writes it: 4.0 is 4.
fn number(number: &serde_json::Number) -> String {
    let whole = number
        .as_f64()
        .filter(|it| it.fract() == 0.0 && it.abs() < 1e15);
    whole.map_or_else(|| number.to_string(), |it| format!("{it:.0}"))
}

/// Whether its children can be told apart by name alone.
fn fits(element: &Element) -> bool {
    let mut texts = element
        .children
        .iter()
        .filter(|node| matches!(node, Node::Text(_)));
    let mixed = texts.next().is_some() && element.elements().next().is_some();
    let odd = |child: &Element| child.name.starts_with('_');
    !mixed && !element.elements().any(odd)
}

fn value_of(element: &Element) -> Value {
    let mut map = Map::new();
    for (name, value) in &element.attributes {
        map.insert(format!("_{name}"), value.as_str().into());
    }
    if !fits(element) {
        let mut raw = String::new();
        inside(element, &mut raw);
        map.insert(RAW.to_owned(), raw.into());
        return Value::Object(map);
    }
    if let Some(Node::Text(text)) = element.children.first() {
        if map.is_empty() {
            return text.as_str().into();
        }
        map.insert(TEXT.to_owned(), text.as_str().into());
        return Value::Object(map);
    }
    for child in element.elements() {
        let value = value_of(child);
        match map.get_mut(&child.name) {
            Some(Value::Array(list)) => list.push(value),
            Some(first) => {
                let one = first.take();
                *first = Value::Array(vec![one, value]);
            }
            None if order::is_list(&element.name, &child.name) => {
                map.insert(child.name.clone(), Value::Array(vec![value]));
            }
            None => {
                map.insert(child.name.clone(), value);
            }
        }
    }
    Value::Object(map)
}

/// The element of a value.
pub(super) fn element(name: &str, value: &Value) -> Result<Element, Fault> {
    nested(name, value, 1)
}

/// The same, so deep in a document.
fn nested(name: &str, value: &Value, depth: usize) -> Result<Element, Fault> {
    if depth > DEPTH {
        let message = format!("no document of libvirt's is {DEPTH} tables deep");
        return Err(Fault::bad_argument(message));
    }
    let mut element = Element::new(&checked(name)?);
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::String(text) => text_in(&mut element, text)?,
        Value::Number(it) => text_in(&mut element, &number(it))?,
        // Lua does not tell an empty list from an empty table.
        Value::Array(list) if list.is_empty() => {}
        Value::Array(_) => {
            let message = format!("<{name}> is one element, and this is a list");
            return Err(Fault::bad_argument(message));
        }
        Value::Object(map) => fill(&mut element, map, depth)?,
    }
    Ok(element)
}

fn text_in(element: &mut Element, text: &str) -> Result<(), Fault> {
    if !text.is_empty() {
        element.children.push(Node::Text(clean(text)?.to_owned()));
    }
    Ok(())
}

fn fill(element: &mut Element, map: &Map<String, Value>, depth: usize) -> Result<(), Fault> {
    let mut names: Vec<&String> = map.keys().collect();
    names.sort_by_key(|name| {
        let kind = usize::from(name.as_str() != "_type");
        (kind, order::rank(&element.name, name), name.as_str())
    });
    for name in names {
        let value = &map[name];
        if name == TEXT {
            text_in(element, &plain(element, name, value)?)?;
        } else if name == RAW {
            let whole = format!("<x>{}</x>", plain(element, name, value)?);
            element.children.extend(parse(&whole)?.children);
        } else if let Some(attribute) = name.strip_prefix('_') {
            let text = match value {
                Value::Null => continue,
                value => plain(element, name, value)?,
            };
            let key = checked(attribute)?;
            element.attributes.push((key, clean(&text)?.to_owned()));
        } else {
            children(element, name, value, depth + 1)?;
        }
    }
    let inner = map
        .keys()
        .filter(|key| !key.starts_with('_') || *key == TEXT);
    let text = map.contains_key(TEXT) || map.contains_key(RAW);
    if text && inner.count() > 1 && element.children.len() > 1 {
        let message = format!(
            "<{}> has text (_) and elements: only one of both",
            element.name
        );
        return Err(Fault::bad_argument(message));
    }
    Ok(())
}

fn children(element: &mut Element, name: &str, value: &Value, depth: usize) -> Result<(), Fault> {
    let list = order::is_list(&element.name, name);
    match value {
        Value::Null | Value::Bool(false) => {}
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                let child = nested(name, item, depth)?;
                element.children.push(Node::Element(child));
            }
        }
        Value::Array(_) if list => {}
        Value::Object(map) if map.is_empty() && list => {}
        value => {
            let child = nested(name, value, depth)?;
            element.children.push(Node::Element(child));
        }
    }
    Ok(())
}

/// A value that is to be text.
fn plain(element: &Element, name: &str, value: &Value) -> Result<String, Fault> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(it) => Ok(number(it)),
        Value::Bool(yes) => Ok(if *yes { "yes" } else { "no" }.to_owned()),
        _ => {
            let message = format!("`{name}` of <{}> is to be text or a number", element.name);
            Err(Fault::bad_argument(message))
        }
    }
}
