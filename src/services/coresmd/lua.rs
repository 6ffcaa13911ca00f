//! The natives behind `lib-lua/dhcp.lua`: declarations only.
use super::{
    client::Client,
    explain::{self, Asked},
    leases,
    lint::{Around, lint},
    log,
    render::{self, Wanted, render},
    wire,
};
use crate::{
    fault::Fault,
    http::Http,
    lua::{Bytes, Natives},
};
use jiff::Timestamp;
use serde::Deserialize;
use std::{net::Ipv4Addr, path::PathBuf, sync::Arc};

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct LintOptions {
    version: Option<String>,
    interfaces: Option<Vec<String>>,
    /// Whether SMD's addresses are looked up, which happens elsewhere.
    smd: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct LeaseOptions {
    file: Option<PathBuf>,
    config: Option<String>,
}

type Known = Option<Vec<(Ipv4Addr, String)>>;

pub(super) fn natives(n: &mut Natives, http: &Http) {
    let dhcp = Client::new(http);
    n.sync(
        "lint",
        |(text, options, known): (String, Option<LintOptions>, Known)| {
            let options = options.unwrap_or_default();
            let around = Around {
                version: options
                    .version
                    .as_deref()
                    .map(render::version)
                    .transpose()?,
                interfaces: options.interfaces.as_deref(),
                known: known.as_deref().unwrap_or_default(),
            };
            Ok(lint(&text, &around))
        },
    );
    n.sync("render", |(wanted,): (Option<Wanted>,)| {
        render(&wanted.unwrap_or_default())
    });
    n.sync("log", |(text,): (String,)| Ok(log::read(&text)));
    asked(n, &dhcp);
    at_home(n);
}

/// What is asked of the target.
fn asked(n: &mut Natives, dhcp: &Client) {
    n.read(
        "interfaces",
        with(dhcp, |dhcp, (): ()| async move { dhcp.interfaces().await }),
    );
    n.read(
        "known",
        with(dhcp, |dhcp, (): ()| async move { dhcp.known().await }),
    );
    n.read(
        "lab_log",
        with(dhcp, |dhcp, (): ()| async move { dhcp.log().await }),
    );
    n.read(
        "config",
        with(dhcp, |dhcp, (): ()| async move { dhcp.config(None).await }),
    );
    n.read(
        "version",
        with(dhcp, |dhcp, (): ()| async move { dhcp.version().await }),
    );
    n.read(
        "explain",
        with(
            dhcp,
            |dhcp, (macs, asked, text): (Vec<String>, Option<Asked>, Option<String>)| async move {
                dhcp.explain(&macs, &asked.unwrap_or_default(), text).await
            },
        ),
    );
    n.read(
        "leases",
        with(
            dhcp,
            |dhcp, (options, text): (Option<LeaseOptions>, Option<String>)| async move {
                let mut held = match options.and_then(|it| it.file) {
                    None => dhcp.leases().await?,
                    Some(file) => leases::read(&file, Timestamp::now())?,
                };
                let config = text
                    .map(|text| explain::configured(&text, None))
                    .transpose()?;
                leases::judge(&mut held, config.as_ref());
                Ok::<_, Fault>(held)
            },
        ),
    );
}

/// What happens on this machine's interfaces.
fn at_home(n: &mut Natives) {
    n.at_home();
    n.write("probe", |(wanted,): (wire::Wanted,)| {
        wire::aside(move || wire::probe(&wanted))
    });
    let voice = n.voice();
    n.read("watch", move |(look,): (wire::Look,)| {
        let speaker = voice.speak();
        async move {
            // Whoever stops waiting ends the looking.
            let looking = Arc::new(());
            let alive = Arc::downgrade(&looking);
            let work = move || {
                let goes_on = || alive.strong_count() > 0;
                wire::watch(&look, &goes_on, &|line| speaker.say(line))
            };
            let seen = wire::aside(work).await;
            drop(looking);
            seen
        }
    });
}

/// The natives behind `lib-lua/tftp.lua`.
pub(super) fn tftp(n: &mut Natives, _: &Http) {
    n.at_home();
    n.read("get", |(wanted,): (wire::Fetch,)| async move {
        wire::aside(move || wire::fetch(&wanted)).await.map(Bytes)
    });
}

/// A native's body with a client of its own.
fn with<A, F>(dhcp: &Client, call: impl Fn(Client, A) -> F + 'static) -> impl Fn(A) -> F + 'static {
    let dhcp = dhcp.clone();
    move |args| call(dhcp.clone(), args)
}
