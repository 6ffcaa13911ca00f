//! DHCP on an interface.
use super::taken;
use crate::{
    fault::Fault,
    lab::{house::House, machines::Sight},
    services::{
        coresmd::{
            packet,
            wire::{Here, Raw, unicast},
        },
        site::{Echo, Way},
    },
};
use socket2::{Domain, Protocol, Socket, Type};
use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::net::UdpSocket;

pub(super) const PORT: u16 = 67;
/// After an error of the socket.
const PAUSE: Duration = Duration::from_millis(200);
/// Longer than any packet.
const ROOM: usize = 65_536;

pub(super) struct Line {
    socket: UdpSocket,
    raw: Raw,
    mac: [u8; 6],
    ip: Ipv4Addr,
    house: Arc<House>,
}

impl Line {
    pub(super) fn open(interface: &str, here: &Here, house: Arc<House>) -> Result<Self, Fault> {
        let socket = socket(interface).map_err(|error| taken(PORT, &error))?;
        Ok(Self {
            socket,
            raw: Raw::sender(interface)?,
            mac: here.mac,
            ip: here.ip,
            house,
        })
    }

    /// Answers packet by packet, in the order they come.
    pub(super) async fn run(self) {
        let mut room = vec![0; ROOM];
        loop {
            // What cannot be read is lost, as on any wire; an interface that is down says so again and again.
            let Ok((length, _)) = self.socket.recv_from(&mut room).await else {
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            match self.house.peers.broadcast(room[..length].to_vec()).await {
                None => return,
                Some(Ok(echo)) => {
                    self.send(&echo).await;
                    if let Some(sight) = Sight::of(&room[..length], echo) {
                        self.house.machines.came_by_dhcp(&sight).await;
                    }
                    // Anybody may ask as often as they like, and each question is noted.
                    self.house.tidy();
                }
                // What could not be written down, as on a full disk, is not promised; whoever asked asks again.
                Some(Err(_)) => {}
            }
        }
    }

    async fn send(&self, echo: &Echo) {
        let (Some(reply), Some(way)) = (&echo.reply, &echo.way) else {
            return;
        };
        match client(way) {
            Some(mac) => {
                let from = way.from.unwrap_or(self.ip);
                let _ = self
                    .raw
                    .send(&unicast((self.mac, mac), (from, way.to), reply));
            }
            None => {
                let _ = self
                    .socket
                    .send_to(reply, SocketAddr::from((way.to, way.port)))
                    .await;
            }
        }
    }
}

/// The MAC that a reply goes to past all addresses.
fn client(way: &Way) -> Option<[u8; 6]> {
    way.from?;
    packet::mac(way.mac.as_deref()?)
}

/// One that hears broadcasts of this interface only, beside others on other interfaces.
fn socket(interface: &str) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_reuse_address(true)?;
    socket.set_broadcast(true)?;
    socket.set_nonblocking(true)?;
    #[cfg(target_os = "linux")]
    socket.bind_device(Some(interface.as_bytes()))?;
    #[cfg(not(target_os = "linux"))]
    let _ = interface;
    socket.bind(&SocketAddr::from((Ipv4Addr::UNSPECIFIED, PORT)).into())?;
    UdpSocket::from_std(socket.into())
}
