//! Whether anybody answers DHCP on an interface: asked as several machines, and more than once.
//!
//! Asked about machines, not as them: the frames come from the interface's own MAC, so that no switch looks for a node here.
use super::{
    frame,
    probe::{Heard, fresh, heard},
    socket::{Here, Raw},
};
use crate::{
    fault::Fault,
    services::coresmd::{
        explain::discover,
        packet::{Kind, Packet},
    },
};
use std::time::{Duration, Instant};

/// UEFI on x86-64, in every other round: some servers answer only firmware, and some only systems.
const ARCH: u16 = 7;
/// So often each is asked about, and how long lies between: a packet may be lost.
const ROUNDS: u32 = 3;
const EVERY: Duration = Duration::from_millis(400);
/// Longer than any frame.
const ROOM: usize = 65_536;

/// The first answer that goes by, whoever it is for, within that time. Blocks its thread.
pub fn rival(interface: &str, macs: &[[u8; 6]], span: Duration) -> Result<Option<Heard>, Fault> {
    let own = Here::of(interface)?.mac;
    let raw = Raw::open(interface)?;
    let (begun, mut round, mut room) = (Instant::now(), 0, vec![0; ROOM]);
    loop {
        let passed = begun.elapsed();
        if round < ROUNDS && passed >= EVERY * round {
            for mac in macs {
                raw.send(&frame::broadcast(own, &question(*mac, round)?))?;
            }
            round += 1;
        }
        let until = if round < ROUNDS { EVERY * round } else { span };
        let left = until.saturating_sub(begun.elapsed());
        if left.is_zero() && round >= ROUNDS {
            return Ok(None);
        }
        let came = raw.receive(&mut room, left)?.and_then(frame::read);
        let answers = [Kind::OFFER, Kind::ACK, Kind::NAK];
        if let Some(seen) = came.filter(|seen| answers.contains(&seen.packet.kind())) {
            let after = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            return Ok(Some(heard(&seen, after)));
        }
    }
}

fn question(mac: [u8; 6], round: u32) -> Result<Vec<u8>, Fault> {
    let packet = Packet {
        flags: 0x8000,
        xid: fresh(),
        ..discover(mac, round.is_multiple_of(2).then_some(ARCH), None)
    };
    let bytes = packet.encode_padded();
    bytes.map_err(|broken| Fault::internal(broken.0))
}
