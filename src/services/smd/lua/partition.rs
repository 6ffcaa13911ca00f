//! `smd.partition` and its members.
use super::{
    super::client::{Client, Filter, PartitionFields},
    with,
};
use crate::lua::Natives;

type Fields = (String, Option<PartitionFields>);
type Members = (String, Vec<String>);

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
    n.write(
        "partition_add",
        with(smd, |smd, (name, fields): Fields| async move {
            smd.add_partition(&name, fields.unwrap_or_default()).await
        }),
    );
    n.write(
        "partition_set",
        with(smd, |smd, (name, fields): Fields| async move {
            smd.set_partition(&name, fields.unwrap_or_default()).await
        }),
    );
    n.write(
        "partition_update",
        with(smd, |smd, (name, fields): Fields| async move {
            smd.update_partition(&name, fields.unwrap_or_default())
                .await
        }),
    );
    n.write(
        "partition_ensure",
        with(smd, |smd, (name, fields): Fields| async move {
            smd.ensure_partition(&name, fields.unwrap_or_default())
                .await
        }),
    );
    n.write(
        "partition_delete",
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
    n.write(
        "seat_add",
        with(smd, |smd, (name, ids): Members| async move {
            smd.add_seats(&name, ids).await
        }),
    );
    n.write(
        "seat_set",
        with(smd, |smd, (name, ids): Members| async move {
            smd.set_seats(&name, ids).await
        }),
    );
    n.write(
        "seat_ensure",
        with(smd, |smd, (name, ids): Members| async move {
            smd.ensure_seats(&name, ids).await
        }),
    );
    n.write(
        "seat_delete",
        with(smd, |smd, (name, ids): Members| async move {
            smd.delete_seats(&name, ids).await
        }),
    );
}
