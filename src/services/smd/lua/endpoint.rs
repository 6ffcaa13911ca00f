//! `smd.rfe` and `smd.compep`.
use super::{
    super::client::{Client, Filter},
    super::types::RedfishEndpointBody,
    Whom, whom, with,
};
use crate::lua::{Natives, Strict};

type Listing = (Option<Vec<String>>, Option<Filter>);
type Records = Vec<Strict<RedfishEndpointBody>>;

fn plain(records: Records) -> Vec<RedfishEndpointBody> {
    records.into_iter().map(|Strict(record)| record).collect()
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
    n.write(
        "rfe_add",
        with(smd, |smd, (records,): (Records,)| async move {
            smd.add_endpoints(plain(records)).await
        }),
    );
    n.write(
        "rfe_set",
        with(smd, |smd, (records,): (Records,)| async move {
            smd.set_endpoints(plain(records)).await
        }),
    );
    n.write(
        "rfe_update",
        with(smd, |smd, (records,): (Records,)| async move {
            smd.update_endpoints(plain(records)).await
        }),
    );
    n.write(
        "rfe_ensure",
        with(smd, |smd, (records,): (Records,)| async move {
            smd.ensure_endpoints(plain(records)).await
        }),
    );
    n.write(
        "rfe_delete",
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
    n.write(
        "compep_delete",
        with(smd, |smd, args: Whom| async move {
            match whom(args)? {
                Some(ids) => smd.delete_component_endpoints(ids).await,
                None => smd.delete_all_component_endpoints().await,
            }
        }),
    );
}
