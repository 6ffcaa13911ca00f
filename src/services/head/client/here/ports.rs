//! What listens on this machine, and whose it is as far as this user may see.
use super::Here;
use crate::services::head::types::Port;
use std::{
    collections::{BTreeSet, HashMap},
    fs,
    net::{Ipv4Addr, Ipv6Addr},
    path::Path,
};

/// A socket in state LISTEN; of UDP one that nobody is connected to.
const LISTEN: &str = "0A";
const UNCONNECTED: &str = "07";

impl Here {
    pub(super) fn ports(&self) -> Vec<Port> {
        let proc = self.at("/proc");
        let mut found = Vec::new();
        for (file, state) in [
            ("tcp", LISTEN),
            ("tcp6", LISTEN),
            ("udp", UNCONNECTED),
            ("udp6", UNCONNECTED),
        ] {
            let text = fs::read_to_string(proc.join("net").join(file)).unwrap_or_default();
            let lines = text.lines().skip(1).filter_map(|line| socket(line, state));
            found.extend(
                lines.map(|(address, port, inode)| {
                    (file.trim_end_matches('6'), address, port, inode)
                }),
            );
        }
        let holders = holders(&proc);
        let port = |(protocol, address, port, inode): (&str, String, u16, String)| Port {
            port,
            protocol: protocol.to_owned(),
            address,
            process: holders.get(&inode).cloned(),
        };
        let all: BTreeSet<Port> = found.into_iter().map(port).collect();
        all.into_iter().collect()
    }
}

/// Address, port and inode of a line of `/proc/net/tcp` and its like, when it is in this state.
fn socket(line: &str, state: &str) -> Option<(String, u16, String)> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let (local, its, inode) = (fields.get(1)?, fields.get(3)?, fields.get(9)?);
    if *its != state {
        return None;
    }
    let (address, port) = local.split_once(':')?;
    Some((
        spelled(address)?,
        u16::from_str_radix(port, 16).ok()?,
        (*inode).to_owned(),
    ))
}

/// The kernel shows addresses as words of the machine's own order.
fn spelled(hex: &str) -> Option<String> {
    let word = |at: usize| {
        Some(
            u32::from_str_radix(hex.get(at..at + 8)?, 16)
                .ok()?
                .to_ne_bytes(),
        )
    };
    if hex.len() == 8 {
        return Some(Ipv4Addr::from(word(0)?).to_string());
    }
    let mut bytes = [0; 16];
    for at in 0..4 {
        bytes[at * 4..at * 4 + 4].copy_from_slice(&word(at * 8)?);
    }
    Some(Ipv6Addr::from(bytes).to_string())
}

/// The names of processes by the inodes of their sockets.
fn holders(proc: &Path) -> HashMap<String, String> {
    let mut found = HashMap::new();
    for process in fs::read_dir(proc).into_iter().flatten().flatten() {
        let name = process.file_name();
        if !name.as_encoded_bytes().iter().all(u8::is_ascii_digit) {
            continue;
        }
        let comm = fs::read_to_string(process.path().join("comm")).unwrap_or_default();
        for file in fs::read_dir(process.path().join("fd"))
            .into_iter()
            .flatten()
            .flatten()
        {
            let link = fs::read_link(file.path()).unwrap_or_default();
            let link = link.to_string_lossy();
            let inode = link
                .strip_prefix("socket:[")
                .and_then(|it| it.strip_suffix(']'));
            if let Some(inode) = inode {
                found.insert(inode.to_owned(), comm.trim().to_owned());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_that_listen_are_read_as_the_kernel_shows_them() {
        let line = "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1";
        let found = socket(line, LISTEN);
        if cfg!(target_endian = "little") {
            assert_eq!(
                found,
                Some(("127.0.0.1".to_owned(), 8080, "4711".to_owned()))
            );
        }
        assert_eq!(socket(line, UNCONNECTED), None);
        assert_eq!(socket("  sl  local_address rem_address", LISTEN), None);
        let any = spelled("00000000000000000000000000000000");
        assert_eq!(any.as_deref(), Some("::"));
    }
}
