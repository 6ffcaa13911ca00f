//! coredhcp.yaml of any dialect: read, looked through, and what the log says of it.
#![no_main]
use chami::services::coresmd::{
    config,
    lint::{Around, lint},
    log,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let read = config::read(text, None, None);
    let _ = (read.starts(), read.death());
    let _ = lint(text, &Around::default());
    let _ = log::read(text);
});
