//! The lab on a real interface: what its coredhcp answers goes out as real packets, and firmware loads its first stage.
//!
//! The engine is the one that answers the simulated machines; here is only how packets come and go: DHCP as coredhcp sends
//! it (a frame to the client's MAC, a broadcast, a datagram to a relay), TFTP, and the artifact server on its usual port.
mod alone;
mod dhcp;
mod http;
mod setup;
mod tftp;

pub(super) use http::Asked;

use super::{house::House, machines};
use crate::{
    fault::{Fault, Kind},
    services::coresmd::wire::Here,
};
use axum::middleware::from_fn_with_state;
use std::{
    io,
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
        notices.extend(setup::configure(house, interface, &here, http).await?);
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
