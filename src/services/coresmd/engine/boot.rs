//! The boot file: a first stage by architecture, a script for iPXE.
use super::{Event, Outcome};
use crate::services::coresmd::{
    packet::{Packet, arch_name},
    types::Version,
};

/// User class of option 77: exactly these bytes, without the length that RFC 3004 puts before them.
pub(super) const IPXE: &[u8] = b"iPXE";

/// The first stage of an architecture.
pub(crate) fn first_stage(arch: u16) -> Option<&'static str> {
    match arch {
        0 => Some("undionly.kpxe"),
        6 => Some("ipxe-i386.efi"),
        7 => Some("ipxe-x86_64.efi"),
        10 => Some("ipxe-arm32.efi"),
        11 => Some("ipxe-arm64.efi"),
        _ => None,
    }
}

/// Puts the first stage into a reply; false: the server falls over this packet.
pub(super) fn loader(
    request: &Packet,
    reply: &mut Packet,
    (plugin, prefix, line): (&str, &'static str, usize),
    version: Version,
    out: &mut Outcome<Packet>,
) -> bool {
    let old = version == Version::V04;
    let Some(given) = request.get(93) else {
        let msg =
            "client did not present an architecture, unable to provide correct iPXE bootloader";
        let event = if old {
            Event::error(prefix, msg)
        } else {
            Event::info(prefix, msg).bare("mac", request.mac())
        };
        out.log.push(event);
        let what = "the client names no architecture (option 93), as a running system does: it gets no boot file";
        out.step(plugin, line, what);
        return true;
    };
    let [a, b, ..] = given else {
        let what = "option 93 has less than two bytes, over which coredhcp falls: it ends here, for everybody";
        out.step(plugin, line, what);
        return false;
    };
    let arch = u16::from_be_bytes([*a, *b]);
    match first_stage(arch) {
        Some(file) => {
            reply.set(67, file);
            let what = format!(
                "firmware of architecture {arch} ({}) gets {file} by TFTP",
                arch_name(arch)
            );
            out.step(plugin, line, what);
        }
        None => none_for(arch, request, (plugin, prefix, line), old, out),
    }
    true
}

fn none_for(
    arch: u16,
    request: &Packet,
    (plugin, prefix, line): (&str, &'static str, usize),
    old: bool,
    out: &mut Outcome<Packet>,
) {
    let name = arch_name(arch);
    let event = if old {
        let msg = format!("no iPXE bootloader available for unknown architecture: {arch} ({name})");
        Event::error(prefix, msg)
    } else {
        Event::info(
            prefix,
            "no iPXE bootloader available for unknown architecture)",
        )
        .text("arch", name)
        .bare("arch_id", name)
        .bare("mac", request.mac())
    };
    out.log.push(event);
    let what =
        format!("there is no iPXE for architecture {arch} ({name}): the answer has no boot file");
    out.step(plugin, line, what);
}

/// What there is to say of a user class that is not quite iPXE's.
pub(super) fn odd_class(request: &Packet) -> Option<&'static str> {
    let class = request.get(77)?;
    let lengthy = class.first() == Some(&4) && class.get(1..5) == Some(IPXE);
    lengthy.then_some(
        "the user class is iPXE with its length before it (RFC 3004), which coresmd does not recognise: it gets the \
         first stage again, and again",
    )
}
