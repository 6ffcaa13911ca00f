//! Fetches a file by TFTP (RFC 1350, with the options of RFC 2347 to 2349), as firmware does.
use crate::{
    clock,
    fault::{Fault, Kind},
};
use serde::Deserialize;
use std::{
    io::ErrorKind,
    net::{SocketAddr, ToSocketAddrs, UdpSocket},
    time::{Duration, Instant},
};

/// What is fetched, and from where.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fetch {
    pub host: String,
    pub file: String,
    #[serde(default)]
    pub port: Option<u16>,
    /// How long the server may be silent.
    #[serde(default)]
    pub timeout: Option<String>,
}

/// Files that are longer are none a firmware loads.
const LONGEST: usize = 256 << 20;
/// What fits into a frame behind its heads.
const BLOCK: usize = 1428;
/// A silence after which the last packet is sent again.
const AGAIN: Duration = Duration::from_millis(700);

const DATA: u16 = 3;
const ACK: u16 = 4;
const ERROR: u16 = 5;
const OACK: u16 = 6;

/// A packet that came.
#[derive(Debug, PartialEq, Eq)]
enum Came<'a> {
    Data(u16, &'a [u8]),
    /// The block size that is taken.
    Options(Option<usize>),
    Error(u16, String),
}

/// Blocks its thread.
pub fn fetch(fetch: &Fetch) -> Result<Vec<u8>, Fault> {
    let port = fetch.port.unwrap_or(69);
    let timeout = fetch
        .timeout
        .as_deref()
        .map_or(Ok(Duration::from_secs(5)), clock::duration)?;
    if fetch.file.is_empty() || fetch.file.contains('\0') {
        return Err(Fault::bad_argument(format!(
            "tftp.get: {:?} is no file's name",
            fetch.file
        )));
    }
    let unknown = || {
        let message = format!("tftp.get: there is no host {}", fetch.host);
        Fault::new(Kind::Unreachable, message)
            .hint("the head node's address on the nodes' network, as 172.16.0.254")
    };
    let server = (fetch.host.as_str(), port).to_socket_addrs().ok();
    let server = server.and_then(|mut all| all.next()).ok_or_else(unknown)?;
    let any: SocketAddr = match server {
        SocketAddr::V4(_) => ([0, 0, 0, 0], 0).into(),
        SocketAddr::V6(_) => ([0_u16; 8], 0).into(),
    };
    let io = |error: std::io::Error| Fault::new(Kind::Io, format!("tftp.get: {error}"));
    let socket = UdpSocket::bind(any).map_err(io)?;
    socket
        .set_read_timeout(Some(AGAIN.min(timeout)))
        .map_err(io)?;
    Transfer {
        socket,
        server,
        peer: None,
        timeout,
        name: format!("{} of {server}", fetch.file),
    }
    .run(&fetch.file)
}

struct Transfer {
    socket: UdpSocket,
    server: SocketAddr,
    /// The port that the server took for this transfer.
    peer: Option<SocketAddr>,
    timeout: Duration,
    name: String,
}

impl Transfer {
    fn run(&mut self, file: &str) -> Result<Vec<u8>, Fault> {
        let mut last = wish(file);
        let (mut bytes, mut expected, mut block) = (Vec::new(), 1_u16, 512);
        let mut room = vec![0; 65_536];
        let (mut useful, mut fresh) = (Instant::now(), true);
        loop {
            let length = self.exchange((&last, fresh), &mut room, useful)?;
            let before = std::mem::replace(&mut useful, Instant::now());
            fresh = true;
            match read(&room[..length]) {
                Some(Came::Options(size)) if bytes.is_empty() && expected == 1 => {
                    block = size.unwrap_or(512);
                    last = ack(0);
                }
                Some(Came::Data(number, data)) if number == expected => {
                    bytes.extend_from_slice(data);
                    last = ack(number);
                    expected = expected.wrapping_add(1);
                    if data.len() < block {
                        // The last word may get lost; the server repeats, and gives up at last.
                        let _ = self.send(&last);
                        return Ok(bytes);
                    }
                    if bytes.len() > LONGEST {
                        let message = format!("{} is longer than {} MiB", self.name, LONGEST >> 20);
                        return Err(Fault::new(Kind::Protocol, message));
                    }
                }
                Some(Came::Error(code, text)) => return Err(self.refused(code, &text)),
                // What came twice, or late, is no progress, and is not answered: that would double every packet.
                _ => fresh = false,
            }
            if !fresh {
                useful = before;
            }
        }
    }

    /// Sends a packet, again and again, until one comes from the server; one that is not fresh only when nothing comes.
    /// `useful` is when the last one came that was wanted.
    fn exchange(
        &mut self,
        (packet, fresh): (&[u8], bool),
        room: &mut [u8],
        useful: Instant,
    ) -> Result<usize, Fault> {
        if fresh {
            self.send(packet)?;
        }
        let mut sent = Instant::now();
        while useful.elapsed() < self.timeout {
            match self.socket.recv_from(room) {
                Ok((length, from)) if self.is_peer(from) => {
                    self.peer = Some(from);
                    return Ok(length);
                }
                Ok(_) => {}
                Err(error)
                    if [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&error.kind()) => {}
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => break,
                Err(error) => return Err(Fault::new(Kind::Io, format!("{}: {error}", self.name))),
            }
            if sent.elapsed() >= AGAIN {
                self.send(packet)?;
                sent = Instant::now();
            }
        }
        let message = format!("{}: no answer within {:?}", self.name, self.timeout);
        Err(Fault::new(Kind::Unreachable, message)
            .hint("does coredhcp listen on 69/udp there? a firewall must let the answers' ports through as well"))
    }

    /// Answers come from a port of their own, at the address that was asked.
    fn is_peer(&self, from: SocketAddr) -> bool {
        self.peer
            .map_or(from.ip() == self.server.ip(), |peer| peer == from)
    }

    fn send(&self, packet: &[u8]) -> Result<(), Fault> {
        let to = self.peer.unwrap_or(self.server);
        let sent = self.socket.send_to(packet, to);
        sent.map(|_| ()).map_err(|error| {
            let message = format!("{}: {error}", self.name);
            Fault::new(Kind::Unreachable, message)
        })
    }

    fn refused(&self, code: u16, text: &str) -> Fault {
        let (kind, hint) = match code {
            1 => (
                Kind::NotFound,
                "the file must stand in tftp_dir; `default` is built into coresmd",
            ),
            2 => (Kind::Forbidden, "the server may not read it"),
            _ => (Kind::Refused, "the server's own words are the message"),
        };
        Fault::new(kind, format!("{}: {text}", self.name)).hint(hint)
    }
}

/// A wish to read a file in blocks of a useful size.
fn wish(file: &str) -> Vec<u8> {
    let mut packet = vec![0, 1];
    for word in [file, "octet", "blksize", &BLOCK.to_string(), "tsize", "0"] {
        packet.extend_from_slice(word.as_bytes());
        packet.push(0);
    }
    packet
}

fn ack(block: u16) -> Vec<u8> {
    [ACK.to_be_bytes(), block.to_be_bytes()].concat()
}

fn read(packet: &[u8]) -> Option<Came<'_>> {
    let [a, b, rest @ ..] = packet else {
        return None;
    };
    match u16::from_be_bytes([*a, *b]) {
        DATA => {
            let [c, d, data @ ..] = rest else { return None };
            Some(Came::Data(u16::from_be_bytes([*c, *d]), data))
        }
        ERROR => {
            let [c, d, text @ ..] = rest else { return None };
            let text = String::from_utf8_lossy(text);
            let text = text
                .trim_end_matches('\0')
                .replace(|it: char| it.is_control(), " ");
            Some(Came::Error(u16::from_be_bytes([*c, *d]), text))
        }
        OACK => {
            let words: Vec<&[u8]> = rest.split(|byte| *byte == 0).collect();
            let pairs = words.chunks_exact(2);
            let mut sizes = pairs.filter(|pair| pair[0].eq_ignore_ascii_case(b"blksize"));
            let size = sizes
                .next()
                .and_then(|pair| std::str::from_utf8(pair[1]).ok()?.parse().ok());
            Some(Came::Options(
                size.filter(|size| (8..=65_464).contains(size)),
            ))
        }
        _ => None,
    }
}

/// The reader of packets, for tests with packets of any sort.
#[doc(hidden)]
pub fn understands(packet: &[u8]) -> bool {
    read(packet).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_read() {
        assert_eq!(read(&[0, 3, 0, 1, 7, 8]), Some(Came::Data(1, &[7, 8])));
        assert_eq!(
            read(b"\0\x05\0\x01no such file\0"),
            Some(Came::Error(1, "no such file".into()))
        );
        assert_eq!(
            read(b"\0\x06tsize\x00850\0blksize\x001428\0"),
            Some(Came::Options(Some(1428)))
        );
        assert_eq!(read(b"\0\x06blksize\0many\0"), Some(Came::Options(None)));
        for torn in [&b""[..], b"\0", b"\0\x03", b"\0\x03\0", b"\0\x01x\0octet\0"] {
            assert_eq!(read(torn), None);
        }
    }

    /// A server with a file of two and a half blocks that loses the first block once.
    #[test]
    fn a_file_comes_whole_though_packets_get_lost() {
        let server = UdpSocket::bind("127.0.0.1:0").expect("a port");
        let port = server.local_addr().expect("an address").port();
        let file: Vec<u8> = (0..BLOCK * 2 + 100)
            .map(|at| u8::try_from(at % 251).unwrap_or_default())
            .collect();
        let whole = file.clone();
        let work = std::thread::spawn(move || {
            let mut room = [0; 2048];
            let (length, client) = server.recv_from(&mut room).expect("a wish");
            assert!(room[..length].starts_with(b"\0\x01some.efi\0octet\0"));
            let answers = UdpSocket::bind("127.0.0.1:0").expect("a port");
            answers
                .send_to(b"\0\x06blksize\x001428\0", client)
                .expect("sent");
            let mut lost = false;
            loop {
                let (length, client) = answers.recv_from(&mut room).expect("an ACK");
                assert_eq!((length, room[1]), (4, 4));
                let block = usize::from(u16::from_be_bytes([room[2], room[3]]));
                if block == 0 && !lost {
                    lost = true;
                    continue;
                }
                let Some(rest) = whole.get(block * BLOCK..) else {
                    break;
                };
                let next = u16::try_from(block + 1).expect("few");
                let mut packet = [DATA.to_be_bytes(), next.to_be_bytes()].concat();
                packet.extend(&rest[..rest.len().min(BLOCK)]);
                answers.send_to(&packet, client).expect("sent");
            }
        });
        let wanted = Fetch {
            host: "127.0.0.1".into(),
            file: "some.efi".into(),
            port: Some(port),
            timeout: None,
        };
        assert_eq!(fetch(&wanted).expect("the file"), file);
        work.join().expect("served");
    }

    #[test]
    fn silence_and_refusals_are_told() {
        let server = UdpSocket::bind("127.0.0.1:0").expect("a port");
        let wanted = |file: &str| Fetch {
            host: "127.0.0.1".into(),
            file: file.into(),
            port: Some(server.local_addr().expect("an address").port()),
            timeout: Some("100ms".into()),
        };
        assert_eq!(
            fetch(&wanted("x")).expect_err("silence").kind,
            Kind::Unreachable
        );
        assert_eq!(
            fetch(&wanted("")).expect_err("no name").kind,
            Kind::BadArgument
        );
        let other = server.try_clone().expect("a copy");
        let refusing = std::thread::spawn(move || {
            let mut room = [0; 2048];
            // The first wish is that which got no answer above.
            let _ = other.recv_from(&mut room).expect("a wish");
            let (_, client) = other.recv_from(&mut room).expect("a wish");
            other
                .send_to(b"\0\x05\0\x01file does not exist\0", client)
                .expect("sent");
        });
        let fault = fetch(&wanted("nosuch")).expect_err("refused");
        assert_eq!(fault.kind, Kind::NotFound, "{fault:?}");
        refusing.join().expect("done");
    }
}
