//! One machine: a node and the BMC that powers it.
use serde::{Deserialize, Serialize};
use std::{collections::HashSet, fmt};
use uuid::Uuid;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Power {
    #[default]
    Off,
    On,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    pub name: String,
    /// Where it stands; SMD does not know until somebody says so.
    pub xname: String,
    /// The interface it boots from.
    pub mac: String,
    pub bmc_mac: String,
    /// What its firmware reports as the system's UUID.
    #[serde(default)]
    pub uuid: Uuid,
    #[serde(default)]
    pub power: Power,
    /// It is real, and came by the wire: the lab knows what it asked for, and nothing else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub wire: bool,
    /// The interfaces of a real one by which it asked as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nics: Vec<String>,
}

impl Machine {
    /// Whether one of its interfaces has this MAC.
    pub fn has_mac(&self, mac: &str) -> bool {
        let mut macs = std::iter::once(&self.mac).chain(&self.nics);
        macs.any(|it| it.eq_ignore_ascii_case(mac))
    }

    /// Whether it is a real one that has no place in the rack: it is called by its MAC.
    pub fn is_stranger(&self) -> bool {
        self.wire && self.has_mac(&self.name)
    }
}

/// Which machines a lab has: so many like the tutorial's, or exactly these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Machines {
    Count(u32),
    Listed(Vec<Machine>),
}

impl Default for Machines {
    fn default() -> Self {
        Self::Count(5)
    }
}

impl Machines {
    pub(super) fn build(&self, seed: u64) -> Vec<Machine> {
        let mut machines = match self {
            Self::Count(count) => (0..*count).map(generated).collect(),
            Self::Listed(machines) => machines.clone(),
        };
        for machine in &mut machines {
            let text = format!("{seed}/{}", machine.name);
            machine.uuid = Uuid::new_v5(&Uuid::NAMESPACE_OID, text.as_bytes());
        }
        machines
    }
}

/// Ten to a slot, 64 slots to a chassis, eight chassis to a cabinet; the first five are the tutorial's.
fn generated(index: u32) -> Machine {
    let (blade, slots) = (index % 10, index / 10);
    let (slot, chassis) = (slots % 64, slots / 64);
    let (chassis, cabinet) = (chassis % 8, 1000 + chassis / 8);
    Machine {
        name: format!("compute{}", index + 1),
        xname: format!("x{cabinet}c{chassis}s{slot}b{blade}n0"),
        mac: mac([0x52, 0x54, 0x00], 0xbe_ef01 + index),
        bmc_mac: mac([0xde, 0xca, 0xfc], 0x0f_fee1 + index),
        uuid: Uuid::nil(),
        power: Power::Off,
        wire: false,
        nics: Vec::new(),
    }
}

/// One for the first place in which no machine stands.
pub(super) fn first_free(taken: &HashSet<String>) -> Machine {
    let free = (0..u32::MAX)
        .map(generated)
        .find(|it| !taken.contains(&it.xname));
    free.unwrap_or_default()
}

fn mac(vendor: [u8; 3], number: u32) -> String {
    let own = number.to_be_bytes();
    let byte = |byte: &u8| format!("{byte:02x}");
    let bytes: Vec<String> = vendor.iter().chain(&own[1..]).map(byte).collect();
    bytes.join(":")
}

impl fmt::Display for Machines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Listed(machines) => write!(f, "a list of {}", machines.len()),
        }
    }
}
