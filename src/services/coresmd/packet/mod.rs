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

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// A MAC address, or whatever stands for one, in lower case with colons.
pub fn hex(bytes: &[u8]) -> String {
    joined(bytes, true)
}

/// Bytes as digits with nothing between them.
pub fn digits(bytes: &[u8]) -> String {
    joined(bytes, false)
}

fn joined(bytes: &[u8], colons: bool) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    for (at, byte) in bytes.iter().enumerate() {
        if colons && at > 0 {
            text.push(':');
        }
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// Bytes from their digits.
pub fn bytes(digits: &str) -> Option<Vec<u8>> {
    let value = |digit: &u8| char::from(*digit).to_digit(16);
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let byte = |[high, low]: &[u8; 2]| u8::try_from(value(high)? << 4 | value(low)?).ok();
    let bytes = pairs.iter().map(byte).collect::<Option<Vec<u8>>>();
    bytes.filter(|_| rest.is_empty())
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
