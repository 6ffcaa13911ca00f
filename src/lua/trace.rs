//! Where something was raised, in the user's own code: frames of natives and of the shipped library are passed over.
use super::library;
use mlua::{Lua, Result, Table, Value, debug::Debug};
use std::fmt;

const PLACES: &str = "chami.places";

/// A line of the user's code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The chunk as Lua prints it: `boot.lua`, `prompt`.
    pub chunk: String,
    pub line: usize,
    /// The function around it; none in the main part of a chunk.
    pub function: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.chunk, self.line)?;
        match &self.function {
            Some(function) => write!(f, ", in {function}"),
            None => Ok(()),
        }
    }
}

pub(crate) fn install(lua: &Lua) -> Result<()> {
    let (places, weak) = (lua.create_table()?, lua.create_table()?);
    weak.set("__mode", "k")?;
    places.set_metatable(Some(weak))?;
    lua.set_named_registry_value(PLACES, places)
}

/// The innermost line of the user's code that is running.
pub(crate) fn here(lua: &Lua) -> Option<Place> {
    (0..)
        .map_while(|level| lua.inspect_stack(level, frame))
        .flatten()
        .next()
}

/// The line that runs of this very chunk, whoever called whom on the way.
pub fn line_in(lua: &Lua, chunk: &str) -> Option<usize> {
    let line = |debug: &Debug| {
        let source = debug.source().source;
        source
            .is_some_and(|it| it == chunk)
            .then(|| debug.current_line())?
    };
    (0..)
        .map_while(|level| lua.inspect_stack(level, line))
        .flatten()
        .next()
}

fn frame(debug: &Debug) -> Option<Place> {
    let source = debug.source();
    let own = source.source.as_deref().is_some_and(library::owns);
    if own || source.what == "C" {
        return None;
    }
    let function = match source.what {
        "main" => None,
        _ => debug.names().name.map(std::borrow::Cow::into_owned),
    };
    Some(Place {
        chunk: source.short_src?.into_owned(),
        line: debug.current_line()?,
        function,
    })
}

/// Notes where a fault is being raised; a fault that is raised again keeps its first place.
pub(crate) fn mark(lua: &Lua, fault: &Value) -> Result<()> {
    let Value::Table(fault) = fault else {
        return Ok(());
    };
    let places: Table = lua.named_registry_value(PLACES)?;
    if places.raw_get::<Value>(fault)?.is_nil()
        && let Some(place) = here(lua)
    {
        let entry = lua.create_table()?;
        entry.raw_set(1, place.chunk)?;
        entry.raw_set(2, place.line)?;
        entry.raw_set(3, place.function)?;
        places.raw_set(fault, entry)?;
    }
    Ok(())
}

/// Where `mark` saw this fault raised.
pub(crate) fn marked(lua: &Lua, fault: &Value) -> Option<Place> {
    let places: Table = lua.named_registry_value(PLACES).ok()?;
    let entry: Table = places.raw_get(fault.as_table()?).ok()?;
    Some(Place {
        chunk: entry.raw_get(1).ok()?,
        line: entry.raw_get(2).ok()?,
        function: entry.raw_get(3).ok()?,
    })
}
