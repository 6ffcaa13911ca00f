//! The simulated cloud-init asked over its router: what no recording shows, from the neighbourhood of those that exist.
use super::site::{Stand, World, two_nodes};
use axum::{body::Body, http::Request};

const ME: &str = "/admin/impersonation/x0n0";

#[tokio::test]
async fn smd_is_read_at_start_and_once_a_minute_and_nothing_is_forgotten() {
    let stand = Stand::new(two_nodes());
    let list = |groups: &[&str]| {
        let line = |group: &&str| format!("http://cloud-init:27777/{group}.yaml\n");
        format!("#include\n{}", groups.iter().map(line).collect::<String>())
    };
    let mine = format!("{ME}/vendor-data");
    assert_eq!(
        stand.get(&mine).await.1,
        list(&["compute", "io"]),
        "read at start"
    );
    stand.change(|world| world.groups[0].1 = vec!["new"]);
    assert_eq!(
        stand.get(&mine).await.1,
        list(&["compute", "io"]),
        "not yet"
    );
    stand.minute().await;
    assert_eq!(
        stand.get(&mine).await.1,
        list(&["new"]),
        "and again each minute"
    );
    stand.change(|world| *world = World::default());
    stand.minute().await;
    assert_eq!(stand.get(&mine).await.1, list(&[]), "no groups any more");
    let (status, _) = stand.get(&format!("{ME}/meta-data")).await;
    assert_eq!(status, 404, "components are asked for live");
    stand.change(|world| world.nids.push(("x0n0", 9)));
    let (_, text) = stand.get(&format!("{ME}/meta-data")).await;
    assert!(
        text.contains("hostname: \"0009\"") && text.contains("local_ipv4: 10.0.0.1"),
        "{text}"
    );
    stand.restart();
    let (_, text) = stand.get(&format!("{ME}/meta-data")).await;
    assert!(
        text.contains("local_ipv4: \"\""),
        "forgotten by a restart: {text}"
    );
    stand.change(|world| *world = two_nodes());
    stand.minute().await;
    assert_eq!(
        stand.get(&mine).await.1,
        list(&["compute", "io"]),
        "one tick a minute goes on"
    );
}

#[tokio::test]
async fn an_interface_keeps_its_place_and_gets_its_new_address() {
    let stand = Stand::new(two_nodes());
    stand.change(|world| {
        world.nics = vec![
            ("x0n0", "AA:02", "10.0.0.9"),
            ("x0n0", "AA:00", "10.0.0.7"),
            ("x0n1", "aa:01", ""),
        ];
    });
    stand.minute().await;
    let (_, text) = stand.get(&format!("{ME}/meta-data")).await;
    assert!(
        text.contains("local_ipv4: 10.0.0.7"),
        "the first one seen: {text}"
    );
    let by = |ip: &str| {
        Request::get("/cloud-init/meta-data")
            .header("x-forwarded-for", format!(" {ip} , 10.9.9.9"))
            .body(Body::empty())
            .expect("a request")
    };
    for (ip, status) in [
        ("10.0.0.7", 200),
        ("10.0.0.9", 200),
        ("10.0.0.2", 200),
        ("10.0.0.1", 422),
    ] {
        assert_eq!(stand.send(by(ip)).await.0, status, "{ip}");
    }
}

#[tokio::test]
async fn an_instance_id_is_for_ever() {
    let stand = Stand::new(two_nodes());
    let id = async |node: &str| {
        let (_, text) = stand
            .get(&format!("/admin/impersonation/{node}/meta-data"))
            .await;
        text.lines().next().expect("a line").to_owned()
    };
    let first = id("x0n0").await;
    assert!(first.starts_with("instance-id: i-") && first.len() == "instance-id: i-00000000".len());
    assert_ne!(first, id("x0n1").await);
    let own = r#"{"instance-id":"mine","hostname":"h"}"#;
    stand.ask("PUT", "/admin/instance-info/x0n0", own).await;
    assert_eq!(id("x0n0").await, first, "it was seen before");
    stand.restart();
    assert_eq!(id("x0n0").await, first, "it is in the store now");
    stand.ask("PUT", "/admin/instance-info/x0n1", "{}").await;
    stand.ask("PUT", "/admin/instance-info/x0n1", own).await;
    assert_ne!(id("x0n1").await, "instance-id: mine");
    stand.change(|world| world.nids.push(("x0n2", 3)));
    stand.ask("PUT", "/admin/instance-info/x0n2", own).await;
    assert_eq!(id("x0n2").await, "instance-id: mine", "chosen in time");
}

#[tokio::test]
async fn a_nodes_base_url_sticks_to_the_way_it_was_asked_for() {
    let stand = Stand::new(two_nodes());
    let own = r#"{"cloud-init-base-url":"http://own/"}"#;
    stand.ask("PUT", "/admin/instance-info/x0n0", own).await;
    let other = "/admin/impersonation/x0n1/vendor-data";
    assert!(
        stand
            .get(other)
            .await
            .1
            .contains("http://cloud-init:27777/")
    );
    stand.get(&format!("{ME}/vendor-data")).await;
    assert_eq!(
        stand.get(other).await.1,
        "#include\nhttp://own//compute.yaml\n"
    );
    let request = Request::get("/cloud-init/vendor-data").header("x-forwarded-for", "10.0.0.2");
    let request = request.body(Body::empty()).expect("a request");
    let (_, _, text) = stand.send(request).await;
    assert_eq!(
        text, "#include\nhttp://cloud-init:27777/compute.yaml\n",
        "another handler"
    );
}

#[tokio::test]
async fn bodies_are_read_as_go_reads_them() {
    let stand = Stand::new(World::default());
    for (body, status) in [
        (
            r#"{"NAME":"a","File":{"CONTENT":"<x> & y","encoding":null},"versions":{"v":null}}"#,
            201,
        ),
        (r#"{"name":"b","file":null}"#, 500),
        ("null", 422),
        ("{}", 422),
        (r#"{"name":"c","meta-data":[]}"#, 422),
        (r#"{"name":"c","file":{"content":1}}"#, 422),
        (r#"{"name":"c"} x"#, 422),
        ("", 422),
    ] {
        assert_eq!(
            stand.ask("POST", "/admin/groups", body).await.0,
            status,
            "{body}"
        );
    }
    let (_, text) = stand.get("/admin/groups/a").await;
    let expected = r#"{"name":"a","file":{"content":"\u003cx\u003e \u0026 y","filename":""},"versions":{"v":""}}"#;
    assert_eq!(text, expected);
    for (body, status) in [
        (r#"{"nid-length":3.0}"#, 400),
        (r#"{"public-keys":["a",null]}"#, 201),
        ("null", 201),
        ("[]", 400),
    ] {
        assert_eq!(
            stand.ask("POST", "/admin/cluster-defaults", body).await.0,
            status,
            "{body}"
        );
    }
    let (_, text) = stand.get("/admin/cluster-defaults").await;
    assert_eq!(text, r#"{"public-keys":["a",""]}"#);
}

#[tokio::test]
async fn groups_meta_data_are_written_as_there() {
    let stand = Stand::new(two_nodes());
    let group = r#"{"name":"io","description":"d","meta-data":{"b":1000000,"a10":"yes","a2":null,"Description":"own"}}"#;
    stand.ask("POST", "/admin/groups", group).await;
    let (_, text) = stand.get(&format!("{ME}/meta-data")).await;
    let groups = "      groups:\n        compute:\n          Description: No description Found\n        io:\n          Description: own\n          a2: null\n          a10: \"yes\"\n          b: 1e+06\n";
    assert!(text.ends_with(groups), "{text}");
}

#[tokio::test]
async fn who_cannot_be_a_node_is_told_so() {
    let stand = Stand::new(two_nodes());
    let words = async |id: &str| {
        let (status, text) = stand
            .get(&format!("/admin/impersonation/{id}/meta-data"))
            .await;
        format!("{status} {text}")
    };
    assert_eq!(words("x9").await, "404 node x9 not found in SMD\n");
    assert_eq!(
        words("bogus").await,
        "500 failed to get component information for node bogus: SMD response returned 400 Bad Request\n"
    );
    assert_eq!(
        words("%20").await,
        "500 internal error occurred fetching component information for node  \n"
    );
    assert!(
        words("X0N0").await.contains("groups: {}"),
        "spelt otherwise, it has no groups"
    );
    assert_eq!(words("").await, "422 ", "an empty name is whoever asks");
}

#[tokio::test]
async fn a_file_is_served_whatever_it_is() {
    let stand = Stand::new(two_nodes());
    let put = async |file: &str| {
        let body = format!(r#"{{"name":"io","file":{file}}}"#);
        stand.ask("PUT", "/admin/groups/io", &body).await;
        let request = Request::get("/cloud-init/admin/impersonation/x0n0/io.yaml");
        let (status, headers, text) = stand.send(request.body(Body::empty()).expect("one")).await;
        let media = headers
            .get("content-type")
            .map(|media| media.to_str().expect("text").to_owned());
        (status, media.unwrap_or_default(), text)
    };
    let plain = "text/plain; charset=utf-8".to_owned();
    let html = "text/html; charset=utf-8".to_owned();
    let served = |media: &String, text: &str| (200, media.clone(), text.to_owned());
    assert_eq!(
        put(r#"{"content":"a","encoding":"rot13"}"#).await,
        served(&plain, "a")
    );
    assert_eq!(
        put(r#"{"content":"PGgxPg==","encoding":"base64"}"#).await,
        served(&html, "<h1>")
    );
    assert_eq!(
        put(r#"{"content":"PGgx\nPg==","encoding":"base64"}"#).await,
        served(&html, "<h1>")
    );
    assert_eq!(put("{}").await, (200, String::new(), String::new()));
    let (status, _, text) = put(r#"{"content":"PG*x","encoding":"base64"}"#).await;
    let words = "failed to base64-decode cloud-config: illegal base64 data at input byte 2\n";
    assert_eq!((status, text.as_str()), (500, words));
}

#[tokio::test]
async fn wrong_methods_are_told_the_right_ones() {
    let stand = Stand::new(World::default());
    let request = Request::builder()
        .method("PATCH")
        .uri("/cloud-init/admin/groups/x");
    let (status, headers, text) = stand.send(request.body(Body::empty()).expect("one")).await;
    let mut allowed: Vec<_> = headers.get_all("allow").iter().collect();
    allowed.sort();
    assert_eq!((status, text.as_str()), (405, ""));
    assert_eq!(allowed, ["DELETE", "GET", "PUT"]);
    assert_eq!(stand.ask("HEAD", "/user-data", "").await.0, 405);
    assert_eq!(stand.ask("BREW", "/nowhere", "").await.0, 405);
    assert_eq!(stand.ask("OPTIONS", "/nowhere", "").await.0, 404);
}

#[tokio::test]
async fn a_document_names_every_path() {
    let stand = Stand::new(World::default());
    let (status, text) = stand.get("/openapi.json").await;
    let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(status, 200);
    assert!(
        document["paths"]["/admin/groups/{id}"]["put"].is_object(),
        "{text}"
    );
    assert!(document["paths"]["/phone-home/{id}"]["post"].is_object());
}

#[tokio::test]
async fn a_form_must_be_one() {
    let stand = Stand::new(World::default());
    let post = async |media: &str, path: &str, body: &str| {
        let request = Request::post(format!("/cloud-init{path}")).header("content-type", media);
        stand
            .send(request.body(Body::from(body.to_owned())).expect("one"))
            .await
            .0
    };
    let form = "application/x-www-form-urlencoded";
    assert_eq!(post(form, "/phone-home/x", "hostname=a%20b").await, 200);
    assert_eq!(post(form, "/phone-home/x", "hostname=%zz").await, 400);
    assert_eq!(post(form, "/phone-home/x?a=%zz", "").await, 400);
    assert_eq!(post("text/plain", "/phone-home/x", "%zz").await, 200);
    assert_eq!(post("a b/c", "/phone-home/x", "").await, 400);
}
