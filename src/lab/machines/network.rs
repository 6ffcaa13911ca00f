//! The nodes' network, as far as a node can tell: what answers where, and in which words it fails.
//!
//! On it is one address that answers, the head node's: the gateway on 8081 and, with TLS, on 8443; the artifact server on
//! 9000; and 443 for the firmware, which is where BSS's own scripts send it. (The lab's head node publishes that port and
//! its firmware trusts the lab's CA, so that such a script works; `chain_https` takes it away.) No socket lies between:
//! the lab's routes are asked with the node's address in the header that haproxy sets.
use super::{HEAD, Machines};
use crate::{lab::tls::HOST, services::site::Ailments as _};
use axum::{
    body::Body,
    http::{Request, header},
};
use std::{fmt, net::IpAddr};
use url::{Host, Url};

/// What a translated network shows to cloud-init in the place of every node.
const BRIDGE: &str = "10.89.2.1";

/// Bodies longer than this are not read: their length is what counts.
const LONG: u64 = 1 << 20;

/// Who asks, which is a question of trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Agent {
    Firmware,
    /// The node's system, which does not know the lab's CA.
    System,
}

/// A request of a node.
pub(super) struct Asked<'a> {
    pub(super) method: &'static str,
    pub(super) url: &'a str,
    /// The node's address.
    pub(super) from: &'a str,
    pub(super) agent: Agent,
    /// A form that goes along.
    pub(super) form: Option<String>,
}

/// An answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Got {
    pub(super) status: u16,
    pub(super) bytes: u64,
    /// Empty where it is long.
    pub(super) text: String,
}

/// Why there was none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// Nothing listens there.
    Refused,
    /// Nobody has this address.
    NoRoute,
    TimedOut,
    Unresolved(String),
    Untrusted,
    NoUrl,
}

/// As a program on a node says it.
impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused => f.write_str("Connection refused"),
            Self::NoRoute => f.write_str("No route to host"),
            Self::TimedOut => f.write_str("Connection timed out"),
            Self::Unresolved(host) => write!(f, "Could not resolve host: {host}"),
            Self::Untrusted => {
                f.write_str("certificate verify failed: unable to get local issuer certificate")
            }
            Self::NoUrl => f.write_str("Unsupported or malformed URL"),
        }
    }
}

/// What is behind an address.
enum Behind {
    Gateway,
    Artifacts,
}

impl Machines {
    /// Asks as a node does.
    pub(super) async fn fetch(&self, asked: &Asked<'_>) -> Result<Got, Lost> {
        let url = Url::parse(asked.url).map_err(|_| Lost::NoUrl)?;
        let behind = self.behind(&url, asked.agent)?;
        let mut path = url.path().to_owned();
        if matches!(behind, Behind::Artifacts) {
            path.insert_str(0, super::S3);
        }
        if let Some(query) = url.query() {
            path = format!("{path}?{query}");
        }
        let from = if self.has("nat") { BRIDGE } else { asked.from };
        let mut request = Request::builder()
            .method(asked.method)
            .uri(path)
            .header("x-forwarded-for", from);
        let body = match &asked.form {
            Some(form) => {
                request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
                Body::from(form.clone())
            }
            None => Body::empty(),
        };
        let request = request.body(body).map_err(|_| Lost::NoUrl)?;
        let answer = self.peers.send(request).await;
        read(answer.map_err(|_| Lost::Refused)?).await
    }

    fn behind(&self, url: &Url, agent: Agent) -> Result<Behind, Lost> {
        let tls = match url.scheme() {
            "http" => false,
            "https" => true,
            _ => return Err(Lost::NoUrl),
        };
        let port = url.port_or_known_default().unwrap_or(0);
        let host = url.host().ok_or(Lost::NoUrl)?;
        resolve(&host)?;
        match (tls, port) {
            (false, 8081) => Ok(Behind::Gateway),
            (false, 9000) => Ok(Behind::Artifacts),
            (true, 443) if agent == Agent::Firmware && !self.has("chain_https") => {
                Ok(Behind::Gateway)
            }
            (true, 8443) => Err(Lost::Untrusted),
            _ => Err(Lost::Refused),
        }
    }
}

/// Whether it is the head node.
fn resolve(host: &Host<&str>) -> Result<(), Lost> {
    let ip: IpAddr = match host {
        Host::Domain(name) if name.eq_ignore_ascii_case(HOST) => return Ok(()),
        Host::Domain(name) if name.eq_ignore_ascii_case("localhost") => return Err(Lost::Refused),
        Host::Domain(name) => return Err(Lost::Unresolved((*name).to_owned())),
        Host::Ipv4(ip) => (*ip).into(),
        Host::Ipv6(ip) => (*ip).into(),
    };
    match ip {
        IpAddr::V4(ip) if ip.to_string() == HEAD => Ok(()),
        // the node itself, where nothing listens
        ip if ip.is_loopback() => Err(Lost::Refused),
        IpAddr::V4(ip) if ip.octets()[..3] == [172, 16, 0] => Err(Lost::NoRoute),
        _ => Err(Lost::TimedOut),
    }
}

async fn read(answer: axum::response::Response) -> Result<Got, Lost> {
    let status = answer.status().as_u16();
    let length = answer.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
    if let Some(bytes) = length.filter(|bytes| *bytes > LONG) {
        return Ok(Got {
            status,
            bytes,
            text: String::new(),
        });
    }
    let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await;
    let body = body.map_err(|_| Lost::TimedOut)?;
    let text = String::from_utf8_lossy(&body).into_owned();
    Ok(Got {
        // where the lab says that the real handler crashes, haproxy sees its connection break
        status: if text.contains("crashes here:") {
            502
        } else {
            status
        },
        bytes: body.len() as u64,
        text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_head_node_answers() {
        for (url, expected) in [
            ("http://172.16.0.254:9000/x", Ok(())),
            ("http://demo.openchami.cluster:8081/", Ok(())),
            ("http://localhost/x", Err(Lost::Refused)),
            ("http://127.0.0.1:8081/x", Err(Lost::Refused)),
            ("http://172.16.0.77/x", Err(Lost::NoRoute)),
            ("http://10.0.0.1/x", Err(Lost::TimedOut)),
            (
                "http://cloud-init:27777/x",
                Err(Lost::Unresolved("cloud-init".to_owned())),
            ),
        ] {
            let url = Url::parse(url).expect("a URL");
            assert_eq!(resolve(&url.host().expect("a host")), expected, "{url}");
        }
    }
}
