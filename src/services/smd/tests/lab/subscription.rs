//! Who is told of a change, of which, and that nobody waits for him.
use super::Smd;
use axum::{Json, Router, extract::State, routing::post};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc};

/// A subscriber that passes on what it is told.
fn subscriber(smd: &Smd) -> (String, mpsc::UnboundedReceiver<Value>) {
    let (tell, told) = mpsc::unbounded_channel();
    let hear = |State(tell): State<mpsc::UnboundedSender<Value>>, Json(news): Json<Value>| async move {
        tell.send(news).expect("somebody listens");
    };
    let url = smd.runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let url = format!("http://{}/scn", listener.local_addr().expect("bound"));
        let routes = Router::new().route("/scn", post(hear)).with_state(tell);
        tokio::spawn(async move { axum::serve(listener, routes).await });
        url
    });
    (url, told)
}

fn subscribe(smd: &Smd, fields: &Value) -> Value {
    let (status, answer) = smd.ask("POST", "/Subscriptions/SCN", fields);
    assert_eq!(status, 200, "{answer}");
    answer["ID"].clone()
}

#[test]
fn a_subscriber_is_told_which_components_changed_to_what() {
    let smd = Smd::new();
    let (url, mut told) = subscriber(&smd);
    smd.components(&json!([
        { "ID": "x0c0s0b0n0", "State": "Off" },
        { "ID": "x0c0s1b0n0", "State": "Ready" },
    ]));
    // nobody is there, and that hurts nobody
    let dead = json!({ "Subscriber": "dead", "Url": "http://127.0.0.1:9/", "States": ["Ready"] });
    subscribe(&smd, &dead);
    subscribe(
        &smd,
        &json!({ "Subscriber": "me", "Url": url, "States": ["ready"], "Enabled": true }),
    );
    let all = json!(["x0c0s0b0n0", "x0c0s1b0n0", "x0c0s7b0n0"]);
    let patch = |call: &str, field: &str, value: Value| {
        let body = json!({ "ComponentIDs": all, field: value });
        let path = format!("/State/Components/{call}");
        assert_eq!(smd.ask("PATCH", &path, &body).0, 204);
    };
    patch("BulkFlagOnly", "Flag", json!("Warning"));
    patch("BulkRole", "Role", json!("Service"));
    patch("BulkStateData", "State", json!("On"));
    patch("BulkStateData", "State", json!("Ready"));
    let news = smd.runtime.block_on(told.recv());
    let wanted =
        json!({ "Components": ["x0c0s0b0n0", "x0c0s1b0n0"], "State": "Ready", "Flag": "OK" });
    assert_eq!(news, Some(wanted), "not of flags, roles, or other states");
    let body = json!({ "Enabled": false });
    smd.ask("PATCH", "/State/Components/x0c0s0b0n0/Enabled", &body);
    let news = smd.runtime.block_on(told.recv());
    assert_eq!(
        news,
        Some(json!({ "Components": ["x0c0s0b0n0"], "Enabled": false }))
    );
}

#[test]
fn numbers_are_used_up_even_by_refusals() {
    let smd = Smd::new();
    let one = json!({ "Subscriber": "a", "Url": "http://127.0.0.1:9/", "States": ["On"] });
    assert_eq!(subscribe(&smd, &one), 1);
    assert_eq!(smd.ask("POST", "/Subscriptions/SCN", &one).0, 400);
    let other = json!({ "Subscriber": "b", "Url": "http://127.0.0.1:9/", "States": ["On"] });
    assert_eq!(subscribe(&smd, &other), 3);
    assert_eq!(
        smd.ask("PUT", "/Subscriptions/SCN/3", &one).0,
        400,
        "the first one's"
    );
    assert_eq!(
        smd.get("/Subscriptions/SCN/3000000000").0,
        500,
        "too wide a number"
    );
}

#[test]
fn a_discovery_without_bmcs_fails_for_want_of_an_answer() {
    let smd = Smd::new();
    assert_eq!(smd.ask("POST", "/Inventory/Discover", &json!({})).0, 404);
    for (id, enabled) in [("x0c0s0b0", true), ("x0c0s1b0", false)] {
        let body = json!({ "ID": id, "Enabled": enabled });
        assert_eq!(smd.ask("POST", "/Inventory/RedfishEndpoints", &body).0, 201);
    }
    let (status, uris) = smd.ask("POST", "/Inventory/Discover", &json!({ "xnames": [] }));
    assert_eq!(
        (status, &uris[0]["URI"]),
        (200, &json!("/hsm/v2/Inventory/DiscoveryStatus/0"))
    );
    let status = |id: &str| {
        let (_, endpoint) = smd.get(&format!("/Inventory/RedfishEndpoints/{id}"));
        endpoint["DiscoveryInfo"]["LastDiscoveryStatus"].clone()
    };
    assert_eq!(status("x0c0s0b0"), "DiscoveryStarted");
    assert_eq!(status("x0c0s1b0"), "NotYetQueried", "disabled");
}
