//! The natives behind `lib-lua/bss.lua` and `lib-lua/bss/`: declarations only.
use super::{
    client::{Client, Fetches, Narrow, ScriptFor, Wanted, Whose},
    images::PARAMS,
};
use crate::{fault::Fault, http::Http, journal::Touch, lua::Natives};

type Names = Option<Vec<String>>;

pub(super) fn natives(n: &mut Natives, http: &Http) {
    n.house("bss");
    let bss = Client::new(http);
    n.read(
        "status",
        with(&bss, |bss, (): ()| async move { bss.status().await }),
    );
    n.read(
        "version",
        with(&bss, |bss, (): ()| async move { bss.version().await }),
    );
    n.read(
        "dump_state",
        with(&bss, |bss, (): ()| async move { bss.dump_state().await }),
    );
    n.read(
        "history",
        with(
            &bss,
            |bss, (names, fetches): (Names, Option<Fetches>)| async move {
                bss.history(names.as_deref(), fetches.unwrap_or_default())
                    .await
            },
        ),
    );
    n.read(
        "script",
        with(&bss, |bss, (whose,): (ScriptFor,)| async move {
            bss.script(whose).await
        }),
    );
    n.read(
        "params_whose",
        with(&bss, |bss, (whose,): (Whose,)| async move {
            bss.param(&Wanted::from(whose)).await
        }),
    );
    hosts(n, &bss);
    params(n, &bss);
}

/// A native's body with a client of its own.
fn with<A, F>(bss: &Client, call: impl Fn(Client, A) -> F + 'static) -> impl Fn(A) -> F + 'static {
    let bss = bss.clone();
    move |args| call(bss.clone(), args)
}

fn hosts(n: &mut Natives, bss: &Client) {
    n.read(
        "host_list",
        with(bss, |bss, (names,): (Names,)| async move {
            bss.hosts(names.as_deref()).await
        }),
    );
    n.read(
        "host_get",
        with(bss, |bss, (name,): (String,)| async move {
            bss.host(&name).await
        }),
    );
    n.one_way(
        "host_refresh",
        "BSS read SMD again, and what it knew before is nowhere",
        with(bss, |bss, (): ()| async move { bss.refresh().await }),
    );
}

/// The records of the identities that are named.
fn whose((wanted,): &(Wanted,)) -> Touch {
    Touch::of(PARAMS, wanted.names())
}

fn params(n: &mut Natives, bss: &Client) {
    n.read(
        "params_list",
        with(bss, |bss, (narrow,): (Option<Narrow>,)| async move {
            bss.params(narrow.unwrap_or_default()).await
        }),
    );
    n.read(
        "params_of",
        with(bss, |bss, (wanted,): (Wanted,)| async move {
            bss.params_of(&wanted).await
        }),
    );
    n.read(
        "params_get",
        with(bss, |bss, (wanted,): (Wanted,)| async move {
            bss.param(&wanted).await
        }),
    );
    changes(n, bss);
}

fn changes(n: &mut Natives, bss: &Client) {
    n.change(
        "params_add",
        whose,
        with(bss, |bss, (wanted,): (Wanted,)| async move {
            bss.add_params(&wanted).await
        }),
    );
    n.change(
        "params_set",
        whose,
        with(bss, |bss, (wanted,): (Wanted,)| async move {
            bss.set_params(wanted).await
        }),
    );
    n.change(
        "params_update",
        whose,
        with(bss, |bss, (wanted,): (Wanted,)| async move {
            bss.update_params(&wanted).await
        }),
    );
    n.change(
        "params_ensure",
        whose,
        with(bss, |bss, (wanted,): (Wanted,)| async move {
            bss.ensure_params(&wanted).await
        }),
    );
    n.change(
        "params_delete",
        |(wanted, all): &(Wanted, Option<bool>)| match all {
            Some(true) => Touch::all(PARAMS),
            _ => Touch::of(PARAMS, wanted.names()),
        },
        with(
            bss,
            |bss, (wanted, all): (Wanted, Option<bool>)| async move {
                match all {
                    Some(true) => bss.delete_all_params(&wanted).await,
                    _ => bss.delete_params(&wanted).await,
                }
            },
        ),
    );
    n.sync("one", |(names, list): (Vec<String>, String)| {
        one(names, &list)
    });
}

/// The only name of a set; `list` is what takes several.
fn one(mut names: Vec<String>, list: &str) -> Result<String, Fault> {
    match names.len() {
        1 => Ok(names.remove(0)),
        n => Err(
            Fault::bad_argument(format!("the set has {n} names, and one is wanted"))
                .hint(format!("{list} takes a set")),
        ),
    }
}
