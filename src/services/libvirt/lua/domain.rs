//! Domains.
use super::{
    Act, Said, about, ask, defined,
    options::{
        Addresses, Autostarting, Changing, Dump, Keys, Listing, Naming, Screen, Undefining, at, kib,
    },
    touch, with,
};
use crate::{
    call,
    fault::Fault,
    lua::Natives,
    services::{
        libvirt::{
            client::{Client, Options},
            images::DOMAIN,
            types::{Address, Call, Change, Dominfo, Interface, Listed, Screenshot, Snapshot},
            xml::{install::Order, table},
        },
        many::{Fates, each},
    },
};
use serde_json::{Value, json};

const RAN: &str = "what ran on it is gone: a machine that boots anew does not remember";

pub(super) fn natives(n: &mut Natives, virsh: &Client) {
    n.read(
        "list",
        with(virsh, |virsh, (listing,): (Option<Listing>,)| async move {
            let Listing { all, inactive, uri } = listing.unwrap_or_default();
            ask::<Vec<Listed>>(virsh.at(at(uri)), Call::List { all, inactive }).await
        }),
    );
    about::<Dominfo>(n, virsh, "dominfo", |domain| Call::Dominfo { domain });
    // The same, for whoever wants to know whether a word is a domain's name.
    about::<Dominfo>(n, virsh, "named", |domain| Call::Dominfo { domain });
    about::<Vec<Interface>>(n, virsh, "domiflist", |domain| Call::Domiflist { domain });
    n.read(
        "domifaddr",
        with(
            virsh,
            |virsh, (domain, said): (String, Option<Addresses>)| async move {
                let Addresses { source, uri } = said.unwrap_or_default();
                let source = source.unwrap_or_else(|| "any".to_owned());
                ask::<Vec<Address>>(virsh.at(at(uri)), Call::Domifaddr { domain, source }).await
            },
        ),
    );
    n.read(
        "dumpxml",
        with(
            virsh,
            |virsh, (domain, said): (String, Option<Dump>)| async move {
                let Dump { inactive, uri } = said.unwrap_or_default();
                ask::<String>(virsh.at(at(uri)), Call::Dumpxml { domain, inactive }).await
            },
        ),
    );
    n.read(
        "domstats",
        with(
            virsh,
            |virsh, (domain, said): (Option<String>, Said)| async move {
                virsh.at(said).domstats(domain).await
            },
        ),
    );
    n.read(
        "macs",
        with(virsh, |virsh, (said,): (Said,)| async move {
            virsh.at(said).macs().await
        }),
    );
    n.read(
        "survey",
        with(virsh, |virsh, (said,): (Said,)| async move {
            virsh.at(said).survey().await
        }),
    );
    definitions(n, virsh);
    power(n, virsh);
    sizes(n, virsh);
    screens(n, virsh);
    snapshots(n, virsh);
}

fn definitions(n: &mut Natives, virsh: &Client) {
    let its = virsh.clone();
    n.change(
        "define",
        move |(xml, said): &(String, Said)| defined(&its, DOMAIN, said.as_ref(), xml),
        with(virsh, |virsh, (xml, said): (String, Said)| async move {
            let call = Call::Define { xml, new: false };
            ask::<Dominfo>(virsh.at(said), call).await
        }),
    );
    let its = virsh.clone();
    n.change(
        "create",
        move |(xml, said): &(String, Said)| defined(&its, DOMAIN, said.as_ref(), xml),
        with(virsh, |virsh, (xml, said): (String, Said)| async move {
            ask::<Dominfo>(virsh.at(said), Call::Create { xml }).await
        }),
    );
    let its = virsh.clone();
    n.change(
        "install",
        move |(order, said): &(Order, Said)| touch(&its, DOMAIN, said.as_ref(), [&order.name]),
        with(virsh, |virsh, (order, said): (Order, Said)| async move {
            virsh.at(said).install(&order).await
        }),
    );
    n.read(
        "install_xml",
        with(virsh, |virsh, (order, said): (Order, Said)| async move {
            virsh.at(said).order(&order).await
        }),
    );
    marks(n, virsh);
}

fn marks(n: &mut Natives, virsh: &Client) {
    let its = virsh.clone();
    n.change(
        "undefine",
        move |(names, said): &(Vec<String>, Option<Undefining>)| {
            let said = said.as_ref().map(|said| at(said.uri.clone()));
            touch(&its, DOMAIN, said.as_ref(), names)
        },
        with(
            virsh,
            |virsh, (names, said): (Vec<String>, Option<Undefining>)| async move {
                let Undefining { nvram, uri } = said.unwrap_or_default();
                all(virsh, Some(at(uri)), names, "undefined", move |domain| {
                    Call::Undefine { domain, nvram }
                })
                .await
            },
        ),
    );
    let its = virsh.clone();
    n.change(
        "autostart",
        move |(names, said): &(Vec<String>, Option<Autostarting>)| {
            let said = said.as_ref().map(|said| at(said.uri.clone()));
            touch(&its, DOMAIN, said.as_ref(), names)
        },
        with(
            virsh,
            |virsh, (names, said): (Vec<String>, Option<Autostarting>)| async move {
                let Autostarting { disable, uri } = said.unwrap_or_default();
                all(virsh, Some(at(uri)), names, "marked", move |domain| {
                    Call::Autostart { domain, disable }
                })
                .await
            },
        ),
    );
}

/// Does the same to several domains; how each is then.
async fn all(
    virsh: Client,
    said: Said,
    names: Vec<String>,
    done: &str,
    asks: impl Fn(String) -> Call,
) -> Result<Vec<Dominfo>, Fault> {
    let whose = names.clone();
    let ask = |name: String| {
        let (at, call) = (virsh.at(said.clone()), asks(name));
        async move { at.ask::<Dominfo>(call).await }
    };
    let results = if call::current().is_some_and(|call| call.plan.is_some()) {
        // A plan is read in the order of the names.
        let mut results = Vec::new();
        for name in names {
            results.push(ask(name).await);
        }
        results
    } else {
        each(names, ask).await
    };
    let mut fates = Fates::default();
    for (name, result) in whose.into_iter().zip(results) {
        fates.add(name, result);
    }
    fates.settle(done)
}

type Named = (Vec<String>, Said);

fn power(n: &mut Natives, virsh: &Client) {
    let back: [Act; 3] = [
        ("start", "started", |domain| Call::Start { domain }),
        ("suspend", "suspended", |domain| Call::Suspend { domain }),
        ("resume", "resumed", |domain| Call::Resume { domain }),
    ];
    for (name, done, call) in back {
        let its = virsh.clone();
        n.change(
            name,
            move |(names, said): &Named| touch(&its, DOMAIN, said.as_ref(), names),
            with(virsh, move |virsh, (names, said): Named| {
                all(virsh, said, names, done, call)
            }),
        );
    }
    let gone: [Act; 4] = [
        ("shutdown", "asked", |domain| Call::Shutdown { domain }),
        ("reboot", "asked", |domain| Call::Reboot { domain }),
        ("reset", "reset", |domain| Call::Reset { domain }),
        ("destroy", "switched off", |domain| Call::Destroy { domain }),
    ];
    for (name, done, call) in gone {
        n.one_way(
            name,
            RAN,
            with(virsh, move |virsh, (names, said): Named| {
                all(virsh, said, names, done, call)
            }),
        );
    }
}

type Sized = (String, Value, Option<Changing>);

fn its_domain(virsh: &Client, (domain, _, said): &Sized) -> crate::journal::Touch {
    let said = said.as_ref().map(|said| at(said.uri.clone()));
    touch(virsh, DOMAIN, said.as_ref(), [domain])
}

fn change(said: Option<Changing>) -> (Change, Options) {
    let Changing {
        config,
        live,
        maximum,
        uri,
    } = said.unwrap_or_default();
    let change = Change {
        config,
        live,
        maximum,
    };
    (change, at(uri))
}

fn sizes(n: &mut Natives, virsh: &Client) {
    let its = virsh.clone();
    n.change(
        "setmem",
        move |args: &Sized| its_domain(&its, args),
        with(virsh, |virsh, (domain, size, said): Sized| async move {
            let (change, said) = change(said);
            let kib = kib(&size)?;
            ask::<Dominfo>(
                virsh.at(said),
                Call::Setmem {
                    domain,
                    kib,
                    change,
                },
            )
            .await
        }),
    );
    let its = virsh.clone();
    n.change(
        "setvcpus",
        move |args: &Sized| its_domain(&its, args),
        with(virsh, |virsh, (domain, count, said): Sized| async move {
            let (change, said) = change(said);
            let whole = count.as_u64().and_then(|count| u32::try_from(count).ok());
            let count = whole.ok_or_else(|| {
                Fault::bad_argument(format!("{count} is no number of processors"))
            })?;
            ask::<Dominfo>(
                virsh.at(said),
                Call::Setvcpus {
                    domain,
                    count,
                    change,
                },
            )
            .await
        }),
    );
}

fn screens(n: &mut Natives, virsh: &Client) {
    n.one_way(
        "send_key",
        "a key that was pressed was pressed",
        with(
            virsh,
            |virsh, (domain, keys, said): (String, Vec<u32>, Option<Keys>)| async move {
                let Keys { holdtime, uri } = said.unwrap_or_default();
                ask::<Value>(
                    virsh.at(at(uri)),
                    Call::SendKey {
                        domain,
                        keys,
                        holdtime,
                    },
                )
                .await
            },
        ),
    );
    n.one_way(
        "screenshot",
        "it is a file of yours now: fs.remove takes it away",
        with(
            virsh,
            |virsh, (domain, path, said): (String, String, Option<Screen>)| async move {
                let Screen { screen, uri } = said.unwrap_or_default();
                let path = std::path::absolute(&path).map_err(|e| Fault::io(&path, &e))?;
                let path = path.display().to_string();
                ask::<Screenshot>(
                    virsh.at(at(uri)),
                    Call::Screenshot {
                        domain,
                        path,
                        screen,
                    },
                )
                .await
            },
        ),
    );
}

fn snapshots(n: &mut Natives, virsh: &Client) {
    about::<Vec<Snapshot>>(n, virsh, "snapshot_list", |domain| Call::SnapshotList {
        domain,
    });
    n.one_way(
        "snapshot_create",
        "virsh.snapshot_delete takes a snapshot away, and what was added on top of it may need it",
        with(
            virsh,
            |virsh, (domain, said): (String, Option<Naming>)| async move {
                let Naming {
                    name,
                    description,
                    uri,
                } = said.unwrap_or_default();
                let xml = table::render(
                    "domainsnapshot",
                    &json!({ "name": name, "description": description }),
                )?;
                ask::<Snapshot>(virsh.at(at(uri)), Call::SnapshotCreate { domain, xml }).await
            },
        ),
    );
    n.one_way(
        "snapshot_revert",
        "how the machine was before is in no snapshot",
        with(
            virsh,
            |virsh, (domain, snapshot, said): (String, String, Said)| async move {
                ask::<Dominfo>(virsh.at(said), Call::SnapshotRevert { domain, snapshot }).await
            },
        ),
    );
    n.one_way(
        "snapshot_delete",
        "what it kept is gone",
        with(
            virsh,
            |virsh, (domain, snapshot, said): (String, String, Said)| async move {
                ask::<Snapshot>(virsh.at(said), Call::SnapshotDelete { domain, snapshot }).await
            },
        ),
    );
}
