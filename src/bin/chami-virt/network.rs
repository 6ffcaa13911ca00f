//! Networks.
use crate::{
    ask::told,
    blame::{self, plain},
    shim,
};
use chami::{
    fault::Fault,
    services::libvirt::types::{
        Call, ListedNet, NetInfo,
        unknown::{self, Sort},
    },
};
use serde_json::Value;
use virt::{connect::Connect, error::Error, network::Network};

/// Does what a call about networks asks; none: it is about something else.
pub(crate) fn answer(connect: &Connect, call: Call) -> Option<Result<Value, Fault>> {
    let at = |name: &str| find(connect, name);
    Some(match call {
        Call::NetList { all, inactive } => list(connect, all, inactive).and_then(told),
        Call::NetInfo { network } => at(&network).and_then(|it| told(info(&it)?)),
        Call::NetDumpxml { network, inactive } => at(&network).and_then(|it| {
            let flags = if inactive {
                virt_sys::VIR_NETWORK_XML_INACTIVE
            } else {
                0
            };
            let xml = it.xml_desc(flags).or_else(|error| {
                // A driver that knows one definition only gives that.
                if blame::is_unsupported(&error) {
                    it.xml_desc(0)
                } else {
                    Err(error)
                }
            });
            told(xml.map_err(plain)?)
        }),
        Call::NetDhcpLeases { network, mac } => {
            at(&network).and_then(|it| told(shim::leases(&it, mac.as_deref()).map_err(plain)?))
        }
        Call::NetDefine { xml } => connect
            .define_network_xml(&xml)
            .map_err(plain)
            .and_then(|it| told(info(&it)?)),
        Call::NetStart { network } => done(connect, &network, Network::create),
        Call::NetDestroy { network } => done(connect, &network, Network::destroy),
        Call::NetAutostart { network, disable } => {
            done(connect, &network, |it| it.set_autostart(!disable))
        }
        Call::NetUndefine { network } => at(&network).and_then(|it| {
            let gone = info(&it)?;
            it.undefine().map_err(plain)?;
            told(gone)
        }),
        _ => return None,
    })
}

fn find(connect: &Connect, asked: &str) -> Result<Network, Fault> {
    connect.lookup_network_by_name(asked).or_else(|error| {
        if asked.len() == 36
            && let Ok(network) = connect.lookup_network_by_uuid_string(asked)
        {
            return Ok(network);
        }
        let names = || {
            let all = connect.list_all_networks(0).unwrap_or_default();
            all.iter().filter_map(|it| it.name().ok()).collect()
        };
        Err(blame::lookup(connect, Sort::Network, asked, error, names))
    })
}

fn list(connect: &Connect, all: bool, inactive: bool) -> Result<Vec<ListedNet>, Fault> {
    let flags = match (all, inactive) {
        (true, _) => 0,
        (_, true) => virt_sys::VIR_CONNECT_LIST_NETWORKS_INACTIVE,
        _ => virt_sys::VIR_CONNECT_LIST_NETWORKS_ACTIVE,
    };
    let mut listed = Vec::new();
    for network in connect.list_all_networks(flags).map_err(plain)? {
        let info = info(&network)?;
        listed.push(ListedNet {
            name: info.name,
            state: if info.active { "active" } else { "inactive" }.to_owned(),
            autostart: info.autostart,
            persistent: info.persistent,
        });
    }
    listed.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(listed)
}

fn info(network: &Network) -> Result<NetInfo, Fault> {
    Ok(NetInfo {
        name: network.name().map_err(plain)?,
        uuid: network.uuid_string().map_err(plain)?,
        active: network.is_active().map_err(plain)?,
        persistent: network.is_persistent().map_err(plain)?,
        autostart: network.autostart().unwrap_or(false),
        // One that hands out a device of the host has none.
        bridge: network.bridge_name().ok(),
    })
}

fn done<T>(
    connect: &Connect,
    name: &str,
    act: impl FnOnce(&Network) -> Result<T, Error>,
) -> Result<Value, Fault> {
    let network = find(connect, name)?;
    act(&network).map_err(|error| {
        let text = error.message().to_owned();
        if text.contains("already active") {
            return unknown::state(
                format!("network {name} is already active"),
                format!("virsh.net_info {name:?} shows it"),
            );
        }
        if text.contains("is not active") {
            return unknown::state(
                format!("network {name} is not active"),
                format!("virsh.net_start {name:?} starts it"),
            );
        }
        plain(error)
    })?;
    told(info(&network)?)
}
