//! Inventory/EthernetInterfaces: which MAC sits where, and which addresses it has.
//!
//! SMD names an interface by the twelve digits of its MAC, and finds it by nothing else; here any spelling of a MAC will
//! do. A patch of an unknown interface is answered with 200 and an empty record, and one of an address with an empty
//! body wipes all addresses: neither can happen here.
use super::super::{
    types::{EthernetInterface, EthernetInterfaceBody, IpAddress, IpAddressPatch},
    xname::{normalize, valid},
};
use super::{Client, Filter, NAMES_IN_URL, fault};
use crate::{
    fault::{Fault, Kind},
    nodeset::natural,
};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

const FILTERS: &[&str] = &[
    "MACAddress",
    "IPAddress",
    "Network",
    "ComponentID",
    "Type",
    "ID",
    "OlderThan",
    "NewerThan",
];
const PATH: &[&str] = &["Inventory", "EthernetInterfaces"];

/// What may be said of an interface; only what is given is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InterfaceFields {
    #[serde(rename = "Description")]
    pub description: Option<String>,
    #[serde(rename = "ComponentID")]
    pub component_id: Option<String>,
    #[serde(rename = "IPAddresses")]
    pub ip_addresses: Option<Vec<Address>>,
}

/// An address, or an address in a named network.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Address {
    Plain(String),
    Full(IpAddress),
}

impl InterfaceFields {
    fn body(&self) -> EthernetInterfaceBody {
        let addresses = self.ip_addresses.as_ref().map(|list| {
            let full = |address: &Address| match address {
                Address::Plain(ip) => IpAddress {
                    ip_address: ip.clone(),
                    network: None,
                },
                Address::Full(address) => address.clone(),
            };
            list.iter().map(full).collect()
        });
        EthernetInterfaceBody {
            mac_address: None,
            description: self.description.clone(),
            component_id: self.component_id.as_deref().map(normalize),
            ip_addresses: addresses,
        }
    }

    /// Where it sits must be a place; SMD would take any text.
    fn checked(&self) -> Result<EthernetInterfaceBody, Fault> {
        match self.component_id.as_deref().filter(|id| !id.is_empty()) {
            Some(id) if valid(id).is_none() => Err(Fault::bad_argument(format!(
                "ComponentID: `{id}` is no xname"
            ))
            .hint("x1000c0s0b0n0: cabinet, chassis, slot, BMC, node, each a letter and a number")),
            _ => Ok(self.body()),
        }
    }
}

impl Client {
    /// The interfaces that match, of all components or of these (then in their order).
    pub async fn interfaces(
        &self,
        components: Option<&[String]>,
        filter: &Filter,
    ) -> Result<Vec<EthernetInterface>, Fault> {
        let mut query = filter.pairs(FILTERS)?;
        for (name, value) in &mut query {
            if name == "MACAddress"
                && let Ok(id) = id_of(value)
            {
                *value = colons(&id);
            }
        }
        if let Some(names) = components.filter(|names| names.len() <= NAMES_IN_URL) {
            if names.is_empty() {
                return Ok(Vec::new());
            }
            query.extend(
                names
                    .iter()
                    .map(|name| ("ComponentID".to_owned(), name.clone())),
            );
        }
        let mut found: Vec<EthernetInterface> = self.api.get(PATH).query(&query).send().await?;
        found.sort_by(|a, b| {
            natural(&a.component_id, &b.component_id).then_with(|| a.id.cmp(&b.id))
        });
        let Some(names) = components else {
            return Ok(found);
        };
        let place: HashMap<String, usize> = names
            .iter()
            .enumerate()
            .map(|(at, name)| (name.to_ascii_lowercase(), at))
            .collect();
        found.retain(|i| place.contains_key(&i.component_id));
        found.sort_by_key(|i| place.get(&i.component_id).copied());
        Ok(found)
    }

    pub async fn interface(&self, mac: &str) -> Result<EthernetInterface, Fault> {
        let id = id_of(mac)?;
        let request = self.api.get(&[PATH[0], PATH[1], &id]);
        request.send().await.map_err(|f| unknown(mac, f))
    }

    async fn interface_if_any(&self, mac: &str) -> Result<Option<EthernetInterface>, Fault> {
        match self.interface(mac).await {
            Ok(found) => Ok(Some(found)),
            Err(f) if f.kind == Kind::NotFound => Ok(None),
            Err(f) => Err(f),
        }
    }

    pub async fn add_interface(
        &self,
        mac: &str,
        fields: InterfaceFields,
    ) -> Result<EthernetInterface, Fault> {
        if let Some(known) = self.interface_if_any(mac).await? {
            let message = format!("interface {mac} exists, on {}", owner(&known));
            return Err(fault(Kind::Conflict, message)
                .hint("smd.iface.update changes one, smd.iface.ensure makes it so either way"));
        }
        self.post_interface(mac, &fields).await
    }

    async fn post_interface(
        &self,
        mac: &str,
        fields: &InterfaceFields,
    ) -> Result<EthernetInterface, Fault> {
        let body = EthernetInterfaceBody {
            mac_address: Some(colons(&id_of(mac)?)),
            ..fields.checked()?
        };
        self.api.post(PATH).json(&body).nothing().await?;
        self.interface_back(mac, &body).await
    }

    /// Creates the interface or replaces what it says; without `ComponentID` it stays where it is.
    pub async fn set_interface(
        &self,
        mac: &str,
        fields: InterfaceFields,
    ) -> Result<EthernetInterface, Fault> {
        if self.interface_if_any(mac).await?.is_none() {
            return self.post_interface(mac, &fields).await;
        }
        let whole = InterfaceFields {
            description: Some(fields.description.unwrap_or_default()),
            component_id: fields.component_id,
            ip_addresses: Some(fields.ip_addresses.unwrap_or_default()),
        };
        self.update_interface(mac, whole).await
    }

    pub async fn update_interface(
        &self,
        mac: &str,
        fields: InterfaceFields,
    ) -> Result<EthernetInterface, Fault> {
        let body = fields.checked()?;
        if body == EthernetInterfaceBody::default() {
            return Err(Fault::bad_argument(format!("nothing to change of {mac}"))
                .hint(r#"{ ComponentID = "x1000c0s0b0n0", IPAddresses = { "172.16.0.1" } }"#));
        }
        let id = id_of(mac)?;
        let request = self.api.patch(&[PATH[0], PATH[1], &id]).json(&body);
        request.nothing().await.map_err(|f| unknown(mac, f))?;
        self.interface_back(mac, &body).await
    }

    /// Makes the interface exist with the given fields; nothing when it was so already.
    pub async fn ensure_interface(
        &self,
        mac: &str,
        fields: InterfaceFields,
    ) -> Result<Option<EthernetInterface>, Fault> {
        let body = fields.body();
        match self.interface_if_any(mac).await? {
            None => self.post_interface(mac, &fields).await.map(Some),
            Some(now) if differing(&now, &body).is_none() => Ok(None),
            Some(_) => self.update_interface(mac, fields).await.map(Some),
        }
    }

    pub async fn delete_interfaces(
        &self,
        macs: Vec<String>,
    ) -> Result<Vec<EthernetInterface>, Fault> {
        let ids: Vec<String> = macs
            .iter()
            .map(|mac| id_of(mac))
            .collect::<Result<_, _>>()?;
        let wanted: HashSet<&String> = ids.iter().collect();
        let list = || async {
            let mut all = self.interfaces(None, &Filter::default()).await?;
            all.retain(|i| wanted.contains(&i.id));
            Ok(all)
        };
        self.delete_each(PATH, &ids, list, |i| &i.id, unknown).await
    }

    pub async fn delete_all_interfaces(&self) -> Result<Vec<EthernetInterface>, Fault> {
        let before = self.interfaces(None, &Filter::default()).await?;
        if !before.is_empty() {
            self.api.delete(PATH).nothing().await?;
        }
        Ok(before)
    }

    async fn interface_back(
        &self,
        mac: &str,
        wanted: &EthernetInterfaceBody,
    ) -> Result<EthernetInterface, Fault> {
        let now = self.interface(mac).await?;
        match differing(&now, wanted) {
            None => Ok(now),
            Some(field) => {
                let message = format!("SMD accepted {field} of {mac} and holds another");
                Err(fault(Kind::NoEffect, message))
            }
        }
    }

    /// Adds one address; what the interface has then.
    pub async fn add_address(
        &self,
        mac: &str,
        address: IpAddress,
    ) -> Result<Vec<IpAddress>, Fault> {
        self.interface(mac).await?;
        let id = id_of(mac)?;
        let request = self.api.post(&[PATH[0], PATH[1], &id, "IPAddresses"]);
        request.json(&address).nothing().await?;
        Ok(self.interface(mac).await?.ip_addresses)
    }

    /// Moves one address to another network; what the interface has then.
    pub async fn update_address(
        &self,
        mac: &str,
        ip: &str,
        network: String,
    ) -> Result<Vec<IpAddress>, Fault> {
        self.has_address(mac, ip).await?;
        let id = id_of(mac)?;
        let patch = IpAddressPatch {
            network: Some(network),
        };
        let request = self.api.patch(&[PATH[0], PATH[1], &id, "IPAddresses", ip]);
        request.json(&patch).nothing().await?;
        Ok(self.interface(mac).await?.ip_addresses)
    }

    /// Takes one address away; what the interface has then.
    pub async fn delete_address(&self, mac: &str, ip: &str) -> Result<Vec<IpAddress>, Fault> {
        self.has_address(mac, ip).await?;
        let id = id_of(mac)?;
        let request = self.api.delete(&[PATH[0], PATH[1], &id, "IPAddresses", ip]);
        request.nothing().await?;
        Ok(self.interface(mac).await?.ip_addresses)
    }

    async fn has_address(&self, mac: &str, ip: &str) -> Result<(), Fault> {
        let now = self.interface(mac).await?;
        if now
            .ip_addresses
            .iter()
            .any(|address| address.ip_address == ip)
        {
            return Ok(());
        }
        Err(fault(
            Kind::NotFound,
            format!("interface {mac} has no address {ip}"),
        )
        .hint(format!(
            "smd.iface.get(\"{mac}\").IPAddresses shows what it has"
        )))
    }
}

/// The twelve digits SMD names an interface by.
pub fn id_of(mac: &str) -> Result<String, Fault> {
    let digits: String = mac.chars().filter(|c| !":-. ".contains(*c)).collect();
    if digits.len() == 12 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(digits.to_ascii_lowercase());
    }
    Err(Fault::bad_argument(format!("\"{mac}\" is no MAC address"))
        .hint("a MAC has twelve hexadecimal digits: 52:54:00:be:ef:01"))
}

fn colons(id: &str) -> String {
    let pairs: Vec<&str> = (0..id.len()).step_by(2).map(|at| &id[at..at + 2]).collect();
    pairs.join(":")
}

fn owner(interface: &EthernetInterface) -> &str {
    match interface.component_id.as_str() {
        "" => "no component",
        id => id,
    }
}

/// The first given field that the interface does not have.
fn differing(now: &EthernetInterface, wanted: &EthernetInterfaceBody) -> Option<&'static str> {
    let sorted = |list: &[IpAddress]| {
        let mut pairs: Vec<(String, String)> = list
            .iter()
            .map(|a| (a.ip_address.clone(), a.network.clone().unwrap_or_default()))
            .collect();
        pairs.sort();
        pairs.dedup();
        pairs
    };
    if wanted
        .description
        .as_ref()
        .is_some_and(|text| *text != now.description)
    {
        return Some("Description");
    }
    let component = wanted.component_id.as_ref();
    if component.is_some_and(|id| !id.eq_ignore_ascii_case(&now.component_id)) {
        return Some("ComponentID");
    }
    let addresses = wanted.ip_addresses.as_ref();
    if addresses.is_some_and(|list| sorted(list) != sorted(&now.ip_addresses)) {
        return Some("IPAddresses");
    }
    None
}

fn unknown(mac: &str, f: Fault) -> Fault {
    if f.kind != Kind::NotFound {
        return f;
    }
    Fault {
        message: format!("no interface {mac}"),
        ..f
    }
    .hint("smd.iface.list() shows those SMD knows")
}
