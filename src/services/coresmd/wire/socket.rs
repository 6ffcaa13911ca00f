//! A raw socket on one interface: whole frames, read and written.
use crate::fault::{Fault, Kind};
use std::{net::Ipv4Addr, time::Duration};

/// The interfaces there are, of the network namespace that this process is in.
pub fn interfaces() -> Vec<String> {
    let all = nix::net::if_::if_nameindex();
    let all = all.iter().flat_map(nix::net::if_::Interfaces::iter);
    let mut names: Vec<String> = all
        .map(|it| it.name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn absent(name: &str) -> Fault {
    let fault = Fault::new(Kind::NotFound, format!("there is no interface {name} here"));
    fault.hint(format!("there are {}", interfaces().join(", ")))
}

/// An interface as it is addressed.
#[derive(Clone, Copy, Debug)]
pub struct Here {
    pub ip: Ipv4Addr,
    pub netmask: Ipv4Addr,
    pub mac: [u8; 6],
}

#[cfg(target_os = "linux")]
pub use linux::Raw;

#[cfg(target_os = "linux")]
mod linux {
    use super::{Duration, Fault, Here, Kind, absent};
    use nix::{
        errno::Errno,
        ifaddrs::getifaddrs,
        net::if_::InterfaceFlags,
        sys::{
            socket::{
                AddressFamily, LinkAddr, MsgFlags, SockFlag, SockProtocol, SockType, SockaddrIn,
                SockaddrStorage, bind, recv, send, setsockopt, socket, sockopt::ReceiveTimeout,
            },
            time::{TimeVal, TimeValLike},
        },
    };
    use std::os::fd::{AsRawFd, OwnedFd};

    /// Frames on one interface.
    pub struct Raw {
        socket: OwnedFd,
    }

    impl Raw {
        /// Hears all that goes by.
        pub fn open(interface: &str) -> Result<Self, Fault> {
            Self::bound(interface, Some(SockProtocol::EthAll))
        }

        /// Sends only.
        pub fn sender(interface: &str) -> Result<Self, Fault> {
            Self::bound(interface, None)
        }

        fn bound(interface: &str, hears: Option<SockProtocol>) -> Result<Self, Fault> {
            let place = place(interface)?;
            let family = AddressFamily::Packet;
            let socket = socket(family, SockType::Raw, SockFlag::SOCK_CLOEXEC, hears)
                .map_err(|error| refused(interface, error))?;
            bind(socket.as_raw_fd(), &place).map_err(|error| failed(interface, error))?;
            Ok(Self { socket })
        }

        pub fn send(&self, frame: &[u8]) -> Result<(), Fault> {
            let sent = send(self.socket.as_raw_fd(), frame, MsgFlags::empty());
            sent.map(|_| ())
                .map_err(|error| failed("the interface", error))
        }

        /// The next frame, or none within that time.
        pub fn receive<'a>(
            &self,
            room: &'a mut [u8],
            within: Duration,
        ) -> Result<Option<&'a [u8]>, Fault> {
            // A time of 0 would be for ever.
            let millis = i64::try_from(within.as_millis()).unwrap_or(i64::MAX).max(1);
            let limit = TimeVal::milliseconds(millis);
            setsockopt(&self.socket, ReceiveTimeout, &limit)
                .map_err(|error| failed("the socket", error))?;
            match recv(self.socket.as_raw_fd(), room, MsgFlags::empty()) {
                Ok(length) => Ok(room.get(..length)),
                Err(Errno::EAGAIN | Errno::EINTR) => Ok(None),
                Err(error) => Err(failed("the interface", error)),
            }
        }
    }

    impl Here {
        /// An interface's first IPv4 address, and its MAC.
        pub fn of(interface: &str) -> Result<Self, Fault> {
            let all = getifaddrs().map_err(|error| failed(interface, error))?;
            let (mut mac, mut ip) = (None, None);
            for it in all.filter(|it| it.interface_name == interface) {
                let link = it
                    .address
                    .and_then(|address| address.as_link_addr()?.addr());
                mac = mac.or(link);
                let pair = |address: &SockaddrStorage| address.as_sockaddr_in().map(SockaddrIn::ip);
                let address = it.address.as_ref().and_then(pair);
                ip = ip.or(address.zip(it.netmask.as_ref().and_then(pair)));
            }
            let mac = mac.ok_or_else(|| absent(interface))?;
            let (ip, netmask) = ip.ok_or_else(|| {
                let message = format!("the interface {interface} has no IPv4 address");
                Fault::new(Kind::Conflict, message)
                    .hint(format!("ip addr add 172.16.0.254/24 dev {interface}"))
            })?;
            Ok(Self { ip, netmask, mac })
        }
    }

    /// The interface's address among packet sockets, which is how one is named.
    fn place(interface: &str) -> Result<LinkAddr, Fault> {
        let all = getifaddrs().map_err(|error| failed(interface, error))?;
        let mut here = all.filter(|it| it.interface_name == interface).peekable();
        if here.peek().is_none() {
            return Err(absent(interface));
        }
        for it in here {
            if let Some(place) = it
                .address
                .and_then(|address| address.as_link_addr().copied())
            {
                return if it.flags.contains(InterfaceFlags::IFF_UP) {
                    Ok(place)
                } else {
                    let message =
                        format!("the interface {interface} is down: nothing comes by there");
                    Err(Fault::new(Kind::Io, message).hint(format!("ip link set {interface} up")))
                };
            }
        }
        Err(Fault::new(
            Kind::Unsupported,
            format!("{interface} has no frames: DHCP cannot be asked there"),
        ))
    }

    fn refused(interface: &str, error: Errno) -> Fault {
        if error != Errno::EPERM {
            return failed(interface, error);
        }
        let message = format!(
            "to write frames on {interface} chami needs the capability CAP_NET_RAW, which this process has not"
        );
        Fault::new(Kind::Forbidden, message).hint(
            "once: sudo setcap cap_net_raw+ep \"$(command -v chami)\"; or run this call as root",
        )
    }

    fn failed(what: &str, error: Errno) -> Fault {
        Fault::new(Kind::Io, format!("{what}: {}", error.desc()))
    }
}

#[cfg(not(target_os = "linux"))]
pub use elsewhere::Raw;

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use super::{Duration, Fault, Here, Kind};

    /// Frames, where nobody hands them out.
    pub struct Raw;

    fn none<T>(interface: &str) -> Result<T, Fault> {
        let message = format!("{interface}: frames are read and written on Linux only");
        Err(Fault::new(Kind::Unsupported, message).hint("the head node runs Linux"))
    }

    impl Raw {
        pub fn open(interface: &str) -> Result<Self, Fault> {
            none(interface)
        }

        pub fn sender(interface: &str) -> Result<Self, Fault> {
            none(interface)
        }

        pub fn send(&self, _: &[u8]) -> Result<(), Fault> {
            none("here")
        }

        pub fn receive<'a>(&self, _: &'a mut [u8], _: Duration) -> Result<Option<&'a [u8]>, Fault> {
            none("here")
        }
    }

    impl Here {
        pub fn of(interface: &str) -> Result<Self, Fault> {
            none(interface)
        }
    }
}
