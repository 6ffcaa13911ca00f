//! `smd.partition` and its members.
use super::{
    super::client::{Client, Filter, PartitionFields},
    super::images::PARTITION,
    with,
};
use crate::{journal::Touch, lua::Natives};

type Fields = (String, Option<PartitionFields>);
type Members = (String, Vec<String>);

/// The partition that is named.
fn named<T>((name, _): &(String, T)) -> Touch {
    Touch::of(PARTITION, [name])
}

pub(super) fn natives(n: &mut Natives, smd: &Client) {
    n.read(
        "partition_list",
        with(smd, |smd, (filter,): (Option<Filter>,)| async move {
            smd.partitions(&filter.unwrap_or_default()).await
        }),
    );
    n.read(
        "partition_get",
        with(smd, |smd, (name,): (String,)| async move {
            smd.partition(&name).await
        }),
    );
    n.change(
        "partition_add",
        named,
        with(smd, |smd, (name, fields): Fields| async move {
            smd.add_partition(&name, fields.unwrap_or_default()).await
        }),
    );
    n.change(
        "partition_set",
        named,
        with(smd, |smd, (name, fields): Fields| async move {
            smd.set_partition(&name, fields.unwrap_or_default()).await
        }),
    );
    n.change(
        "partition_update",
        named,
        with(smd, |smd, (name, fields): Fields| async move {
            smd.update_partition(&name, fields.unwrap_or_default())
                .await
        }),
    );
    n.change(
        "partition_ensure",
        named,
        with(smd, |smd, (name, fields): Fields| async move {
            smd.ensure_partition(&name, fields.unwrap_or_default())
                .await
        }),
    );
    n.change(
        "partition_delete",
        |(names,): &(Vec<String>,)| Touch::of(PARTITION, names),
        with(smd, |smd, (names,): (Vec<String>,)| async move {
            smd.delete_partitions(names).await
        }),
    );
    members(n, smd);
}

fn members(n: &mut Natives, smd: &Client) {
    n.read(
        "seat_list",
        with(smd, |smd, (name,): (String,)| async move {
            smd.seats(&name).await
        }),
    );
    n.change(
        "seat_add",
        named,
        with(smd, |smd, (name, ids): Members| async move {
            smd.add_seats(&name, ids).await
        }),
    );
    n.change(
        "seat_set",
        named,
        with(smd, |smd, (name, ids): Members| async move {
            smd.set_seats(&name, ids).await
        }),
    );
    n.change(
        "seat_ensure",
        named,
        with(smd, |smd, (name, ids): Members| async move {
            smd.ensure_seats(&name, ids).await
        }),
    );
    n.change(
        "seat_delete",
        named,
        with(smd, |smd, (name, ids): Members| async move {
            smd.delete_seats(&name, ids).await
        }),
    );
}
