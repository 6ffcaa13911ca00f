//! bootloop: strangers get an address of the pool, and a script that reboots, until SMD knows them.
use super::{By, Engine, Event, Outcome, boot};
use crate::services::coresmd::{
    config::{Bootloop, Pool},
    packet::{Kind, Packet},
    store::{Book, Lease},
    types::Version,
};
use std::net::Ipv4Addr;

const PREFIX: &str = "plugins/bootloop";

/// What the plugin hands back: a reply, or none, in either case the last word.
pub(super) fn answer(
    engine: &Engine,
    bootloop: &Bootloop,
    (request, mut reply): (&Packet, Packet),
    book: &mut dyn Book,
    out: &mut Outcome<Packet>,
) -> Option<Packet> {
    out.by = By::Bootloop;
    reply.set(17, reply.siaddr.to_string());
    let mac = request.mac();
    let ipxe = request.get(77) == Some(boot::IPXE);
    match book.lease(&mac) {
        None => {
            let ip = lend(engine, bootloop, request, book, out)?;
            reply.yiaddr = ip;
            reply.set(51, bootloop.lease_time.rounded().as_option().to_be_bytes());
            let place = ("bootloop", PREFIX, bootloop.line);
            if ipxe {
                let what = "iPXE gets no boot file with a new address: it asks again, and then gets the script";
                out.step("bootloop", bootloop.line, what);
            } else if !boot::loader(request, &mut reply, place, engine.config.version, out) {
                return None;
            }
            Some(reply)
        }
        Some(lease) if ipxe => {
            reply.set(67, bootloop.script_path.as_bytes());
            reply.yiaddr = lease.ip;
            reply.set(51, bootloop.lease_time.rounded().as_option().to_be_bytes());
            let script = &bootloop.script_path;
            let what = format!(
                "{mac} holds {}, and iPXE asks: it gets the script {script}",
                lease.ip
            );
            out.step("bootloop", bootloop.line, what);
            Some(reply)
        }
        Some(lease) => Some(refuse(bootloop, request, &reply, &lease, book, out)),
    }
}

/// Whoever holds an address and is not iPXE wants to keep it; it shall begin anew, for SMD may know it by now.
fn refuse(
    bootloop: &Bootloop,
    request: &Packet,
    reply: &Packet,
    lease: &Lease,
    book: &mut dyn Book,
    out: &mut Outcome<Packet>,
) -> Packet {
    let mac = request.mac();
    book.take_back(&mac);
    let mut nak = Packet {
        // The server makes it a request, by a slip, and names itself in no option: many clients pass it over.
        op: 1,
        xid: request.xid,
        chaddr: request.chaddr.clone(),
        siaddr: reply.siaddr,
        ..Packet::default()
    };
    nak.set(53, [Kind::NAK.0]);
    let msg = format!(
        "MAC {mac} already exists with IP {}, sending NAK to reinitiate DHCP handshake",
        lease.ip
    );
    out.log.push(Event::info(PREFIX, msg));
    let what = format!(
        "{mac} holds {} already: it is refused (NAK) and loses it, so that it begins anew and SMD is asked again",
        lease.ip
    );
    out.step("bootloop", bootloop.line, what);
    nak
}

fn lend(
    engine: &Engine,
    bootloop: &Bootloop,
    request: &Packet,
    book: &mut dyn Book,
    out: &mut Outcome<Packet>,
) -> Option<Ipv4Addr> {
    let (mac, giaddr) = (request.mac(), request.giaddr);
    let mut msg = format!("MAC address {mac} is new, leasing new IPv4 address");
    if engine.config.version != Version::V04 {
        msg = format!("{msg} (giaddr={giaddr})");
    }
    out.log.push(Event::info(PREFIX, msg));
    let pool = match pool(&bootloop.pools, giaddr) {
        Ok(pool) => pool,
        Err(why) => {
            out.log.push(Event::error(
                PREFIX,
                format!("Could not find allocator for giaddr {giaddr}: {why}"),
            ));
            let what = format!(
                "there is no pool for a request that came by {giaddr}: {why}; no answer goes out"
            );
            out.step("bootloop", bootloop.line, what);
            return None;
        }
    };
    let mut addresses = (pool.first.to_bits()..=pool.last.to_bits()).map(Ipv4Addr::from_bits);
    let Some(ip) = addresses.find(|ip| !book.is_lent(*ip)) else {
        let msg = format!("Could not allocate IP for MAC {mac}: no address available to allocate");
        out.log.push(Event::error(PREFIX, msg));
        let what = format!(
            "the pool {} to {} is used up: no answer goes out",
            pool.first, pool.last
        );
        out.step("bootloop", pool.line, what);
        return None;
    };
    book.lend(Lease {
        mac: mac.clone(),
        ip,
        expiry: engine.now.saturating_add(bootloop.lease_time.as_seconds()),
        hostname: request
            .text(12)
            .unwrap_or_default()
            .trim_end_matches('\0')
            .to_owned(),
    });
    let span = bootloop.lease_time;
    let from = pool
        .subnet
        .as_ref()
        .map(|(net, _)| format!(" from subnet {net}"))
        .unwrap_or_default();
    let msg = format!("assigning {ip} to {mac}{from} with a lease duration of {span}");
    out.log.push(Event::info(PREFIX, msg));
    let what = format!("a stranger: the pool lends {ip} for {span}");
    out.step("bootloop", pool.line, what);
    Some(ip)
}

/// The pool of the network a request came from.
fn pool(pools: &[Pool], giaddr: Ipv4Addr) -> Result<&Pool, String> {
    match pools {
        [pool] if pool.subnet.is_none() || giaddr.is_unspecified() => Ok(pool),
        _ if giaddr.is_unspecified() => {
            Err("giaddr is nil or unspecified and multiple pools configured".to_owned())
        }
        _ => {
            let holds = |pool: &&Pool| {
                let net = pool.subnet.as_ref().map(|(_, net)| net);
                net.is_some_and(|net| net.contains(&std::net::IpAddr::V4(giaddr)))
            };
            pools
                .iter()
                .find(holds)
                .ok_or_else(|| format!("no pool found for giaddr {giaddr}"))
        }
    }
}
