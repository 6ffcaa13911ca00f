//! `smd.locks`, and the reservations of administrators and services.
use super::{
    super::client::{
        Client, Filter, Held, Holder, LockChange, LockOptions, ReservationOptions as Options,
    },
    super::images::{COMPONENT, RESERVATION},
    super::xname::normalize,
    with,
};
use crate::{
    journal::{Scope, Touch},
    lua::Natives,
};

type Whom = (Vec<String>, Option<LockOptions>);

const KEYS: &str = "a new reservation has other keys";

fn named(resource: &str, ids: &[String]) -> Touch {
    Touch::of(resource, ids.iter().map(|id| normalize(id)))
}

pub(super) fn natives(n: &mut Natives, smd: &Client) {
    n.read(
        "lock_list",
        with(
            smd,
            |smd, (ids, filter): (Option<Vec<String>>, Option<Filter>)| async move {
                smd.locks(ids.as_deref(), &filter.unwrap_or_default()).await
            },
        ),
    );
    for (name, change) in [
        ("lock_lock", LockChange::Lock),
        ("lock_unlock", LockChange::Unlock),
        ("lock_disable", LockChange::Disable),
        ("lock_repair", LockChange::Repair),
        ("reservation_remove", LockChange::Remove),
    ] {
        let scope = move |(ids, _): &Whom| match change {
            LockChange::Remove => Scope::OneWay(KEYS),
            _ => named(COMPONENT, ids).into(),
        };
        n.change(
            name,
            scope,
            with(smd, move |smd, (ids, options): Whom| async move {
                smd.change_locks(change, ids, options.unwrap_or_default())
                    .await
            }),
        );
    }
    reservations(n, smd);
}

fn reservations(n: &mut Natives, smd: &Client) {
    for (add, release, holder) in [
        ("reservation_add", "reservation_release", Holder::Admin),
        ("service_add", "service_release", Holder::Service),
    ] {
        n.change(
            add,
            |(ids, _): &(Vec<String>, Option<Options>)| named(RESERVATION, ids),
            with(
                smd,
                move |smd, (ids, options): (Vec<String>, Option<Options>)| async move {
                    smd.add_reservations(holder, ids, options.unwrap_or_default())
                        .await
                },
            ),
        );
        n.one_way(
            release,
            KEYS,
            with(smd, move |smd, (held,): (Vec<Held>,)| async move {
                smd.release(holder, held).await
            }),
        );
    }
    n.one_way(
        "service_renew",
        "how long the reservation would have lasted is not told",
        with(
            smd,
            |smd, (held, options): (Vec<Held>, Option<Options>)| async move {
                smd.renew(held, options.unwrap_or_default()).await
            },
        ),
    );
    n.read(
        "service_check",
        with(smd, |smd, (held,): (Vec<Held>,)| async move {
            smd.check_reservations(held).await
        }),
    );
}
