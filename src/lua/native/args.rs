//! Arguments of natives: Lua values as a tuple of what the native takes.
use super::Failure;
use crate::lua::value::{self, Mismatch};
use mlua::{Lua, Value};
use serde::de::DeserializeOwned;

/// Arguments of a native: a tuple of up to four deserialisable values; `Option` where one may be missing.
pub trait Args: Sized + 'static {
    fn from_values(lua: &Lua, values: [Value; 4]) -> Result<Self, Failure>;
}

fn argument<T: DeserializeOwned>(lua: &Lua, position: usize, value: Value) -> Result<T, Failure> {
    value::from_lua(lua, value).map_err(|mismatch| Failure::Argument(position, mismatch))
}

/// Nothing may stand behind the last argument.
fn none_left(given: &[Value], takes: usize) -> Result<(), Failure> {
    match given.iter().position(|value| !value.is_nil()) {
        None => Ok(()),
        Some(more) => Err(Failure::Argument(
            takes + more,
            Mismatch::superfluous(takes),
        )),
    }
}

macro_rules! args {
    ($count:literal: $($type:ident $position:tt),*) => {
        impl<$($type: DeserializeOwned + 'static),*> Args for ($($type,)*) {
            fn from_values(lua: &Lua, values: [Value; 4]) -> Result<Self, Failure> {
                none_left(&values[$count..], $count)?;
                let mut values = values.into_iter();
                let _ = (lua, &mut values);
                Ok(($(argument::<$type>(lua, $position, values.next().unwrap_or(Value::Nil))?,)*))
            }
        }
    };
}

args!(0:);
args!(1: A 0);
args!(2: A 0, B 1);
args!(3: A 0, B 1, C 2);
args!(4: A 0, B 1, C 2, D 3);
