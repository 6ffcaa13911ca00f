//! Locks and reservations: every item tried, every failure named, no key lost.
use super::{filter, kinds, node, smd_with};
use crate::{
    fault::Kind,
    services::smd::client::{
        Client, Filter, Held, Holder, LockChange, LockOptions, Model, ReservationOptions,
    },
};
use serde_json::{Value, json};

async fn change(
    smd: &Client,
    change: LockChange,
    nodes: &[usize],
) -> Result<usize, crate::fault::Fault> {
    let ids = nodes.iter().map(|n| node(*n)).collect();
    let locks = smd
        .change_locks(change, ids, LockOptions::default())
        .await?;
    Ok(locks.len())
}

fn minutes(value: &Value) -> ReservationOptions {
    serde_json::from_value(json!({ "ReservationDuration": value })).expect("a duration")
}

fn held(of: &impl serde::Serialize) -> Held {
    serde_json::from_value(json!(of)).expect("a reservation")
}

#[tokio::test]
async fn locking_tries_each_and_names_who_could_not_be() {
    let smd = smd_with(&[0, 1, 2]).await;
    assert_eq!(
        change(&smd, LockChange::Lock, &[0]).await.expect("locked"),
        1
    );
    let fault = change(&smd, LockChange::Lock, &[0, 1, 9])
        .await
        .expect_err("partly");
    let (one, nine) = (node(0), node(9));
    let items = vec![(&*nine, Kind::NotFound), (&*one, Kind::Conflict)];
    assert_eq!(kinds(&fault), (Kind::Partial, items));
    let locked = smd
        .locks(None, &filter(json!({ "locked": true })))
        .await
        .expect("two");
    assert_eq!(locked.len(), 2);
    // SMD says "Component is Reserved"
    let fault = change(&smd, LockChange::Lock, &[0, 1])
        .await
        .expect_err("both are");
    assert_eq!(fault.kind, Kind::Conflict);
    assert!(fault.message.contains("is locked already"), "{fault}");
}

#[tokio::test]
async fn all_or_nothing_names_who_stands_in_the_way() {
    let smd = smd_with(&[1, 2]).await;
    assert_eq!(
        change(&smd, LockChange::Lock, &[1]).await.expect("locked"),
        1
    );
    let rigid = LockOptions {
        processing_model: Model::Rigid,
    };
    let ids = vec![node(2), node(1)];
    let fault = smd
        .change_locks(LockChange::Lock, ids, rigid)
        .await
        .expect_err("all or nothing");
    assert_eq!(
        (fault.kind, fault.message),
        (Kind::Conflict, format!("{} is locked already", node(1)))
    );
    let unlocked = smd
        .locks(Some(&[node(2)]), &Filter::default())
        .await
        .expect("one");
    assert!(!unlocked[0].locked);
}

#[tokio::test]
async fn who_is_disabled_cannot_be_locked() {
    let smd = smd_with(&[0, 1]).await;
    assert_eq!(
        change(&smd, LockChange::Lock, &[0, 1])
            .await
            .expect("locked"),
        2
    );
    assert_eq!(
        change(&smd, LockChange::Unlock, &[1, 0])
            .await
            .expect("unlocked"),
        2
    );
    assert_eq!(
        change(&smd, LockChange::Disable, &[1, 0])
            .await
            .expect("disabled"),
        2
    );
    let fault = change(&smd, LockChange::Lock, &[0])
        .await
        .expect_err("disabled");
    assert!(fault.message.contains("disabled"), "{fault}");
    assert_eq!(
        change(&smd, LockChange::Repair, &[1, 0])
            .await
            .expect("repaired"),
        2
    );
}

#[tokio::test]
async fn an_empty_set_is_nobody() {
    let smd = smd_with(&[0]).await;
    assert_eq!(
        change(&smd, LockChange::Lock, &[]).await.expect("nobody"),
        0
    );
    let none = smd.locks(None, &filter(json!({ "Locked": true }))).await;
    assert!(none.expect("SMD refuses where nobody matches").is_empty());
    let none = smd.add_reservations(Holder::Admin, Vec::new(), ReservationOptions::default());
    assert!(none.await.expect("nobody").is_empty());
    assert!(
        smd.release(Holder::Admin, Vec::new())
            .await
            .expect("nobody")
            .is_empty()
    );
    let odd = smd
        .locks(None, &filter(json!({ "lokced": true })))
        .await
        .expect_err("no filter");
    assert_eq!(odd.kind, Kind::BadArgument);
}

#[tokio::test]
async fn a_service_reserves_renews_and_releases() {
    let smd = smd_with(&[0, 1]).await;
    let ids = vec![node(1), node(0)];
    let made = smd.add_reservations(Holder::Service, ids.clone(), minutes(&json!("5m")));
    let made = made.await.expect("reserved");
    assert_eq!(made[0].id, node(1));
    assert!(made.iter().all(|made| made.reservation_key.is_some()));
    assert!(made.iter().all(|made| made.creation_time.is_some()));
    let found = smd
        .check_reservations(made.iter().map(held).collect())
        .await
        .expect("held");
    assert_eq!((&found[1].id, &found[1].reservation_key), (&node(0), &None));
    let now = smd
        .renew(made.iter().map(held).collect(), minutes(&json!(15)))
        .await
        .expect("renewed");
    assert!(now[0].expiration_time > made[0].expiration_time);
    let now = smd
        .release(Holder::Service, vec![held(&made[0])])
        .await
        .expect("released");
    assert!(!now[0].reserved);
    let fault = smd
        .release(Holder::Service, made.iter().map(held).collect())
        .await
        .expect_err("one is");
    assert_eq!(
        kinds(&fault),
        (Kind::Partial, vec![(&*node(1), Kind::NotFound)])
    );
    let fault = smd
        .check_reservations(vec![held(&made[0])])
        .await
        .expect_err("over");
    assert_eq!(fault.kind, Kind::NotFound);
}

#[tokio::test]
async fn a_set_is_reserved_whole_or_not_at_all() {
    let smd = smd_with(&[0, 1, 2]).await;
    change(&smd, LockChange::Lock, &[0]).await.expect("locked");
    let ids = vec![node(0), node(1), node(2)];
    let add = |holder, options| smd.add_reservations(holder, ids.clone(), options);
    let fault = add(Holder::Service, minutes(&json!(5)))
        .await
        .expect_err("one is locked");
    assert_eq!(
        kinds(&fault),
        (Kind::Partial, vec![(&*node(0), Kind::Conflict)])
    );
    assert!(
        fault.message.ends_with("(the others were given back)"),
        "{fault}"
    );
    let left = smd
        .locks(None, &filter(json!({ "Reserved": true })))
        .await
        .expect("none");
    assert!(left.is_empty());
    let fault = add(Holder::Admin, ReservationOptions::default())
        .await
        .expect_err("two are not");
    assert_eq!((fault.kind, fault.items.len()), (Kind::Partial, 2));
    assert_eq!(
        change(&smd, LockChange::Lock, &[1, 2])
            .await
            .expect("locked"),
        2
    );
    let made = add(Holder::Admin, ReservationOptions::default())
        .await
        .expect("reserved");
    assert!(made.iter().all(|made| made.expiration_time.is_none()));
    let fault = smd
        .renew(vec![held(&made[0])], minutes(&json!(5)))
        .await
        .expect_err("no end");
    assert_eq!(fault.kind, Kind::NotFound);
    assert_eq!(
        change(&smd, LockChange::Remove, &[0])
            .await
            .expect("removed"),
        1
    );
    let fault = change(&smd, LockChange::Remove, &[0, 1])
        .await
        .expect_err("one was not");
    assert_eq!(
        kinds(&fault),
        (Kind::Partial, vec![(&*node(0), Kind::NotFound)])
    );
}

#[tokio::test]
async fn arguments_are_looked_at_before_anything_is_sent() {
    let smd = smd_with(&[0]).await;
    for odd in [json!(0), json!(16), json!("90s"), json!("soon")] {
        let read: Result<ReservationOptions, _> =
            serde_json::from_value(json!({ "ReservationDuration": odd }));
        assert!(read.is_err(), "{odd}");
    }
    let none = ReservationOptions::default();
    let fault = smd
        .add_reservations(Holder::Service, vec![node(0)], none)
        .await
        .expect_err("how long?");
    assert_eq!(fault.kind, Kind::BadArgument);
    let fault = smd
        .add_reservations(Holder::Admin, vec![node(0)], minutes(&json!(5)))
        .await;
    assert_eq!(fault.expect_err("no end").kind, Kind::BadArgument);
    let strange = json!({ "ID": node(0), "Key": "x9c0s0b0n0:rk:1" });
    for odd in [json!({ "ID": node(0) }), strange, json!({ "Key": ":rk:1" })] {
        let fault = smd
            .release(Holder::Admin, vec![held(&odd)])
            .await
            .expect_err("no key of it");
        assert_eq!(fault.kind, Kind::BadArgument);
        assert!(!fault.to_string().contains(":rk:"), "{fault}");
    }
}
