//! `smd.scn`.
use super::{super::client::Client, super::images::SCN, super::types::SubscriptionBody, with};
use crate::{
    fault::Fault,
    journal::Touch,
    lua::{Natives, Strict},
};

pub(super) fn natives(n: &mut Natives, smd: &Client) {
    n.read(
        "scn_list",
        with(smd, |smd, (): ()| async move { smd.subscriptions().await }),
    );
    n.read(
        "scn_get",
        with(smd, |smd, (id,): (i64,)| async move {
            smd.subscription(id).await
        }),
    );
    n.change(
        "scn_add",
        |_: &(Strict<SubscriptionBody>,)| Touch::all(SCN),
        with(
            smd,
            |smd, (Strict(body),): (Strict<SubscriptionBody>,)| async move {
                smd.add_subscription(body).await
            },
        ),
    );
    n.change(
        "scn_set",
        |_: &(i64, Strict<SubscriptionBody>)| Touch::all(SCN),
        with(
            smd,
            |smd, (id, Strict(body)): (i64, Strict<SubscriptionBody>)| async move {
                smd.set_subscription(id, body).await
            },
        ),
    );
    n.change(
        "scn_update",
        |_: &(i64, Strict<SubscriptionBody>)| Touch::all(SCN),
        with(
            smd,
            |smd, (id, Strict(body)): (i64, Strict<SubscriptionBody>)| async move {
                smd.update_subscription(id, body).await
            },
        ),
    );
    n.change(
        "scn_delete",
        |_: &(Option<Vec<i64>>, Option<bool>)| Touch::all(SCN),
        with(
            smd,
            |smd, (ids, all): (Option<Vec<i64>>, Option<bool>)| async move {
                match (ids, all) {
                    (None, Some(true)) => smd.delete_all_subscriptions().await,
                    (Some(ids), None) => smd.delete_subscriptions(ids).await,
                    _ => Err(Fault::bad_argument("which ones?")
                        .hint("name them by number, or say { all = true }")),
                }
            },
        ),
    );
}
