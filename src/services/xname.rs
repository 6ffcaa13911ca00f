//! xnames as the services read them: one spelling for each place in the machine, and the sort of thing that stands there.
//!
//! The forms are those of the field's xname specification, written as a tree: a letter, the numbers it takes, what it
//! names, and what may hang under it. Knows nothing of nodes that exist.

/// Which numbers a letter takes.
#[derive(Clone, Copy)]
enum Number {
    /// Digits without bound.
    Any,
    /// Digits without bound that do not start with 0.
    Positive,
    /// One to four digits.
    Four,
    /// One digit between the two.
    One(u8, u8),
}

/// One step of an xname: `Form('c', One(b'0', b'7'), "Chassis", …)`.
struct Form(char, Number, &'static str, &'static [Form]);

use Number::{Any, Four, One, Positive};

const ON_NODE: &[Form] = &[
    Form('p', One(b'0', b'3'), "Processor", &[]),
    Form('d', Any, "Memory", &[]),
    Form('a', Any, "NodeAccel", &[]),
    Form('r', One(b'0', b'7'), "NodeAccelRiser", &[]),
    Form('i', One(b'0', b'3'), "NodeNic", &[]),
    Form('h', One(b'0', b'3'), "NodeHsnNic", &[]),
    Form('g', Any, "StorageGroup", &[Form('k', Any, "Drive", &[])]),
    Form('v', Any, "VirtualNode", &[]),
];

const ON_SLOT: &[Form] = &[
    Form(
        'b',
        Any,
        "NodeBMC",
        &[
            Form('n', Any, "Node", ON_NODE),
            Form('i', One(b'0', b'3'), "NodeBMCNic", &[]),
            Form('f', One(b'0', b'0'), "NodeFpga", &[]),
        ],
    ),
    Form(
        'e',
        Any,
        "NodeEnclosure",
        &[Form('t', Any, "NodeEnclosurePowerSupply", &[])],
    ),
    Form('j', One(b'1', b'2'), "NodePowerConnector", &[]),
    Form('v', One(b'1', b'2'), "NodePowerConnector", &[]),
];

const ON_ROUTER: &[Form] = &[
    Form(
        'b',
        Any,
        "RouterBMC",
        &[Form('i', One(b'0', b'3'), "RouterBMCNic", &[])],
    ),
    Form('e', Any, "HSNBoard", &[]),
    Form('f', One(b'0', b'1'), "RouterFpga", &[]),
    Form(
        't',
        Any,
        "RouterTOR",
        &[Form('f', One(b'0', b'1'), "RouterTORFpga", &[])],
    ),
    Form(
        'a',
        One(b'0', b'3'),
        "HSNAsic",
        &[Form('l', Any, "HSNLink", &[])],
    ),
    Form(
        'j',
        Positive,
        "HSNConnector",
        &[Form('p', One(b'0', b'2'), "HSNConnectorPort", &[])],
    ),
    Form('v', One(b'1', b'2'), "RouterPowerConnector", &[]),
];

const ON_CHASSIS: &[Form] = &[
    Form('s', Any, "ComputeModule", ON_SLOT),
    Form('r', Any, "RouterModule", ON_ROUTER),
    Form(
        'b',
        One(b'0', b'0'),
        "ChassisBMC",
        &[Form('i', One(b'0', b'3'), "ChassisBMCNic", &[])],
    ),
    Form('f', One(b'0', b'0'), "CMMFpga", &[]),
    Form('t', One(b'0', b'9'), "CMMRectifier", &[]),
    Form(
        'w',
        Positive,
        "MgmtSwitch",
        &[Form('j', Positive, "MgmtSwitchConnector", &[])],
    ),
    Form(
        'h',
        Positive,
        "MgmtHLSwitchEnclosure",
        &[Form('s', One(b'1', b'9'), "MgmtHLSwitch", &[])],
    ),
];

const ON_PDU: &[Form] = &[
    Form(
        'p',
        One(b'0', b'7'),
        "CabinetPDU",
        &[
            Form('j', Positive, "CabinetPDUOutlet", &[]),
            Form('v', Positive, "CabinetPDUPowerConnector", &[]),
        ],
    ),
    Form('i', One(b'0', b'3'), "CabinetPDUNic", &[]),
];

const PLACES: &[Form] = &[
    Form(
        'x',
        Four,
        "Cabinet",
        &[
            Form('c', One(b'0', b'7'), "Chassis", ON_CHASSIS),
            Form('m', One(b'0', b'3'), "CabinetPDUController", ON_PDU),
            Form('e', One(b'0', b'1'), "CEC", &[]),
            Form('b', One(b'0', b'0'), "CabinetBMC", &[]),
            Form('d', One(b'0', b'1'), "CabinetCDU", &[]),
        ],
    ),
    Form('d', Any, "CDU", &[Form('w', Any, "CDUMgmtSwitch", &[])]),
];

/// Types that are no place, by the key a filter names them with.
const SPECIAL: [(&str, &str); 6] = [
    ("hmstypeall", "All"),
    ("hmstypeallcomp", "AllComp"),
    ("hmstypeallsvc", "AllSvc"),
    ("invalid", "INVALID"),
    ("partition", "Partition"),
    ("system", "System"),
];

/// One spelling per place: no blanks around, no leading zeros, lower case. Says nothing of validity.
pub fn normalize(text: &str) -> String {
    let bytes = text.trim().as_bytes();
    let mut kept = Vec::with_capacity(bytes.len());
    let mut after_letter = true;
    for (place, byte) in bytes.iter().enumerate() {
        let leading = *byte == b'0' && after_letter;
        if leading && bytes.get(place + 1).is_some_and(u8::is_ascii_digit) {
            continue;
        }
        after_letter = !byte.is_ascii_digit();
        kept.push(*byte);
    }
    String::from_utf8_lossy(&kept).to_lowercase()
}

/// The normal spelling of a valid xname.
pub fn valid(text: &str) -> Option<String> {
    let id = normalize(text);
    kind(&id).is_some().then_some(id)
}

/// What stands at a place, from the form of its (normal) name alone.
pub fn kind(id: &str) -> Option<&'static str> {
    match id {
        "s0" => return Some("System"),
        "all" => return Some("All"),
        "all_comp" => return Some("AllComp"),
        "all_svc" => return Some("AllSvc"),
        _ => {}
    }
    if let Some(rest) = id.strip_prefix("sms") {
        return (digits(rest) > 0 && digits(rest) == rest.len()).then_some("SMSBox");
    }
    if let Some(rest) = id.strip_prefix('p') {
        return partition(rest).then_some("Partition");
    }
    descend(id, PLACES)
}

/// `p1`, `p1.2`: the character between the numbers is not looked at.
fn partition(rest: &str) -> bool {
    let first = digits(rest);
    let mut tail = rest[first..].chars();
    let alone = tail.next().is_none();
    let second = tail.as_str();
    first > 0 && (alone || (!second.is_empty() && digits(second) == second.len()))
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn descend(text: &str, forms: &'static [Form]) -> Option<&'static str> {
    let mut rest = text;
    let mut forms = forms;
    loop {
        let letter = rest.chars().next()?;
        let Form(_, number, name, under) = forms.iter().find(|form| form.0 == letter)?;
        rest = &rest[1..];
        let count = digits(rest);
        if !number.takes(&rest.as_bytes()[..count]) {
            return None;
        }
        rest = &rest[count..];
        if rest.is_empty() {
            return Some(name);
        }
        forms = under;
    }
}

impl Number {
    fn takes(self, digits: &[u8]) -> bool {
        match self {
            Any => !digits.is_empty(),
            Positive => digits.first().is_some_and(|first| *first != b'0'),
            Four => (1..=4).contains(&digits.len()),
            One(low, high) => matches!(digits, [digit] if (low..=high).contains(digit)),
        }
    }
}

/// All names of types, each once.
pub fn kinds() -> Vec<&'static str> {
    let mut names: Vec<_> = SPECIAL.iter().map(|(_, name)| *name).collect();
    names.push("SMSBox");
    collect(PLACES, &mut names);
    names
}

fn collect(forms: &'static [Form], names: &mut Vec<&'static str>) {
    for Form(_, _, name, under) in forms {
        if !names.contains(name) {
            names.push(name);
        }
        collect(under, names);
    }
}

/// A type's name in its own spelling, from any case.
pub fn kind_named(word: &str) -> Option<&'static str> {
    let key = word.to_lowercase();
    if let Some((_, name)) = SPECIAL.iter().find(|(special, _)| *special == key) {
        return Some(name);
    }
    let plain = |name: &&str| !matches!(*name, "All" | "AllComp" | "AllSvc");
    kinds()
        .into_iter()
        .filter(plain)
        .find(|name| name.eq_ignore_ascii_case(&key))
}

/// Whether a Redfish service may live at such a place.
pub fn is_controller(kind: &str) -> bool {
    matches!(
        kind,
        "ChassisBMC"
            | "RouterBMC"
            | "NodeBMC"
            | "CabinetPDUController"
            | "MgmtSwitch"
            | "MgmtHLSwitch"
            | "CDUMgmtSwitch"
    )
}

/// The NID a node gets that is posted without one. Slots above 63 run into the next chassis.
pub fn default_nid(id: &str) -> i64 {
    let numbers: Vec<i64> = id
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .map_while(|part| part.parse().ok())
        .collect();
    let at = |place: usize| numbers.get(place).copied().unwrap_or(0);
    // of a virtual node its own number counts, not its host's
    let node = if kind(id) == Some("VirtualNode") {
        at(5)
    } else {
        at(4)
    };
    [(1, 16384), (at(0), 16384), (at(1), 2048), (at(2), 32)]
        .into_iter()
        .chain([(at(3), 4), (node, 1)])
        .fold(0_i64, |sum, (number, weight): (i64, i64)| {
            sum.saturating_add(number.saturating_mul(weight))
        })
}

/// The place itself and every place above it, as far as names tell.
pub fn upwards(id: &str) -> impl Iterator<Item = &str> {
    let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let cuts = id.char_indices().skip(1);
    let above = cuts.filter(move |(_, letter)| plain && letter.is_ascii_alphabetic());
    std::iter::once(id).chain(above.map(move |(cut, _)| &id[..cut]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_one_spelling() {
        for (given, wanted) in [
            ("X1000C00S0B0N0", "x1000c0s0b0n0"),
            (" x0001c0s004b0n0 ", "x1c0s4b0n0"),
            ("x0", "x0"),
            ("x000", "x0"),
            ("", ""),
            ("NID000001", "nid1"),
        ] {
            assert_eq!(normalize(given), wanted);
        }
    }

    #[test]
    fn the_form_tells_the_type() {
        for (id, wanted) in [
            ("x9999", Some("Cabinet")),
            ("x10000", None),
            ("x0c7", Some("Chassis")),
            ("x0c8", None),
            ("x0c0s64b0n0", Some("Node")),
            ("x0c0s0b0n0n0", None),
            ("x0c0s0b0n0v1", Some("VirtualNode")),
            ("x0c0s0v0", None),
            ("x0c0s0j1", Some("NodePowerConnector")),
            ("x0c0w0", None),
            ("x0c0h1s2", Some("MgmtHLSwitch")),
            ("x0m0p0v1", Some("CabinetPDUPowerConnector")),
            ("x0c0r1j12p2", Some("HSNConnectorPort")),
            ("d0w1", Some("CDUMgmtSwitch")),
            ("p1.2", Some("Partition")),
            ("p1.", None),
            ("sms1", Some("SMSBox")),
            ("sms", None),
            ("all", Some("All")),
            ("s1", None),
            ("nid1", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(kind(id), wanted, "{id}");
        }
    }

    #[test]
    fn types_are_found_in_any_case_by_their_key() {
        assert_eq!(kind_named("nodebmc"), Some("NodeBMC"));
        assert_eq!(kind_named("HMSTypeAll"), Some("All"));
        assert_eq!(kind_named("all"), None);
        assert_eq!(kind_named(""), None);
        assert_eq!(kinds().len(), 56);
    }

    #[test]
    fn a_node_without_nid_gets_one_from_its_place() {
        for (id, nid) in [
            ("x0c0s0b0n0", 16384),
            ("x0c0s0b0n1", 16385),
            ("x1000c0s64b0n0", 16_402_432),
            ("x1000c1s0b0n0", 16_402_432),
            ("x2c0s1b0n0", 49184),
            ("x0c0s0b0n3v7", 16391),
        ] {
            assert_eq!(default_nid(id), nid, "{id}");
        }
    }

    #[test]
    fn a_place_is_under_what_its_name_begins_with() {
        let all: Vec<_> = upwards("x1000c0s0b0n0").collect();
        let above = ["x1000c0s0b0", "x1000c0s0", "x1000c0", "x1000"];
        assert_eq!(all[0], "x1000c0s0b0n0");
        assert!(above.iter().all(|top| all.contains(top)));
        assert!(!all.contains(&"x1"));
        assert_eq!(upwards("p1.2").collect::<Vec<_>>(), ["p1.2"]);
    }
}
