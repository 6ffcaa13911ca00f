//! Where requests go, and whether the session's token may go along.
use super::super::Base;
use crate::fault::{Fault, Kind};
use reqwest::Url;
use std::collections::BTreeMap;

/// Where a request goes.
#[derive(Clone, Debug)]
pub(in crate::http) enum Place {
    /// A path of the gateway.
    Gateway(String),
    /// A service with an address of its own; it belongs to the cluster, so the cluster's token goes along.
    Service(String),
    /// Any URL; the token goes along only if it leads to the gateway.
    Anywhere(String),
    /// An address of the simulated network, and the path of the lab that answers for it; no token goes along.
    Simulated { url: String, path: String },
}

/// The place `path` has below `root`, which is a path of the gateway or a URL.
pub(in crate::http) fn below(root: &str, path: &[&str]) -> Result<Place, Fault> {
    let mut text = root.trim_end_matches('/').to_owned();
    for piece in path {
        // An empty piece would turn "delete this one" into "delete all"; dots would climb to another collection.
        if piece.is_empty() || *piece == "." || *piece == ".." {
            let message = format!("\"{piece}\" cannot be a name in {root}/{}", path.join("/"));
            return Err(Fault::bad_argument(message));
        }
        text.push('/');
        encode(piece, &mut text);
    }
    if root.contains("://") {
        return Ok(Place::Service(text));
    }
    if !text.starts_with('/') {
        text.insert(0, '/');
    }
    Ok(Place::Gateway(text))
}

/// Percent-encodes all but the characters that RFC 3986 leaves to names, and the colon of addresses.
fn encode(piece: &str, text: &mut String) {
    use std::fmt::Write as _;
    for byte in piece.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte) {
            text.push(byte as char);
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
}

impl Place {
    /// The place, where a lab answers for the address it is at. On such a host all other ports are closed: a request
    /// meant for a simulated machine must not reach a real one that happens to have its address.
    pub(super) fn simulated(self, places: &BTreeMap<String, String>) -> Result<Self, Fault> {
        let Self::Anywhere(text) = &self else {
            return Ok(self);
        };
        let Some((scheme, rest)) = text.split_once("://") else {
            return Ok(self);
        };
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let below = places.get(authority).filter(|_| scheme == "http");
        if let Some(below) = below {
            let slash = if path.starts_with('/') { "" } else { "/" };
            return Ok(Self::Simulated {
                url: text.clone(),
                path: format!("{below}{slash}{path}"),
            });
        }
        let host = |text: &str| text.split(':').next().unwrap_or_default().to_owned();
        let own: Vec<&String> = places
            .keys()
            .filter(|it| host(it) == host(authority))
            .collect();
        if own.is_empty() {
            return Ok(self);
        }
        let message = format!("{scheme}://{authority} does not answer: connection refused");
        let own: Vec<String> = own.into_iter().map(|it| format!("http://{it}")).collect();
        let hint = format!("this lab's head node answers at {}", own.join(" and "));
        Err(Fault::new(Kind::Unreachable, message).hint(hint))
    }
}

/// Whether the session's token may go there.
pub(super) fn is_home(place: &Place, url: &Url, base: &Base) -> bool {
    match place {
        Place::Gateway(_) | Place::Service(_) => true,
        Place::Anywhere(_) => same_origin(url, &base.url),
        Place::Simulated { .. } => false,
    }
}

/// Whether `url` leads to the very gateway at `base`: scheme, host and port.
pub(super) fn same_origin(url: &Url, base: &str) -> bool {
    Url::parse(base).is_ok_and(|base| base.origin() == url.origin())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_simulated_host_has_no_ports_but_its_own() {
        let places = [("10.9.9.9:9000".to_owned(), "/s3".to_owned())].into();
        let at = |url: &str| Place::Anywhere(url.to_owned()).simulated(&places);
        assert!(
            matches!(at("http://10.9.9.9:9000/a"), Ok(Place::Simulated { path, .. }) if path == "/s3/a")
        );
        for url in [
            "http://10.9.9.9:9090/a",
            "http://10.9.9.9",
            "https://10.9.9.9:9000/a",
        ] {
            let refused = at(url).expect_err("no such port");
            assert_eq!(refused.kind, Kind::Unreachable, "{url}");
        }
        assert!(matches!(
            at("http://10.9.9.99:9000/a"),
            Ok(Place::Anywhere(_))
        ));
    }
}
