//! A raw socket on one interface: whole frames, read and written.
use crate::fault::{Fault, Kind};
use std::{fs, time::Duration};

/// The interfaces there are.
pub(super) fn interfaces() -> Vec<String> {
    let entries = fs::read_dir("/sys/class/net").into_iter().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|it| it.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

fn absent(name: &str) -> Fault {
    let fault = Fault::new(Kind::NotFound, format!("there is no interface {name} here"));
    fault.hint(format!("there are {}", interfaces().join(", ")))
}

#[cfg(target_os = "linux")]
pub(super) use linux::Raw;

#[cfg(target_os = "linux")]
mod linux {
    use super::{Duration, Fault, Kind, absent};
    use nix::{
        errno::Errno,
        ifaddrs::getifaddrs,
        net::if_::InterfaceFlags,
        sys::{
            socket::{
                AddressFamily, LinkAddr, MsgFlags, SockFlag, SockProtocol, SockType, bind, recv,
                send, setsockopt, socket, sockopt::ReceiveTimeout,
            },
            time::{TimeVal, TimeValLike},
        },
    };
    use std::os::fd::{AsRawFd, OwnedFd};

    pub(in super::super) struct Raw {
        socket: OwnedFd,
    }

    impl Raw {
        pub(in super::super) fn open(interface: &str) -> Result<Self, Fault> {
            let place = place(interface)?;
            let family = AddressFamily::Packet;
            let socket = socket(
                family,
                SockType::Raw,
                SockFlag::SOCK_CLOEXEC,
                SockProtocol::EthAll,
            )
            .map_err(|error| refused(interface, error))?;
            bind(socket.as_raw_fd(), &place).map_err(|error| failed(interface, error))?;
            Ok(Self { socket })
        }

        pub(in super::super) fn send(&self, frame: &[u8]) -> Result<(), Fault> {
            let sent = send(self.socket.as_raw_fd(), frame, MsgFlags::empty());
            sent.map(|_| ())
                .map_err(|error| failed("the interface", error))
        }

        /// The next frame, or none within that time.
        pub(in super::super) fn receive<'a>(
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
pub(super) struct Raw;

#[cfg(not(target_os = "linux"))]
impl Raw {
    pub(super) fn open(interface: &str) -> Result<Self, Fault> {
        let message = format!("frames on {interface} are read and written on Linux only");
        Err(Fault::new(Kind::Unsupported, message).hint("the head node runs Linux"))
    }

    pub(super) fn send(&self, _: &[u8]) -> Result<(), Fault> {
        Err(absent(""))
    }

    pub(super) fn receive<'a>(
        &self,
        _: &'a mut [u8],
        _: Duration,
    ) -> Result<Option<&'a [u8]>, Fault> {
        Err(absent(""))
    }
}
