//! Frames of Ethernet with DHCP in them.
use crate::services::coresmd::packet::{Packet, hex};
use etherparse::{NetSlice, PacketBuilder, SlicedPacket, TransportSlice};
use std::net::Ipv4Addr;

/// A DHCP packet as it went by.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) from_mac: String,
    pub(super) from: Ipv4Addr,
    pub(super) to: Ipv4Addr,
    pub(super) packet: Packet,
}

/// A client's packet, broadcast from its MAC.
pub(super) fn broadcast(mac: [u8; 6], packet: &[u8]) -> Vec<u8> {
    let builder = PacketBuilder::ethernet2(mac, [0xff; 6])
        .ipv4([0, 0, 0, 0], [255; 4], 64)
        .udp(68, 67);
    let mut frame = Vec::with_capacity(builder.size(packet.len()));
    // To a vector nothing can fail but a length beyond 64 KiB, which no packet has.
    let _ = builder.write(&mut frame, packet);
    frame
}

/// A server's packet, to one client past all addresses.
pub fn unicast(
    (from_mac, to_mac): ([u8; 6], [u8; 6]),
    (from, to): (Ipv4Addr, Ipv4Addr),
    packet: &[u8],
) -> Vec<u8> {
    let builder = PacketBuilder::ethernet2(from_mac, to_mac)
        .ipv4(from.octets(), to.octets(), 64)
        .udp(67, 68);
    let mut frame = Vec::with_capacity(builder.size(packet.len()));
    let _ = builder.write(&mut frame, packet);
    frame
}

/// DHCP in a frame, whoever sent it; anything else is none.
pub(super) fn read(frame: &[u8]) -> Option<Seen> {
    let sliced = SlicedPacket::from_ethernet(frame).ok()?;
    let Some(TransportSlice::Udp(udp)) = &sliced.transport else {
        return None;
    };
    let ports = [udp.source_port(), udp.destination_port()];
    if !ports.iter().any(|port| [67, 68].contains(port)) {
        return None;
    }
    let Some(NetSlice::Ipv4(ip)) = &sliced.net else {
        return None;
    };
    let header = ip.header();
    Some(Seen {
        from_mac: hex(frame.get(6..12)?),
        from: header.source_addr(),
        to: header.destination_addr(),
        packet: Packet::decode(udp.payload()).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_read_again() {
        let mac = [0x52, 0x54, 0, 0, 0, 1];
        let mut packet = Packet {
            chaddr: mac.to_vec(),
            ..Packet::default()
        };
        packet.set(53, [1]);
        let frame = broadcast(mac, &packet.encode_padded().expect("bytes"));
        let seen = read(&frame).expect("DHCP");
        assert_eq!(
            (seen.from_mac.as_str(), seen.to),
            ("52:54:00:00:00:01", Ipv4Addr::BROADCAST)
        );
        assert_eq!(seen.packet, packet);
        for cut in 0..frame.len() {
            let _ = read(&frame[..cut]);
        }
    }
}
