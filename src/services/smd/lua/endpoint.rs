//! `smd.rfe` and `smd.compep`.
use super::{
    super::client::{Client, Filter},
    super::images::scope,
    super::types::RedfishEndpointBody,
    Whom, whom, with,
};
use crate::{
    journal::Touch,
    lua::{Natives, Strict},
};

type Listing = (Option<Vec<String>>, Option<Filter>);
type Records = Vec<Strict<RedfishEndpointBody>>;

fn plain(records: Records) -> Vec<RedfishEndpointBody> {
    records.into_iter().map(|Strict(record)| record).collect()
}

/// The endpoints that are written, and what their discoveries make.
fn written((records,): &(Records,)) -> Vec<Touch> {
    scope::plugged(records.iter().map(|Strict(record)| record))
}

pub(super) fn natives(n: &mut Natives, smd: &Client) {
    n.read(
        "rfe_list",
        with(smd, |smd, (ids, filter): Listing| async move {
            smd.endpoints(ids.as_deref(), filter.unwrap_or_default())
                .await
        }),
    );
    n.read(
        "rfe_get",
        with(smd, |smd, (id,): (String,)| async move {
            smd.endpoint(&id).await
        }),
    );
    n.change(
        "rfe_add",
        written,
        with(smd, |smd, (records,): (Records,)| async move {
            smd.add_endpoints(plain(records)).await
        }),
    );
    n.change(
        "rfe_set",
        written,
        with(smd, |smd, (records,): (Records,)| async move {
            smd.set_endpoints(plain(records)).await
        }),
    );
    n.change(
        "rfe_update",
        written,
        with(smd, |smd, (records,): (Records,)| async move {
            smd.update_endpoints(plain(records)).await
        }),
    );
    n.change(
        "rfe_ensure",
        written,
        with(smd, |smd, (records,): (Records,)| async move {
            smd.ensure_endpoints(plain(records)).await
        }),
    );
    n.change(
        "rfe_delete",
        |(ids, all): &Whom| scope::unplugged(ids.as_ref(), *all),
        with(smd, |smd, args: Whom| async move {
            match whom(args)? {
                Some(ids) => smd.delete_endpoints(ids).await,
                None => smd.delete_all_endpoints().await,
            }
        }),
    );
    component_endpoints(n, smd);
}

fn component_endpoints(n: &mut Natives, smd: &Client) {
    n.read(
        "compep_list",
        with(smd, |smd, (ids, filter): Listing| async move {
            smd.component_endpoints(ids.as_deref(), &filter.unwrap_or_default())
                .await
        }),
    );
    n.read(
        "compep_get",
        with(smd, |smd, (id,): (String,)| async move {
            smd.component_endpoint(&id).await
        }),
    );
    n.change(
        "compep_delete",
        |(ids, all): &Whom| scope::unreached(ids.as_ref(), *all),
        with(smd, |smd, args: Whom| async move {
            match whom(args)? {
                Some(ids) => smd.delete_component_endpoints(ids).await,
                None => smd.delete_all_component_endpoints().await,
            }
        }),
    );
}
