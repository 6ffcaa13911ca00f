//! The Lua VM; knows no service.
//!
//! `vm` is what other threads see, `host` what lives on the VM's thread. Natives (`native`) hand their futures to `sched`;
//! `interrupt` stops what runs; `library` finds the Lua half under `lib-lua/`.
pub mod complete;
pub mod docs;
pub mod help;
pub mod inspect;
pub mod library;
pub mod paint;
pub mod print;
pub mod shape;
pub mod token;

mod advice;
mod compile;
mod errand;
mod eval;
mod guide;
mod habits;
mod host;
mod interrupt;
mod journaled;
mod ledger;
mod memory;
mod native;
mod own;
mod presses;
mod report;
mod saved;
mod sched;
mod session;
mod strict;
mod surplus;
mod tasks;
mod trace;
mod undefined;
mod value;
mod vm;
mod voice;

pub use host::Declare;
pub use interrupt::stopped;
pub use memory::VARIABLE as MEMORY;
pub use native::{Access, Args, Calls, Failure, Native, Natives, Scope, Told};
pub use presses::{Press, Presses};
pub use report::{Reply, Report};
pub use strict::Strict;
pub use trace::{Place, line_in};
pub use value::{Bytes, Mismatch, null};
pub use vm::{Options, Vm};
pub use voice::{Speaker, Voice};

#[cfg(test)]
mod tests;
