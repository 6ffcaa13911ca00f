//! chami, the scriptable shell for OpenCHAMI clusters. README.md holds the map of this tree.
pub mod builtins;
pub mod call;
pub mod cli;
pub mod clock;
pub mod config;
pub mod fault;
pub mod http;
pub mod journal;
pub mod lab;
pub mod learn;
pub mod lua;
pub mod nodeset;
pub mod repl;
pub mod services;
pub mod shell;
pub mod table;
pub mod world;
