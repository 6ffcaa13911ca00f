//! What the server knows of SMD, as it keeps it: interfaces by MAC, components by name.
use serde::Deserialize;
use std::collections::HashMap;

/// One interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nic {
    pub id: String,
    pub ips: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Component {
    pub kind: String,
    pub nid: i64,
}

/// SMD at one moment. A MAC is found only as SMD spells it, in lower case with colons.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub nics: HashMap<String, Nic>,
    pub components: HashMap<String, Component>,
}

/// An interface as SMD tells of it; `null` is as good as nothing.
#[derive(Default, Deserialize)]
#[serde(default)]
struct TheirNic {
    #[serde(rename = "ComponentID")]
    id: Option<String>,
    #[serde(rename = "MACAddress")]
    mac: Option<String>,
    #[serde(rename = "IPAddresses")]
    addresses: Option<Vec<TheirAddress>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TheirAddress {
    #[serde(rename = "IPAddress")]
    ip: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TheirComponents {
    #[serde(rename = "Components")]
    all: Option<Vec<TheirComponent>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TheirComponent {
    #[serde(rename = "ID")]
    id: Option<String>,
    #[serde(rename = "Type")]
    kind: Option<String>,
    #[serde(rename = "NID")]
    nid: Option<i64>,
}

impl Facts {
    /// From SMD's two answers: a bare list of interfaces, and an object of components.
    pub fn read(interfaces: &[u8], components: &[u8]) -> Result<Self, serde_json::Error> {
        let interfaces: Option<Vec<TheirNic>> = serde_json::from_slice(interfaces)?;
        let components: TheirComponents = serde_json::from_slice(components)?;
        let nics = interfaces.unwrap_or_default().into_iter().map(|nic| {
            let ips = nic.addresses.unwrap_or_default().into_iter();
            let nic_read = Nic {
                id: nic.id.unwrap_or_default(),
                ips: ips.map(|it| it.ip.unwrap_or_default()).collect(),
            };
            (nic.mac.unwrap_or_default(), nic_read)
        });
        let components = components.all.unwrap_or_default().into_iter().map(|it| {
            let component = Component {
                kind: it.kind.unwrap_or_default(),
                nid: it.nid.unwrap_or_default(),
            };
            (it.id.unwrap_or_default(), component)
        });
        Ok(Self {
            nics: nics.collect(),
            components: components.collect(),
        })
    }
}
