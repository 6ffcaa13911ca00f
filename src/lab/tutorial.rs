//! The state that the course's exercise 301 leaves, for `reset` to begin with: most later exercises start there.
//!
//! Kept as a dump, because the lab runs no Lua; a test (`tests/learn.rs`) holds it equal to what running 301 gives, and
//! writes it anew with `CHAMI_BLESS=1`. The world is not in it: which machines stand there is the lab's own matter.
use super::persist::Stores;
use crate::fault::Fault;

/// What the state is called as the beginning of a `diff`; no snapshot of the user's can have this name.
pub(crate) const NAME: &str = "@tutorial";

const DUMP: &str = include_str!("tutorial.json");

/// The services' records on top of a new world.
pub(crate) fn stores(mut world: Stores) -> Result<Stores, Fault> {
    let dump: Stores = serde_json::from_str(DUMP)
        .map_err(|e| Fault::internal(format!("the tutorial's state cannot be read: {e}")))?;
    world.extend(dump);
    Ok(world)
}
