//! Which coredhcp.yaml the lab's server has, whether it runs with it, and whether it hears the nodes.
//!
//! A configuration that no server starts with is kept as well, as a file on a head node would be: then nobody answers, and
//! whoever looks is told why.
use crate::{
    fault::Fault,
    services::{
        coresmd::{
            config::{self, Config, Kind, Read, Server},
            engine::Event,
            store::{CONFIG, Store},
            types::{Does, Finding, Running, Version},
        },
        site::Ground,
    },
    table::Shelf,
};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

/// The interfaces of the lab's head node: itself, the house's network, the nodes' bridge.
const INTERFACES: [&str; 3] = ["lo", "eth0", "virbr-openchami"];
/// Where DHCP servers are asked.
const PORT: u16 = 67;

/// The configuration as text and as read.
pub(super) struct Setup {
    pub(super) text: String,
    /// Of which beginning.
    base: u64,
    pub(super) config: Config,
    /// Why the server does not run.
    dead: Option<String>,
    /// Why it does not hear what nodes broadcast.
    deaf: Option<String>,
    log: Vec<Event>,
}

impl Setup {
    fn read(text: &str, base: &Base) -> Self {
        let read = config::read(text, Some(base.version), Some(&base.interfaces));
        let dead = read.why();
        let dead = dead.map(|why| format!("coredhcp does not start: {why}"));
        let Read {
            config, findings, ..
        } = read;
        let unheard = match &config.server4 {
            _ if dead.is_some() => None,
            None => Some("coredhcp has no server4, so it answers no DHCPv4".to_owned()),
            Some(server) => deaf(server, &base.bridge),
        };
        Self {
            text: text.to_owned(),
            base: base.number,
            config,
            dead,
            deaf: unheard,
            log: findings.iter().flat_map(logged).collect(),
        }
    }

    pub(super) fn runs(&self) -> bool {
        self.dead.is_none()
    }

    /// Why a node that asks gets no answer; none: it gets one.
    pub(super) fn silence(&self) -> Option<&str> {
        self.dead.as_deref().or(self.deaf.as_deref())
    }

    /// How long what was heard of SMD counts.
    pub(super) fn valid(&self) -> i64 {
        let plugins = self
            .config
            .server4
            .iter()
            .flat_map(|server| &server.plugins);
        let coresmd = plugins.filter_map(|plugin| match &plugin.kind {
            Kind::Coresmd(coresmd) => Some(coresmd.cache_valid.as_seconds()),
            _ => None,
        });
        coresmd.max().unwrap_or(30)
    }
}

/// Whether it listens where nodes broadcast, and if not where.
fn deaf(server: &Server, bridge: &str) -> Option<String> {
    let mut places = Vec::new();
    for listen in &server.listen {
        let here = listen.interface.is_empty() || listen.interface == bridge;
        if here && listen.ip.is_unspecified() && listen.port == PORT {
            return None;
        }
        let interface = Some(&listen.interface).filter(|it| !it.is_empty());
        let place = interface.map_or_else(|| listen.ip.to_string(), |it| format!("%{it}"));
        places.push(match listen.port {
            PORT => place,
            port => format!("{place}:{port}"),
        });
    }
    let places = places.join(" and ");
    (!places.is_empty()).then(|| {
        format!("coredhcp listens on {places} alone, and what nodes ask comes on %{bridge}")
    })
}

/// What the server writes about it.
fn logged(finding: &Finding) -> impl Iterator<Item = Event> {
    let event = match finding.does {
        Does::Die => Event::fatal,
        Does::Skip => Event::refused,
        Does::Start => Event::doubtful,
    };
    finding.log.iter().map(move |line| event(line))
}

/// What the server begins with, and the machine it stands on.
struct Base {
    text: String,
    bridge: String,
    /// Real machines ask there.
    wire: bool,
    interfaces: Vec<String>,
    /// The program is of this one, whatever a file is written for.
    version: Version,
    /// What a configuration that somebody gives it is kept as: on a real network none counts that was given for another.
    name: String,
    /// Which beginning this is.
    number: u64,
}

/// The server's configuration: what it began with, or what somebody gave it since, which the store keeps.
pub(super) struct Bench {
    shelf: Shelf<Store>,
    base: RwLock<Base>,
    setup: RwLock<Arc<Setup>>,
}

impl Bench {
    pub(super) fn new(shelf: Shelf<Store>, text: String) -> Self {
        let base = Base::of(text, INTERFACES.map(str::to_owned).to_vec());
        let setup = Arc::new(Setup::read(&base.text, &base));
        Self {
            shelf,
            base: RwLock::new(base),
            setup: RwLock::new(setup),
        }
    }

    fn base(&self) -> RwLockReadGuard<'_, Base> {
        self.base.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// It begins anew, for real machines, on one with these interfaces.
    pub(super) fn begin_with(&self, ground: Ground) {
        let base = Base {
            wire: true,
            name: format!("{CONFIG} {}", ground.place),
            number: self.base().number + 1,
            ..Base::of(ground.text, ground.interfaces)
        };
        *self.base.write().unwrap_or_else(PoisonError::into_inner) = base;
    }

    /// Gives it another one; none: what it began with.
    pub(super) fn give(&self, text: Option<String>) -> Result<(), Fault> {
        let name = self.base().name.clone();
        self.shelf.write(|store| {
            store.configure(&name, text);
            Ok(())
        })
    }

    /// How it is now, and whether it was read anew just now, as by a server that starts.
    pub(super) fn now(&self) -> (Arc<Setup>, bool) {
        let base = self.base();
        let known = Arc::clone(&self.setup.read().unwrap_or_else(PoisonError::into_inner));
        let other = self.shelf.read(|store| {
            let text = store.config(&base.name).unwrap_or(&base.text);
            (text != known.text || base.number != known.base).then(|| text.to_owned())
        });
        let Some(text) = other else {
            return (known, false);
        };
        let setup = Arc::new(Setup::read(&text, &base));
        *self.setup.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&setup);
        (setup, true)
    }

    /// As it is told.
    pub(super) fn told(&self) -> Running {
        let (setup, _) = self.now();
        let base = self.base();
        Running {
            running: setup.dead.is_none(),
            why: setup.silence().map(str::to_owned),
            bridge: base.bridge.clone(),
            wire: base.wire,
            interfaces: base.interfaces.clone(),
            version: base.version,
            config: setup.text.clone(),
        }
    }
}

impl Setup {
    /// What its start writes to the log.
    pub(super) fn log(&self) -> Vec<Event> {
        self.log.clone()
    }
}

impl Base {
    /// The first interface that is listened on is the nodes' bridge.
    fn of(text: String, mut interfaces: Vec<String>) -> Self {
        let read = config::read(&text, None, None);
        let listen = read.config.server4.iter().flat_map(|it| &it.listen);
        let named = listen.map(|it| &it.interface).find(|it| !it.is_empty());
        let bridge = named.map_or(INTERFACES[2], String::as_str).to_owned();
        interfaces.push(bridge.clone());
        interfaces.sort();
        interfaces.dedup();
        Self {
            version: read.config.version,
            text,
            bridge,
            wire: false,
            interfaces,
            name: CONFIG.to_owned(),
            number: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        services::coresmd::render::{Wanted, render},
        table::Forget,
    };

    fn listening(interface: &str) -> String {
        let wanted = Wanted {
            interface: interface.to_owned(),
            ..Wanted::default()
        };
        render(&wanted).expect("a configuration")
    }

    #[test]
    fn who_does_not_hear_nodes_says_why() {
        let shelf = Shelf::new("dhcp", Store::default(), Arc::new(Forget));
        let bench = Bench::new(shelf, listening("virbr-openchami"));
        let given = |text: Option<&str>| {
            bench.give(text.map(str::to_owned)).expect("written");
            let told = bench.told();
            (told.running, told.why.unwrap_or_default())
        };
        assert_eq!(given(None), (true, String::new()));
        let other = listening("eth0");
        let why = "coredhcp listens on %eth0 alone, and what nodes ask comes on %virbr-openchami";
        assert_eq!(given(Some(&other)), (true, why.to_owned()));
        let port = other.replace("%eth0", "0.0.0.0:6767");
        assert!(given(Some(&port)).1.contains("0.0.0.0:6767 alone"));
        let (running, why) = given(Some(&listening("virbr-opnchami")));
        assert!(
            !running && why.contains("no interface virbr-opnchami"),
            "{why}"
        );
        assert!(bench.now().0.log().iter().any(|it| it.level == "fatal"));
        assert!(!given(Some("server4:\n")).0);
        assert_eq!(given(None).1, "");
    }

    fn begin(bench: &Bench, interface: &str) {
        bench.begin_with(Ground {
            text: listening(interface),
            place: format!("{interface} 172.16.0.254:8081"),
            interfaces: ["br0", "br1", "wlan0"].map(str::to_owned).to_vec(),
        });
    }

    #[test]
    fn on_a_real_machine_counts_what_was_made_or_given_for_it() {
        let shelf = Shelf::new("dhcp", Store::default(), Arc::new(Forget));
        let bench = Bench::new(shelf, listening("virbr-openchami"));
        let give = |text: &str| bench.give(Some(text.to_owned())).expect("written");
        let told = || {
            let told = bench.told();
            (told.running, told.why.unwrap_or_default())
        };
        give(&listening("eth0"));
        begin(&bench, "br0");
        assert_eq!(
            told(),
            (true, String::new()),
            "the lab's own does not count"
        );
        assert_eq!(bench.told().interfaces, ["br0", "br1", "wlan0"]);
        give(&listening("wlan0"));
        assert!(told().1.ends_with("comes on %br0"));
        give(&listening("eth0"));
        let (running, why) = told();
        assert!(!running && why.contains("no interface eth0"), "{why}");
        // The text is the same, and means another thing.
        give(&listening("br1"));
        assert!(told().1.ends_with("comes on %br0"));
        begin(&bench, "br1");
        assert_eq!(told(), (true, String::new()));
        begin(&bench, "br0");
        assert!(told().1.ends_with("comes on %br0"), "it was given for it");
        bench.give(None).expect("written");
        assert_eq!(told(), (true, String::new()));
    }
}
