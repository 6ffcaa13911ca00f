//! Requests to services: one `send` that turns any failure into a Fault.
//!
//! Knows no service and no lab. Where the gateway answers (URL, CA, token) is asked of a `Locate` at each request, so
//! that nothing starts before the first one, and a lab that changed hands is found again. A service's client says what
//! to ask and what comes back:
//!
//! ```ignore
//! let smd = http.service("smd", "/hsm/v2");
//! let one: Component = smd.get(&["State", "Components", id]).send().await?;
//! smd.patch(&["State", "Components", "BulkRole"]).json(&body).nothing().await?;
//! ```
mod answer;
mod awaited;
mod blame;
mod body;
mod denied;
#[cfg(test)]
mod peer;
mod purse;
mod request;
mod retry;
mod skew;
#[cfg(test)]
mod tests;
mod told;
mod watch;
mod wire;

pub use answer::Answer;
pub use purse::{Pass, Renew};
pub use request::{Event, Events, Request};
pub use told::{Told, is_tool};
pub use watch::{Body, Exchange, Loss, Outcome, Play, Watch, Watcher};
pub use wire::provider;

use crate::{clock::Pending, fault::Fault};
use std::{
    any::{Any, TypeId},
    collections::{BTreeMap, HashMap},
    fmt,
    net::IpAddr,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// Where the cluster's gateway is at this moment, and how to be let in.
#[derive(Clone, Default)]
pub struct Base {
    /// The gateway's URL, `https://demo.openchami.cluster:8443`.
    pub url: String,
    /// A bearer token for exactly this gateway.
    pub token: Option<String>,
    /// The environment variable such a token is read from, to name it when one is missing.
    pub variable: Option<String>,
    /// Where the URL's host is, when neither DNS nor a proxy is to be asked for it: a lab.
    pub address: Option<IpAddr>,
    /// The CA that signed this gateway's certificate, when it is known without `--cacert`.
    pub ca: Option<PathBuf>,
    /// The secret of a lab's control API.
    pub control: Option<String>,
}

impl Base {
    /// Whether this is the gateway of a lab.
    pub fn is_lab(&self) -> bool {
        self.address.is_some()
    }
}

/// A token is never shown, not even to a developer.
impl fmt::Debug for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Base")
            .field("url", &self.url)
            .field("token", &self.token.as_ref().map(|_| "(hidden)"))
            .field("address", &self.address)
            .field("ca", &self.ca)
            .finish_non_exhaustive()
    }
}

/// Finds the gateway; a lab is started by the first call.
pub trait Locate: Send + Sync {
    fn base(&self) -> Pending<'_, Result<Base, Fault>>;

    /// The gateway, if it is known without starting anything.
    fn at_hand(&self) -> Option<Base> {
        None
    }

    /// Asked when nothing listens at `stale` any more: where the gateway is now, or None when there is nothing to try.
    fn again<'a>(&'a self, _stale: &'a Base) -> Pending<'a, Result<Option<Base>, Fault>> {
        Box::pin(async { Ok(None) })
    }
}

/// A gateway that is where it is.
impl Locate for Base {
    fn base(&self) -> Pending<'_, Result<Base, Fault>> {
        Box::pin(async { Ok(self.clone()) })
    }

    fn at_hand(&self) -> Option<Base> {
        Some(self.clone())
    }
}

/// What the user may say about all requests.
#[derive(Clone)]
pub struct Options {
    /// `--cacert`: only this CA is believed.
    pub cacert: Option<PathBuf>,
    /// `-k`: any certificate is believed.
    pub insecure: bool,
    /// Wall time for one request, answer included.
    pub timeout: Duration,
    /// A service's own URI from the configuration: absolute, or the path below the gateway.
    pub services: BTreeMap<String, String>,
    /// How often a request is repeated that can be; none: reads twice, when the other side came to harm.
    pub retries: Option<u32>,
    /// Whether this is the way to the target, whose state a plan must not change.
    pub guarded: bool,
    /// Names this machine may not know, and where they are then: the lab's certificate bears one.
    pub names: BTreeMap<String, IpAddr>,
    /// Addresses that a lab answers in place of the network, `172.16.0.254:9000`, and under which path of its own.
    pub places: BTreeMap<String, String>,
    /// Who is told of the exchanges.
    pub watch: Watch,
    /// Answers in place of the network: a tape.
    pub play: Option<Arc<dyn Play>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cacert: None,
            insecure: false,
            timeout: Duration::from_secs(30),
            services: BTreeMap::new(),
            retries: None,
            guarded: false,
            names: BTreeMap::new(),
            places: BTreeMap::new(),
            watch: Watch::default(),
            play: None,
        }
    }
}

/// The client half of the wire, shared by all services; cheap to clone.
#[derive(Clone)]
pub struct Http {
    shared: Arc<Shared>,
}

struct Shared {
    locate: Arc<dyn Locate>,
    options: Options,
    wires: Mutex<wire::Kept>,
    purse: purse::Purse,
    kept: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

impl Http {
    /// Starts nothing and reads nothing: all that waits for the first request.
    pub fn new(locate: Arc<dyn Locate>, options: Options) -> Self {
        let wires = Mutex::default();
        Self {
            shared: Arc::new(Shared {
                locate,
                options,
                wires,
                purse: purse::Purse::default(),
                kept: Mutex::default(),
            }),
        }
    }

    /// A fixed gateway with default options.
    pub fn at(base: Base) -> Self {
        Self::new(Arc::new(base), Options::default())
    }

    pub fn options(&self) -> &Options {
        &self.shared.options
    }

    /// Where requests go now; starts a lab that is not yet running.
    pub async fn base(&self) -> Result<Base, Fault> {
        Ok(self.armed(self.shared.locate.base().await?))
    }

    /// Whether requests can go out without anything being started first.
    pub fn at_hand(&self) -> bool {
        self.shared.locate.at_hand().is_some()
    }

    /// The CA that the gateway's certificate is held against, where it is not the system's.
    pub fn ca(&self) -> Option<PathBuf> {
        let said = self.options().cacert.clone();
        said.or_else(|| self.shared.locate.at_hand()?.ca)
    }

    /// What a service keeps for as long as the session lasts, one of each sort; made when it is first asked for.
    pub fn kept<T: Any + Default + Send + Sync>(&self) -> Arc<T> {
        let mut kept = self
            .shared
            .kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let made = || -> Arc<dyn Any + Send + Sync> { Arc::new(T::default()) };
        let one = kept.entry(TypeId::of::<T>()).or_insert_with(made);
        Arc::clone(one).downcast().unwrap_or_default()
    }

    /// The same gateway with the token that the session was given.
    fn armed(&self, base: Base) -> Base {
        match self.shared.purse.pass() {
            Some(pass) => Base {
                token: Some(pass.token),
                ..base
            },
            None => base,
        }
    }

    /// The requests of one service, under `path` of the gateway unless the configuration says otherwise.
    pub fn service(&self, name: &'static str, path: &'static str) -> Api {
        Api {
            http: self.clone(),
            name,
            path,
        }
    }

    /// A request to any URL, or to a path of the gateway; the token goes along to the gateway only.
    pub fn url(&self, method: &str, url: &str) -> Request {
        let place = if url.starts_with('/') {
            request::Place::Gateway(url.to_owned())
        } else {
            request::Place::Anywhere(url.to_owned())
        };
        Request::new(self.clone(), None, method, Ok(place))
    }
}

/// The requests of one service. A path is given in pieces, which are encoded, so that no name can lead elsewhere.
#[derive(Clone)]
pub struct Api {
    http: Http,
    name: &'static str,
    path: &'static str,
}

impl Api {
    pub fn get(&self, path: &[&str]) -> Request {
        self.request("GET", path)
    }

    pub fn post(&self, path: &[&str]) -> Request {
        self.request("POST", path)
    }

    pub fn put(&self, path: &[&str]) -> Request {
        self.request("PUT", path)
    }

    pub fn patch(&self, path: &[&str]) -> Request {
        self.request("PATCH", path)
    }

    pub fn delete(&self, path: &[&str]) -> Request {
        self.request("DELETE", path)
    }

    fn request(&self, method: &str, path: &[&str]) -> Request {
        let root = self.http.shared.options.services.get(self.name);
        let root = root.map_or(self.path, String::as_str);
        let place = request::below(root, path);
        Request::new(self.http.clone(), Some(self.name), method, place)
    }
}
