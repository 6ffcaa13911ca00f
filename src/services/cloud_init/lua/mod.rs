//! The natives behind `lib-lua/cloud_init.lua` and `lib-lua/cloud_init/`: declarations only.
mod render;

use super::{
    client::{Client, DefaultsFields, GroupFields, NodeFields, PhoneHome, Upload},
    images::{DEFAULTS, GROUP},
};
use crate::{http::Http, journal::Touch, lua::Natives};

type Sent = (String, Option<GroupFields>, Option<Upload>);

pub(super) fn natives(n: &mut Natives, http: &Http) {
    n.house("cloud_init");
    let ci = Client::new(http);
    service(n, &ci);
    defaults(n, &ci);
    group(n, &ci);
    node(n, &ci);
    render::natives(n);
}

/// A native's body with a client of its own.
fn with<A, F>(ci: &Client, call: impl Fn(Client, A) -> F + 'static) -> impl Fn(A) -> F + 'static {
    let ci = ci.clone();
    move |args| call(ci.clone(), args)
}

fn service(n: &mut Natives, ci: &Client) {
    n.read(
        "version",
        with(ci, |ci, (): ()| async move { ci.version().await }),
    );
    n.read(
        "status",
        with(ci, |ci, (): ()| async move { ci.status().await }),
    );
    n.one_way(
        "phone_home",
        "what a node told cannot be untold",
        with(
            ci,
            |ci, (id, told): (String, Option<PhoneHome>)| async move {
                ci.phone_home(&id, &told.unwrap_or_default()).await
            },
        ),
    );
    n.one_way(
        "wg_init",
        "cloud-init takes no tunnel back",
        with(
            ci,
            |ci, (key,): (String,)| async move { ci.wg_init(&key).await },
        ),
    );
}

fn defaults(n: &mut Natives, ci: &Client) {
    n.read(
        "defaults_get",
        with(ci, |ci, (): ()| async move { ci.defaults().await }),
    );
    n.change(
        "defaults_set",
        |_: &(DefaultsFields,)| Touch::all(DEFAULTS),
        with(ci, |ci, (fields,): (DefaultsFields,)| async move {
            ci.set_defaults(fields).await
        }),
    );
}

/// The record of the group that is named.
fn named((name, ..): &Sent) -> Touch {
    Touch::of(GROUP, [name])
}

fn group(n: &mut Natives, ci: &Client) {
    n.read(
        "group_list",
        with(ci, |ci, (): ()| async move { ci.groups().await }),
    );
    n.read(
        "group_get",
        with(
            ci,
            |ci, (name,): (String,)| async move { ci.group(&name).await },
        ),
    );
    n.read(
        "group_config",
        with(ci, |ci, (name,): (String,)| async move {
            ci.group_config(&name).await
        }),
    );
    n.read(
        "group_meta_data",
        with(ci, |ci, (name,): (String,)| async move {
            ci.group(&name).await.map(|group| group.meta_data)
        }),
    );
    group_changes(n, ci);
}

fn group_changes(n: &mut Natives, ci: &Client) {
    n.change(
        "group_add",
        named,
        with(ci, |ci, (name, fields, how): Sent| async move {
            ci.add_group(&name, fields.unwrap_or_default(), how.unwrap_or_default())
                .await
        }),
    );
    n.change(
        "group_set",
        named,
        with(ci, |ci, (name, fields, how): Sent| async move {
            ci.set_group(&name, fields.unwrap_or_default(), how.unwrap_or_default())
                .await
        }),
    );
    n.change(
        "group_update",
        named,
        with(ci, |ci, (name, fields, how): Sent| async move {
            ci.update_group(&name, fields.unwrap_or_default(), how.unwrap_or_default())
                .await
        }),
    );
    n.change(
        "group_ensure",
        named,
        with(ci, |ci, (name, fields, how): Sent| async move {
            ci.ensure_group(&name, fields.unwrap_or_default(), how.unwrap_or_default())
                .await
        }),
    );
    n.change(
        "group_delete",
        |(names,): &(Vec<String>,)| Touch::of(GROUP, names),
        with(ci, |ci, (names,): (Vec<String>,)| async move {
            ci.delete_groups(names).await
        }),
    );
}

fn node(n: &mut Natives, ci: &Client) {
    n.read(
        "node_meta_data",
        with(
            ci,
            |ci, (id,): (String,)| async move { ci.meta_data(&id).await },
        ),
    );
    n.read(
        "node_user_data",
        with(
            ci,
            |ci, (id,): (String,)| async move { ci.user_data(&id).await },
        ),
    );
    n.read(
        "node_vendor_data",
        with(ci, |ci, (id,): (String,)| async move {
            ci.vendor_data(&id).await
        }),
    );
    n.read(
        "node_group",
        with(ci, |ci, (id, group): (String, String)| async move {
            ci.node_group(&id, &group).await
        }),
    );
    n.one_way(
        "node_set",
        "cloud-init tells nobody what it held for a node, so nobody knows what to put back",
        with(
            ci,
            |ci, (ids, fields): (Vec<String>, NodeFields)| async move {
                ci.set_nodes(ids, fields).await
            },
        ),
    );
}
