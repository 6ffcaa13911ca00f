//! `chami lab serve`: a lab for others, until somebody ends it.
use super::{
    options::Options,
    seat::{Seat, Table},
    tls,
    wire::Wired,
};
use crate::fault::Fault;
use std::{path::PathBuf, sync::Arc};
use tokio::signal::unix::{SignalKind, signal};

/// Where a served lab is.
#[derive(Clone, Debug)]
pub struct Served {
    pub http: String,
    pub https: String,
    pub ca: PathBuf,
    pub state: PathBuf,
    pub notice: Option<String>,
}

/// Owns and serves the lab until SIGTERM or SIGINT; `say` is told what its user waits for, and `ready` is called once it
/// answers.
pub async fn serve(
    options: Options,
    say: impl Fn(&str),
    ready: impl FnOnce(&Served),
) -> Result<(), Fault> {
    // Before anything is started: a signal that comes early must not be lost.
    let stop = |kind| signal(kind).map_err(|e| Fault::io("signal", &e));
    let (mut term, mut int) = (
        stop(SignalKind::terminate())?,
        stop(SignalKind::interrupt())?,
    );
    let interface = options.interface.clone();
    if interface.is_some() && options.listen.ip().is_loopback() {
        let what = "--interface is for other machines, and none reaches what listens on loopback";
        return Err(
            Fault::bad_argument(what).hint("leave --listen out: the interface's address is taken")
        );
    }
    let table = Arc::new(Table::new(options));
    let seat = table.own_or_refuse().await?;
    let mut wired = None;
    if let Seat::Owner(host) = &*seat {
        tls::ensure_ca(host.house.keys.dir())?;
        if let Some(interface) = &interface {
            let beside = table.options().beside_another_server;
            let here = (interface.as_str(), port(&host.card.http));
            wired = Some(Wired::open(&host.house, here, beside, &say).await?);
        }
        let notices = host.house.notice().map(str::to_owned).into_iter();
        let of_wire = wired.iter().flat_map(|it: &Wired| it.notices.clone());
        let notices: Vec<String> = notices.chain(of_wire).collect();
        ready(&Served {
            http: host.card.http.clone(),
            https: host.card.https.clone(),
            ca: host.card.ca.clone(),
            state: host.card.state.clone(),
            notice: (!notices.is_empty()).then(|| notices.join("\n")),
        });
    }
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
    drop(wired);
    drop(seat);
    table.leave()
}

/// The port of a URL of ours.
fn port(url: &str) -> u16 {
    let url = url::Url::parse(url).ok();
    url.and_then(|it| it.port_or_known_default()).unwrap_or(80)
}
