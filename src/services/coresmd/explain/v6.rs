//! The same for IPv6: a SOLICIT, and what is advertised.
use super::{Asked, Case, Explained};
use crate::{
    fault::Fault,
    services::coresmd::{
        engine::{Engine, Outcome},
        packet::{Kind6, Packet6, Seen, hex},
        types::Version,
    },
};
use std::{fmt::Write as _, net::Ipv6Addr};

/// What a client wants: addresses of DNS, the boot file, its name.
const WANTED: [u16; 3] = [23, 59, 39];

/// The SOLICIT of a client that is named by its MAC.
fn solicit(mac: [u8; 6], arch: Option<u16>, user_class: Option<&str>) -> Packet6 {
    let mut packet = Packet6 {
        kind: Kind6::SOLICIT,
        xid: [mac[3], mac[4], mac[5]],
        options: vec![
            (1, [&[0, 3, 0, 1], mac.as_slice()].concat()),
            (
                6,
                WANTED.iter().flat_map(|code| code.to_be_bytes()).collect(),
            ),
            (8, vec![0, 0]),
            (3, [&[0, 0, 0, 1], [0; 8].as_slice()].concat()),
        ],
    };
    if let Some(class) = user_class {
        let length = u16::try_from(class.len()).unwrap_or(u16::MAX);
        let data = [length.to_be_bytes().as_slice(), class.as_bytes()].concat();
        packet.set(15, data);
    }
    if let Some(arch) = arch {
        packet.set(61, arch.to_be_bytes().to_vec());
    }
    packet
}

pub(super) fn explain(
    mac: [u8; 6],
    arch: Option<u16>,
    asked: &Asked,
    case: &Case<'_>,
) -> Result<Explained, Fault> {
    if asked.giaddr.is_some() {
        let message = "giaddr belongs to IPv4: coresmd answers no relayed message of IPv6";
        return Err(Fault::bad_argument(message).hint("leave giaddr out, or ipv6"));
    }
    let engine = Engine {
        config: case.config,
        facts: case.facts,
        now: case.now,
    };
    let packet = solicit(mac, arch, asked.user_class.as_deref());
    let out = engine.answer6(&packet);
    Ok(told(hex(&mac), out, case.config.version))
}

fn told(mac: String, out: Outcome<Packet6>, version: Version) -> Explained {
    let reply = out.reply.as_ref();
    let get = |code: u16| reply.and_then(|it| it.get(code));
    let options = reply.into_iter().flat_map(|it| &it.options);
    Explained {
        mac,
        node: out.component,
        answer: reply.map_or_else(|| "none".to_owned(), |it| it.kind.name()),
        by: out.by,
        ip: get(3).and_then(address).map(|ip| ip.to_string()),
        hostname: get(39).map(name),
        boot_file: get(59).map(text),
        server: get(2).map(hex),
        rule: out.rule,
        to: None,
        version,
        steps: out.steps,
        options: options.map(|(code, data)| seen(*code, data)).collect(),
        log: out.log.iter().map(ToString::to_string).collect(),
    }
}

/// The address in an identity association, behind its twelve bytes.
fn address(data: &[u8]) -> Option<Ipv6Addr> {
    let option = data.get(12..)?;
    let bytes: [u8; 16] = option.get(4..20)?.try_into().ok()?;
    option.starts_with(&[0, 5]).then(|| bytes.into())
}

fn text(data: &[u8]) -> String {
    String::from_utf8_lossy(data).into_owned()
}

/// Labels behind the flags; coresmd ends each of them as if it were a domain.
fn name(data: &[u8]) -> String {
    let (mut rest, mut out) = (data.get(1..).unwrap_or_default(), String::new());
    while let [length, more @ ..] = rest {
        let length = usize::from(*length).min(more.len());
        if length > 0 {
            let dot = if out.is_empty() { "" } else { "." };
            let _ = write!(out, "{dot}{}", String::from_utf8_lossy(&more[..length]));
        }
        rest = &more[length..];
    }
    out
}

fn seen(code: u16, data: &[u8]) -> Seen {
    let (word, value) = match code {
        1 => ("client identifier", hex(data)),
        2 => ("server identifier", hex(data)),
        3 => {
            let ip = address(data).map(|ip| ip.to_string());
            ("identity association", ip.unwrap_or_else(|| hex(data)))
        }
        23 => {
            let each = data.chunks_exact(16).map(|bytes| {
                let bytes: [u8; 16] = bytes.try_into().unwrap_or_default();
                Ipv6Addr::from(bytes).to_string()
            });
            ("DNS servers", each.collect::<Vec<_>>().join(", "))
        }
        39 => ("host name", name(data)),
        59 => ("boot file", text(data)),
        _ => ("", hex(data)),
    };
    Seen {
        code,
        name: if word.is_empty() {
            format!("option {code}")
        } else {
            word.to_owned()
        },
        value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::coresmd::{engine::Facts, explain::configured, store::Leases};

    const CONFIG: &str = "server6:\n  plugins:\n    - server_id: LL 02:00:00:00:fe:fe\n    - dns: fd00:100::254\n    \
        - coresmd: |\n        svc_base_uri=http://172.16.0.254:27779\n        ipxe_base_uri=http://[fd00:100::254]:8081\n        \
        ca_cert=/ca.pem\n        node_pattern=nid{04d}\n        domain=openchami.cluster\n";
    const NICS: &str = r#"[{"MACAddress":"52:54:00:00:00:08","ComponentID":"x1000c0s0b0n0",
        "IPAddresses":[{"IPAddress":"172.16.0.8"},{"IPAddress":"fd00:100::8"}]}]"#;
    const NODES: &str = r#"{"Components":[{"ID":"x1000c0s0b0n0","Type":"Node","NID":8}]}"#;

    fn explained(mac: [u8; 6], class: Option<&str>) -> Explained {
        let config = configured(CONFIG, None).expect("it starts");
        let facts = Facts::read(NICS.as_bytes(), NODES.as_bytes()).expect("JSON");
        let case = Case {
            config: &config,
            facts: &facts,
            leases: Leases::default(),
            now: 0,
        };
        let asked = Asked {
            user_class: class.map(str::to_owned),
            ..Asked::default()
        };
        explain(mac, Some(7), &asked, &case).expect("explained")
    }

    #[test]
    fn a_known_node_gets_its_address_and_ipxe_its_script() {
        let known = explained([0x52, 0x54, 0, 0, 0, 8], Some("iPXE"));
        assert_eq!(known.answer, "ADVERTISE");
        assert_eq!(known.ip.as_deref(), Some("fd00:100::8"));
        assert_eq!(known.hostname.as_deref(), Some("nid0008.openchami.cluster"));
        let script = "http://[fd00:100::254]:8081/boot/v1/bootscript?mac=52:54:00:00:00:08";
        assert_eq!(known.boot_file.as_deref(), Some(script));
        assert_eq!(explained([0x52, 0x54, 0, 0, 0, 8], None).boot_file, None);
    }

    #[test]
    fn a_stranger_is_answered_without_an_address() {
        let stranger = explained([2, 0, 0, 0, 0, 1], None);
        assert_eq!((stranger.answer.as_str(), stranger.ip), ("ADVERTISE", None));
    }
}
