//! Which cluster a session talks to, and with whose token.
//!
//! A token belongs to one gateway. ochami takes the address from one cluster and the token from another when
//! `default-cluster` and `--cluster` differ; here both always come from the same entry, and a token from the environment
//! stays at home when `-u` points somewhere else.
use super::{Cluster, Config};
use crate::fault::{Fault, Kind};
use jiff::Timestamp;
use serde::Deserialize;
use std::{collections::BTreeMap, fmt, time::Duration};

/// What the command line said.
#[derive(Clone, Default)]
pub struct Ask {
    /// `-C/--cluster`.
    pub cluster: Option<String>,
    /// `-u/--cluster-uri`.
    pub uri: Option<String>,
    /// `--lab`, `--lab=NAME`, `--lab=fresh`.
    pub lab: Option<Place>,
    /// `-t/--token`.
    pub token: Option<String>,
    /// `--no-token`.
    pub no_token: bool,
}

/// Where the cluster is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The user's own lab of that name, or the one without a name.
    Lab(Option<String>),
    /// A lab for this process alone.
    FreshLab,
    /// A gateway, by its URL; empty when each service has an address of its own.
    Gateway(String),
}

/// What a session talks to.
#[derive(Clone, PartialEq)]
pub struct Target {
    /// For the prompt: `lab`, `demo`, or the host.
    pub name: String,
    pub place: Place,
    /// Named on the command line; a cluster that is only configured asks before the first write.
    pub explicit: bool,
    /// A token for exactly this target. A lab mints its own unless one is given.
    pub token: Option<String>,
    /// Whether tokens are wanted at all.
    pub auth: bool,
    /// The environment variable this target's token is read from.
    pub variable: Option<String>,
    /// Services with a URI of their own.
    pub services: BTreeMap<String, String>,
    pub timeout: Duration,
}

/// A token is never shown, not even to a developer.
impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target")
            .field("name", &self.name)
            .field("place", &self.place)
            .field("explicit", &self.explicit)
            .field("token", &self.token.as_ref().map(|_| "(hidden)"))
            .field("auth", &self.auth)
            .field("services", &self.services)
            .finish_non_exhaustive()
    }
}

impl Ask {
    /// Picks the target: command line, then the configuration's default cluster, then the lab.
    /// `env` reads an environment variable.
    pub fn target(
        &self,
        config: &Config,
        env: impl Fn(&str) -> Option<String>,
    ) -> Result<Target, Fault> {
        self.sound()?;
        let mut target = match (&self.cluster, &self.uri, &self.lab, &config.default_cluster) {
            (Some(name), uri, _, _) => of_cluster(config, name, uri.as_deref(), true)?,
            (None, Some(uri), _, _) => of_uri(config, uri)?,
            (None, None, Some(place), _) => of_lab(place.clone()),
            (None, None, None, Some(name)) => of_cluster(config, name, None, false)?,
            (None, None, None, None) => of_lab(Place::Lab(None)),
        };
        target.timeout = config.timeout.unwrap_or(target.timeout);
        if self.no_token {
            target.auth = false;
        }
        if let Some(token) = &self.token {
            target.token = Some(token.trim().to_owned());
            target.auth = true;
        } else if target.auth
            && let Some(name) = &target.variable
        {
            let found = env(name).map(|token| token.trim().to_owned());
            target.token = found.filter(|token| !token.is_empty());
        }
        Ok(target)
    }

    /// Refuses what cannot all be meant.
    fn sound(&self) -> Result<(), Fault> {
        let both = |one: &str, other: &str| {
            Fault::bad_argument(format!("{one} and {other} cannot both be meant"))
                .hint(format!("leave {one} or {other} out"))
        };
        if self.lab.is_some() && self.cluster.is_some() {
            return Err(both("--lab", "--cluster"));
        }
        if self.lab.is_some() && self.uri.is_some() {
            return Err(both("--lab", "--cluster-uri"));
        }
        if self.token.is_some() && self.no_token {
            return Err(both("--token", "--no-token"));
        }
        Ok(())
    }
}

fn of_lab(place: Place) -> Target {
    let name = match &place {
        Place::Lab(Some(name)) => format!("lab-{name}"),
        _ => "lab".to_owned(),
    };
    Target {
        name,
        place,
        explicit: true,
        token: None,
        auth: true,
        variable: None,
        services: BTreeMap::new(),
        timeout: Duration::from_secs(30),
    }
}

fn of_cluster(
    config: &Config,
    name: &str,
    uri: Option<&str>,
    explicit: bool,
) -> Result<Target, Fault> {
    let Some(cluster) = config.cluster(name) else {
        let files: Vec<String> = config
            .read
            .iter()
            .map(|p| p.display().to_string())
            .collect();
        let message = match files.as_slice() {
            [] => {
                format!("no cluster \"{name}\": there is no configuration of ochami to find it in")
            }
            files => format!("no cluster \"{name}\" in {}", files.join(" and ")),
        };
        let names = config.clusters.iter().map(|cluster| cluster.name.as_str());
        let fault = Fault::bad_argument(message).did_you_mean(name, names);
        return Err(match fault.hint {
            Some(_) => fault,
            None => fault.hint("-u URL needs no configuration; without both the lab answers"),
        });
    };
    let place = match uri.or(cluster.uri.as_deref()) {
        Some(uri) => gateway(uri)?,
        None if cluster.services.values().any(|uri| uri.contains("://")) => String::new(),
        None => {
            let message = format!("cluster \"{name}\" has no uri in the configuration");
            return Err(Fault::bad_argument(message).hint(
                "ochami config cluster set NAME cluster.uri https://…:8443, or give -u URL",
            ));
        }
    };
    let at_home = uri.is_none_or(|uri| is_home(cluster, uri));
    Ok(Target {
        name: name.to_owned(),
        place: Place::Gateway(place),
        explicit,
        token: None,
        auth: cluster.enable_auth,
        variable: at_home.then(|| variable(name)),
        services: of_gateway(cluster, at_home),
        timeout: Duration::from_secs(30),
    })
}

/// The services with a URI of their own. Elsewhere than at home those with a whole address stay behind: they would lead
/// back to the cluster that `-u` leads away from.
fn of_gateway(cluster: &Cluster, at_home: bool) -> BTreeMap<String, String> {
    let mut services = cluster.services.clone();
    services.retain(|_, uri| at_home || !uri.contains("://"));
    services
}

/// A gateway given by its URL; when it is a configured cluster's, that cluster's token and services are meant.
fn of_uri(config: &Config, uri: &str) -> Result<Target, Fault> {
    let url = gateway(uri)?;
    if let Some(cluster) = config.clusters.iter().find(|cluster| is_home(cluster, uri)) {
        return of_cluster(config, &cluster.name, Some(uri), true);
    }
    let host = url.split("://").nth(1).unwrap_or(&url);
    let host = host.rsplit('@').next().unwrap_or(host);
    let name = host.split(['/', '.']).next().unwrap_or(host);
    let is_address = name.bytes().all(|byte| byte.is_ascii_digit());
    Ok(Target {
        name: if is_address { host } else { name }.to_owned(),
        place: Place::Gateway(url),
        explicit: true,
        token: None,
        auth: true,
        variable: None,
        services: BTreeMap::new(),
        timeout: Duration::from_secs(30),
    })
}

/// Whether `uri` is this cluster's own gateway.
fn is_home(cluster: &Cluster, uri: &str) -> bool {
    let plain = |uri: &str| uri.trim_end_matches('/').to_ascii_lowercase();
    cluster.uri.as_deref().map(plain) == Some(plain(uri))
}

fn gateway(uri: &str) -> Result<String, Fault> {
    let rest = uri
        .strip_prefix("https://")
        .or_else(|| uri.strip_prefix("http://"));
    match rest {
        Some(rest) if !rest.is_empty() && !rest.starts_with('/') => {
            Ok(uri.trim_end_matches('/').to_owned())
        }
        _ => Err(
            Fault::bad_argument(format!("\"{uri}\" is no URL of a gateway"))
                .hint("a gateway's URL looks like https://demo.openchami.cluster:8443"),
        ),
    }
}

/// `demo` → `DEMO_ACCESS_TOKEN`, as ochami spells it.
pub fn variable(cluster: &str) -> String {
    let name = cluster.to_uppercase().replace(['-', ' '], "_");
    format!("{name}_ACCESS_TOKEN")
}

/// When a token ends, if it says so; its signature is not looked at.
pub fn expiry(token: &str) -> Result<Option<Timestamp>, Fault> {
    #[derive(Deserialize)]
    struct Claims {
        exp: Option<f64>,
    }
    let claims: Claims = jsonwebtoken::dangerous::insecure_decode_claims(token).map_err(|_| {
        Fault::new(Kind::Unauthorized, "this is no token (JWT)")
            .hint("a token is three dotted words of which the first two begin with eyJ")
    })?;
    #[allow(clippy::cast_possible_truncation)]
    // seconds; a saturated one is out of Timestamp's range and None
    let seconds = claims.exp.map(|exp| exp as i64);
    Ok(seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()))
}
