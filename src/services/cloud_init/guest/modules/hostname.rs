//! What the node is called. Red Hat's systems take the full name where there is one.
use crate::services::cloud_init::guest::{value, work::Work};
use serde_json::Value;

/// The short name and the full one.
fn names(node: &Work) -> Result<Option<(String, String)>, String> {
    let given = |key: &str| match node.config.get(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(other) => Err(format!("{key} is a {}, not a text", value::sort(other))),
    };
    let (fqdn, hostname) = (given("fqdn")?, given("hostname")?);
    if let Some(fqdn) = fqdn {
        let first = fqdn.split('.').next().unwrap_or_default().to_owned();
        return Ok(Some((hostname.unwrap_or(first), fqdn)));
    }
    if let Some(name) = &hostname
        && let Some(at) = name.find('.').filter(|at| *at > 0)
    {
        return Ok(Some((name[..at].to_owned(), name.clone())));
    }
    let served = node.meta_data.get("local-hostname").map(value::text);
    let served = served.filter(|name| !name.is_empty() && name != "None");
    let short = node.instance.data["v1"]["local_hostname"].as_str();
    Ok(match (served, hostname) {
        (None, None) => None,
        (None, Some(name)) => Some((name, node.guest.hostname.clone())),
        (Some(full), name) => {
            let short = short.unwrap_or(&full).to_owned();
            let default = full.strip_suffix(".localdomain");
            let address = full.parse::<std::net::Ipv4Addr>().is_ok();
            let full = match default {
                _ if address => short.clone(),
                Some(_) => short.clone(),
                None => full,
            };
            Some((name.unwrap_or(short), full))
        }
    })
}

pub(in crate::services::cloud_init::guest) fn set(node: &mut Work) -> Result<(), String> {
    if value::flag(&node.config, "preserve_hostname", false) {
        return Ok(());
    }
    let Some((short, full)) = names(node)? else {
        node.note("no host name was given: the node keeps the one it booted with".to_owned());
        return Ok(());
    };
    let prefer = value::flag(&node.config, "prefer_fqdn_over_hostname", true);
    let name = if (prefer && !full.is_empty()) || short.is_empty() {
        full
    } else {
        short
    };
    if name.is_empty() {
        return Err("the host name is empty".to_owned());
    }
    node.guest.hostname.clone_from(&name);
    Ok(())
}

/// `/etc/hosts`, where it is to be kept.
pub(super) fn hosts(node: &mut Work) -> Result<(), String> {
    let Some(kept) = node.get("manage_etc_hosts") else {
        return Ok(());
    };
    let localhost = value::text(&kept) == "localhost";
    if !localhost && !value::is_true(&kept) && value::text(&kept) != "template" {
        return Ok(());
    }
    let Some((short, full)) = names(node)? else {
        return Ok(());
    };
    let content = format!(
        "127.0.0.1 {full} {short}\n127.0.0.1 localhost.localdomain localhost\n127.0.0.1 localhost4.localdomain4 localhost4\n\
         \n::1 {full} {short}\n::1 localhost.localdomain localhost\n::1 localhost6.localdomain6 localhost6\n"
    );
    node.guest.write("/etc/hosts", content.as_bytes(), 0o644);
    Ok(())
}
