//! `ntp`: the servers that chronyd asks.
use crate::services::cloud_init::guest::{value, work::Work};
use serde_json::{Map, Value};
use std::fmt::Write as _;

const PATH: &str = "/etc/chrony.conf";

pub(super) fn ntp(node: &mut Work) -> Result<(), String> {
    let ntp = match node.config.get("ntp") {
        None => return Ok(()),
        Some(Value::Null) => Map::new(),
        Some(Value::Object(ntp)) => ntp.clone(),
        Some(other) => {
            return Err(format!(
                "'ntp' key existed in config, but not a dictionary type, is a {} instead",
                value::sort(other)
            ));
        }
    };
    if ntp.get("enabled").is_some_and(value::is_false) {
        return Ok(());
    }
    let client = ntp
        .get("ntp_client")
        .filter(|it| value::full(it))
        .map(value::text);
    let client = client.unwrap_or_else(|| "auto".to_owned());
    if client != "auto" && client != "chrony" {
        node.note(format!(
            "ntp: the image has chrony, and {client} is not simulated"
        ));
        return Ok(());
    }
    if ntp.get("config").is_some_and(value::full) {
        node.note("ntp: config is noted, not simulated".to_owned());
    }
    let listed = |key: &str| match ntp.get(key) {
        Some(Value::Array(items)) => items.iter().map(value::text).collect(),
        _ => Vec::new(),
    };
    let (servers, mut pools): (Vec<String>, Vec<String>) = (listed("servers"), listed("pools"));
    if servers.is_empty() && pools.is_empty() {
        pools = (0..4).map(|at| format!("{at}.rhel.pool.ntp.org")).collect();
    }
    let mut text = String::new();
    for (word, names) in [("pool", &pools), ("server", &servers)] {
        for name in names {
            _ = writeln!(text, "{word} {name} iburst");
        }
    }
    text += "driftfile /var/lib/chrony/drift\nmakestep 1.0 3\nrtcsync\nlogdir /var/log/chrony\n";
    if let Some(there) = node.guest.file(PATH).cloned() {
        let kept = format!("{PATH}.dist");
        node.guest.write(&kept, there.content.as_bytes(), 0o644);
    }
    node.guest.write(PATH, text.as_bytes(), 0o644);
    if let Some(unit) = node.guest.services.get_mut("chronyd.service") {
        unit.active = true;
    }
    Ok(())
}
