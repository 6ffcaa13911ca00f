//! From a Lua value to a `Shape`.
use super::{Key, Shape};
use crate::lua::docs::Index;
use mlua::{Function, Lua, LuaSerdeExt, Table, Value};
use std::{collections::HashMap, ffi::c_void, rc::Rc};

/// How much of a long list is taken.
#[derive(Clone, Copy, Debug)]
pub enum Limit {
    /// Everything: the value goes to a program or a file.
    Whole,
    /// So many records; of plain values a thousand, since they take less room.
    Rows(usize),
}

/// Tables deeper than this are left out; people nest less, and generated data must not exhaust the stack.
const DEPTH: usize = 64;
const PLAIN: usize = 1000;
/// The chunk of Lua code that belongs to the VM itself.
pub(crate) const NATIVE: &str = "=[native]";

pub fn read(lua: &Lua, docs: &Index, value: &Value, limit: Limit) -> Shape {
    let mut reader = Reader {
        lua,
        docs,
        limit,
        path: Vec::new(),
        orders: HashMap::new(),
    };
    reader.value(value)
}

struct Reader<'a> {
    lua: &'a Lua,
    docs: &'a Index,
    limit: Limit,
    path: Vec<*const c_void>,
    /// The order of keys by their names in the alphabet's: the records of a list are mostly alike.
    orders: HashMap<Vec<String>, Rc<[usize]>>,
}

impl Reader<'_> {
    fn value(&mut self, value: &Value) -> Shape {
        match value {
            Value::Nil => Shape::Nil,
            Value::LightUserData(_) if *value == Value::NULL => Shape::Null,
            Value::Boolean(flag) => Shape::Bool(*flag),
            Value::Integer(number) => Shape::Int(*number),
            Value::Number(number) => Shape::Float(*number),
            Value::String(text) => match text.to_str() {
                Ok(text) => Shape::Text(text.to_owned()),
                Err(_) => Shape::Bytes(text.as_bytes().to_vec()),
            },
            Value::Table(table) => self.table(table),
            Value::Function(function) => Shape::Opaque(self.function(function)),
            other => Shape::Opaque(other.type_name().to_owned()),
        }
    }

    fn table(&mut self, table: &Table) -> Shape {
        let here = table.to_pointer();
        if self.path.contains(&here) || self.path.len() >= DEPTH {
            return Shape::Again;
        }
        let words = own_words(self.lua, table);
        if let Some(text) = &words
            && !is_data(table)
        {
            return Shape::Opaque(text.clone());
        }
        self.path.push(here);
        let shape = self.parts(table);
        self.path.pop();
        match words {
            Some(text) => Shape::Told(text, Box::new(shape)),
            None => shape,
        }
    }

    fn parts(&mut self, table: &Table) -> Shape {
        let length = table.raw_len();
        let mut count = 0_usize;
        let counted = table.for_each(|_: Value, _: Value| {
            count += 1;
            Ok(())
        });
        if counted.is_err() {
            return Shape::Again;
        }
        let empty_list =
            count == 0 && table.metatable().as_ref() == Some(&self.lua.array_metatable());
        if empty_list || count > 0 && count == length {
            self.list(table, length)
        } else {
            self.record(table)
        }
    }

    fn list(&mut self, table: &Table, length: usize) -> Shape {
        let first: Value = table.raw_get(1).unwrap_or(Value::Nil);
        let take = match self.limit {
            Limit::Whole => length,
            Limit::Rows(rows) if first.is_table() => rows,
            Limit::Rows(_) => PLAIN,
        };
        let item = |at: usize| table.raw_get(at).unwrap_or(Value::Nil);
        let items = (1..=length.min(take)).map(|at| self.value(&item(at)));
        Shape::List(items.collect(), length)
    }

    fn record(&mut self, table: &Table) -> Shape {
        let (mut named, mut others) = (Vec::new(), Vec::new());
        // `for_each` on a table that nothing changes meanwhile cannot fail.
        let _ = table.for_each(|key: Value, value: Value| {
            match key {
                Value::String(name) => named.push((name.to_string_lossy(), value)),
                Value::Integer(number) => others.push((number, number.to_string(), value)),
                key => others.push((i64::MAX, other(&key), value)),
            }
            Ok(())
        });
        named.sort_unstable_by(|(a, _): &(String, Value), (b, _)| a.cmp(b));
        let order = self.order(named.iter().map(|(name, _)| name.as_str()));
        let mut named: Vec<Option<_>> = named.into_iter().map(Some).collect();
        let named = order.iter().filter_map(|&at| named[at].take());
        others.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        let others = others.into_iter().map(|(_, k, v)| (Key::Other(k), v));
        let named = named.map(|(k, v)| (Key::Name(k), v));
        let field = |(key, value)| (key, self.value(&value));
        Shape::Record(others.chain(named).map(field).collect())
    }

    /// The order in which keys with these sorted names are shown.
    fn order<'n>(&mut self, names: impl Iterator<Item = &'n str>) -> Rc<[usize]> {
        let names: Vec<String> = names.map(str::to_owned).collect();
        if let Some(order) = self.orders.get(&names) {
            return Rc::clone(order);
        }
        let order: Rc<[usize]> = self.docs.order(&names).into();
        self.orders.insert(names, Rc::clone(&order));
        order
    }

    fn function(&self, function: &Function) -> String {
        let info = function.info();
        let (source, line) = (info.source.unwrap_or_default(), info.line_defined);
        let Some(line) = line.filter(|_| source != NATIVE) else {
            return "function (built in)".to_owned();
        };
        match self.docs.at(&source, line) {
            Some(known) => format!("function {}", known.signature()),
            None => format!("function ({}:{line})", info.short_src.unwrap_or_default()),
        }
    }
}

/// What a table with `__tostring` says of itself. A fault is data and is shown field by field.
fn own_words(lua: &Lua, table: &Table) -> Option<String> {
    let meta = table.metatable()?;
    let how: Value = meta.raw_get("__tostring").ok()?;
    if how.is_nil()
        || table
            .raw_get::<Value>("kind")
            .is_ok_and(|kind| kind.is_string())
    {
        return None;
    }
    let value = Value::Table(table.clone());
    let text = lua.globals().raw_get::<Function>("tostring").ok()?;
    text.call::<String>(value).ok()
}

/// Whether a table with words of its own is data to programs: its metatable says `__data`.
fn is_data(table: &Table) -> bool {
    let mark = table
        .metatable()
        .and_then(|meta| meta.raw_get("__data").ok());
    mark.unwrap_or(false)
}

/// A key that is neither a string nor an integer.
fn other(key: &Value) -> String {
    match key {
        Value::Boolean(flag) => flag.to_string(),
        Value::Number(number) => crate::lua::inspect::float(*number),
        key => key.type_name().to_owned(),
    }
}
