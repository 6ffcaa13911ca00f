//! What a lab is asked to be.
use super::{
    dirs::{Dirs, lab_name, plain_name},
    persist::Config,
};
use crate::{
    fault::{Fault, Kind},
    world::Machines,
};
use std::{
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
};

/// What is not given is as it was stored, or the default: auth on, seed 0, the tutorial's five machines.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// One of several labs of a user; none: the default one.
    pub name: Option<String>,
    /// A private lab that begins empty, whose clock stands still, and that is gone at the end.
    pub fresh: bool,
    pub auth: Option<bool>,
    pub seed: Option<u64>,
    pub nodes: Option<Machines>,
    /// Forgets a stored state.
    pub empty: bool,
    /// A state directory elsewhere.
    pub state: Option<PathBuf>,
    /// How it is reached; none: loopback, on the ports of the last owner or free ones.
    pub listen: Listen,
    /// A real interface that its DHCP and TFTP answer on.
    pub interface: Option<String>,
    /// Even where it may not be the only DHCP server.
    pub beside_another_server: bool,
    /// A folder of buckets with real files, which the artifact server has as well.
    pub artifacts: Option<PathBuf>,
    /// Where this user's labs are; none: as the environment says.
    pub dirs: Option<Dirs>,
}

#[derive(Clone, Debug, Default)]
pub struct Listen {
    pub address: Option<IpAddr>,
    /// 0: any free port.
    pub http: Option<u16>,
    pub https: Option<u16>,
    /// The control API wants no secret.
    pub open: bool,
}

impl Listen {
    pub(crate) fn ip(&self) -> IpAddr {
        self.address.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
    }
}

/// Where one lab keeps its things.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// `lab`, `lab-NAME`, or the state directory given.
    pub(crate) label: String,
    pub(crate) dir: PathBuf,
    pub(crate) card: PathBuf,
    pub(crate) keys: PathBuf,
}

impl Options {
    pub(crate) fn dirs(&self) -> Result<Dirs, Fault> {
        self.dirs.clone().map_or_else(Dirs::from_env, Ok)
    }

    /// Where the keys are, for a lab that keeps nothing else.
    pub(crate) fn keys(&self) -> Option<PathBuf> {
        self.dirs().ok().map(|dirs| dirs.keys())
    }

    pub(crate) fn place(&self) -> Result<Place, Fault> {
        if let Some(name) = &self.name {
            plain_name("lab", name)?;
        }
        let dirs = self.dirs()?;
        let label = lab_name(self.name.as_deref());
        let keys = dirs.keys();
        if let Some(dir) = &self.state {
            let dir = std::path::absolute(dir).map_err(|e| Fault::io(dir, &e))?;
            return Ok(Place {
                label: dir.display().to_string(),
                card: dir.join("lab.json"),
                dir,
                keys,
            });
        }
        let dir = dirs.state.join(&label);
        let card = dirs.runtime.as_ref().unwrap_or(&dir);
        Ok(Place {
            card: card.join(format!("{label}.json")),
            label,
            dir,
            keys,
        })
    }

    /// What the lab is to be, given what is stored of it.
    pub(crate) fn config(&self, stored: Option<&Config>) -> Result<Config, Fault> {
        let Some(stored) = stored else {
            let usual = Config::default();
            return Ok(Config {
                auth: self.auth.unwrap_or(usual.auth),
                seed: self.seed.unwrap_or(usual.seed),
                nodes: self.nodes.clone().unwrap_or(usual.nodes),
            });
        };
        let auth = |on: bool| if on { "on" } else { "off" };
        let differs = |flag: &str, asked: String, is: String| {
            let message =
                format!("--{flag} {asked} contradicts the stored lab, whose {flag} is {is}");
            Err(Fault::new(Kind::Conflict, message).hint(format!(
                "leave --{flag} out, or add --empty to begin anew and forget what is stored"
            )))
        };
        if let Some(asked) = self.auth.filter(|asked| *asked != stored.auth) {
            return differs("auth", auth(asked).into(), auth(stored.auth).into());
        }
        if let Some(asked) = self.seed.filter(|asked| *asked != stored.seed) {
            return differs("seed", asked.to_string(), stored.seed.to_string());
        }
        if let Some(asked) = self.nodes.as_ref().filter(|asked| **asked != stored.nodes) {
            return differs("nodes", asked.to_string(), stored.nodes.to_string());
        }
        Ok(stored.clone())
    }
}
