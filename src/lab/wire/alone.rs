//! Whether the lab would be the only DHCP server on an interface: with two, a node believes whoever is quicker. And a server
//! that was started by mistake where people work takes their machines off the net.
use super::{dhcp::PORT, taken};
use crate::{
    fault::{Fault, Kind},
    lab::house::House,
    services::coresmd::{
        packet,
        wire::{aside, rival},
    },
};
use socket2::{Domain, Protocol, Socket, Type};
use std::{
    fs, io,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

/// So long another server has to answer: dnsmasq pings an address for three seconds before it offers it.
const WAIT: Duration = Duration::from_millis(4200);
/// Of so many machines that are known it is asked about: some servers answer those alone.
const KNOWN: usize = 3;
const ROUTES: &str = "/proc/net/route";
/// The flag of `chami lab serve` with which none of this is looked at.
const FLAG: &str = "--beside-another-server";

/// Refuses an interface where the lab may not be alone; `say` is told what takes its time.
pub(super) async fn asked(
    house: &House,
    interface: &str,
    say: &impl Fn(&str),
) -> Result<(), Fault> {
    here(interface)?;
    let seconds = WAIT.as_secs();
    say(&format!(
        "looking for {seconds} s whether another DHCP server answers on {interface}"
    ));
    let known = house.machines.known_macs(KNOWN).await;
    let mut macs: Vec<[u8; 6]> = known.iter().filter_map(|it| packet::mac(it)).collect();
    macs.push(nobody());
    let at = interface.to_owned();
    let answer = aside(move || rival(&at, &macs, WAIT)).await;
    let Some(other) = answer.map_err(|fault| unknown(interface, fault))? else {
        return Ok(());
    };
    let message = format!(
        "another DHCP server answers on {interface}: {}, with the MAC {}",
        other.server, other.from_mac
    );
    Err(Fault::new(Kind::Conflict, message).hint(format!(
        "nodes would believe whoever is quicker: stop it, or serve a bridge that is the nodes' alone; {FLAG} serves it even so"
    )))
}

/// Where nothing could be asked, nothing is known.
fn unknown(interface: &str, fault: Fault) -> Fault {
    let message = format!(
        "whether another DHCP server answers on {interface} cannot be told: {}",
        fault.message
    );
    let said = fault.hint.iter().map(|hint| format!("{hint}; "));
    let hint = format!("{}{FLAG} serves it even so", said.collect::<String>());
    Fault { message, ..fault }.hint(hint)
}

/// Nobody's: its first byte says that it was made up.
fn nobody() -> [u8; 6] {
    let made = uuid::Uuid::new_v4().into_bytes();
    [2, made[0], made[1], made[2], made[3], made[4]]
}

/// What this machine itself knows against it.
pub(super) fn here(interface: &str) -> Result<(), Fault> {
    // Where there is no such file there are no such routes.
    let routes = fs::read_to_string(ROUTES).unwrap_or_default();
    if leads_out(&routes, interface) {
        let message = format!(
            "{interface} is this machine's way out, it has the default route: others work there, and would be given nodes' addresses"
        );
        return Err(Fault::new(Kind::Conflict, message).hint(format!(
            "serve a bridge that is the nodes' alone, as libvirt's openchami-net; {FLAG} serves it even so"
        )));
    }
    match bound(interface) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            let message = format!(
                "a program of this machine listens on port {PORT} already, on {interface} or on all interfaces: two DHCP servers are \
                 one too many"
            );
            Err(Fault::new(Kind::Conflict, message).hint(format!(
                "ss -ulpn 'sport = :{PORT}' says which, and libvirt's network is better without <dhcp>; {FLAG} serves it even so"
            )))
        }
        Err(error) => Err(taken(PORT, &error)),
        Ok(()) => Ok(()),
    }
}

/// Whether the default route goes by an interface, as the kernel lists routes.
fn leads_out(routes: &str, interface: &str) -> bool {
    routes.lines().skip(1).any(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let everywhere = |at: usize| words.get(at) == Some(&"00000000");
        words.first() == Some(&interface) && everywhere(1) && everywhere(7)
    })
}

/// Whether the port can be had alone.
fn bound(interface: &str) -> io::Result<()> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    #[cfg(target_os = "linux")]
    socket.bind_device(Some(interface.as_bytes()))?;
    #[cfg(not(target_os = "linux"))]
    let _ = interface;
    socket.bind(&SocketAddr::from((Ipv4Addr::UNSPECIFIED, PORT)).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_names_the_way_past_it() {
        let plain = Fault::new(Kind::Unsupported, "no socket");
        for fault in [plain.clone(), plain.hint("as root")] {
            let before = fault.hint.clone().unwrap_or_default();
            let hint = unknown("br0", fault).hint.expect("one");
            assert!(hint.starts_with(&before) && hint.contains(FLAG), "{hint}");
        }
    }

    #[test]
    fn the_way_out_is_seen() {
        let head =
            "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
        let routes = format!(
            "{head}wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n\
             br0\t000010AC\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
        );
        assert!(leads_out(&routes, "wlan0"));
        assert!(!leads_out(&routes, "br0"));
        assert!(!leads_out(&routes, "wlan"));
        assert!(!leads_out("", "wlan0"));
    }
}
