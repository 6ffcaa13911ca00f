//! The connections: one kept pool per way of reaching a host, made at the first request that needs it.
//!
//! Reading the system's certificates costs more than a request to a lab, hence a plain http URL gets a client that
//! trusts nobody; the crypto provider is installed once, by whoever comes first.
use super::{Base, Options, Shared};
use crate::fault::{Fault, Kind};
use reqwest::{
    Certificate, Client, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect,
};
use std::{
    collections::{BTreeMap, HashMap},
    fs,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    sync::{Once, PoisonError},
    time::Duration,
};

/// Makes TLS possible in this process. Any part that speaks TLS may call it, any number of times.
pub fn provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Refused only if somebody was faster, and then there is one: all that matters.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    });
}

pub(super) type Kept = HashMap<Way, Client>;

/// How a host is reached: what must not be shared between connection pools.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Way {
    https: bool,
    /// Past any proxy.
    direct: bool,
    ca: Option<PathBuf>,
    pinned: Option<(String, IpAddr)>,
}

/// The pool for `url`.
pub(super) fn wire(shared: &Shared, url: &Url, base: &Base) -> Result<Client, Fault> {
    let way = way(shared, url, base);
    // A client is complete before it is kept, so that a panic elsewhere leaves nothing half done.
    let mut kept = shared.wires.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(client) = kept.get(&way) {
        return Ok(client.clone());
    }
    let client = make(&way, &shared.options)?;
    kept.insert(way, client.clone());
    Ok(client)
}

/// A connection that believes whoever answers, for a question that gives nothing away; not kept.
pub(super) fn blind(shared: &Shared, url: &Url, base: &Base) -> Result<Client, Fault> {
    let options = Options {
        insecure: true,
        ..shared.options.clone()
    };
    make(&way(shared, url, base), &options)
}

fn way(shared: &Shared, url: &Url, base: &Base) -> Way {
    let host = url.host_str().unwrap_or_default();
    let at_base = Url::parse(&base.url).is_ok_and(|base| base.host_str() == Some(host));
    Way {
        https: url.scheme() == "https",
        direct: is_direct(url, base),
        ca: shared
            .options
            .cacert
            .clone()
            .or_else(|| base.ca.clone().filter(|_| at_base)),
        pinned: base
            .address
            .filter(|_| at_base)
            .map(|address| (host.to_owned(), address)),
    }
}

/// Loopback and labs are never reached by way of a proxy.
pub(super) fn is_direct(url: &Url, base: &Base) -> bool {
    let host = url.host_str().unwrap_or_default();
    let at_base = Url::parse(&base.url).is_ok_and(|base| base.host_str() == Some(host));
    let plain = host.trim_start_matches('[').trim_end_matches(']');
    (at_base && base.address.is_some())
        || plain == "localhost"
        || plain.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn make(way: &Way, options: &Options) -> Result<Client, Fault> {
    provider();
    let mut builder = Client::builder()
        .user_agent(concat!("chami/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(10))
        .tcp_nodelay(true)
        .redirect(redirect::Policy::none());
    if way.direct {
        builder = builder.no_proxy();
    }
    if let Some((host, address)) = &way.pinned {
        builder = builder.resolve(host, SocketAddr::new(*address, 0));
    }
    if !options.names.is_empty() {
        builder = builder.dns_resolver(Names(options.names.clone()));
    }
    if !way.https {
        builder = builder.tls_certs_only([]);
    } else if options.insecure {
        builder = builder.tls_danger_accept_invalid_certs(true);
    } else if let Some(path) = &way.ca {
        builder = builder.tls_certs_only(certificates(path)?);
    }
    builder.build().map_err(|error| {
        Fault::new(Kind::Tls, "no TLS connection can be made from here")
            .cause(super::blame::chain(&error))
            .hint("chami --cacert FILE names the CA to trust")
    })
}

/// The system's resolver, and what stands in for it where it fails.
struct Names(BTreeMap<String, IpAddr>);

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let known = self.0.get(name.as_str()).copied();
        Box::pin(async move {
            match (tokio::net::lookup_host((name.as_str(), 0)).await, known) {
                (Ok(found), _) => Ok(Box::new(found.collect::<Vec<_>>().into_iter()) as Addrs),
                (Err(_), Some(address)) => {
                    Ok(Box::new([SocketAddr::new(address, 0)].into_iter()) as Addrs)
                }
                (Err(error), None) => Err(error.into()),
            }
        })
    }
}

fn certificates(path: &PathBuf) -> Result<Vec<Certificate>, Fault> {
    let pem = fs::read(path).map_err(|error| {
        Fault::io(path, &error).hint("the CA's certificate is read from there, in PEM form")
    })?;
    let found = Certificate::from_pem_bundle(&pem).unwrap_or_default();
    if found.is_empty() {
        let message = format!("{}: no certificate in PEM form in it", path.display());
        return Err(Fault::new(Kind::Tls, message)
            .hint("such a file holds -----BEGIN CERTIFICATE----- blocks"));
    }
    Ok(found)
}
