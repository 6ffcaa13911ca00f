//! The way to a target: requests, time and, where it is simulated, the lab itself.
use crate::{
    clock::{Clock, Pending, Wall},
    config::{Place, Target},
    fault::Fault,
    http::{self, Base, Http, Locate},
    lab::{self, Lab},
    tape::Player,
};
use std::{collections::BTreeMap, net::Ipv4Addr, path::PathBuf, sync::Arc, time::Duration};

/// How a target is reached. Nothing is opened before the first request.
#[derive(Clone)]
pub struct Way {
    pub http: Http,
    pub clock: Arc<dyn Clock>,
    /// None on a real cluster.
    pub lab: Option<Lab>,
}

/// What may be said about the way: who is believed, how long is waited.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// `--cacert`
    pub cacert: Option<PathBuf>,
    /// `-k`
    pub insecure: bool,
    /// `--timeout`
    pub timeout: Option<Duration>,
    /// `--retries`
    pub retries: Option<u32>,
}

impl Way {
    /// The way to a lab, with the tokens it mints.
    pub fn of_lab(lab: Lab) -> Self {
        Self {
            http: Http::new(
                Arc::new(lab.clone()),
                http::Options {
                    guarded: true,
                    places: places(),
                    ..http::Options::default()
                },
            ),
            clock: Arc::new(lab.clone()),
            lab: Some(lab),
        }
    }

    /// The way to a tape: no network, and time as it was.
    pub fn of_tape(player: &Arc<Player>) -> Self {
        Self {
            http: player.http(),
            clock: player.clone(),
            lab: None,
        }
    }

    pub fn to(target: &Target, trust: Trust) -> Self {
        let (locate, lab): (Arc<dyn Locate>, _) = match &target.place {
            Place::Gateway(url) => (Arc::new(gateway(url, target)), None),
            Place::Lab(name) => {
                let lab = Lab::new(lab::Options {
                    name: name.clone(),
                    ..lab::Options::default()
                });
                (of_lab(&lab, target), Some(lab))
            }
            Place::FreshLab => {
                let lab = Lab::new(lab::Options {
                    fresh: true,
                    ..lab::Options::default()
                });
                (of_lab(&lab, target), Some(lab))
            }
        };
        let options = http::Options {
            cacert: trust.cacert,
            insecure: trust.insecure,
            timeout: trust.timeout.unwrap_or(target.timeout),
            services: target.services.clone(),
            watch: http::Watch::default(),
            play: None,
            retries: trust.retries,
            guarded: true,
            names: [(lab::HOST.to_owned(), Ipv4Addr::LOCALHOST.into())].into(),
            places: if lab.is_some() {
                places()
            } else {
                BTreeMap::new()
            },
        };
        let clock: Arc<dyn Clock> = match &lab {
            Some(lab) => Arc::new(lab.clone()),
            None => Arc::new(Wall),
        };
        Self {
            http: Http::new(locate, options),
            clock,
            lab,
        }
    }
}

/// What a lab answers for: the head node as its nodes know it.
fn places() -> BTreeMap<String, String> {
    let at = |port: u16, path: &str| (format!("{}:{port}", lab::HEAD), path.to_owned());
    [at(8081, ""), at(9000, lab::S3)].into()
}

fn gateway(url: &str, target: &Target) -> Base {
    Base {
        url: url.to_owned(),
        token: target.token.clone().filter(|_| target.auth),
        variable: target.variable.clone(),
        ..Base::default()
    }
}

fn of_lab(lab: &Lab, target: &Target) -> Arc<dyn Locate> {
    let lab = lab.clone();
    match (&target.token, target.auth) {
        (None, true) => Arc::new(lab),
        (token, auth) => Arc::new(Armed {
            lab,
            token: token.clone().filter(|_| auth),
        }),
    }
}

/// A lab that is spoken to with the user's own token, or with none, instead of the one it would mint.
struct Armed {
    lab: Lab,
    token: Option<String>,
}

impl Armed {
    fn arm(&self, base: Base) -> Base {
        Base {
            token: self.token.clone(),
            ..base
        }
    }
}

impl Locate for Armed {
    fn base(&self) -> Pending<'_, Result<Base, Fault>> {
        Box::pin(async { Ok(self.arm(self.lab.base().await?)) })
    }

    fn at_hand(&self) -> Option<Base> {
        self.lab.at_hand().map(|base| self.arm(base))
    }

    fn again<'a>(&'a self, stale: &'a Base) -> Pending<'a, Result<Option<Base>, Fault>> {
        Box::pin(async { Ok(self.lab.again(stale).await?.map(|base| self.arm(base))) })
    }
}
