//! `smd.locks`, and the reservations of administrators and services.
use super::{
    super::client::{
        Client, Filter, Held, Holder, LockChange, LockOptions, ReservationOptions as Options,
    },
    with,
};
use crate::lua::Natives;

type Whom = (Vec<String>, Option<LockOptions>);

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
        n.write(
            name,
            with(smd, move |smd, (ids, options): Whom| async move {
                smd.change_locks(change, ids, options.unwrap_or_default())
                    .await
            }),
        );
    }
    for (add, release, holder) in [
        ("reservation_add", "reservation_release", Holder::Admin),
        ("service_add", "service_release", Holder::Service),
    ] {
        n.write(
            add,
            with(
                smd,
                move |smd, (ids, options): (Vec<String>, Option<Options>)| async move {
                    smd.add_reservations(holder, ids, options.unwrap_or_default())
                        .await
                },
            ),
        );
        n.write(
            release,
            with(smd, move |smd, (held,): (Vec<Held>,)| async move {
                smd.release(holder, held).await
            }),
        );
    }
    n.write(
        "service_renew",
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
