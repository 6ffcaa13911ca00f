//! The lab on a real interface: what its coredhcp answers goes out as real packets, and firmware loads its first stage.
//!
//! The engine is the one that answers the simulated machines; here is only how packets come and go: DHCP as coredhcp sends
//! it (a frame to the client's MAC, a broadcast, a datagram to a relay), TFTP, and the artifact server on its usual port.
mod alone;
mod dhcp;
mod http;
mod tftp;

pub(super) use http::Asked;

use super::{house::House, machines};
use crate::{
    fault::{Fault, Kind},
    services::{
        coresmd::{
            render::{Wanted, render},
            types::{LAB, Running},
            wire::Here,
        },
        site::Ground,
    },
};
use axum::middleware::from_fn_with_state;
use std::{
    fs, io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};
use tokio::task::JoinSet;

/// Where the release has its artifacts.
const ARTIFACTS: u16 = 9000;

/// The IPv4 address of one of this machine's interfaces.
pub fn address_of(interface: &str) -> Result<Ipv4Addr, Fault> {
    Ok(Here::of(interface)?.ip)
}

/// What listens on an interface; ends when dropped.
pub(super) struct Wired {
    #[allow(dead_code)] // dropping it is its use
    tasks: JoinSet<()>,
    /// What its user should look at.
    pub(super) notices: Vec<String>,
}

impl Wired {
    /// Answers on an interface, where nobody else does or it is to be done `beside` them; the other of `at` is the gateway's
    /// port.
    pub(super) async fn open(
        house: &Arc<House>,
        at: (&str, u16),
        beside: bool,
        say: &impl Fn(&str),
    ) -> Result<Self, Fault> {
        let (interface, http) = at;
        let here = Here::of(interface)?;
        let mut notices = Vec::new();
        if beside {
            let against = alone::here(interface).err();
            notices.extend(against.map(|fault| fault.message));
        } else {
            alone::asked(house, interface, say).await?;
        }
        notices.extend(configure(house, interface, &here, http).await?);
        let mut tasks = JoinSet::new();
        let line = dhcp::Line::open(interface, &here, Arc::clone(house))?;
        let files = tftp::open(here.ip, house.machines.clone()).await?;
        tasks.spawn(files.run());
        let place = SocketAddr::from((here.ip, ARTIFACTS));
        let listener = tokio::net::TcpListener::bind(place)
            .await
            .map_err(|e| taken(ARTIFACTS, &e))?;
        let watched = from_fn_with_state(Arc::clone(house), http::watched);
        let artifacts = machines::artifact_routes(&house.machines).layer(watched);
        let artifacts = artifacts.into_make_service_with_connect_info::<SocketAddr>();
        house.machines.open_wire(here.ip);
        tasks.spawn(line.run());
        tasks.spawn(async move {
            let _ = axum::serve(listener, artifacts).await;
        });
        Ok(Self { tasks, notices })
    }
}

/// The server's configuration says the interface's own address, where that is another than the tutorial's. What is to be
/// said of it: one that somebody gave the lab is for the lab's own wire, and one for this interface may not fit.
async fn configure(
    house: &House,
    interface: &str,
    here: &Here,
    http: u16,
) -> Result<Vec<String>, Fault> {
    let (first, last) = pool(here.ip, here.netmask)?;
    let wanted = Wanted {
        interface: interface.to_owned(),
        server: here.ip.to_string(),
        netmask: here.netmask.to_string(),
        boot: Some(format!("http://{}:{http}", here.ip)),
        pool: (first.to_string(), last.to_string()),
        ..Wanted::default()
    };
    let (own, text) = (render(&Wanted::default())?, render(&wanted)?);
    let mut notices = Vec::new();
    if server(house).await?.config != own {
        notices.push(format!(
            "the coredhcp.yaml that lab.dhcp.set gave this lab does not count on {interface}, which has one made for it: \
             lab.dhcp.get().config"
        ));
    }
    house.peers.reconfigure(Ground {
        text: text.clone(),
        place: format!("{interface} {}:{http}", here.ip),
        interfaces: interfaces(),
    })?;
    let now = server(house).await?;
    if now.config != text {
        notices.push(format!(
            "its coredhcp.yaml is the one that lab.dhcp.set gave it for {interface}: lab.dhcp.reset() takes it back"
        ));
    }
    notices.extend(now.why.map(|why| format!("no node gets an answer: {why}")));
    Ok(notices)
}

/// How the lab's DHCP server is.
async fn server(house: &House) -> Result<Running, Fault> {
    let (_, body) = house.peers.get(&format!("{LAB}/server")).await?;
    serde_json::from_slice(&body).map_err(|error| Fault::internal(format!("a record: {error}")))
}

/// The interfaces of this machine, as far as it tells.
fn interfaces() -> Vec<String> {
    let entries = fs::read_dir("/sys/class/net").into_iter().flatten();
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.collect()
}

/// Addresses for strangers: the tutorial's .200 to .250 where these fit, else the last quarter of the network, or the second
/// one where this machine is in that.
fn pool(ip: Ipv4Addr, netmask: Ipv4Addr) -> Result<(Ipv4Addr, Ipv4Addr), Fault> {
    let (own, mask) = (u32::from(ip), u32::from(netmask));
    let (net, size) = (own & mask, !mask);
    let apart = |(first, last): &(u32, u32)| !(*first..=*last).contains(&(own - net));
    let tutorial = (size == 255).then_some((200, 250));
    let quarters = [
        (size - size / 4, size.saturating_sub(2)),
        (size / 4, size / 2),
    ];
    let found = tutorial.into_iter().chain(quarters);
    let found = found
        .filter(|(first, last)| *first > 0 && first < last)
        .find(apart);
    let (first, last) = found.ok_or_else(|| {
        let message = format!("{ip} is in a network too small for strangers beside its nodes");
        Fault::bad_argument(message).hint("an address with a prefix of /28 or shorter")
    })?;
    Ok((Ipv4Addr::from(net + first), Ipv4Addr::from(net + last)))
}

/// Why a port cannot be had.
fn taken(port: u16, error: &io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            let message = format!("port {port} is for who has the capability CAP_NET_BIND_SERVICE");
            Fault::new(Kind::Forbidden, message)
                .hint("once: sudo setcap cap_net_bind_service,cap_net_raw+ep \"$(command -v chami)\"; or run it as root")
        }
        io::ErrorKind::AddrInUse => {
            let message = format!("somebody else listens on port {port} already");
            Fault::new(Kind::Conflict, message)
                .hint(format!("ss -tulpn 'sport = :{port}' says who"))
        }
        _ => Fault::new(Kind::Io, format!("port {port}: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_are_lent_what_is_in_the_network_and_not_its_own() {
        let pool = |ip: &str, mask: &str| {
            let found = pool(
                ip.parse().expect("an address"),
                mask.parse().expect("a mask"),
            );
            found.map(|(first, last)| format!("{first}-{last}"))
        };
        let good = |ip, mask| pool(ip, mask).expect("a pool");
        assert_eq!(
            good("172.16.0.254", "255.255.255.0"),
            "172.16.0.200-172.16.0.250"
        );
        assert_eq!(
            good("172.16.0.210", "255.255.255.0"),
            "172.16.0.63-172.16.0.127"
        );
        assert_eq!(good("10.1.1.5", "255.255.255.192"), "10.1.1.48-10.1.1.61");
        assert!(pool("10.0.0.1", "255.255.255.254").is_err());
    }
}
