//! iPXE's scripts, line by line and label by label.
#![no_main]
#![allow(dead_code)] // the module is the machines' own; not all of it is of use here
use libfuzzer_sys::fuzz_target;

#[path = "../../src/lab/machines/ipxe.rs"]
mod ipxe;

fuzz_target!(|bytes: &[u8]| {
    let Ok(script) = std::str::from_utf8(bytes) else {
        return;
    };
    let _ = (ipxe::is_script(script), ipxe::names_kernel(script));
    for at in 0..script.lines().count() {
        if let Some(ipxe::Line {
            command: ipxe::Command::Goto(label),
            ..
        }) = ipxe::line(script, at)
        {
            let _ = ipxe::label(script, &label);
        }
    }
});
