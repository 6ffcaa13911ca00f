//! What the twin answers.
use super::{Stand, twin};
use crate::{
    fault::{Fault, Kind},
    services::libvirt::{
        client::At,
        types::{Address, Call, Change, Chunk, Dominfo, Event, Listed, Nvram, Opened, Watching},
        xml::install,
    },
};
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(super) fn named(name: &str) -> String {
    name.to_owned()
}

/// A call about one domain.
pub(super) fn of(call: fn(String) -> Call, name: &str) -> Call {
    call(named(name))
}

pub(super) fn start(domain: String) -> Call {
    Call::Start { domain }
}

fn destroy(domain: String) -> Call {
    Call::Destroy { domain }
}

fn shutdown(domain: String) -> Call {
    Call::Shutdown { domain }
}

fn undefine(domain: String) -> Call {
    let nvram = Nvram::Remove;
    Call::Undefine { domain, nvram }
}

pub(super) fn dumpxml(domain: String) -> Call {
    let inactive = true;
    Call::Dumpxml { domain, inactive }
}

pub(super) fn define(xml: impl Into<String>) -> Call {
    let (xml, new) = (xml.into(), false);
    Call::Define { xml, new }
}

pub(super) async fn done<T: DeserializeOwned>(at: &At, call: Call) -> T {
    at.ask(call).await.expect("done")
}

pub(super) async fn refused(at: &At, call: Call) -> Fault {
    at.ask::<Value>(call).await.expect_err("refused")
}

#[tokio::test]
async fn domains_are_machines_and_starting_one_is_switching_it_on() {
    let at = twin(&Stand::new()).await;
    let all = || Call::List {
        all: true,
        inactive: false,
    };
    let list: Vec<Listed> = done(&at, all()).await;
    assert_eq!(list.len(), 3);
    assert!(
        list.iter()
            .all(|it| it.state == "shut off" && it.id.is_none())
    );
    let info: Dominfo = done(&at, of(start, "compute2")).await;
    assert_eq!((info.state.as_str(), info.id), ("running", Some(2)));
    let list: Vec<Listed> = done(&at, all()).await;
    assert_eq!(list[0].name, "compute2", "what runs goes first");
    let again = refused(&at, of(start, "2")).await;
    assert_eq!(again.kind, Kind::Conflict, "by its number");
    let unknown = refused(&at, of(start, "compute22")).await;
    assert_eq!(unknown.hint.as_deref(), Some("did you mean compute2?"));
}

#[tokio::test]
async fn only_a_system_that_is_up_listens_and_has_an_address() {
    let stand = Stand::new();
    let at = twin(&stand).await;
    done::<Value>(&at, of(start, "compute2")).await;
    let info: Dominfo = done(&at, of(shutdown, "compute2")).await;
    assert_eq!(info.state, "running", "nobody listens");
    *stand.up.lock().expect("unpoisoned") = true;
    let domifaddr = |source: &str| Call::Domifaddr {
        domain: named("compute2"),
        source: named(source),
    };
    let found: Vec<Address> = done(&at, domifaddr("arp")).await;
    assert_eq!(found[0].address, "172.16.0.1/0");
    let found: Vec<Address> = done(&at, domifaddr("lease")).await;
    assert_eq!(found, [], "libvirt lent none");
    let info: Dominfo = done(&at, of(shutdown, "compute2")).await;
    assert_eq!(info.state, "shut off");
    let (domain, force) = (named("compute2"), false);
    for call in [
        of(destroy, "compute2"),
        of(|domain| Call::Reset { domain }, "compute2"),
        Call::ConsoleOpen { domain, force },
        domifaddr("arp"),
    ] {
        assert_eq!(refused(&at, call).await.kind, Kind::Conflict);
    }
}

#[tokio::test]
async fn a_definition_puts_a_machine_into_the_rack_and_undefine_takes_it_out() {
    let at = twin(&Stand::new()).await;
    let order = install::Order {
        name: named("login"),
        network: Some(named("openchami-net")),
        ..install::Order::default()
    };
    let info = at.install(&order).await.expect("installed");
    assert_eq!(info.state, "running");
    let again = at.install(&order).await.expect_err("it is there");
    assert_eq!(again.kind, Kind::Conflict);
    let xml: String = done(&at, of(dumpxml, "login")).await;
    assert!(
        xml.contains("<mac address='52:54:00:"),
        "it was given one: {xml}"
    );
    let fault = refused(&at, of(undefine, "login")).await;
    assert_eq!(fault.kind, Kind::Conflict, "it runs");
    done::<Value>(&at, of(destroy, "login")).await;
    done::<Value>(&at, of(undefine, "login")).await;
    let fault = refused(&at, of(undefine, "login")).await;
    assert_eq!(fault.kind, Kind::NotFound);
    let info: Dominfo = done(&at, define(xml.as_str())).await;
    let same: String = done(&at, of(dumpxml, "login")).await;
    assert_eq!(same, xml);
    // Another UUID is another machine, which cannot have this name; and this one's no other machine can have.
    let other = xml.replace(&info.uuid, "00000000-0000-4000-8000-000000000001");
    let taken = xml.replace("<name>login", "<name>login2");
    for (odd, kind) in [
        (other.as_str(), Kind::Conflict),
        (&taken, Kind::Conflict),
        ("<network/>", Kind::BadArgument),
        ("<domain/>", Kind::BadArgument),
        (
            "<domain><name>x</name><uuid>y</uuid></domain>",
            Kind::BadArgument,
        ),
        ("<domain><name>x</name></domain>", Kind::Unsupported),
    ] {
        assert_eq!(refused(&at, define(odd)).await.kind, kind, "{odd}");
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
    let info: Dominfo = at.ask(define(xml.clone())).await.expect("as it was");
    assert_eq!(info.used_memory, 4 << 20);
    let same: String = at
        .ask(Call::Dumpxml { domain, inactive })
        .await
        .expect("told");
    assert_eq!(same, xml);
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
