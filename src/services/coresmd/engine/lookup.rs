//! Whether an address can be given to a MAC, and why not.
use super::{Engine, Event, Outcome, facts::Component, rules::Known};
use crate::services::coresmd::{config::Coresmd, packet::Packet};
use std::net::{IpAddr, Ipv4Addr};

const PREFIX: &str = "plugins/coresmd";

impl Engine<'_> {
    /// The interface with this MAC, if an address can be given to it; else why not, which is in the log as well.
    pub(super) fn lookup(
        &self,
        coresmd: &Coresmd,
        mac: &str,
        giaddr: Ipv4Addr,
        out: &mut Outcome<Packet>,
    ) -> Result<Known, String> {
        let subnets: Vec<_> = coresmd
            .rules
            .iter()
            .flat_map(|rule| &rule.subnets)
            .collect();
        let failed = |why: &str| {
            if subnets.is_empty() {
                Event::error(PREFIX, format!("IP lookup failed: {why}"))
            } else {
                Event::error(
                    PREFIX,
                    format!("subnet-aware IP lookup failed for MAC {mac} (giaddr={giaddr}): {why}"),
                )
            }
        };
        let mut known = self.known(mac).map_err(|(log, what)| {
            out.log.push(failed(&log));
            what
        })?;
        if subnets.is_empty() {
            return Ok(known);
        }
        known.ips.retain(Option::is_some);
        if giaddr.is_unspecified() {
            return Ok(known);
        }
        let Some(net) = subnets.iter().find(|net| net.contains(&IpAddr::V4(giaddr))) else {
            let msg = format!(
                "giaddr {giaddr} not in any configured subnet, using all IPs: no subnet found for IP {giaddr}"
            );
            out.log.push(Event::warning(PREFIX, msg));
            let what =
                format!("the relay's address {giaddr} is in no rule's subnet: all addresses count");
            out.step("coresmd", coresmd.line, what);
            return Ok(known);
        };
        known
            .ips
            .retain(|ip| ip.is_some_and(|ip| net.contains(&ip)));
        if known.ips.is_empty() {
            let log = format!("no IP addresses for MAC {mac} match subnet {net} (giaddr={giaddr})");
            out.log.push(failed(&log));
            return Err(format!(
                "the request came by the relay {giaddr} of {net}, and SMD has no address in there for {mac}: it is \
                 treated as a stranger"
            ));
        }
        let what = format!(
            "the request came by the relay {giaddr}: of the addresses those in {net} count"
        );
        out.step("coresmd", coresmd.line, what);
        Ok(known)
    }

    /// The interface with its component; else what the log says, and why, in words.
    pub(super) fn known(&self, mac: &str) -> Result<Known, (String, String)> {
        let Some(nic) = self.facts.nics.get(mac) else {
            let log =
                format!("no EthernetInterfaces were found in cache for hardware address {mac}");
            let other = self
                .facts
                .nics
                .keys()
                .find(|it| it.eq_ignore_ascii_case(mac));
            let what = match other {
                Some(other) => {
                    format!("SMD spells this MAC {other}, and coresmd finds it in lower case only")
                }
                None => format!("SMD has no interface {mac}"),
            };
            return Err((log, format!("{what}: it is treated as a stranger")));
        };
        let id = nic.id.clone();
        let Some(component) = self.facts.components.get(&id) else {
            let log = format!(
                "no Component {id} found in cache for EthernetInterface hardware address {mac}"
            );
            let what =
                format!("SMD's interface {mac} belongs to {id}, which is no component: a stranger");
            return Err((log, what));
        };
        if nic.ips.is_empty() {
            let kind = &component.kind;
            let log = format!(
                "EthernetInterface for Component {id} (type {kind}) contains no IP addresses for hardware address {mac}"
            );
            let what = format!(
                "SMD's interface {mac} of {id} has no address: it is treated as a stranger"
            );
            return Err((log, what));
        }
        Ok(Known {
            mac: mac.to_owned(),
            id,
            component: Component::clone(component),
            ips: nic.ips.iter().map(|ip| ip.parse().ok()).collect(),
        })
    }
}
