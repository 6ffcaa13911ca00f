//! DHCP packets: bytes to fields and options, and back, through dhcproto.
//!
//! Options stay bytes, as in the server itself, which copies some of them without reading them and which takes packets
//! whose options make no sense. What they mean is `options`' matter.
mod options;
mod v4;
mod v6;

pub use options::{Seen, arch_name, seen};
pub use v4::{Kind, Packet};
pub use v6::{Kind6, Packet6};

/// Why bytes are no packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken(pub String);

/// A MAC address, or whatever stands for one, in lower case with colons.
pub fn hex(bytes: &[u8]) -> String {
    let parts: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    parts.join(":")
}

/// The six bytes of a MAC address, with colons, dashes or neither.
pub fn mac(text: &str) -> Option<[u8; 6]> {
    let digits: String = text.chars().filter(|c| !":-.".contains(*c)).collect();
    if digits.len() != 12 || !digits.is_ascii() {
        return None;
    }
    let mut bytes = [0; 6];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(bytes)
}
