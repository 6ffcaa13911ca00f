//! What options say, for people.
use super::{hex, v4::Kind};
use dhcproto::v4::OptionCode;
use serde::Serialize;
use std::net::Ipv4Addr;

/// One option, read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Seen {
    pub code: u16,
    pub name: String,
    pub value: String,
}

/// Reads an option of DHCPv4. What is not as its code wants it is shown as bytes.
pub fn seen(code: u8, data: &[u8]) -> Seen {
    let value = match code {
        1 | 3..=11 | 16 | 28 | 41 | 42 | 44 | 45 | 50 | 54 | 65 | 69 | 118 | 150 => addresses(data),
        12 | 14 | 15 | 17 | 18 | 40 | 56 | 60 | 62 | 64 | 66 | 67 | 77 | 100 | 101 | 114 => {
            text(data)
        }
        24 | 35 | 38 | 51 | 58 | 59 => number(data, 4),
        13 | 22 | 26 | 57 => number(data, 2),
        23 | 37 | 46 | 52 => number(data, 1),
        53 => match data {
            [kind] => Some(Kind(*kind).name()),
            _ => None,
        },
        55 => Some(list(data)),
        93 => archs(data),
        _ => None,
    };
    Seen {
        code: code.into(),
        name: name(code),
        value: value.unwrap_or_else(|| hex(data)),
    }
}

/// An option's name in words: `subnet mask`.
fn name(code: u8) -> String {
    let known = match code {
        175 => "iPXE options",
        97 => "client machine identifier",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    match OptionCode::from(code) {
        OptionCode::Unknown(_) => format!("option {code}"),
        known => words(&format!("{known:?}")),
    }
}

/// `DomainNameServer` as `domain name server`; a word in capitals stays one.
fn words(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let after_small = at > 0 && letters[at - 1].is_lowercase();
        let before_small = letters.get(at + 1).is_some_and(|it| it.is_lowercase());
        let after_capital = at > 0 && letters[at - 1].is_uppercase();
        if letter.is_uppercase() && (after_small || after_capital && before_small) {
            out.push(' ');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

fn addresses(data: &[u8]) -> Option<String> {
    if data.is_empty() || !data.len().is_multiple_of(4) {
        return None;
    }
    let each = data
        .chunks_exact(4)
        .map(|it| Ipv4Addr::new(it[0], it[1], it[2], it[3]).to_string());
    Some(each.collect::<Vec<_>>().join(", "))
}

fn text(data: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(data).ok()?.trim_end_matches('\0');
    let plain = !text.is_empty() && !text.chars().any(char::is_control);
    plain.then(|| text.to_owned())
}

fn number(data: &[u8], length: usize) -> Option<String> {
    let fold = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
    (data.len() == length).then(|| data.iter().fold(0, fold).to_string())
}

fn list(data: &[u8]) -> String {
    let each: Vec<String> = data.iter().map(ToString::to_string).collect();
    each.join(", ")
}

fn archs(data: &[u8]) -> Option<String> {
    if data.is_empty() || !data.len().is_multiple_of(2) {
        return None;
    }
    let each = data.chunks_exact(2).map(|it| {
        let number = u16::from_be_bytes([it[0], it[1]]);
        format!("{number} ({})", arch_name(number))
    });
    Some(each.collect::<Vec<_>>().join(", "))
}

/// What the server calls an architecture of option 93.
pub fn arch_name(arch: u16) -> &'static str {
    const NAMES: [&str; 31] = [
        "Intel x86PC",
        "NEC/PC98",
        "EFI Itanium",
        "DEC Alpha",
        "Arc x86",
        "Intel Lean Client",
        "EFI IA32",
        "EFI x86-64",
        "EFI Xscale",
        "EFI BC",
        "EFI ARM32",
        "EFI ARM64",
        "PowerPC Open Firmware",
        "PowerPC ePAPR",
        "POWER OPAL v3",
        "EFI x86 boot from HTTP",
        "EFI x86-64 boot from HTTP",
        "EFI BC boot from HTTP",
        "EFI ARM32 boot from HTTP",
        "EFI ARM64 boot from HTTP",
        "Intel x86PC boot from HTTP",
        "U-Boot ARM32",
        "U-Boot ARM64",
        "U-boot ARM32 boot from HTTP",
        "U-Boot ARM64 boot from HTTP",
        "EFI RISC-V 32-bit",
        "EFI RISC-V 32-bit boot from HTTP",
        "EFI RISC-V 64-bit",
        "EFI RISC-V 64-bit boot from HTTP",
        "EFI RISC-V 128-bit",
        "EFI RISC-V 128-bit boot from HTTP",
    ];
    NAMES.get(usize::from(arch)).copied().unwrap_or("unknown")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_named_and_read() {
        for (code, data, name, value) in [
            (1, &[255, 255, 255, 0][..], "subnet mask", "255.255.255.0"),
            (
                6,
                &[1, 2, 3, 4, 5, 6, 7, 8],
                "domain name server",
                "1.2.3.4, 5.6.7.8",
            ),
            (51, &[0, 0, 14, 16], "address lease time", "3600"),
            (53, &[2], "message type", "OFFER"),
            (66, b"h", "tftp server name", "h"),
            (67, b"undionly.kpxe", "bootfile name", "undionly.kpxe"),
            (93, &[0, 7], "client system architecture", "7 (EFI x86-64)"),
            (77, &[4, 0x69], "user class", "04:69"),
            (1, &[255], "subnet mask", "ff"),
            (224, &[1], "option 224", "01"),
        ] {
            let seen = seen(code, data);
            assert_eq!(
                (seen.name.as_str(), seen.value.as_str()),
                (name, value),
                "{code}"
            );
        }
    }
}
