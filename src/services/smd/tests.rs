//! The client against the lab, and the lab by itself, in process.
mod client;
mod discover;
mod lab;
