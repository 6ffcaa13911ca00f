//! `smd.component`.
use super::{
    super::client::{Client, Filter},
    super::types::Component,
    Whom, whom, with,
};
use crate::lua::{Natives, Strict};

type Listing = (Option<Vec<String>>, Option<Filter>);
type Asked = (Vec<String>, Option<Filter>);
type Records = Vec<Strict<Component>>;

fn plain(records: Records) -> Vec<Component> {
    records.into_iter().map(|Strict(record)| record).collect()
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
    n.write(
        "component_add",
        with(smd, |smd, (records,): (Records,)| async move {
            smd.add_components(plain(records)).await
        }),
    );
    n.write(
        "component_set",
        with(smd, |smd, (records,): (Records,)| async move {
            smd.set_components(plain(records)).await
        }),
    );
    n.write(
        "component_update",
        with(
            smd,
            |smd, (records, force): (Records, Option<bool>)| async move {
                smd.update_components(plain(records), force).await
            },
        ),
    );
    n.write(
        "component_ensure",
        with(
            smd,
            |smd, (records, force): (Records, Option<bool>)| async move {
                smd.ensure_components(plain(records), force).await
            },
        ),
    );
    n.write(
        "component_delete",
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
