//! A message of DHCPv6 through the plugins: coresmd only, for bootloop knows no IPv6.
use super::{
    By, Engine, Event, Outcome,
    plain::labels,
    rules::{self, Known, shown},
};
use crate::services::coresmd::{
    config::{Coresmd, Duid, Kind as Does, to4},
    packet::{Kind6, Packet6, hex},
};
use std::net::{IpAddr, Ipv6Addr};

const PREFIX: &str = "plugins/coresmd";
/// Options: whose message it is, who answers, an address, what is wanted, addresses of DNS, the host's name, the boot file.
const CLIENT: u16 = 1;
const SERVER: u16 = 2;
const ADDRESSES: u16 = 3;
const ADDRESS: u16 = 5;
const RAPID: u16 = 14;
const USER_CLASS: u16 = 15;
const DNS: u16 = 23;
const SEARCH: u16 = 24;
const NAME: u16 = 39;
const BOOT: u16 = 59;

enum Next {
    Go(Packet6),
    Stop(Option<Packet6>),
}

impl Duid {
    fn bytes(&self) -> Vec<u8> {
        let head: &[u8] = if self.timed {
            &[0, 1, 0, 1, 0, 0, 0, 0]
        } else {
            &[0, 3, 0, 1]
        };
        [head, &self.mac].concat()
    }

    /// As Go prints it, which is where a boot file's address has it by a slip.
    fn shown(&self) -> String {
        let mac = hex(&self.mac);
        if self.timed {
            format!("DUID-LLT{{HWType=Ethernet HWAddr={mac} Time=0}}")
        } else {
            format!("DUID-LL{{HWType=Ethernet HWAddr={mac}}}")
        }
    }
}

impl Engine<'_> {
    pub fn answer6(&self, request: &Packet6) -> Outcome<Packet6> {
        let mut out = Outcome::default();
        let Some(server) = &self.config.server6 else {
            out.step(
                "server",
                0,
                "the configuration has no server6: nobody answers DHCPv6",
            );
            return out;
        };
        let Some(reply) = begin(request, &mut out) else {
            return out;
        };
        let (mut next, mut duid) = (Next::Go(reply), None);
        for plugin in &server.plugins {
            let Next::Go(mut reply) = next else { break };
            next = match &plugin.kind {
                Does::Duid(id) => {
                    duid = Some(id);
                    server_id(id, (request, reply), plugin.line, &mut out)
                }
                Does::Coresmd(coresmd) => self.coresmd6(coresmd, duid, (request, reply), &mut out),
                kind => {
                    match kind {
                        Does::Dns(servers) if request.wants(DNS) => {
                            reply.set(DNS, addresses(servers));
                        }
                        Does::Search(domains) => reply.set(SEARCH, labels(domains)),
                        Does::Dns(_) => {}
                        _ => {
                            let what =
                                format!("what {} does for IPv6 is not known here", plugin.name);
                            out.step(&plugin.name, plugin.line, what);
                        }
                    }
                    Next::Go(reply)
                }
            };
        }
        out.reply = match next {
            Next::Go(reply) => {
                let what = "no plugin gave an address: the answer has none, and the client goes on without";
                out.step("server", server.line, what);
                Some(reply)
            }
            Next::Stop(reply) => reply,
        };
        if out.reply.is_none() {
            out.log.push(Event::info(
                "server",
                "MainHandler6: dropping request because response is nil",
            ));
        }
        out
    }

    fn coresmd6(
        &self,
        coresmd: &Coresmd,
        duid: Option<&Duid>,
        (request, mut reply): (&Packet6, Packet6),
        out: &mut Outcome<Packet6>,
    ) -> Next {
        let Some((mac, known, ip)) = self.sixth(coresmd, request, out) else {
            return Next::Go(reply);
        };
        out.by = By::Coresmd;
        let what = format!(
            "SMD's interface {mac} belongs to {}: it is given {ip}",
            known.id
        );
        out.step("coresmd", coresmd.line, what);
        let verdict = rules::evaluate(coresmd, &known, "DHCPv6", out);
        if verdict.ignored {
            out.by = By::Rule;
            return Next::Stop(None);
        }
        // Each label stands as a domain of its own, by a slip of coresmd's.
        let parts: Vec<String> = verdict.hostname.split('.').map(ToOwned::to_owned).collect();
        let name = labels(&parts);
        reply.set(NAME, [&[0], name.as_slice()].concat());
        if let Some([a, b, c, d, ..]) = request.get(ADDRESSES) {
            reply.set(ADDRESSES, lent(coresmd, [*a, *b, *c, *d], ip));
        }
        out.log
            .push(assigned(coresmd, &known, ip, &verdict.hostname));
        boot_file(coresmd, duid, &mac, (request, &mut reply), out);
        Next::Stop(Some(reply))
    }

    /// The client's MAC, its interface and the IPv6 address it is given.
    fn sixth(
        &self,
        coresmd: &Coresmd,
        request: &Packet6,
        out: &mut Outcome<Packet6>,
    ) -> Option<(String, Known, Ipv6Addr)> {
        let Some(mac) = request.mac() else {
            let msg = "Failed to extract MAC address from DHCPv6 request: failed to extract MAC";
            out.log.push(Event::error(PREFIX, msg));
            out.step(
                "coresmd",
                coresmd.line,
                "the client's name (DUID) holds no MAC address",
            );
            return None;
        };
        let known = match self.known(&mac) {
            Ok(known) => known,
            Err((log, what)) => {
                out.log
                    .push(Event::error(PREFIX, format!("IP lookup failed: {log}")));
                out.step("coresmd", coresmd.line, what);
                return None;
            }
        };
        out.component = Some(known.id.clone());
        let sixth = known.ips.iter().flatten().find(|ip| to4(**ip).is_none());
        let Some(IpAddr::V6(ip)) = sixth.copied() else {
            out.log.push(Event::error(
                PREFIX,
                format!("No IPv6 address found for MAC {mac}"),
            ));
            out.step(
                "coresmd",
                coresmd.line,
                format!("SMD has no IPv6 address for {mac} of {}", known.id),
            );
            return None;
        };
        Some((mac, known, ip))
    }
}

fn begin(request: &Packet6, out: &mut Outcome<Packet6>) -> Option<Packet6> {
    let kind = match request.kind {
        Kind6::SOLICIT if request.get(RAPID).is_some() => Kind6::REPLY,
        Kind6::SOLICIT => Kind6::ADVERTISE,
        Kind6::REQUEST
        | Kind6::CONFIRM
        | Kind6::RENEW
        | Kind6::REBIND
        | Kind6::RELEASE
        | Kind6::INFORMATION => Kind6::REPLY,
        other => {
            let number = other.0;
            let msg = format!(
                "MainHandler6: NewReplyFromDHCPv6Message failed: MainHandler6: message type {number} not supported"
            );
            out.log.push(Event::info("server", msg));
            out.step("server", 0, format!("coredhcp answers no {}", other.name()));
            return None;
        }
    };
    let Some(client) = request.get(CLIENT) else {
        out.step(
            "server",
            0,
            "the client does not say who it is (option 1): no answer",
        );
        return None;
    };
    let mut reply = Packet6 {
        kind,
        xid: request.xid,
        options: vec![(CLIENT, client.to_vec())],
    };
    if request.kind == Kind6::SOLICIT && kind == Kind6::REPLY {
        reply.set(RAPID, Vec::new());
    }
    Some(reply)
}

fn server_id(
    duid: &Duid,
    (request, mut reply): (&Packet6, Packet6),
    line: usize,
    out: &mut Outcome<Packet6>,
) -> Next {
    let own = duid.bytes();
    let unaddressed = [Kind6::SOLICIT, Kind6::CONFIRM, Kind6::REBIND].contains(&request.kind);
    let addressed =
        [Kind6::REQUEST, Kind6::RENEW, Kind6::DECLINE, Kind6::RELEASE].contains(&request.kind);
    let dropped = match request.get(SERVER) {
        Some(_) if unaddressed => Some("a message of this sort must name no server: it is dropped"),
        Some(id) if id != own => Some("the message is for another server: it is dropped"),
        None if addressed => Some("a message of this sort must name its server: it is dropped"),
        _ => None,
    };
    if let Some(why) = dropped {
        out.step("server_id", line, why);
        return Next::Stop(None);
    }
    reply.set(SERVER, own);
    Next::Go(reply)
}

fn addresses(servers: &[IpAddr]) -> Vec<u8> {
    let each = servers.iter().map(|ip| match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped(),
        IpAddr::V6(ip) => *ip,
    });
    each.flat_map(|ip| ip.octets()).collect()
}

/// An address with its times; the client asks again after half of them, of others after three quarters.
fn lent(coresmd: &Coresmd, iaid: [u8; 4], ip: Ipv6Addr) -> Vec<u8> {
    let lease = coresmd.lease_time.as_option();
    let times = [
        lease / 2,
        (u64::from(lease) * 3 / 4).try_into().unwrap_or(u32::MAX),
    ];
    let mut inner = ip.octets().to_vec();
    inner.extend([lease, lease].iter().flat_map(|it| it.to_be_bytes()));
    let mut out = iaid.to_vec();
    out.extend(times.iter().flat_map(|it| it.to_be_bytes()));
    out.extend(ADDRESS.to_be_bytes());
    out.extend(u16::try_from(inner.len()).unwrap_or_default().to_be_bytes());
    out.extend(inner);
    out
}

fn assigned(coresmd: &Coresmd, known: &Known, ip: Ipv6Addr, hostname: &str) -> Event {
    let name = hostname.split('.').collect::<Vec<_>>().join(" ");
    Event::info(PREFIX, "DHCPv6 assignment")
        .bare(
            "assigned_hostname",
            format!("[FQDN: {{Flags=0 DomainName=[{name}]}}]"),
        )
        .bare("assigned_ipv6", shown(Some(IpAddr::V6(ip))))
        .text("comp_id", &known.id)
        .bare("comp_ips", known.list())
        .text("comp_mac", &known.mac)
        .bare("comp_nid", known.nid())
        .text("comp_type", &known.component.kind)
        .bare("lease_duration", coresmd.lease_time)
}

/// A boot file goes only to clients that name a user class.
fn boot_file(
    coresmd: &Coresmd,
    duid: Option<&Duid>,
    mac: &str,
    (request, reply): (&Packet6, &mut Packet6),
    out: &mut Outcome<Packet6>,
) {
    let Some(classes) = request.get(USER_CLASS) else {
        out.step(
            "coresmd",
            coresmd.line,
            "the client names no user class: it gets no boot file",
        );
        return;
    };
    if self::classes(classes).any(|class| class == b"iPXE") {
        let url = coresmd.script.url(mac);
        out.step(
            "coresmd",
            coresmd.line,
            format!("iPXE asks: it gets its script's address, {url}"),
        );
        reply.set(BOOT, url.into_bytes());
    } else if let Some(duid) = duid {
        let url = format!(
            "tftp://[Server ID: {}]:{}/ipxe.efi",
            duid.shown(),
            coresmd.tftp_port
        );
        let what =
            format!("other firmware gets an address that is none, by a slip of coresmd's: {url}");
        out.step("coresmd", coresmd.line, what);
        reply.set(BOOT, url.into_bytes());
    }
}

/// The classes, each behind its length; what is torn is left out.
fn classes(mut rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let [a, b, data @ ..] = rest else { return None };
        let length = usize::from(u16::from_be_bytes([*a, *b]));
        let class = data.get(..length)?;
        rest = &data[length..];
        Some(class)
    })
}
