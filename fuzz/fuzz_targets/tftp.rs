//! Packets of a TFTP server, as the client meets them.
#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = chami::services::coresmd::wire::understands(bytes);
});
