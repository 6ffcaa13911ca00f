//! The natives behind `lib-lua/smd.lua` and `lib-lua/smd/`: declarations only.
mod component;
pub(super) mod discover;
mod discovery;
mod endpoint;
mod group;
mod hardware;
mod interface;
mod lock;
mod map;
mod partition;
mod subscription;

use super::client::Client;
use crate::{fault::Fault, http::Http, lua::Natives};

pub(super) fn natives(n: &mut Natives, http: &Http) {
    n.house("smd");
    let smd = Client::new(http);
    n.read(
        "ready",
        with(&smd, |smd, (): ()| async move { smd.ready().await }),
    );
    n.read(
        "values",
        with(&smd, |smd, (): ()| async move { smd.values().await }),
    );
    n.sync("one", |(names, list): (Vec<String>, String)| {
        one(names, &list)
    });
    component::natives(n, &smd);
    endpoint::natives(n, &smd);
    interface::natives(n, &smd);
    group::natives(n, &smd);
    partition::natives(n, &smd);
    lock::natives(n, &smd);
    hardware::natives(n, &smd);
    map::natives(n, &smd);
    discovery::natives(n, &smd);
    subscription::natives(n, &smd);
}

/// A native's body with a client of its own.
fn with<A, F>(smd: &Client, call: impl Fn(Client, A) -> F + 'static) -> impl Fn(A) -> F + 'static {
    let smd = smd.clone();
    move |args| call(smd.clone(), args)
}

/// Names, and whether all things are meant: writes want one of the two said.
type Whom = (Option<Vec<String>>, Option<bool>);

/// The names to be deleted; None when all are meant.
fn whom((names, all): Whom) -> Result<Option<Vec<String>>, Fault> {
    match (names, all) {
        (None, Some(true)) => Ok(None),
        (Some(names), None | Some(false)) => Ok(Some(names)),
        _ => Err(Fault::bad_argument("which ones?").hint("name them, or say { all = true }")),
    }
}

/// The only name of a set; `list` is what takes several.
fn one(mut names: Vec<String>, list: &str) -> Result<String, Fault> {
    match names.len() {
        1 => Ok(names.remove(0)),
        0 => Err(Fault::bad_argument("the set is empty, and one is wanted")),
        n => Err(
            Fault::bad_argument(format!("the set has {n} names, and one is wanted"))
                .hint(format!("{list} takes a set")),
        ),
    }
}
