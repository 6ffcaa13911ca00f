//! Why a request got no answer, in words that say what to do.
use super::{Base, watch::Loss, wire};
use crate::{
    fault::{Fault, Kind},
    secret,
};
use reqwest::Url;
use std::{env, error::Error, io, time::Duration};

/// A request that got no whole answer.
pub(super) struct Lost {
    pub(super) fault: Fault,
    /// Not one byte of it reached a server.
    pub(super) never_sent: bool,
    /// The connection went away underneath it.
    pub(super) broken: bool,
}

impl Lost {
    pub(super) fn loss(&self) -> Loss {
        match (self.never_sent, self.broken) {
            (true, _) => Loss::NeverSent,
            (_, true) => Loss::Broken,
            _ => Loss::Unknown,
        }
    }

    /// The same fault as it was met before.
    pub(super) fn again(fault: Fault, loss: Loss) -> Self {
        Self {
            fault,
            never_sent: loss == Loss::NeverSent,
            broken: loss == Loss::Broken,
        }
    }
}

impl From<Fault> for Lost {
    fn from(fault: Fault) -> Self {
        Self {
            fault,
            never_sent: false,
            broken: false,
        }
    }
}

/// What had been asked, for the message.
pub(super) struct Asked<'a> {
    pub(super) line: &'a str,
    pub(super) url: &'a Url,
    pub(super) base: &'a Base,
    pub(super) service: Option<&'static str>,
    pub(super) timeout: Duration,
}

/// The URL without a password or token that somebody may have put there.
pub(super) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    let _ = url.set_username("");
    let _ = url.set_password(None);
    secret::hide(url.as_str()).into_owned()
}

/// All the causes of an error, outermost left out if it only repeats its URL.
pub(super) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        if parts.last().is_none_or(|last| !last.contains(&text)) {
            parts.push(text);
        }
        next = cause.source();
    }
    if parts.is_empty() {
        return error.to_string();
    }
    parts.join(": ")
}

/// The first cause of type `T`. An io::Error hides the error it carries from `source`, sometimes several deep.
fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(cause) = next {
        let carried = cause
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        let found = cause.downcast_ref::<T>().or_else(|| find::<T>(carried?));
        if found.is_some() {
            return found;
        }
        next = cause.source();
    }
    None
}

impl Asked<'_> {
    pub(super) fn lost(&self, error: &reqwest::Error) -> Lost {
        let system = find::<io::Error>(error).map(io::Error::kind);
        let fault = if error.is_timeout() {
            self.timeout(error)
        } else if let Some(tls) = find::<rustls::Error>(error) {
            self.tls(tls)
        } else if error.is_builder() {
            Fault::bad_argument(format!("{}: {}", self.line, chain(error)))
        } else if error.is_connect() {
            self.unreachable(error, system)
        } else if system.is_some() || error.is_body() || chain(error).contains("connection closed")
        {
            self.broken(error)
        } else {
            let message = format!("{} does not answer in HTTP", self.place());
            Fault::new(Kind::Protocol, message).hint(format!(
                "is another service listening there, or one that wants https? curl -v {}",
                self.place()
            ))
        };
        let broken = fault.kind == Kind::Unreachable && !error.is_connect();
        let mut fault = fault;
        if fault.cause.is_none() {
            fault = fault.cause(format!("{}: {}", self.line, chain(error)));
        }
        fault.service = self.service.map(str::to_owned);
        Lost {
            fault,
            never_sent: error.is_connect() && !error.is_timeout(),
            broken,
        }
    }

    /// Scheme, host and port.
    fn place(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    fn timeout(&self, error: &reqwest::Error) -> Fault {
        let place = self.place();
        if error.is_connect() {
            let message = format!("{place}: no connection within 10 s");
            let hint = match self.proxied() {
                Some(variable) => format!("{variable} names a proxy; does it answer?"),
                None => {
                    "is the address right, and no firewall between? -u URL names another".into()
                }
            };
            return Fault::new(Kind::Timeout, message).hint(hint);
        }
        let span = self.timeout;
        Fault::new(
            Kind::Timeout,
            format!("{place} did not answer within {span:?}"),
        )
        .hint("did it take effect? look first; `timeout: 2m` in ochami's config.yaml waits longer")
    }

    fn tls(&self, error: &rustls::Error) -> Fault {
        let text = error.to_string();
        let hint = match error {
            rustls::Error::InvalidCertificate(reason) => match reason {
                rustls::CertificateError::UnknownIssuer => {
                    "chami --cacert FILE names the CA to trust; -k trusts anybody".to_owned()
                }
                rustls::CertificateError::Expired
                | rustls::CertificateError::ExpiredContext { .. } => {
                    "the gateway needs a new certificate; is this machine's clock right?".to_owned()
                }
                rustls::CertificateError::NotValidForName
                | rustls::CertificateError::NotValidForNameContext { .. } => {
                    "the URL must have the name the certificate was made for".to_owned()
                }
                _ => "chami --cacert FILE names the CA to trust; -k trusts anybody".to_owned(),
            },
            rustls::Error::InvalidMessage(_) => {
                format!("is {} a plain http port?", self.place())
            }
            _ => format!(
                "openssl s_client -connect shows what {} offers",
                self.place()
            ),
        };
        Fault::new(Kind::Tls, format!("{}: {text}", self.place())).hint(hint)
    }

    fn unreachable(&self, error: &reqwest::Error, system: Option<io::ErrorKind>) -> Fault {
        let place = self.place();
        let why = chain(error);
        if let Some(variable) = self.proxied() {
            let host = self.url.host_str().unwrap_or_default();
            let message = format!("cannot reach {place} by way of the proxy that {variable} names");
            return Fault::new(Kind::Unreachable, message).hint(format!(
                "NO_PROXY={host} goes past it; unset {variable} if there is none"
            ));
        }
        let (what, hint) = if why.contains("dns error") {
            let host = self.url.host_str().unwrap_or_default();
            (
                format!("cannot reach {place}: the name {host} is not known here"),
                "check the name in -u or in the configuration, or add it to /etc/hosts",
            )
        } else if system == Some(io::ErrorKind::ConnectionRefused) {
            (
                format!("cannot reach {place}: nothing listens there (connection refused)"),
                "is the gateway running? -u URL names another one, --lab the simulated cluster",
            )
        } else {
            (
                format!("cannot reach {place}: {why}"),
                "is the address right, and the network up? -u URL names another gateway",
            )
        };
        Fault::new(Kind::Unreachable, what).hint(hint)
    }

    fn broken(&self, error: &reqwest::Error) -> Fault {
        let message = format!("{} broke the connection off", self.place());
        let doubt = if self.line.starts_with("GET ") {
            "ask again; if it stays so, look at the service's log"
        } else {
            "whether the request took effect is not known: look before you send it again"
        };
        Fault::new(Kind::Unreachable, message)
            .cause(format!("{}: {}", self.line, chain(error)))
            .hint(doubt)
    }

    /// The variable that sends this request by way of a proxy.
    fn proxied(&self) -> Option<String> {
        if wire::is_direct(self.url, self.base) || self.exempt() {
            return None;
        }
        let own = format!("{}_proxy", self.url.scheme());
        let names = [
            own.to_uppercase(),
            own,
            "ALL_PROXY".into(),
            "all_proxy".into(),
        ];
        names
            .into_iter()
            .find(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
    }

    /// Whether NO_PROXY names this host or a domain it is in.
    fn exempt(&self) -> bool {
        let host = self.url.host_str().unwrap_or_default();
        let list = env::var("NO_PROXY").or_else(|_| env::var("no_proxy"));
        let list = list.unwrap_or_default();
        list.split(',').map(str::trim).any(|entry| {
            let domain = entry.trim_start_matches("*.").trim_start_matches('.');
            let rest = host.strip_suffix(domain).unwrap_or("x");
            entry == "*" || (!domain.is_empty() && (rest.is_empty() || rest.ends_with('.')))
        })
    }
}
