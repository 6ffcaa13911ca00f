//! The step in which a node configures itself with what it fetched.
use super::{guest, turn::Turn};
use crate::world::{Next, Owner, Stage};

pub(super) fn apply(turn: &mut Turn) {
    let applied = guest::apply(&turn.boot);
    turn.inside = Some(applied.inside);
    if applied.wrong.is_empty() {
        turn.tell(Stage::Config, Owner::Node, true, applied.what);
    } else {
        let what = applied.wrong.join("; ");
        turn.tell(Stage::Config, Owner::Node, false, what);
    }
    turn.then(Next::PhoneHome, 1.5);
}

/// Without a data source the node comes up as its image is.
pub(super) fn leave(turn: &mut Turn) {
    turn.inside = Some(guest::fresh(&turn.boot));
}
