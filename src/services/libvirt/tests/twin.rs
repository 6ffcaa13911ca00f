//! What the twin answers.
use super::{Stand, twin};
use crate::{
    fault::{Fault, Kind},
    services::libvirt::{
        client::At,
        types::{
            Address, Call, Change, Chunk, Dominfo, Event, Listed, NetInfo, Nvram, Opened, Watching,
        },
        xml::install,
    },
};
use serde_json::Value;

fn named(name: &str) -> String {
    name.to_owned()
}

async fn refused(at: &At, call: Call) -> Fault {
    at.ask::<Value>(call).await.expect_err("refused")
}

#[tokio::test]
async fn domains_are_machines_and_starting_one_is_switching_it_on() {
    let stand = Stand::new();
    let at = twin(&stand).await;
    let all = || Call::List {
        all: true,
        inactive: false,
    };
    let list: Vec<Listed> = at.ask(all()).await.expect("listed");
    assert_eq!(list.len(), 3);
    assert!(
        list.iter()
            .all(|it| it.state == "shut off" && it.id.is_none())
    );
    let info: Dominfo = at
        .ask(Call::Start {
            domain: named("compute2"),
        })
        .await
        .expect("started");
    assert_eq!((info.state.as_str(), info.id), ("running", Some(2)));
    let list: Vec<Listed> = at.ask(all()).await.expect("listed");
    assert_eq!(list[0].name, "compute2", "what runs goes first");
    let again = refused(&at, Call::Start { domain: named("2") }).await;
    assert_eq!(again.kind, Kind::Conflict, "by its number");
    let unknown = refused(
        &at,
        Call::Start {
            domain: named("compute22"),
        },
    )
    .await;
    assert_eq!(unknown.hint.as_deref(), Some("did you mean compute2?"));
    // Nobody listens before a system is up.
    let info: Dominfo = at
        .ask(Call::Shutdown {
            domain: named("compute2"),
        })
        .await
        .expect("asked");
    assert_eq!(info.state, "running");
    *stand.up.lock().expect("unpoisoned") = true;
    let domifaddr = |source: &str| Call::Domifaddr {
        domain: named("compute2"),
        source: named(source),
    };
    let found: Vec<Address> = at.ask(domifaddr("arp")).await.expect("answered");
    assert_eq!(found[0].address, "172.16.0.1/0");
    let found: Vec<Address> = at.ask(domifaddr("lease")).await.expect("answered");
    assert_eq!(found, [], "libvirt lent none");
    let info: Dominfo = at
        .ask(Call::Shutdown {
            domain: named("compute2"),
        })
        .await
        .expect("asked");
    assert_eq!(info.state, "shut off");
    for call in [
        Call::Destroy {
            domain: named("compute2"),
        },
        Call::Reset {
            domain: named("compute2"),
        },
        Call::ConsoleOpen {
            domain: named("compute2"),
            force: false,
        },
        domifaddr("arp"),
    ] {
        assert_eq!(refused(&at, call).await.kind, Kind::Conflict);
    }
}

#[tokio::test]
async fn a_definition_puts_a_machine_into_the_rack_and_undefine_takes_it_out() {
    let stand = Stand::new();
    let at = twin(&stand).await;
    let order = install::Order {
        name: named("login"),
        network: Some(named("openchami-net")),
        ..install::Order::default()
    };
    let info = at.install(&order).await.expect("installed");
    assert_eq!(info.state, "running");
    let again = at.install(&order).await.expect_err("it is there");
    assert_eq!(again.kind, Kind::Conflict);
    let xml: String = at
        .ask(Call::Dumpxml {
            domain: named("login"),
            inactive: true,
        })
        .await
        .expect("told");
    assert!(
        xml.contains("<mac address='52:54:00:"),
        "it was given one: {xml}"
    );
    let gone = || Call::Undefine {
        domain: named("login"),
        nvram: Nvram::Remove,
    };
    assert_eq!(refused(&at, gone()).await.kind, Kind::Conflict, "it runs");
    at.ask::<Value>(Call::Destroy {
        domain: named("login"),
    })
    .await
    .expect("off");
    at.ask::<Value>(gone()).await.expect("gone");
    assert_eq!(refused(&at, gone()).await.kind, Kind::NotFound);
    let info: Dominfo = at
        .ask(Call::Define { xml: xml.clone() })
        .await
        .expect("defined again");
    let same: String = at
        .ask(Call::Dumpxml {
            domain: named("login"),
            inactive: true,
        })
        .await
        .expect("told");
    assert_eq!(same, xml);
    // Another UUID is another machine, which cannot have this name.
    let other = xml.replace(&info.uuid, "00000000-0000-4000-8000-000000000001");
    assert_eq!(
        refused(&at, Call::Define { xml: other }).await.kind,
        Kind::Conflict
    );
    let taken = xml.replace("<name>login", "<name>login2");
    assert_eq!(
        refused(&at, Call::Define { xml: taken }).await.kind,
        Kind::Conflict
    );
    for (odd, kind) in [
        ("<network/>", Kind::BadArgument),
        ("<domain/>", Kind::BadArgument),
        (
            "<domain><name>x</name><uuid>y</uuid></domain>",
            Kind::BadArgument,
        ),
        ("<domain><name>x</name></domain>", Kind::Unsupported),
    ] {
        assert_eq!(
            refused(&at, Call::Define { xml: named(odd) }).await.kind,
            kind,
            "{odd}"
        );
    }
}

#[tokio::test]
async fn a_definition_that_is_as_delivered_leaves_nothing_behind() {
    let stand = Stand::new();
    let at = twin(&stand).await;
    let (domain, inactive) = (named("compute1"), true);
    let xml: String = at
        .ask(Call::Dumpxml {
            domain: domain.clone(),
            inactive,
        })
        .await
        .expect("told");
    let config = Change {
        config: true,
        ..Change::default()
    };
    let small = Call::Setmem {
        domain: domain.clone(),
        kib: 1 << 20,
        change: config,
    };
    let info: Dominfo = at.ask(small).await.expect("changed");
    assert_eq!((info.used_memory, info.max_memory), (1 << 20, 4 << 20));
    let much = Call::Setmem {
        domain: domain.clone(),
        kib: 8 << 20,
        change: config,
    };
    assert_eq!(refused(&at, much).await.kind, Kind::BadArgument);
    let live = Change {
        live: true,
        ..Change::default()
    };
    let live = Call::Setvcpus {
        domain: domain.clone(),
        count: 1,
        change: live,
    };
    assert_eq!(refused(&at, live).await.kind, Kind::Conflict);
    let info: Dominfo = at
        .ask(Call::Define { xml: xml.clone() })
        .await
        .expect("as it was");
    assert_eq!(info.used_memory, 4 << 20);
    let same: String = at
        .ask(Call::Dumpxml { domain, inactive })
        .await
        .expect("told");
    assert_eq!(same, xml);
}

#[tokio::test]
async fn a_network_that_is_down_keeps_a_machine_from_starting() {
    let stand = Stand::new();
    let at = twin(&stand).await;
    let network = || named("openchami-net");
    let info: NetInfo = at
        .ask(Call::NetDestroy { network: network() })
        .await
        .expect("down");
    assert!(!info.active && info.autostart);
    let start = || Call::Start {
        domain: named("compute1"),
    };
    let fault = refused(&at, start()).await;
    assert_eq!(
        fault.hint.as_deref(),
        Some("virsh.net_start \"openchami-net\"")
    );
    let xml: String = at
        .ask(Call::NetDumpxml {
            network: network(),
            inactive: true,
        })
        .await
        .expect("told");
    at.ask::<Value>(Call::NetUndefine { network: network() })
        .await
        .expect("gone");
    assert_eq!(refused(&at, start()).await.kind, Kind::NotFound);
    at.ask::<Value>(Call::NetDefine { xml })
        .await
        .expect("defined");
    at.ask::<Value>(Call::NetStart { network: network() })
        .await
        .expect("up");
    at.ask::<Value>(start()).await.expect("started");
    assert_eq!(
        refused(&at, Call::NetUndefine { network: network() })
            .await
            .kind,
        Kind::Conflict
    );
    // There are no wires to another one.
    let other = named("<network><name>other</name></network>");
    at.ask::<Value>(Call::NetDefine { xml: other })
        .await
        .expect("defined");
    at.ask::<Value>(Call::NetStart {
        network: named("other"),
    })
    .await
    .expect("up");
    let domain = named("compute2");
    let xml: String = at
        .ask(Call::Dumpxml {
            domain: domain.clone(),
            inactive: true,
        })
        .await
        .expect("told");
    let xml = xml.replace("network='openchami-net'", "network='other'");
    at.ask::<Value>(Call::Define { xml })
        .await
        .expect("defined");
    assert_eq!(
        refused(&at, Call::Start { domain }).await.kind,
        Kind::Unsupported
    );
}

#[tokio::test]
async fn a_console_tells_what_is_new_and_events_what_happened() {
    let stand = Stand::new();
    let at = twin(&stand).await;
    let domain = || named("compute1");
    let watching: Watching = at
        .ask(Call::EventsOpen {
            domain: Some(domain()),
        })
        .await
        .expect("listens");
    stand.say("before\n");
    at.ask::<Value>(Call::Start { domain: domain() })
        .await
        .expect("started");
    let opened: Opened = at
        .ask(Call::ConsoleOpen {
            domain: domain(),
            force: false,
        })
        .await
        .expect("open");
    assert!(!opened.live);
    let console = opened.console;
    let read = || Call::ConsoleRead { console, wait: 0.0 };
    let chunk: Chunk = at.ask(read()).await.expect("read");
    stand.say("login:");
    let more: Chunk = at.ask(read()).await.expect("read");
    assert_eq!(
        (more.text.as_str(), more.ended),
        ("login:", false),
        "after {chunk:?}"
    );
    at.ask::<Value>(Call::Destroy { domain: domain() })
        .await
        .expect("off");
    let last: Chunk = at.ask(read()).await.expect("read");
    assert!(last.ended);
    at.ask::<Value>(Call::ConsoleClose { console })
        .await
        .expect("closed");
    assert_eq!(refused(&at, read()).await.kind, Kind::NotFound);
    at.ask::<Value>(Call::Start { domain: domain() })
        .await
        .expect("started");
    at.ask::<Value>(Call::Start {
        domain: named("compute2"),
    })
    .await
    .expect("started");
    let events = Call::EventsRead {
        events: watching.events,
        wait: 0.0,
    };
    let told: Vec<Event> = at.ask(events).await.expect("told");
    let told: Vec<&str> = told.iter().map(|it| it.event.as_str()).collect();
    assert_eq!(told, ["started"]);
}

#[tokio::test]
async fn what_is_not_simulated_says_so_by_name() {
    let at = twin(&Stand::new()).await;
    let domain = || named("compute1");
    for call in [
        Call::Suspend { domain: domain() },
        Call::SnapshotList { domain: domain() },
        Call::SendKey {
            domain: domain(),
            keys: vec![28],
            holdtime: 0,
        },
        Call::PoolInfo {
            pool: named("default"),
        },
    ] {
        let word = call.spelled().0;
        let word = word.split(' ').next().expect("a word").to_owned();
        let fault = refused(&at, call).await;
        assert_eq!(fault.kind, Kind::Unsupported);
        assert!(fault.message.contains(&word), "{}", fault.message);
    }
}
