//! The client against the lab, in process.
mod client;
mod discover;
