//! Whether the lab would be the only DHCP server on an interface: with two, a node believes whoever is quicker.
use super::dhcp::PORT;
use crate::{
    fault::{Fault, Kind},
    services::coresmd::wire::{Wanted, aside, probe},
};
use socket2::{Domain, Protocol, Socket, Type};
use std::net::{Ipv4Addr, SocketAddr};

/// So long another server has to answer.
const WAIT: &str = "800ms";

/// Refuses an interface on which somebody answers.
pub(super) async fn asked(interface: &str) -> Result<(), Fault> {
    // Nobody's: its first byte says that it was made up.
    let made = uuid::Uuid::new_v4().into_bytes();
    let mac: Vec<String> = made[..5].iter().map(|byte| format!("{byte:02x}")).collect();
    let wanted = Wanted {
        interface: interface.to_owned(),
        mac: format!("02:{}", mac.join(":")),
        arch: None,
        user_class: None,
        wait: Some(WAIT.to_owned()),
        request: Some(false),
    };
    // Where nothing can be sent, as on an interface that is down, nobody answers either.
    let probed = aside(move || probe(&wanted)).await;
    let Some(other) = probed.ok().and_then(|it| it.answers.into_iter().next()) else {
        return Ok(());
    };
    let message = format!(
        "another DHCP server answers on {interface}: {}, with the MAC {}",
        other.server, other.from_mac
    );
    Err(Fault::new(Kind::Conflict, message).hint(
        "nodes would believe whoever is quicker: stop it, or serve a bridge that is the nodes' alone",
    ))
}

/// What to look at where a program of this machine has the port as well; none: nobody has.
pub(super) fn beside(interface: &str) -> Option<String> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP)).ok()?;
    #[cfg(target_os = "linux")]
    socket.bind_device(Some(interface.as_bytes())).ok()?;
    let place = SocketAddr::from((Ipv4Addr::UNSPECIFIED, PORT));
    let taken = socket.bind(&place.into()).is_err();
    taken.then(|| {
        format!(
            "a program of this machine listens on port {PORT} as well, maybe on {interface}: two DHCP servers are one too \
             many; ss -ulpn 'sport = :{PORT}' says which, and libvirt's network is better without <dhcp>"
        )
    })
}
