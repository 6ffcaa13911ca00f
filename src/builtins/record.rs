//! `record`: keeps the session's exchanges in a file, from which they can be played again.
use super::{Builtin, Context, fs::plain};
use crate::lua::Natives;
use std::sync::Arc;

pub(super) const BUILTIN: Builtin = Builtin {
    name: "record",
    natives,
};

fn natives(n: &mut Natives, context: &Context) {
    let desk = Arc::clone(&context.desk);
    n.sync("start", move |(path,): (String,)| {
        desk.record(&plain(&path))
    });
    let desk = Arc::clone(&context.desk);
    n.sync("stop", move |(): ()| desk.stop());
    let desk = Arc::clone(&context.desk);
    n.sync("state", move |(): ()| Ok(desk.recording()));
}
