//! `chami docs`: the reference of all modules.
use super::{Outcome, output};
use crate::lua::{help, library};

pub(super) fn run() -> Outcome {
    output::print(&help::reference(&library::index()))
}
