//! `smd.component`.
use super::{
    super::client::{Client, Filter},
    super::images::{COMPONENT, scope},
    super::types::Component,
    super::xname::normalize,
    Whom, whom, with,
};
use crate::{
    journal::Touch,
    lua::{Natives, Strict},
};

type Listing = (Option<Vec<String>>, Option<Filter>);
type Asked = (Vec<String>, Option<Filter>);
type Records = Vec<Strict<Component>>;

fn plain(records: Records) -> Vec<Component> {
    records.into_iter().map(|Strict(record)| record).collect()
}

/// The components that are named.
fn named(records: &[Strict<Component>]) -> Touch {
    let id = |Strict(record): &Strict<Component>| normalize(&record.id);
    Touch::of(COMPONENT, records.iter().map(id))
}

pub(super) fn natives(n: &mut Natives, smd: &Client) {
    n.read(
        "component_list",
        with(smd, |smd, (ids, filter): Listing| async move {
            smd.components(ids.as_deref(), &filter.unwrap_or_default())
                .await
        }),
    );
    n.read(
        "component_get",
        with(smd, |smd, (id,): (String,)| async move {
            smd.component(&id).await
        }),
    );
    n.change(
        "component_add",
        |(records,): &(Records,)| named(records),
        with(smd, |smd, (records,): (Records,)| async move {
            smd.add_components(plain(records)).await
        }),
    );
    n.change(
        "component_set",
        |(records,): &(Records,)| named(records),
        with(smd, |smd, (records,): (Records,)| async move {
            smd.set_components(plain(records)).await
        }),
    );
    n.change(
        "component_update",
        |(records, _): &(Records, Option<bool>)| named(records),
        with(
            smd,
            |smd, (records, force): (Records, Option<bool>)| async move {
                smd.update_components(plain(records), force).await
            },
        ),
    );
    n.change(
        "component_ensure",
        |(records, _): &(Records, Option<bool>)| named(records),
        with(
            smd,
            |smd, (records, force): (Records, Option<bool>)| async move {
                smd.ensure_components(plain(records), force).await
            },
        ),
    );
    n.change(
        "component_delete",
        |(ids, all): &Whom| scope::gone(ids.as_ref(), *all),
        with(smd, |smd, args: Whom| async move {
            match whom(args)? {
                Some(ids) => smd.delete_components(ids).await,
                None => smd.delete_all_components().await,
            }
        }),
    );
    queries(n, smd);
}

fn queries(n: &mut Natives, smd: &Client) {
    n.read(
        "component_query",
        with(smd, |smd, (places, filter): Asked| async move {
            smd.component_query(places, &filter.unwrap_or_default())
                .await
        }),
    );
    n.read(
        "component_by_nid",
        with(smd, |smd, (ranges, filter): Asked| async move {
            smd.component_by_nid(ranges, &filter.unwrap_or_default())
                .await
        }),
    );
}
