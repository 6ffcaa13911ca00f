//! The client's promises, kept by the lab: what is written is read back, and what had no effect is said.
use super::site::{Stand, two_nodes};
use crate::{
    fault::{Fault, Kind},
    http::{Base, Http},
    services::cloud_init::client::{
        Client, DefaultsFields, GroupFields, NodeFields, PhoneHome, Upload,
    },
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::net::TcpListener;

async fn client(routes: axum::Router) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Client::new(&Http::at(Base {
        url,
        ..Base::default()
    }))
}

async fn cloud_init() -> Client {
    client(Stand::new(two_nodes()).routes).await
}

fn fields<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("fields")
}

fn failed<T: std::fmt::Debug>(result: Result<T, Fault>) -> (Kind, String) {
    let fault = result.expect_err("a fault");
    let hint = fault.hint.unwrap_or_default();
    (fault.kind, format!("{}\n{hint}", fault.message))
}

#[tokio::test]
async fn defaults_are_added_to_and_what_is_not_kept_is_said() {
    let ci = cloud_init().await;
    let set = async |value| ci.set_defaults(fields::<DefaultsFields>(value)).await;
    let now =
        set(json!({"cluster_name": "demo", "nid_length": 3, "base_url": "http://x/ci//"})).await;
    assert_eq!(now.expect("set").base_url, "http://x/ci");
    let now = set(json!({"public_keys": ["k"], "region": ""}))
        .await
        .expect("set");
    assert_eq!(
        (now.cluster_name.as_str(), now.public_keys.len()),
        ("demo", 1)
    );
    let (kind, text) = failed(set(json!({"nid_length": 0})).await);
    assert_eq!(kind, Kind::NoEffect);
    assert!(
        text.contains("cannot clear nid-length: it stays 3"),
        "{text}"
    );
    let (kind, text) = failed(set(json!({"wg_subnet": "100.64.0.0/10"})).await);
    assert_eq!(kind, Kind::NoEffect);
    assert!(text.contains("accepts wg-subnet and drops it"), "{text}");
    assert_eq!(failed(set(json!({})).await).0, Kind::BadArgument);
}

#[tokio::test]
async fn groups_are_added_set_updated_and_ensured() {
    let ci = cloud_init().await;
    let of = |value| fields::<GroupFields>(value);
    let file = json!({"content": "#cloud-config\n", "filename": "c.yaml"});
    let group = ci.add_group(
        "compute",
        of(json!({"description": "d", "file": file, "encoding": "base64"})),
        Upload::default(),
    );
    let group = group.await.expect("added");
    assert_eq!(group.file.content, "I2Nsb3VkLWNvbmZpZwo=");
    assert_eq!(
        ci.group_config("compute").await.expect("there"),
        "#cloud-config\n"
    );
    assert_eq!(
        failed(
            ci.add_group("compute", of(json!({})), Upload::default())
                .await
        )
        .0,
        Kind::Conflict
    );
    let group = ci
        .update_group(
            "compute",
            of(json!({"meta_data": {"n": 1.0, "big": 1e6}})),
            Upload::default(),
        )
        .await;
    assert_eq!(group.expect("updated").description, "d");
    let again = ci
        .ensure_group(
            "compute",
            of(json!({"meta_data": {"n": 1, "big": 1_000_000}})),
            Upload::default(),
        )
        .await;
    assert_eq!(again.expect("ensured"), None);
    let group = ci
        .set_group("compute", GroupFields::default(), Upload::default())
        .await
        .expect("set");
    assert_eq!(
        (group.description.as_str(), group.file.content.as_str()),
        ("", "")
    );
}

#[tokio::test]
async fn what_is_not_said_of_a_file_stays() {
    let ci = cloud_init().await;
    let of = |value| fields::<GroupFields>(value);
    let file = json!({"content": "#cloud-config\n", "filename": "c.yaml"});
    let sent = of(json!({"file": file, "encoding": "base64"}));
    let added = ci.add_group("io", sent, Upload::default()).await;
    assert_eq!(added.expect("added").file.encoding, "base64");
    for same in [
        json!({"file": {"content": "#cloud-config\n"}}),
        json!({"file": file, "encoding": "plain"}),
    ] {
        let again = ci.ensure_group("io", of(same), Upload::default()).await;
        assert_eq!(again.expect("ensured"), None);
    }
    let text = "#cloud-config\ntimezone: UTC\n";
    let other = of(json!({"file": {"content": text}}));
    let group = ci.update_group("io", other, Upload::default()).await;
    let file = group.expect("updated").file;
    assert_eq!(
        (file.filename.as_str(), file.encoding.as_str()),
        ("c.yaml", "base64")
    );
    assert_eq!(ci.group_config("io").await.expect("there"), text);
}

#[tokio::test]
async fn groups_are_listed_and_deleted() {
    let ci = cloud_init().await;
    let of = |value| fields::<GroupFields>(value);
    for name in ["io", "compute"] {
        let group = ci
            .ensure_group(name, of(json!({"description": "d"})), Upload::default())
            .await;
        assert_eq!(group.expect("ensured").expect("new").name, name);
    }
    let names = |list: Vec<crate::services::cloud_init::types::Group>| -> Vec<String> {
        list.into_iter().map(|group| group.name).collect()
    };
    assert_eq!(names(ci.groups().await.expect("listed")), ["compute", "io"]);
    let both = vec!["io".to_owned(), "never".to_owned()];
    let (kind, text) = failed(ci.delete_groups(both).await);
    assert_eq!(kind, Kind::Partial);
    assert!(text.contains("cloud-init has no group never"), "{text}");
    assert_eq!(names(ci.groups().await.expect("listed")), ["compute"]);
    assert_eq!(
        failed(
            ci.update_group("io", of(json!({"description": "x"})), Upload::default())
                .await
        )
        .0,
        Kind::NotFound
    );
}

#[tokio::test]
async fn a_file_that_nodes_could_not_use_is_sent_only_on_demand() {
    let ci = cloud_init().await;
    let file = || fields::<GroupFields>(json!({"file": {"content": "#cloud-config\na: [1\n"}}));
    let (kind, text) = failed(ci.add_group("io", file(), Upload::default()).await);
    assert_eq!(kind, Kind::BadArgument);
    assert!(
        text.contains("line ") && text.contains("lint = false"),
        "{text}"
    );
    let group = ci.add_group("io", file(), Upload { lint: false }).await;
    assert_eq!(group.expect("sent").file.content, "#cloud-config\na: [1\n");
}

#[tokio::test]
async fn what_no_node_could_fetch_is_not_sent() {
    let ci = cloud_init().await;
    for name in ["", "a.b", "a/b", "a b"] {
        assert_eq!(
            failed(
                ci.set_group(name, GroupFields::default(), Upload::default())
                    .await
            )
            .0,
            Kind::BadArgument,
            "{name}"
        );
    }
    for (file, encoding) in [
        (json!({"content": "x", "encoding": "rot13"}), Value::Null),
        (json!({"content": "***", "encoding": "base64"}), Value::Null),
        (
            json!({"content": "x", "encoding": "plain"}),
            json!("base64"),
        ),
        (Value::Null, json!("base64")),
    ] {
        let group = fields(json!({"file": file, "encoding": encoding}));
        assert_eq!(
            failed(ci.set_group("io", group, Upload::default()).await).0,
            Kind::BadArgument,
            "{file}"
        );
    }
    assert_eq!(ci.groups().await.expect("listed"), []);
}

#[tokio::test]
async fn a_node_is_set_and_shows_it() {
    let ci = cloud_init().await;
    let set = async |ids: &[&str], value| {
        let ids = ids.iter().map(|id| (*id).to_owned()).collect();
        ci.set_nodes(ids, fields::<NodeFields>(value)).await
    };
    let shown = set(
        &["x0n0", "x0n1"],
        json!({"local_hostname": "c", "public_keys": ["k"]}),
    )
    .await;
    let shown = shown.expect("set");
    assert_eq!(shown.len(), 2);
    assert_eq!(shown[0]["local-hostname"], "c");
    assert_eq!(shown[0]["hostname"], "0001");
    assert_eq!(shown[1]["instance_data"]["v1"]["public_keys"], json!(["k"]));
    let shown = set(&["x0n0"], json!({})).await.expect("set");
    assert_eq!(shown[0]["local-hostname"], "0001", "what it had is dropped");
    let (kind, text) = failed(set(&["x0n0", "x9"], json!({"hostname": "h"})).await);
    assert_eq!(kind, Kind::Partial);
    assert!(text.contains("SMD has no node x9"), "{text}");
    let (kind, text) = failed(set(&["x0n0"], json!({"instance_id": "mine"})).await);
    assert_eq!(kind, Kind::NoEffect);
    assert!(text.contains("keeps its instance-id"), "{text}");
    let (kind, text) = failed(set(&["x0n0"], json!({"region": "eu"})).await);
    assert_eq!(kind, Kind::BadArgument);
    assert!(text.contains("ignores the region"), "{text}");
    assert_eq!(
        failed(set(&["x0n0", "x0n0"], json!({})).await).0,
        Kind::BadArgument
    );
}

#[tokio::test]
async fn what_a_node_gets_is_seen_through_its_eyes() {
    let ci = cloud_init().await;
    assert_eq!(ci.user_data("x0n0").await.expect("there"), "#cloud-config");
    assert!(
        ci.vendor_data("x0n0")
            .await
            .expect("there")
            .ends_with("/io.yaml\n")
    );
    assert_eq!(
        ci.node_group("x0n0", "compute").await.expect("there"),
        "#cloud-config"
    );
    let data = ci.meta_data("x0n0").await.expect("there");
    assert_eq!(data["hostname"], "0001", "text, as it is written");
    assert_eq!(data["instance_data"]["v1"]["vendor_data"]["version"], "1.0");
    let (kind, text) = failed(ci.node_group("x0n1", "io").await);
    assert_eq!(kind, Kind::NotFound);
    assert!(text.contains("once a minute"), "{text}");
    let (kind, text) = failed(ci.meta_data("x9").await);
    assert_eq!(kind, Kind::NotFound);
    assert!(text.contains("smd.component.list()"), "{text}");
}

#[tokio::test]
async fn a_server_without_impersonation_says_how_to_turn_it_on() {
    use axum::{http::StatusCode, routing::put};
    let routes = axum::Router::new()
        .route(
            "/cloud-init/admin/instance-info/{id}",
            put(|| async { StatusCode::CREATED }),
        )
        .fallback(|| async { (StatusCode::NOT_FOUND, "404 page not found\n") });
    let ci = client(routes).await;
    let (kind, text) = failed(ci.meta_data("x0n0").await);
    assert_eq!(kind, Kind::NotFound);
    assert!(text.contains("IMPERSONATION=true"), "{text}");
    let set = ci
        .set_nodes(vec!["x0n0".into()], fields(json!({"hostname": "h"})))
        .await;
    assert_eq!(
        set.expect("accepted"),
        Vec::<Value>::new(),
        "nothing can be read back"
    );
}

#[tokio::test]
async fn the_server_tells_of_itself_and_takes_what_nodes_send() {
    let ci = cloud_init().await;
    assert_eq!(
        ci.version().await.expect("there").process_name,
        "cloud-init-server"
    );
    assert_eq!(ci.status().await.expect("there"), "cloud-init is running");
    let told = PhoneHome {
        hostname: "a b&c".into(),
        ..PhoneHome::default()
    };
    ci.phone_home("x0n0", &told).await.expect("taken");
    let (kind, text) = failed(ci.wg_init("key").await);
    assert_eq!(kind, Kind::Refused);
    assert!(text.contains("without WireGuard"), "{text}");
    assert_eq!(failed(ci.wg_init(" ").await).0, Kind::BadArgument);
}
