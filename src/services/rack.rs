//! The machines in the rack as their hypervisor drives them: they come and go, are switched, and show a console. The lab
//! lends this to the one service that stands for the hypervisor; to all others machines are what their APIs tell.
use crate::{
    clock::Pending,
    fault::{Fault, Kind},
    world::Machine,
};
use jiff::Timestamp;
use std::{net::Ipv4Addr, sync::Arc};
use uuid::Uuid;

/// A machine as it is now.
#[derive(Clone, Debug)]
pub struct Seen {
    pub machine: Machine,
    /// Counts its boots.
    pub boots: u64,
    /// When the present one began.
    pub started: Option<Timestamp>,
    pub ip: Option<String>,
    /// Whether a system runs on it that can be asked to shut down.
    pub is_up: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    On,
    Off,
    Reset,
}

/// What a definition says of a machine.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub name: String,
    pub mac: String,
    pub uuid: Uuid,
}

/// How a machine is built and plugged in, by its definition: what its boot depends on and no service tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    pub mib: u64,
    /// Whether it has a serial port for somebody to look at.
    pub serial: bool,
    pub link: Link,
}

/// What its card is plugged into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// The nodes' network, where coresmd answers.
    Nodes,
    /// Nothing that is up.
    Dead { network: String },
    /// A network on which the hypervisor's own DHCP server is the first to answer, or the only one.
    Foreign {
        network: String,
        server: Ipv4Addr,
        ip: Ipv4Addr,
    },
    /// Another network, on which nobody answers.
    Silent { network: String },
}

impl Default for Built {
    fn default() -> Self {
        Self {
            mib: 4096,
            serial: true,
            link: Link::Nodes,
        }
    }
}

/// Tells how a machine is built, by its name.
pub type Builds = Arc<dyn Fn(&str) -> Built + Send + Sync>;

pub trait Rack: Send + Sync {
    /// From now on this tells how machines are built.
    fn plug(&self, _: Builds) {}

    fn all(&self) -> Vec<Seen>;

    /// The machine of a name, and the how manieth it is.
    fn one(&self, name: &str) -> Option<(usize, Seen)> {
        let mut all = self.all().into_iter().enumerate();
        all.find(|(_, seen)| seen.machine.name == name)
    }

    /// What its serial console shows of its last boot.
    fn console(&self, name: &str) -> String;

    /// Puts a new machine into the next free place, or changes the one of that name.
    fn put(&self, wanted: Wanted) -> Result<(), Fault>;

    fn remove(&self, name: &str) -> Result<(), Fault>;

    fn switch<'a>(&'a self, name: &'a str, action: Action) -> Pending<'a, Result<(), Fault>>;
}

/// Has no machines: unit tests of services that drive none.
#[derive(Debug)]
pub struct NoRack;

impl NoRack {
    fn none() -> Fault {
        Fault::new(Kind::Unsupported, "there is no rack here")
    }
}

impl Rack for NoRack {
    fn all(&self) -> Vec<Seen> {
        Vec::new()
    }

    fn console(&self, _: &str) -> String {
        String::new()
    }

    fn put(&self, _: Wanted) -> Result<(), Fault> {
        Err(Self::none())
    }

    fn remove(&self, _: &str) -> Result<(), Fault> {
        Err(Self::none())
    }

    fn switch<'a>(&'a self, _: &'a str, _: Action) -> Pending<'a, Result<(), Fault>> {
        Box::pin(async { Err(Self::none()) })
    }
}
