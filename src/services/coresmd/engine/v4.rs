//! A packet of DHCPv4 through the plugins.
use super::{
    By, Engine, Event, Outcome, Way, boot, bootloop,
    plain::{all, bytes, classless, labels, nbp},
    rules::{self, Known, shown},
};
use crate::services::coresmd::{
    config::{Coresmd, Kind as Does, Plugin},
    packet::{Kind, Packet},
    store::Book,
    types::Version,
};
use std::net::{IpAddr, Ipv4Addr};

const PREFIX: &str = "plugins/coresmd";

/// What a plugin leaves to the next.
enum Next {
    /// The reply so far.
    Go(Packet),
    /// The reply, whole; none: there is none.
    Stop(Option<Packet>),
}

impl Engine<'_> {
    pub fn answer4(&self, request: &Packet, book: &mut dyn Book) -> Outcome<Packet> {
        let mut out = Outcome::default();
        let Some(server) = &self.config.server4 else {
            out.step(
                "server",
                0,
                "the configuration has no server4: nobody answers DHCPv4",
            );
            return out;
        };
        let Some(reply) = begin(request, &mut out) else {
            return out;
        };
        let mut next = Next::Go(reply);
        for plugin in &server.plugins {
            let Next::Go(reply) = next else { break };
            next = self.plugin(plugin, (request, reply), book, &mut out);
        }
        let reply = match next {
            Next::Go(reply) => {
                nobody(&reply, server.line, &mut out);
                Some(reply)
            }
            Next::Stop(reply) => reply,
        };
        match reply {
            Some(reply) => send(request, reply, &mut out),
            None => out.log.push(Event::info(
                "server",
                "MainHandler4: dropping request because response is nil",
            )),
        }
        out
    }

    fn plugin(
        &self,
        plugin: &Plugin,
        (request, mut reply): (&Packet, Packet),
        book: &mut dyn Book,
        out: &mut Outcome<Packet>,
    ) -> Next {
        match &plugin.kind {
            Does::ServerId(id) => return server_id(*id, plugin.line, (request, reply), out),
            Does::Coresmd(coresmd) => return self.coresmd(coresmd, (request, reply), out),
            Does::Bootloop(bootloop) => {
                return Next::Stop(bootloop::answer(
                    self,
                    bootloop,
                    (request, reply),
                    book,
                    out,
                ));
            }
            Does::Boot(url) => {
                nbp(url, request, &mut reply);
                out.step(
                    "nbp",
                    plugin.line,
                    "nbp gives its boot file and asks no plugin behind it",
                );
                return Next::Stop(Some(reply));
            }
            Does::Dns(servers) if request.wants(6) => reply.set(6, all(servers)),
            Does::Router(routers) => reply.set(3, bytes(routers)),
            Does::Netmask(mask) => reply.set(1, mask.octets()),
            Does::LeaseTime(span) => {
                let lease = span.as_option().to_be_bytes().to_vec();
                reply.options.entry(51).or_insert(lease);
            }
            Does::Mtu(mtu) if request.wants(26) => reply.set(26, mtu.to_be_bytes()),
            Does::Search(domains) => reply.set(119, labels(domains)),
            Does::Routes(routes) => reply.set(121, classless(routes)),
            Does::Other => {
                let what = format!(
                    "what {} does is not known here: the real answer may differ",
                    plugin.name
                );
                out.step(&plugin.name, plugin.line, what);
            }
            Does::Dns(_) | Does::Mtu(_) | Does::Duid(_) => {}
        }
        Next::Go(reply)
    }

    fn coresmd(
        &self,
        coresmd: &Coresmd,
        (request, mut reply): (&Packet, Packet),
        out: &mut Outcome<Packet>,
    ) -> Next {
        let mac = request.mac();
        let known = match self.lookup(coresmd, &mac, request.giaddr, out) {
            Ok(known) => known,
            Err(why) => {
                out.step("coresmd", coresmd.line, why);
                return Next::Go(reply);
            }
        };
        out.component = Some(known.id.clone());
        let Some(first) = known.ips.first() else {
            let what =
                "no address of this interface can be read, over which coredhcp falls: it ends here";
            out.step("coresmd", coresmd.line, what);
            return Next::Stop(None);
        };
        let ip = first.and_then(v4);
        out.by = By::Coresmd;
        reply.yiaddr = ip.unwrap_or(Ipv4Addr::UNSPECIFIED);
        reply.set(51, coresmd.lease_time.as_option().to_be_bytes());
        found(coresmd, &known, ip, out);
        if self.config.version == Version::V04 {
            old(coresmd, &known, ip, &mut reply, out);
        } else if !ruled(coresmd, &known, &mut reply, out) {
            return Next::Stop(None);
        }
        reply.set(17, reply.siaddr.to_string());
        if self.config.version != Version::V04 {
            out.log
                .push(assigned(coresmd, &known, ip, &reply, request.giaddr));
        }
        if request.get(77) == Some(boot::IPXE) {
            let url = coresmd.script.url(&mac);
            out.step(
                "coresmd",
                coresmd.line,
                format!("iPXE asks: it gets its script's address, {url}"),
            );
            reply.set(67, url);
        } else {
            if let Some(odd) = boot::odd_class(request) {
                out.step("coresmd", coresmd.line, odd);
            }
            let place = ("coresmd", PREFIX, coresmd.line);
            if !boot::loader(request, &mut reply, place, self.config.version, out) {
                return Next::Stop(None);
            }
        }
        Next::Stop(Some(reply))
    }
}

/// An address as Go has it: one of IPv4 within IPv6 is one of IPv4.
pub(super) fn v4(ip: IpAddr) -> Option<Ipv4Addr> {
    crate::services::coresmd::config::to4(ip)
}

/// The reply that the plugins fill; none: this sort of message is not answered.
fn begin(request: &Packet, out: &mut Outcome<Packet>) -> Option<Packet> {
    if request.op != 1 {
        let msg = format!(
            "MainHandler4: unsupported opcode {}. Only BootRequest (1) is supported",
            match request.op {
                2 => "BootReply".to_owned(),
                other => format!("unknown ({other})"),
            }
        );
        out.log.push(Event::info("server", msg));
        out.step("server", 0, "this is no request: it is dropped");
        return None;
    }
    let kind = match request.kind() {
        Kind::DISCOVER => Kind::OFFER,
        Kind::REQUEST => Kind::ACK,
        other => {
            let msg = format!("plugins/server: Unhandled message type: {}", other.name());
            out.log.push(Event::info("server", msg));
            out.step("server", 0, format!("coredhcp answers no {}", other.name()));
            return None;
        }
    };
    let mut reply = Packet {
        op: 2,
        htype: request.htype,
        xid: request.xid,
        flags: request.flags,
        giaddr: request.giaddr,
        chaddr: request.chaddr.clone(),
        ..Packet::default()
    };
    for copied in [82, 61] {
        if let Some(data) = request.get(copied) {
            reply.set(copied, data);
        }
    }
    reply.set(53, [kind.0]);
    Some(reply)
}

fn server_id(
    id: Ipv4Addr,
    line: usize,
    (request, mut reply): (&Packet, Packet),
    out: &mut Outcome<Packet>,
) -> Next {
    let other = request.siaddr;
    if !other.is_unspecified() && other != id {
        let msg =
            format!("requested server ID does not match this server's ID. Got {other}, want {id}");
        out.log.push(Event::info("plugins/server_id", msg));
        out.step(
            "server_id",
            line,
            format!("the packet is for the server {other} (siaddr): it is dropped"),
        );
        return Next::Stop(None);
    }
    reply.siaddr = id;
    reply.set(54, id.octets());
    Next::Go(reply)
}

fn found(coresmd: &Coresmd, known: &Known, ip: Option<Ipv4Addr>, out: &mut Outcome<Packet>) {
    let Known {
        mac, id, component, ..
    } = known;
    let sort = match component.kind.as_str() {
        "Node" => format!("Node, NID {}", component.nid),
        other => other.to_owned(),
    };
    let what = match ip {
        Some(ip) => format!("SMD's interface {mac} belongs to {id} ({sort}): it is given {ip}"),
        None => format!(
            "SMD's interface {mac} belongs to {id} ({sort}), and its first address is none of IPv4: it is offered \
             0.0.0.0"
        ),
    };
    out.step("coresmd", coresmd.line, what);
}

/// v0.4: no rules; nodes are named by their NID.
fn old(
    coresmd: &Coresmd,
    known: &Known,
    ip: Option<Ipv4Addr>,
    reply: &mut Packet,
    out: &mut Outcome<Packet>,
) {
    let (mac, kind) = (&known.mac, &known.component.kind);
    let ip = shown(ip.map(IpAddr::V4));
    let span = coresmd.lease_time;
    let msg = format!("assigning {ip} to {mac} ({kind}) with a lease duration of {span}");
    out.log.push(Event::info(PREFIX, msg));
    if kind == "Node" {
        let name = format!("nid{:04}", known.component.nid);
        out.step(
            "coresmd",
            coresmd.line,
            format!("v0.4 names each node by its NID: {name}"),
        );
        reply.set(12, name);
    } else {
        out.step(
            "coresmd",
            coresmd.line,
            format!("v0.4 gives a {kind} no host name"),
        );
    }
}

/// Newer ones: rules. False: a rule drops the request.
fn ruled(coresmd: &Coresmd, known: &Known, reply: &mut Packet, out: &mut Outcome<Packet>) -> bool {
    let verdict = rules::evaluate(coresmd, known, "DHCP", out);
    if verdict.ignored {
        out.by = By::Rule;
        return false;
    }
    reply.set(12, verdict.hostname);
    if !verdict.routers.is_empty() {
        reply.set(3, bytes(&verdict.routers));
    }
    if let Some(mask) = verdict.netmask {
        reply.set(1, mask.octets());
    }
    true
}

fn assigned(
    coresmd: &Coresmd,
    known: &Known,
    ip: Option<Ipv4Addr>,
    reply: &Packet,
    giaddr: Ipv4Addr,
) -> Event {
    let addresses = |code: u8| -> Vec<String> {
        let data = reply.get(code).unwrap_or_default().chunks_exact(4);
        data.map(|it| Ipv4Addr::new(it[0], it[1], it[2], it[3]).to_string())
            .collect()
    };
    let mask = addresses(1).pop().unwrap_or("<nil>".to_owned());
    Event::info(PREFIX, "DHCPv4 assignment")
        .text("assigned_hostname", reply.text(12).unwrap_or_default())
        .bare("assigned_ipv4", shown(ip.map(IpAddr::V4)))
        .text("comp_id", &known.id)
        .bare("comp_ips", known.list())
        .text("comp_mac", &known.mac)
        .bare("comp_nid", known.nid())
        .text("comp_type", &known.component.kind)
        .bare("giaddr", giaddr)
        .bare("lease_duration", coresmd.lease_time)
        .text("netmask", mask)
        .text("router_ips", format!("[{}]", addresses(3).join(" ")))
        .bare("server_ip", reply.siaddr)
}

/// No plugin had the last word: what is sent all the same.
fn nobody(reply: &Packet, line: usize, out: &mut Outcome<Packet>) {
    if reply.yiaddr.is_unspecified() {
        let what = "no plugin gave an address: the server offers 0.0.0.0 all the same";
        out.step("server", line, what);
    }
}

/// Sends a reply where it has to go.
fn send(request: &Packet, reply: Packet, out: &mut Outcome<Packet>) {
    let broadcast = Ipv4Addr::BROADCAST;
    let way = |mac: Option<String>, from: Option<Ipv4Addr>, to: Ipv4Addr, port: u16| Way {
        mac,
        from,
        to,
        port,
    };
    let everybody = Some("ff:ff:ff:ff:ff:ff".to_owned());
    let way = if !request.giaddr.is_unspecified() {
        way(None, None, request.giaddr, 67)
    } else if reply.kind() == Kind::NAK {
        way(everybody, None, broadcast, 68)
    } else if !request.ciaddr.is_unspecified() {
        way(None, None, request.ciaddr, 68)
    } else if request.is_broadcast() {
        way(everybody, None, broadcast, 68)
    } else if reply.chaddr.len() == 6 {
        way(Some(reply.mac()), Some(reply.siaddr), reply.yiaddr, 68)
    } else {
        let msg = format!(
            "MainHandler4: Cannot send Ethernet packet: Cannot serialize layer: invalid dst MAC: {}",
            reply.mac()
        );
        out.log.push(Event::error("server", msg));
        out.step(
            "server",
            0,
            "the client named no MAC address of six bytes: the answer cannot be sent",
        );
        return;
    };
    out.way = Some(way);
    out.reply = Some(reply);
}
