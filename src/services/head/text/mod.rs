//! `/etc/hosts` and files of `sysctl.d` as texts: what they say, and the text that says one thing otherwise. Comments,
//! order and whatever else stands there stay.
mod conf;
mod hosts;

pub use conf::Conf;
pub use hosts::{Hosts, Line, is_name};
