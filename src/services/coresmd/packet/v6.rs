//! DHCPv6, as far as coresmd speaks it: messages between client and server.
//!
//! Options are split here: dhcproto's reader of them may fall over a length that lies, and follows options within options
//! as deep as they go. What is written goes through it.
use super::{Broken, hex};
use dhcproto::{
    Encodable as _,
    v6::{DhcpOption, Message, MessageType, UnknownOption},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind6(pub u8);

impl Kind6 {
    pub const SOLICIT: Self = Self(1);
    pub const ADVERTISE: Self = Self(2);
    pub const REQUEST: Self = Self(3);
    pub const CONFIRM: Self = Self(4);
    pub const RENEW: Self = Self(5);
    pub const REBIND: Self = Self(6);
    pub const REPLY: Self = Self(7);
    pub const RELEASE: Self = Self(8);
    pub const DECLINE: Self = Self(9);
    pub const INFORMATION: Self = Self(11);
    pub const RELAY: Self = Self(12);

    pub fn name(self) -> String {
        const NAMES: [&str; 13] = [
            "SOLICIT",
            "ADVERTISE",
            "REQUEST",
            "CONFIRM",
            "RENEW",
            "REBIND",
            "REPLY",
            "RELEASE",
            "DECLINE",
            "RECONFIGURE",
            "INFORMATION-REQUEST",
            "RELAY-FORW",
            "RELAY-REPL",
        ];
        let name = usize::from(self.0)
            .checked_sub(1)
            .and_then(|at| NAMES.get(at));
        name.map_or_else(|| format!("unknown ({})", self.0), ToString::to_string)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet6 {
    pub kind: Kind6,
    pub xid: [u8; 3],
    /// In the order they came.
    pub options: Vec<(u16, Vec<u8>)>,
}

impl Packet6 {
    pub fn decode(bytes: &[u8]) -> Result<Self, Broken> {
        let [kind, a, b, c, options @ ..] = bytes else {
            return Err(Broken("unexpected EOF".to_owned()));
        };
        if Kind6(*kind) == Kind6::RELAY {
            return Err(Broken("a relayed message".to_owned()));
        }
        Ok(Self {
            kind: Kind6(*kind),
            xid: [*a, *b, *c],
            options: split(options)?,
        })
    }

    pub fn encode(&self) -> Result<Vec<u8>, Broken> {
        let mut message = Message::new_with_id(MessageType::from(self.kind.0), self.xid);
        for (code, data) in &self.options {
            let option = UnknownOption::new((*code).into(), data.clone());
            message.opts_mut().insert(DhcpOption::Unknown(option));
        }
        message.to_vec().map_err(|error| Broken(error.to_string()))
    }

    /// The first option of a code.
    pub fn get(&self, code: u16) -> Option<&[u8]> {
        let option = self.options.iter().find(|(it, _)| *it == code);
        option.map(|(_, data)| data.as_slice())
    }

    /// Puts an option in the place of the first of its code, or behind all.
    pub fn set(&mut self, code: u16, data: Vec<u8>) {
        match self.options.iter_mut().find(|(it, _)| *it == code) {
            Some((_, old)) => *old = data,
            None => self.options.push((code, data)),
        }
    }

    pub fn wants(&self, code: u16) -> bool {
        let list = self.get(6).unwrap_or_default();
        list.chunks_exact(2).any(|pair| pair == code.to_be_bytes())
    }

    /// The MAC address that a client's name holds, if it holds one.
    pub fn mac(&self) -> Option<String> {
        let duid = self.get(1)?;
        let ([0, 1, _, _, _, _, _, _, mac @ ..] | [0, 3, _, _, mac @ ..]) = duid else {
            return None;
        };
        (!mac.is_empty()).then(|| hex(mac))
    }
}

/// Options one after another, each whole.
fn split(mut rest: &[u8]) -> Result<Vec<(u16, Vec<u8>)>, Broken> {
    let mut options = Vec::new();
    while !rest.is_empty() {
        let [a, b, c, d, data @ ..] = rest else {
            return Err(Broken("unexpected EOF".to_owned()));
        };
        let length = usize::from(u16::from_be_bytes([*c, *d]));
        let Some(value) = data.get(..length) else {
            return Err(Broken("unexpected EOF".to_owned()));
        };
        options.push((u16::from_be_bytes([*a, *b]), value.to_vec()));
        rest = &data[length..];
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let packet = Packet6 {
            kind: Kind6::SOLICIT,
            xid: [1, 2, 3],
            options: vec![
                (1, vec![0, 3, 0, 1, 0x52, 0x54, 0, 0, 0, 8]),
                (6, vec![0, 23, 0, 59]),
                (13, Vec::new()),
            ],
        };
        let bytes = packet.encode().expect("bytes");
        let read = Packet6::decode(&bytes).expect("a packet");
        assert_eq!(read, packet);
        assert_eq!(read.mac().as_deref(), Some("52:54:00:00:00:08"));
        assert!(read.wants(59) && !read.wants(24));
        for cut in 5..bytes.len() - 4 {
            let torn = Packet6::decode(&bytes[..cut]);
            assert!(torn.is_err() || [18, 26].contains(&cut), "{cut}: {torn:?}");
        }
    }
}
