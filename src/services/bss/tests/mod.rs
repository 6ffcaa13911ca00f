//! The client against the lab.
