//! `smd.hardware`, its units and their history.
use super::{
    super::client::{Client, Filter, Of, Told},
    super::images::{FRU, HARDWARE, scope},
    super::xname::normalize,
    Whom, whom, with,
};
use crate::{journal::Touch, lua::Natives};
use serde_json::Value;

type Listing = (Option<Vec<String>>, Option<Filter>);

/// The places that are filled; their units come with them.
fn filled((told,): &(Vec<Told>,)) -> Vec<Touch> {
    let id = |told: &Told| told.get("ID").and_then(Value::as_str).map(normalize);
    let ids = told.iter().filter_map(id);
    vec![Touch::all(FRU), Touch::of(HARDWARE, ids)]
}

const NO_PLACE: &str = "SMD takes a unit only together with the place that holds it";
const HISTORY: &str = "SMD writes histories itself and takes none";

pub(super) fn natives(n: &mut Natives, smd: &Client) {
    n.read(
        "hardware_list",
        with(smd, |smd, (ids, filter): Listing| async move {
            smd.hardware(ids.as_deref(), &filter.unwrap_or_default())
                .await
        }),
    );
    n.read(
        "hardware_get",
        with(smd, |smd, (id,): (String,)| async move {
            smd.hardware_at(&id).await
        }),
    );
    n.read(
        "hardware_query",
        with(
            smd,
            |smd, (id, options): (String, Option<Filter>)| async move {
                smd.hardware_query(&id, &options.unwrap_or_default()).await
            },
        ),
    );
    n.change(
        "hardware_add",
        filled,
        with(smd, |smd, (told,): (Vec<Told>,)| async move {
            smd.add_hardware(told).await
        }),
    );
    n.change(
        "hardware_set",
        filled,
        with(smd, |smd, (told,): (Vec<Told>,)| async move {
            smd.set_hardware(told).await
        }),
    );
    n.change(
        "hardware_delete",
        |(ids, all): &Whom| scope::whom(HARDWARE, ids.as_ref(), *all),
        with(smd, |smd, args: Whom| async move {
            match whom(args)? {
                Some(ids) => smd.delete_hardware(ids).await,
                None => smd.delete_all_hardware().await,
            }
        }),
    );
    units(n, smd);
    histories(n, smd);
}

fn units(n: &mut Natives, smd: &Client) {
    n.read(
        "fru_list",
        with(smd, |smd, (filter,): (Option<Filter>,)| async move {
            smd.frus(&filter.unwrap_or_default()).await
        }),
    );
    n.read(
        "fru_get",
        with(
            smd,
            |smd, (id,): (String,)| async move { smd.fru(&id).await },
        ),
    );
    n.one_way(
        "fru_delete",
        NO_PLACE,
        with(smd, |smd, args: Whom| async move {
            match whom(args)? {
                Some(ids) => smd.delete_frus(ids).await,
                None => smd.delete_all_frus().await,
            }
        }),
    );
    n.read(
        "fru_history_list",
        with(smd, |smd, (ids, filter): Listing| async move {
            let filter = filter.unwrap_or_default();
            smd.histories(Of::Units, ids.as_deref(), &filter).await
        }),
    );
    n.read(
        "fru_history_get",
        with(
            smd,
            |smd, (id, filter): (String, Option<Filter>)| async move {
                smd.history(Of::Units, &id, &filter.unwrap_or_default())
                    .await
            },
        ),
    );
    n.one_way(
        "fru_history_delete",
        HISTORY,
        with(smd, |smd, (ids,): (Vec<String>,)| async move {
            smd.delete_histories(Of::Units, ids).await
        }),
    );
}

fn histories(n: &mut Natives, smd: &Client) {
    n.read(
        "history_list",
        with(smd, |smd, (ids, filter): Listing| async move {
            let filter = filter.unwrap_or_default();
            smd.histories(Of::Places, ids.as_deref(), &filter).await
        }),
    );
    n.read(
        "history_get",
        with(
            smd,
            |smd, (id, filter): (String, Option<Filter>)| async move {
                smd.history(Of::Places, &id, &filter.unwrap_or_default())
                    .await
            },
        ),
    );
    n.one_way(
        "history_delete",
        HISTORY,
        with(smd, |smd, args: Whom| async move {
            match whom(args)? {
                Some(ids) => smd.delete_histories(Of::Places, ids).await,
                None => smd.delete_all_histories().await,
            }
        }),
    );
}
