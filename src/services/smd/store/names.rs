//! Host names, domains, FQDNs and addresses: what a Redfish endpoint is called, worked out from what is given of it.
use std::net::IpAddr;

pub(super) fn trimmed(text: &str) -> String {
    text.trim_matches(['.', '/', ' ']).to_owned()
}

/// What an endpoint is called in the network.
pub(super) struct Names {
    pub(super) hostname: String,
    pub(super) domain: String,
    /// The host goes by its address.
    is_ip: bool,
}

impl Names {
    /// Fills what is missing from the FQDN, if there is one.
    pub(super) fn of(
        hostname: Option<String>,
        domain: Option<String>,
        fqdn: Option<&str>,
    ) -> Result<Self, String> {
        let mut names = Self {
            hostname: trimmed(&hostname.unwrap_or_default()),
            domain: trimmed(&domain.unwrap_or_default()),
            is_ip: false,
        };
        if let Some(ip) = ip_address(&names.hostname) {
            (names.hostname, names.is_ip) = (ip, true);
        } else if names.hostname.contains('.') {
            return Err("Hostname is not a basename or IP address.".into());
        }
        let Some(fqdn) = fqdn.filter(|fqdn| !fqdn.is_empty()) else {
            return Ok(names);
        };
        if let (Some(ip), true) = (ip_address(fqdn), names.hostname.is_empty()) {
            (names.hostname, names.is_ip) = (ip, true);
        }
        let (host, rest) = fqdn.split_once('.').unwrap_or((fqdn, ""));
        let host = trimmed(host);
        if names.hostname.is_empty() {
            names.hostname.clone_from(&host);
        }
        if names.domain.is_empty() && names.hostname == host {
            names.domain = trimmed(rest);
        }
        Ok(names)
    }

    /// The FQDN these names make; `wanted`, if given, must be the same.
    pub(super) fn fqdn(&self, id: &str, wanted: &str) -> Result<String, String> {
        let name = match self.hostname.as_str() {
            "" => id,
            hostname => hostname,
        };
        let fqdn = match self.domain.as_str() {
            "" => name.to_owned(),
            _ if self.is_ip => self.hostname.clone(),
            domain => format!("{name}.{domain}"),
        };
        let wanted = ip_address(wanted).unwrap_or_else(|| wanted.to_owned());
        if wanted.is_empty() || fqdn == wanted {
            Ok(fqdn)
        } else {
            Err(format!(
                "host/domain conflicts with FQDN: '{fqdn}' != '{wanted}'"
            ))
        }
    }

    /// The address these names and the one given agree on.
    pub(super) fn address(&self, given: Option<String>) -> Result<Option<String>, String> {
        let hostname = &self.hostname;
        let Some(given) = given else {
            return Ok(self.is_ip.then(|| hostname.clone()));
        };
        let Some(ip) = ip_address(&given) else {
            return Err(format!("IPAddress is not a valid IP address: '{given}'"));
        };
        if self.is_ip && ip != *hostname {
            return Err(format!(
                "hostname IP address conflicts with given IP address: '{hostname}' != '{ip}'"
            ));
        }
        Ok(Some(ip))
    }
}

/// An IP address in its own spelling, with port, zone and the brackets of IPv6 if it has them; `None`: it is none.
pub fn ip_address(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let (host, port) = match split_port(&lower) {
        Some((host, "")) => (host, String::new()),
        Some((host, port)) => (host, format!(":{port}")),
        None => (lower.trim_matches(['[', ']']), String::new()),
    };
    let (address, zone) = match host.rsplit_once('%') {
        Some((address, zone)) if !address.is_empty() => (address, zone),
        _ => (host, ""),
    };
    let six = address.contains(':');
    if !six && !zone.is_empty() {
        return None;
    }
    let mut spelled = match address.parse().ok()? {
        IpAddr::V4(four) => four.to_string(),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(four) => four.to_string(),
            None => address.to_string(),
        },
    };
    if !zone.is_empty() {
        spelled = format!("{spelled}%{zone}");
    }
    if six {
        spelled = format!("[{spelled}]");
    }
    Some(spelled + &port)
}

/// `host:port`, `[v6]:port`.
fn split_port(text: &str) -> Option<(&str, &str)> {
    let (front, port) = text.rsplit_once(':')?;
    let host = match front.strip_prefix('[') {
        Some(inner) => inner.strip_suffix(']')?,
        None if front.contains(':') => return None,
        None => front,
    };
    let stray = host.contains(['[', ']']) || port.contains(['[', ']']);
    (!stray).then_some((host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_spelling() {
        for (given, wanted) in [
            ("10.1.2.3", Some("10.1.2.3")),
            ("10.1.2.3:443", Some("10.1.2.3:443")),
            ("FE80::0:1", Some("[fe80::1]")),
            ("[fe80::1%eth0]:8443", Some("[fe80::1%eth0]:8443")),
            ("10.1.2.3%eth0", None),
            ("10.01.2.3", None),
            ("not-an-ip", None),
            ("", None),
        ] {
            assert_eq!(ip_address(given).as_deref(), wanted, "{given}");
        }
    }
}
