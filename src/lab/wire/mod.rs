//! The lab on a real interface: what its coredhcp answers goes out as real packets, and firmware loads its first stage.
//!
//! The engine is the one that answers the simulated machines; here is only how packets come and go: DHCP as coredhcp sends
//! it (a frame to the client's MAC, a broadcast, a datagram to a relay), TFTP, and the artifact server on its usual port.
mod dhcp;
mod tftp;

use super::{house::House, machines};
use crate::{
    fault::{Fault, Kind},
    services::coresmd::{
        render::{Wanted, render},
        types::LAB,
        wire::Here,
    },
};
use axum::{body::Body, http::Request};
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
}

impl Wired {
    /// Answers on an interface; `http` is the gateway's URL as nodes reach it.
    pub(super) async fn open(
        house: &Arc<House>,
        interface: &str,
        http: &str,
    ) -> Result<Self, Fault> {
        let here = Here::of(interface)?;
        configure(house, interface, &here, http).await?;
        let mut tasks = JoinSet::new();
        let line = dhcp::Line::open(interface, &here, house.peers.clone())?;
        tasks.spawn(line.run());
        let files = tftp::open(here.ip).await?;
        tasks.spawn(files.run());
        let place = SocketAddr::from((here.ip, ARTIFACTS));
        let listener = tokio::net::TcpListener::bind(place)
            .await
            .map_err(|e| taken(ARTIFACTS, &e))?;
        let artifacts = machines::artifact_routes(&house.machines);
        tasks.spawn(async move {
            let _ = axum::serve(listener, artifacts).await;
        });
        Ok(Self { tasks })
    }
}

/// The server's configuration says the interface's own address, where that is another than the tutorial's.
async fn configure(house: &House, interface: &str, here: &Here, http: &str) -> Result<(), Fault> {
    let octets = here.ip.octets();
    let host = |last: u8| format!("{}.{}.{}.{last}", octets[0], octets[1], octets[2]);
    let wanted = Wanted {
        interface: interface.to_owned(),
        server: here.ip.to_string(),
        netmask: here.netmask.to_string(),
        boot: Some(http.trim_end_matches('/').to_owned()),
        pool: (host(200), host(250)),
        ..Wanted::default()
    };
    let text = render(&wanted)?;
    let (status, body) = house
        .peers
        .ask(Request::put(format!("{LAB}/config")), Body::from(text))
        .await?;
    if status == 204 {
        return Ok(());
    }
    Err(Fault::internal(String::from_utf8_lossy(&body).into_owned()))
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
