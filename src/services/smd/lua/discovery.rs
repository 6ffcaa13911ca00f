//! `smd.servep` and `smd.discovery`.
use super::{
    super::client::{Client, Filter},
    Whom, whom, with,
};
use crate::lua::Natives;

type Listing = (Option<Vec<String>>, Option<Filter>);

const BY_BMC: &str = "only BMCs tell SMD of their services";

pub(super) fn natives(n: &mut Natives, smd: &Client) {
    n.read(
        "servep_list",
        with(smd, |smd, (bmcs, filter): Listing| async move {
            smd.service_endpoints(bmcs.as_deref(), &filter.unwrap_or_default())
                .await
        }),
    );
    n.read(
        "servep_get",
        with(smd, |smd, (service, bmc): (String, String)| async move {
            smd.service_endpoint(&service, &bmc).await
        }),
    );
    n.one_way(
        "servep_delete",
        BY_BMC,
        with(smd, |smd, (service, bmc): (String, String)| async move {
            smd.delete_service_endpoint(&service, &bmc).await
        }),
    );
    n.one_way(
        "servep_delete_all",
        BY_BMC,
        with(smd, |smd, (): ()| async move {
            smd.delete_all_service_endpoints().await
        }),
    );
    n.read(
        "discovery_list",
        with(
            smd,
            |smd, (): ()| async move { smd.discovery_statuses().await },
        ),
    );
    n.read(
        "discovery_get",
        with(smd, |smd, (id,): (u32,)| async move {
            smd.discovery_status(id).await
        }),
    );
    n.one_way(
        "discovery_start",
        "what BMCs told SMD cannot be untold",
        with(
            smd,
            |smd, (bmcs, all, force): (Option<Vec<String>>, Option<bool>, Option<bool>)| async move {
                let bmcs: Whom = (bmcs, all);
                smd.discover(whom(bmcs)?, force.unwrap_or(false)).await
            },
        ),
    );
}
