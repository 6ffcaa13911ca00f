//! DHCPv4.
use super::{Broken, hex};
use dhcproto::{
    Encodable as _,
    v4::{self, Flags, HType, Message, Opcode, borrowed},
};
use std::{collections::BTreeMap, net::Ipv4Addr};

/// Packets shorter than this are dropped by some relays.
const SHORTEST: usize = 300;
/// Up to the options.
const HEAD: usize = 240;
const END: u8 = 255;

/// What a message is, by option 53.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind(pub u8);

impl Kind {
    pub const DISCOVER: Self = Self(1);
    pub const OFFER: Self = Self(2);
    pub const REQUEST: Self = Self(3);
    pub const ACK: Self = Self(5);
    pub const NAK: Self = Self(6);

    /// As the server and everybody else calls it.
    pub fn name(self) -> String {
        const NAMES: [&str; 8] = [
            "DISCOVER", "OFFER", "REQUEST", "DECLINE", "ACK", "NAK", "RELEASE", "INFORM",
        ];
        let name = usize::from(self.0)
            .checked_sub(1)
            .and_then(|at| NAMES.get(at));
        name.map_or_else(|| format!("unknown ({})", self.0), ToString::to_string)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    pub op: u8,
    pub htype: u8,
    pub hops: u8,
    pub xid: u32,
    pub secs: u16,
    pub flags: u16,
    pub ciaddr: Ipv4Addr,
    pub yiaddr: Ipv4Addr,
    pub siaddr: Ipv4Addr,
    pub giaddr: Ipv4Addr,
    pub chaddr: Vec<u8>,
    pub sname: Vec<u8>,
    pub file: Vec<u8>,
    pub options: BTreeMap<u8, Vec<u8>>,
}

impl Default for Packet {
    fn default() -> Self {
        let none = Ipv4Addr::UNSPECIFIED;
        Self {
            op: 1,
            htype: 1,
            hops: 0,
            xid: 0,
            secs: 0,
            flags: 0,
            ciaddr: none,
            yiaddr: none,
            siaddr: none,
            giaddr: none,
            chaddr: Vec::new(),
            sname: Vec::new(),
            file: Vec::new(),
            options: BTreeMap::new(),
        }
    }
}

impl Packet {
    /// Reads a packet as strictly as the server, which wants options that end.
    pub fn decode(bytes: &[u8]) -> Result<Self, Broken> {
        let short = |_| Broken("unexpected EOF".to_owned());
        let message = borrowed::Message::new(bytes).map_err(short)?;
        if bytes[236..HEAD] != v4::MAGIC {
            return Err(Broken(format!(
                "malformed DHCP packet: got magic cookie {:?}",
                &bytes[236..HEAD]
            )));
        }
        ended(&bytes[HEAD..])?;
        let length = usize::from(message.hlen()).min(16);
        let mut options: BTreeMap<u8, Vec<u8>> = BTreeMap::new();
        for option in message.opts() {
            options
                .entry(option.code().into())
                .or_default()
                .extend(option.data());
        }
        Ok(Self {
            op: message.opcode().into(),
            htype: message.htype().into(),
            hops: message.hops(),
            xid: message.xid(),
            secs: message.secs(),
            flags: message.flags().into(),
            ciaddr: message.ciaddr(),
            yiaddr: message.yiaddr(),
            siaddr: message.siaddr(),
            giaddr: message.giaddr(),
            // Not asked of the message: it believes any length.
            chaddr: bytes[28..28 + length].to_vec(),
            sname: message.sname().to_vec(),
            file: message.fname().to_vec(),
            options,
        })
    }

    pub fn encode(&self) -> Result<Vec<u8>, Broken> {
        let mut message = Message::default();
        message
            .set_opcode(Opcode::from(self.op))
            .set_htype(HType::from(self.htype))
            .set_hops(self.hops)
            .set_xid(self.xid)
            .set_secs(self.secs)
            .set_flags(Flags::from(self.flags))
            .set_ciaddr(self.ciaddr)
            .set_yiaddr(self.yiaddr)
            .set_siaddr(self.siaddr)
            .set_giaddr(self.giaddr)
            .set_chaddr(&self.chaddr);
        if !self.sname.is_empty() {
            message.set_sname(&self.sname);
        }
        if !self.file.is_empty() {
            message.set_fname(&self.file);
        }
        let mut bytes = message
            .to_vec()
            .map_err(|error| Broken(error.to_string()))?;
        for (code, data) in &self.options {
            put(*code, data, &mut bytes);
        }
        bytes.push(END);
        Ok(bytes)
    }

    /// The same, as long as it must be at least.
    pub fn encode_padded(&self) -> Result<Vec<u8>, Broken> {
        let mut bytes = self.encode()?;
        if bytes.len() < SHORTEST {
            bytes.resize(SHORTEST, 0);
        }
        Ok(bytes)
    }

    pub fn get(&self, code: u8) -> Option<&[u8]> {
        self.options.get(&code).map(Vec::as_slice)
    }

    pub fn set(&mut self, code: u8, data: impl Into<Vec<u8>>) {
        self.options.insert(code, data.into());
    }

    /// What message it is; 0 where option 53 is missing or no number.
    pub fn kind(&self) -> Kind {
        match self.get(53) {
            Some([kind]) => Kind(*kind),
            _ => Kind(0),
        }
    }

    pub fn mac(&self) -> String {
        hex(&self.chaddr)
    }

    /// Whether the client wants an option. One that lists none takes all.
    pub fn wants(&self, code: u8) -> bool {
        self.get(55).is_none_or(|list| list.contains(&code))
    }

    pub fn is_broadcast(&self) -> bool {
        self.flags & 0x8000 != 0
    }

    /// An option that is text.
    pub fn text(&self, code: u8) -> Option<String> {
        self.get(code)
            .map(|data| String::from_utf8_lossy(data).into_owned())
    }
}

/// Writes an option; what is too long for one is several (RFC 3396). dhcproto's own list writes option 82 twice when it
/// holds bytes that were not read, and leaves out empty ones.
fn put(code: u8, data: &[u8], bytes: &mut Vec<u8>) {
    let mut chunks = data.chunks(255);
    let mut chunk = chunks.next().unwrap_or_default();
    loop {
        bytes.push(code);
        bytes.push(u8::try_from(chunk.len()).unwrap_or_default());
        bytes.extend(chunk);
        match chunks.next() {
            Some(next) => chunk = next,
            None => return,
        }
    }
}

/// Walks over the options to their end, which must be there; dhcproto takes what comes before a tear for all.
fn ended(mut rest: &[u8]) -> Result<(), Broken> {
    loop {
        rest = match rest {
            [END, ..] => return Ok(()),
            [0, rest @ ..] => rest,
            [_, length, rest @ ..] if rest.len() >= usize::from(*length) => {
                &rest[usize::from(*length)..]
            }
            [] => return Err(Broken("unexpected EOF".to_owned())),
            _ => {
                return Err(Broken(
                    "error collecting options: unexpected EOF".to_owned(),
                ));
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let mut packet = Packet {
            xid: 7,
            chaddr: vec![0x52, 0x54, 0, 0, 0, 1],
            giaddr: Ipv4Addr::new(172, 16, 0, 61),
            ..Packet::default()
        };
        packet.set(53, [1]);
        packet.set(77, *b"iPXE");
        packet.set(80, []);
        packet.set(82, vec![9; 300]);
        let bytes = packet.encode().expect("bytes");
        assert_eq!(Packet::decode(&bytes), Ok(packet));
    }

    #[test]
    fn torn_packets_are_refused() {
        let whole = Packet::default().encode().expect("bytes");
        assert!(Packet::decode(&whole).is_ok());
        assert_eq!(
            Packet::default().encode_padded().expect("bytes").len(),
            SHORTEST
        );
        for cut in [0, 1, 239, 240] {
            assert!(Packet::decode(&whole[..cut]).is_err(), "{cut}");
        }
        let mut torn = whole[..240].to_vec();
        torn.extend([53, 4, 1]);
        assert!(Packet::decode(&torn).is_err());
        let mut long = whole;
        long[2] = 255;
        assert_eq!(Packet::decode(&long).expect("read").chaddr.len(), 16);
    }
}
