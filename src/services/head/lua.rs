//! The natives behind `lib-lua/head.lua`: declarations only.
use super::{
    client::{Client, Naming, Setting, Wanted},
    images,
    types::SYSCTL,
};
use crate::{fault::Fault, http::Http, journal::Touch, lua::Natives};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Surveying {
    nodes: u64,
}

impl Default for Surveying {
    fn default() -> Self {
        Self { nodes: 5 }
    }
}

/// One record for one path, a list for a list.
#[derive(Serialize)]
#[serde(untagged)]
enum Done<T> {
    One(T),
    Many(Vec<T>),
}

type Settings = (String, Value, Option<Setting>);

/// What a kernel parameter's change touches: itself, and the file it is to last in.
fn set((name, _, setting): &Settings) -> Vec<Touch> {
    let setting = setting.clone().unwrap_or_default();
    let file = setting
        .file
        .or_else(|| setting.persistent.then(|| SYSCTL.to_owned()));
    let mut touches = vec![images::sysctl(name)];
    touches.extend(file.map(|file| images::paths([&file])));
    touches
}

pub(super) fn natives(n: &mut Natives, http: &Http) {
    n.house("head");
    let head = Client::new(http);
    asked(n, &head);
    n.change(
        "dir",
        |(paths, ..): &(Vec<String>, Option<Wanted>, bool)| images::paths(paths),
        with(
            &head,
            |head, (paths, wanted, one): (Vec<String>, Option<Wanted>, bool)| async move {
                let mut made = head.dirs(paths, &wanted.unwrap_or_default()).await?;
                Ok::<_, Fault>(match made.len() {
                    1 if one => Done::One(made.remove(0)),
                    _ => Done::Many(made),
                })
            },
        ),
    );
    n.change(
        "file_set",
        |(path, ..): &(String, Option<String>, Option<Wanted>)| images::paths([path]),
        with(
            &head,
            |head, (path, text, wanted): (String, Option<String>, Option<Wanted>)| async move {
                let wanted = wanted.unwrap_or_default();
                match text {
                    Some(_) if wanted.absent => {
                        Err(Fault::bad_argument("a file that is absent has no text"))
                    }
                    Some(text) => head.write(&path, &text, &wanted).await,
                    None if wanted.absent => head.no_file(&path).await,
                    None => head.give(&path, &wanted).await,
                }
            },
        ),
    );
    n.change(
        "sysctl_set",
        set,
        with(&head, |head, (name, value, setting): Settings| async move {
            head.set_sysctl(&name, &value, &setting.unwrap_or_default())
                .await
        }),
    );
    n.change(
        "host_set",
        |_: &(String, Option<String>, Option<Naming>)| images::hosts(),
        with(
            &head,
            |head, (name, ip, naming): (String, Option<String>, Option<Naming>)| async move {
                head.set_host(&name, ip.as_deref(), naming.unwrap_or_default())
                    .await
            },
        ),
    );
}

/// What is only looked at.
fn asked(n: &mut Natives, head: &Client) {
    n.read(
        "survey",
        with(
            head,
            |head, (surveying,): (Option<Surveying>,)| async move {
                let nodes = surveying.unwrap_or_default().nodes;
                head.survey(nodes).await
            },
        ),
    );
    n.read(
        "stat",
        with(head, |head, (path,): (String,)| async move {
            head.stat(&path).await
        }),
    );
    n.read(
        "file_get",
        with(head, |head, (path,): (String,)| async move {
            head.read(&path).await
        }),
    );
    n.read(
        "sysctl_get",
        with(head, |head, (name,): (String,)| async move {
            head.sysctl(&name).await
        }),
    );
    n.read(
        "hosts",
        with(head, |head, (): ()| async move { head.hosts().await }),
    );
    n.read(
        "host_get",
        with(head, |head, (name,): (String,)| async move {
            head.host(&name).await
        }),
    );
}

/// A native's body with a client of its own.
fn with<A, F>(head: &Client, call: impl Fn(Client, A) -> F + 'static) -> impl Fn(A) -> F + 'static {
    let head = head.clone();
    move |args| call(head.clone(), args)
}
