//! The control API: who may, and what it does.
use super::{ask, at, control, home, json};
use crate::{
    fault::Kind,
    http::Locate as _,
    lab::{Control, Lab, Listen, Options},
    world::Power,
};

#[tokio::test]
async fn it_is_closed_to_those_who_do_not_know_the_secret() {
    let home = home();
    let lab = home.fresh();
    for headers in [
        &[][..],
        &[("x-lab-secret", "guess")],
        &[("authorization", "Bearer guess")],
    ] {
        let answer = ask(&lab, "GET", "/lab/v1/status", headers, "").await;
        assert_eq!(answer.status, 403);
        let hint = json(&answer)["hint"].to_string();
        assert!(hint.contains("json file"), "{hint}");
    }
    assert_eq!(control(&lab, "GET", "status", "").await.status, 200);
    let door = lab.back_door().await.expect("it runs");
    let bearer = format!("Bearer {}", door.token.unwrap_or_default());
    let answer = ask(
        &lab,
        "GET",
        "/lab/v1/status",
        &[("authorization", &bearer)],
        "",
    )
    .await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn an_open_one_wants_nothing() {
    let home = home();
    let lab = Lab::new(Options {
        listen: Listen {
            open: true,
            ..Listen::default()
        },
        ..home.options()
    });
    let answer = ask(&lab, "POST", "/lab/v1/reset", &[], "").await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn status_tells_where_it_is_and_what_it_holds() {
    let home = home();
    let lab = home.lab();
    let status = Control::new(lab.clone())
        .status()
        .await
        .expect("it answers");
    assert_eq!(status.pid, std::process::id());
    assert_eq!(status.http, lab.base().await.expect("it runs").url);
    assert!(status.https.is_some_and(|url| url.starts_with("https://")));
    assert_eq!(status.state, home.dirs.state.join("lab"));
    let machines = status.machines;
    assert_eq!(machines.len(), 5);
    assert_eq!(machines[0].name, "compute1");
    assert_eq!(machines[0].power, Power::Off);
}

#[tokio::test]
async fn time_goes_forward_by_what_is_asked() {
    let home = home();
    let lab = home.fresh();
    let before = json(&control(&lab, "GET", "clock", "").await);
    assert_eq!(before["now"], "2026-01-01T00:00:00Z");
    let after = json(&control(&lab, "POST", "clock", r#"{"advance":1.5}"#).await);
    assert_eq!(after["now"], "2026-01-01T00:00:01.5Z");
    assert_eq!(after["advanced"], 1.5);
    for body in [
        r#"{"advance":-1}"#,
        r#"{"advance":1e300}"#,
        "{}",
        r#"{"advance":"1s"}"#,
    ] {
        let refused = control(&lab, "POST", "clock", body).await;
        assert_eq!(refused.status, 400, "{body}");
    }
    let still = json(&control(&lab, "GET", "clock", "").await);
    assert_eq!(still["now"], after["now"]);
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    let home = home();
    let lab = home.fresh();
    assert_eq!(control(&lab, "POST", "faults", "").await.status, 501);
    assert_eq!(control(&lab, "GET", "nosuch", "").await.status, 404);
    assert_eq!(control(&lab, "DELETE", "status", "").await.status, 405);
}

#[tokio::test]
async fn snapshots_are_restored_by_name() {
    let home = home();
    let control = Control::new(home.fresh());
    let missing = control.restore("before").await.expect_err("none yet");
    assert_eq!(missing.kind, Kind::NotFound);
    assert_eq!(
        missing.hint.as_deref(),
        Some("lab.snapshot \"before\" takes one")
    );
    control.snapshot("before").await.expect("taken");
    control.restore("before").await.expect("there");
    assert!(
        control
            .diff(Some("before"))
            .await
            .expect("there")
            .is_empty()
    );
    let status = control.status().await.expect("it answers");
    assert_eq!(status.snapshots[0], "before");
}

#[tokio::test]
async fn an_unknown_state_is_refused_with_those_there_are() {
    let home = home();
    let refused = Control::new(home.fresh()).reset(Some("tutorail")).await;
    let fault = refused.expect_err("no such state");
    assert!(fault.message.contains("tutorail"), "{fault}");
    assert!(fault.hint.is_some_and(|hint| hint.contains("\"tutorial\"")));
}

#[tokio::test]
async fn a_field_that_does_not_exist_is_refused() {
    let home = home();
    let lab = home.fresh();
    let door = lab.back_door().await.expect("it runs");
    let secret = door.token.unwrap_or_default();
    let headers = [("x-lab-secret", secret.as_str())];
    let answer = at(
        &door.url,
        "POST",
        "/lab/v1/reset",
        &headers,
        r#"{"stat":"empty"}"#,
    )
    .await;
    assert_eq!(answer.status, 400);
    assert!(json(&answer)["detail"].to_string().contains("stat"));
}

#[tokio::test]
async fn tokens_it_makes_are_known_for_secrets() {
    let home = home();
    let control = Control::new(home.fresh());
    let order = serde_json::from_str(r#"{"subject":"s","audience":"smd"}"#);
    let token = control.bootstrap_token(&order.expect("an order")).await;
    let token = token.expect("it is made");
    let text = format!("it is {token}!");
    assert_eq!(crate::secret::hide(&text), "it is (hidden)!");
}
