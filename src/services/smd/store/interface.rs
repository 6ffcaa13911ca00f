//! Ethernet interfaces, one per MAC, and the addresses they hold.
use super::{Store, Trouble, fits, said};
use crate::services::smd::{
    types::{EthernetInterface, EthernetInterfaceBody, IpAddress},
    xname,
};
use jiff::Timestamp;

/// A filter over interfaces that was found to make sense.
#[derive(Clone, Debug, Default)]
pub struct InterfaceFilter {
    pub id: Vec<String>,
    pub mac: Vec<String>,
    pub address: Vec<String>,
    pub network: Vec<String>,
    pub component: Vec<String>,
    pub kind: Vec<String>,
    pub newer: Option<Timestamp>,
    pub older: Option<Timestamp>,
}

impl InterfaceFilter {
    fn takes(&self, interface: &EthernetInterface) -> bool {
        let among = |wanted: &[String], value: &str| {
            wanted.is_empty() || wanted.iter().any(|entry| entry == value)
        };
        let addresses = &interface.ip_addresses;
        // an interface without addresses counts as one with an empty one
        let any = |wanted: &[String], field: fn(&IpAddress) -> &str| {
            (addresses.is_empty() && among(wanted, ""))
                || addresses.iter().any(|entry| among(wanted, field(entry)))
        };
        let updated = || interface.last_update.parse::<Timestamp>().ok();
        among(&self.id, &interface.id)
            && among(&self.mac, &interface.mac_address)
            && any(&self.address, |entry| &entry.ip_address)
            && any(&self.network, |entry| {
                entry.network.as_deref().unwrap_or_default()
            })
            && among(&self.component, &interface.component_id)
            && among(&self.kind, &interface.kind)
            && self
                .newer
                .is_none_or(|than| updated().is_some_and(|at| at > than))
            && self
                .older
                .is_none_or(|than| updated().is_some_and(|at| at < than))
    }
}

impl Store {
    pub fn interface(&self, id: &str) -> Option<&EthernetInterface> {
        self.interfaces.get(id)
    }

    pub fn interfaces<'a>(
        &'a self,
        filter: &'a InterfaceFilter,
    ) -> impl Iterator<Item = &'a EthernetInterface> {
        self.interfaces.values().filter(|entry| filter.takes(entry))
    }

    pub fn insert_interface(&mut self, interface: EthernetInterface) -> Result<(), Trouble> {
        fits(&interface.mac_address, 32)?;
        fits(&interface.component_id, 63)?;
        if self.interfaces.contains(&interface.id) {
            return Err(said::DUPLICATE);
        }
        let id = interface.id.clone();
        self.interfaces.put(&id, interface);
        Ok(())
    }

    /// Changes what is given; only new addresses move `LastUpdate`. Nothing happens to an interface that does not exist.
    pub fn patch_interface(
        &mut self,
        id: &str,
        patch: EthernetInterfaceBody,
        now: &str,
    ) -> Result<(), Trouble> {
        let component = match patch.component_id {
            None => None,
            Some(given) => Some(xname::valid(&given).ok_or(said::BAD_ID)?),
        };
        fits(component.as_deref().unwrap_or_default(), 63)?;
        self.interfaces.update(id, |entry| {
            if let Some(description) = patch.description {
                entry.description = description;
            }
            if let Some(addresses) = patch.ip_addresses {
                entry.ip_addresses = addresses;
                now.clone_into(&mut entry.last_update);
            }
            if let Some(component) = component {
                xname::kind(&component)
                    .unwrap_or_default()
                    .clone_into(&mut entry.kind);
                entry.component_id = component;
            }
        });
        Ok(())
    }

    pub fn delete_interface(&mut self, id: &str) -> bool {
        self.interfaces.remove(id).is_some()
    }

    pub fn delete_interfaces(&mut self) -> usize {
        self.interfaces.clear()
    }
}

/// An interface from what a client or a discovery says of it; `Err` is SMD's refusal.
pub fn interface(
    description: String,
    mac: &str,
    component: &str,
    addresses: Vec<IpAddress>,
    now: &str,
) -> Result<EthernetInterface, &'static str> {
    let mac_address = mac.to_lowercase();
    let id = mac_address.replace(':', "");
    if id.is_empty() {
        return Err("Invalid CompEthInterface MAC Address");
    }
    if addresses.iter().any(|entry| entry.ip_address.is_empty()) {
        return Err("Invalid CompEthInterface IP Address");
    }
    let component_id = match component {
        "" => String::new(),
        given => xname::valid(given).ok_or("Invalid CompEthInterface component ID")?,
    };
    let kind = xname::kind(&component_id).unwrap_or_default();
    // `all` and its like are places, and yet SMD looks their type up in vain here; a PATCH does not look.
    if !kind.is_empty() && xname::kind_named(kind).is_none() {
        return Err("Argument was not a valid HMS Type");
    }
    Ok(EthernetInterface {
        id,
        description,
        mac_address,
        last_update: now.to_owned(),
        component_id,
        kind: kind.to_owned(),
        ip_addresses: addresses,
    })
}

/// A MAC in any of its spellings, as six pairs with colons.
pub fn mac(text: &str) -> Result<String, String> {
    let bare = ['-', ':', '.']
        .iter()
        .fold(text.to_lowercase(), |text, mark| {
            text.replacen(*mark, "", 5)
        });
    let bare = bare.trim();
    if bare.len() != 12 {
        return Err("MAC string has invalid length".into());
    }
    // SMD reads the digits as a number, so one sign in front would do; no more than that is imitated
    let number = u64::from_str_radix(bare, 16)
        .map_err(|_| format!("strconv.ParseInt: parsing \"{bare}\": invalid syntax"))?;
    let digits = format!("{number:012x}");
    let pairs: Vec<&str> = (0..6).map(|pair| &digits[pair * 2..pair * 2 + 2]).collect();
    Ok(pairs.join(":"))
}

/// A moment as RFC 3339 demands it, to the letter.
pub fn moment(text: &str) -> Result<Option<Timestamp>, Trouble> {
    if text.is_empty() {
        return Ok(None);
    }
    let byte = |place: usize| text.as_bytes().get(place).copied();
    let offset = || byte(text.len().saturating_sub(6)).is_some_and(|sign| b"+-".contains(&sign));
    let strict =
        byte(10) == Some(b'T') && byte(16) == Some(b':') && (text.ends_with('Z') || offset());
    let at = strict.then(|| text.parse().ok()).flatten();
    at.map(Some).ok_or(said::BAD_TIME)
}

/// Keeps an empty network out of the answers.
pub fn tidy(mut addresses: Vec<IpAddress>) -> Vec<IpAddress> {
    for entry in &mut addresses {
        entry.network = entry.network.take().and_then(super::unless_empty);
    }
    addresses
}

/// Types as a filter names them.
pub fn kinds(values: Vec<String>) -> Option<Vec<String>> {
    let spell = |word: String| xname::kind_named(&word).map(str::to_owned);
    values.into_iter().map(spell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mac_is_twelve_digits_however_they_are_parted() {
        for text in [
            "52:54:00:BE:EF:01",
            "525400beef01",
            "5254.00be.ef01",
            " 52-54-00-be-ef-01 ",
        ] {
            assert_eq!(mac(text).as_deref(), Ok("52:54:00:be:ef:01"), "{text}");
        }
        assert_eq!(
            mac("525400beef"),
            Err("MAC string has invalid length".into())
        );
        assert!(mac("zz:54:00:be:ef:01").is_err_and(|text| text.contains("invalid syntax")));
    }

    #[test]
    fn a_moment_is_rfc_3339_or_refused() {
        assert!(moment("2026-11-23T07:42:26Z").is_ok_and(|at| at.is_some()));
        assert!(moment("2026-11-23T07:42:26.5+01:00").is_ok_and(|at| at.is_some()));
        assert_eq!(moment(""), Ok(None));
        for text in [
            "yesterday",
            "2026-11-23",
            "2026-11-23 07:42:26Z",
            "2026-11-23T07:42:26",
        ] {
            assert_eq!(moment(text), Err(said::BAD_TIME), "{text}");
        }
    }
}
