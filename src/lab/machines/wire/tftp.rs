//! What the firmware of a machine on the wire fetched by TFTP.
use super::Machines;
use crate::world::{Owner, Stage};
use std::net::IpAddr;

/// Who has read less of a file has looked how large it is.
const PROBE: u64 = 16 << 10;
/// So much is told of a name that a client made up.
const LONG: usize = 60;
/// Said of a file that a client looked for by itself.
const MISSED: &str = " was asked for by TFTP as well, and is not there";

impl Machines {
    /// A file that was asked for by TFTP: how much of it went out; none: there is no such file.
    pub(in crate::lab) fn came_by_tftp(&self, from: IpAddr, file: &str, sent: Option<(u64, u64)>) {
        // The script for strangers is told of with their offer; and of how large a file is, firmware asks first.
        let probe = |(sent, size): (u64, u64)| sent < size && sent < PROBE;
        if file == "default" || sent.is_some_and(probe) {
            return;
        }
        let Some(name) = self.on_wire(from) else {
            return;
        };
        self.add(&name, |turn| match sent {
            None if turn.boot.file.as_deref().map(plain) == Some(plain(file)) => {
                let what = format!("the head node's TFTP has no {file}, which coresmd named");
                turn.tell(Stage::Offer, Owner::Coresmd, false, what);
            }
            // Firmware and first stages look for many a file, as grub.cfg, and go on without; the first is told.
            None => turn.amend(Stage::Offer, |offer| {
                if !offer.what.contains(MISSED) {
                    let file: String = file.escape_default().take(LONG).collect();
                    offer.what = format!("{}; {file}{MISSED}", offer.what);
                }
            }),
            Some((sent, size)) => turn.amend(Stage::Offer, |offer| {
                let went = format!("{file} went out by TFTP");
                if offer.what.contains(&went) {
                    return;
                }
                let (got, all) = (sent >> 10, size >> 10);
                let now = if sent >= size {
                    format!("{went}, {all} KiB")
                } else {
                    format!("of {file} {got} of {all} KiB went out by TFTP")
                };
                let (others, missed) = offer
                    .what
                    .split("; ")
                    .partition::<Vec<_>, _>(|it| !it.ends_with(MISSED));
                let head = others.first().copied().unwrap_or_default();
                let all: Vec<&str> = [head, &now].into_iter().chain(missed).collect();
                offer.what = all.join("; ");
            }),
        });
    }
}

/// A file's name, however a client begins it.
fn plain(file: &str) -> &str {
    file.trim_start_matches('/')
}
