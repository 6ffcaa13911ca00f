//! What becomes of the exchanges that `http` tells of: shown (`-v`), listed (`trace`), recorded, and played again.
//!
//! A tape is a file of JSON lines: a head, then one line for each exchange, without its secrets. `entry` is the form of a
//! line and the only place where an exchange becomes one; `record` writes, `read` reads, `play` answers from it in place
//! of any network. `Desk` is what one session has of all this.
mod desk;
mod diary;
mod entry;
mod key;
mod line;
mod play;
mod read;
mod record;
mod report;
mod ring;
mod scope;
#[cfg(test)]
mod takes;
#[cfg(test)]
mod tests;
mod verbose;

pub use desk::{Desk, Recording};
pub use diary::Diary;
pub use entry::{Entry, Head};
pub use line::{block, line};
pub use play::Player;
pub use read::Tape;
pub use report::Report;
pub use scope::Row;
