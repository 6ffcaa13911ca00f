//! Reservations: their keys, their end, and who may not be reserved.
use super::{
    Smd,
    lock::{N, failures, nodes},
};
use crate::{
    clock::{Clock, Pending},
    fault::Fault,
    services::site::{NoSigner, NoTimer, Open, Site, Sound},
    table::Forget,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// A clock that is moved by hand.
struct Hand(Mutex<Timestamp>);

impl Hand {
    fn pass(&self, seconds: i64) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now += SignedDuration::from_secs(seconds);
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sleep(&self, _: Duration) -> Pending<'_, Result<(), Fault>> {
        Box::pin(async { Ok(()) })
    }
}

fn smd() -> (Smd, Arc<Hand>) {
    let start = Timestamp::from_second(1_764_000_000).expect("a moment");
    let clock = Arc::new(Hand(Mutex::new(start)));
    let smd = Smd::at(&Site {
        clock: clock.clone(),
        journal: Arc::new(Forget),
        timer: Arc::new(NoTimer),
        peers: Arc::default(),
        guard: Arc::new(Open),
        signer: Arc::new(NoSigner),
        ailments: Arc::new(Sound),
        rack: Arc::new(crate::services::rack::NoRack),
        seed: 7,
    });
    nodes(&smd);
    (smd, clock)
}

fn post(smd: &Smd, path: &str, body: &Value) -> (u16, Value) {
    smd.ask("POST", &format!("/locks/{path}"), body)
}

/// Reserves nodes for minutes: what SMD says of each.
fn reserve(smd: &Smd, ids: &[&str], minutes: u8) -> Vec<Value> {
    let body = json!({ "ComponentIDs": ids, "ReservationDuration": minutes });
    let (status, result) = post(smd, "service/reservations", &body);
    assert_eq!(status, 200, "{result}");
    result["Success"].as_array().expect("a list").clone()
}

fn key(of: &Value, name: &str) -> Value {
    json!({ "ID": of["ID"], "Key": of[name] })
}

#[test]
fn a_reservation_ends_when_smd_looks_after_its_time() {
    let (smd, clock) = smd();
    clock.pass(10);
    let made = reserve(&smd, &[N[0]], 1);
    assert_eq!(made[0]["ExpirationTime"], "2025-11-24T16:01:10Z");
    assert_eq!(made[0].get("CreationTime"), None);
    let held =
        || post(&smd, "status", &json!({ "ComponentIDs": [N[0]] })).1["Components"][0].clone();
    assert_eq!(held()["CreationTime"], "2025-11-24T16:00:10Z");
    clock.pass(79);
    assert_eq!(held()["Reserved"], true, "over for 19 s, and nobody looked");
    let renew =
        json!({ "ReservationKeys": [key(&made[0], "ReservationKey")], "ReservationDuration": 2 });
    assert_eq!(post(&smd, "service/reservations/renew", &renew).0, 200);
    assert_eq!(held()["ExpirationTime"], "2025-11-24T16:03:29Z");
    clock.pass(120);
    assert_eq!(held()["Reserved"], true);
    clock.pass(1);
    assert_eq!(
        held(),
        json!({ "ID": N[0], "Locked": false, "Reserved": false, "ReservationDisabled": false })
    );
    let gone = (400, json!("Component not found"));
    assert_eq!(post(&smd, "service/reservations/renew", &renew), gone);
    let check = json!({ "DeputyKeys": [key(&made[0], "DeputyKey")] });
    let (_, result) = post(&smd, "service/reservations/check", &check);
    assert_eq!(failures(&result), [(N[0], "NotFound")]);
}

#[test]
fn who_may_not_be_reserved_is_told_of() {
    let (smd, _) = smd();
    post(&smd, "lock", &json!({ "ComponentIDs": [N[0]] }));
    post(&smd, "disable", &json!({ "ComponentIDs": [N[1]] }));
    reserve(&smd, &[N[2]], 15);
    let every = json!({ "ProcessingModel": "flexible", "ReservationDuration": 5 });
    let (_, result) = post(&smd, "service/reservations", &every);
    assert_eq!(
        failures(&result),
        [(N[0], "Locked"), (N[1], "Disabled"), (N[2], "Reserved")]
    );
    assert_eq!(result["Success"][0]["ID"], N[3]);
    // the administrator's: the other way round, and without end whatever is asked for
    let (_, result) = post(&smd, "reservations", &every);
    assert_eq!(failures(&result).len(), 3);
    assert_eq!(result["Success"][0].get("ExpirationTime"), None);
    let rigid = |body: Value| post(&smd, "service/reservations", &body).1;
    assert_eq!(
        rigid(json!({ "ReservationDuration": 5, "ComponentIDs": [N[3]] })),
        "Component is Reserved"
    );
    assert_eq!(
        rigid(json!({})),
        "ReservationDuration must be greater than 0"
    );
    assert_eq!(
        rigid(json!({ "ReservationDuration": 16 })),
        "Invalid Reservation Duration"
    );
    // SMD locks rows, which PostgreSQL does not do where it must join
    let join = json!({ "ReservationDuration": 5, "Group": ["g"] });
    assert_eq!(post(&smd, "service/reservations", &join).0, 500);
    let (_, result) = post(
        &smd,
        "reservations/remove",
        &json!({ "ProcessingModel": "flexible" }),
    );
    assert_eq!(failures(&result), [(N[1], "NotFound")]);
    assert_eq!(post(&smd, "reservations/remove", &json!({})).0, 400);
}

#[test]
fn the_key_counts_and_not_the_name_beside_it() {
    let (smd, _) = smd();
    let made = reserve(&smd, &[N[0], N[1]], 5);
    let keys: Vec<&Value> = made.iter().map(|made| &made["ReservationKey"]).collect();
    assert_ne!(keys[0], keys[1]);
    let release = |keys: Value, model: &str| {
        let body = json!({ "ReservationKeys": keys, "ProcessingModel": model });
        post(&smd, "reservations/release", &body)
    };
    assert_eq!(
        release(json!([]), ""),
        (400, json!("Reservation Key required for operation"))
    );
    let bare = json!([{ "ID": N[0] }]);
    assert_eq!(
        release(bare.clone(), "rigid"),
        (400, json!("Deputy Key required for operation"))
    );
    assert_eq!(
        failures(&release(bare, "flexible").1),
        [(N[0], "ServerError")]
    );
    let odd = json!([{ "ID": "zap", "Key": "k" }]);
    assert_eq!(
        release(odd, ""),
        (400, json!("got HMSTypeInvalid instead of valid type"))
    );
    let wrong = json!([key(&made[0], "ReservationKey"), { "ID": N[1], "Key": "wrong" }]);
    assert_eq!(
        release(wrong.clone(), "rigid"),
        (400, json!("Component not found"))
    );
    assert_eq!(
        failures(&release(wrong, "flexible").1),
        [(N[1], "NotFound")]
    );
    let stray = json!([{ "ID": N[3], "Key": keys[1].as_str().expect("a key").to_uppercase() }]);
    assert_eq!(
        release(stray, "").1["Success"]["ComponentIDs"],
        json!([N[1]])
    );
}

#[test]
fn reservations_go_with_their_components() {
    let (smd, _) = smd();
    let first = reserve(&smd, &[N[0]], 5);
    smd.ask(
        "DELETE",
        &format!("/State/Components/{}", N[0]),
        &Value::Null,
    );
    smd.components(&json!([{ "ID": N[0], "State": "On" }]));
    let again = reserve(&smd, &[N[0]], 5);
    assert_ne!(first[0]["ReservationKey"], again[0]["ReservationKey"]);
    assert_eq!(
        post(&smd, "disable", &json!({ "ComponentIDs": [N[0]] })).0,
        200
    );
    let (_, status) = post(&smd, "status", &json!({ "ComponentIDs": [N[0]] }));
    assert_eq!(status["Components"][0]["Reserved"], false);
}
