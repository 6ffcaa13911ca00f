//! libvirt's XML: what is read is written so that it reads the same, as a tree and as a table.
#![no_main]
use chami::services::libvirt::xml::{self, domain};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(root) = xml::parse(text) else { return };
    let _ = (domain::name(&root), domain::interfaces(&root));
    let written = xml::write(&root);
    let again = xml::parse(&written).expect("what was written is read");
    assert_eq!(xml::write(&again), written);
});
