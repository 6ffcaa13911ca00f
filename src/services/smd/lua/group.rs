//! `smd.group`, its members and memberships.
use super::{
    super::client::{Client, Filter, GroupFields},
    super::images::GROUP,
    with,
};
use crate::{journal::Touch, lua::Natives};

type Fields = (String, Option<GroupFields>);
type Members = (String, Vec<String>);

/// The group that is named.
fn named<T>((name, _): &(String, T)) -> Touch {
    Touch::of(GROUP, [name])
}

pub(super) fn natives(n: &mut Natives, smd: &Client) {
    n.read(
        "group_list",
        with(smd, |smd, (filter,): (Option<Filter>,)| async move {
            smd.groups(&filter.unwrap_or_default()).await
        }),
    );
    n.read(
        "group_get",
        with(smd, |smd, (label,): (String,)| async move {
            smd.group(&label).await
        }),
    );
    n.change(
        "group_add",
        named,
        with(smd, |smd, (label, fields): Fields| async move {
            smd.add_group(&label, fields.unwrap_or_default()).await
        }),
    );
    n.change(
        "group_set",
        named,
        with(smd, |smd, (label, fields): Fields| async move {
            smd.set_group(&label, fields.unwrap_or_default()).await
        }),
    );
    n.change(
        "group_update",
        named,
        with(smd, |smd, (label, fields): Fields| async move {
            smd.update_group(&label, fields.unwrap_or_default()).await
        }),
    );
    n.change(
        "group_ensure",
        named,
        with(smd, |smd, (label, fields): Fields| async move {
            smd.ensure_group(&label, fields.unwrap_or_default()).await
        }),
    );
    n.change(
        "group_delete",
        |(labels,): &(Vec<String>,)| Touch::of(GROUP, labels),
        with(smd, |smd, (labels,): (Vec<String>,)| async move {
            smd.delete_groups(labels).await
        }),
    );
    members(n, smd);
    memberships(n, smd);
}

fn memberships(n: &mut Natives, smd: &Client) {
    n.read(
        "membership_list",
        with(
            smd,
            |smd, (ids, filter): (Option<Vec<String>>, Option<Filter>)| async move {
                smd.memberships(ids.as_deref(), &filter.unwrap_or_default())
                    .await
            },
        ),
    );
    n.read(
        "membership_get",
        with(smd, |smd, (id,): (String,)| async move {
            smd.membership(&id).await
        }),
    );
}

fn members(n: &mut Natives, smd: &Client) {
    n.read(
        "member_list",
        with(smd, |smd, (label,): (String,)| async move {
            smd.members(&label).await
        }),
    );
    n.change(
        "member_add",
        named,
        with(smd, |smd, (label, ids): Members| async move {
            smd.add_members(&label, ids).await
        }),
    );
    n.change(
        "member_set",
        named,
        with(smd, |smd, (label, ids): Members| async move {
            smd.set_members(&label, ids).await
        }),
    );
    n.change(
        "member_ensure",
        named,
        with(smd, |smd, (label, ids): Members| async move {
            smd.ensure_members(&label, ids).await
        }),
    );
    n.change(
        "member_delete",
        named,
        with(smd, |smd, (label, ids): Members| async move {
            smd.delete_members(&label, ids).await
        }),
    );
}
