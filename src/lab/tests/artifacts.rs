//! The artifact server, as curl and chami's own client meet it; and the events that tell of a machine.
use super::{ask, control, home};
use crate::{
    http::{Http, Locate as _, Options as Wire},
    lab,
    world::KERNEL,
};
use std::sync::Arc;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

fn kernel() -> String {
    format!("boot-images/efi-images/compute/base/vmlinuz-{KERNEL}")
}

#[tokio::test]
async fn objects_come_whole_in_part_and_as_their_size() {
    let home = home();
    let lab = home.fresh();
    let path = format!("/lab/s3/{}", kernel());
    let whole = ask(&lab, "GET", &path, &[], "").await;
    assert_eq!((whole.status, whole.body.len()), (200, 14 << 20));
    assert!(whole.body.starts_with(b"MZ"));
    let again = ask(&lab, "GET", &path, &[], "").await;
    assert!(again.body == whole.body, "the same bytes each time");
    let head = ask(&lab, "HEAD", &path, &[], "").await;
    assert_eq!(head.header("content-length"), Some("14680064"));
    assert_eq!(head.header("etag"), whole.header("etag"));
    for (range, from, to) in [
        ("bytes=0-9", 0, 10),
        ("bytes=65530-65545", 65530, 65546),
        ("bytes=-5", (14 << 20) - 5, 14 << 20),
        ("bytes=14680000-", 14_680_000, 14 << 20),
    ] {
        let part = ask(&lab, "GET", &path, &[("range", range)], "").await;
        assert_eq!(part.status, 206, "{range}");
        assert!(part.body == whole.body[from..to], "{range}");
        let said = format!("bytes {from}-{}/14680064", to - 1);
        assert_eq!(part.header("content-range"), Some(said.as_str()));
    }
    let beyond = ask(&lab, "GET", &path, &[("range", "bytes=99999999-")], "").await;
    assert_eq!(beyond.status, 416);
}

#[tokio::test]
async fn what_is_missing_or_private_is_told_as_s3_tells() {
    let home = home();
    let lab = home.fresh();
    for (path, status, code) in [
        ("boot-images/nosuch", 404, "NoSuchKey"),
        ("nobucket/x", 404, "NoSuchBucket"),
        ("boot-images", 403, "AccessDenied"),
        ("boot-images/", 403, "AccessDenied"),
    ] {
        let answer = ask(&lab, "GET", &format!("/lab/s3/{path}"), &[], "").await;
        assert_eq!(answer.status, status, "{path}");
        assert!(
            answer.text().contains(&format!("<Code>{code}</Code>")),
            "{path}"
        );
    }
    let body = r#"{"path":"boot-images/secret","bytes":10,"private":true}"#;
    assert_eq!(control(&lab, "POST", "artifacts", body).await.status, 200);
    assert_eq!(
        ask(&lab, "GET", "/lab/s3/boot-images/secret", &[], "")
            .await
            .status,
        403
    );
    let body = r#"{"path":"boot-images/empty","bytes":0}"#;
    assert_eq!(control(&lab, "POST", "artifacts", body).await.status, 200);
    let empty = ask(&lab, "GET", "/lab/s3/boot-images/empty", &[], "").await;
    assert_eq!((empty.status, empty.body.len()), (200, 0));
    let unfit = control(&lab, "POST", "artifacts", r#"{"path":"vmlinuz","bytes":1}"#).await;
    assert_eq!(unfit.status, 400);
}

#[tokio::test]
async fn chamis_own_client_finds_the_head_node_where_the_nodes_do_and_without_a_token() {
    let home = home();
    let lab = home.fresh();
    let places = [
        (format!("{}:9000", lab::HEAD), lab::S3.to_owned()),
        (format!("{}:8081", lab::HEAD), String::new()),
    ];
    let http = Http::new(
        Arc::new(lab.clone()),
        Wire {
            places: places.into(),
            ..Wire::default()
        },
    );
    let url = format!("http://172.16.0.254:9000/{}", kernel());
    let answer = http.url("HEAD", &url).raw().await.expect("it is there");
    assert_eq!(answer.header("content-length"), Some("14680064"));
    let groups = "http://172.16.0.254:8081/hsm/v2/groups";
    assert_eq!(
        http.url("GET", groups).raw().await.expect("asked").status,
        401
    );
    assert_eq!(
        http.url("GET", "/hsm/v2/groups")
            .raw()
            .await
            .expect("asked")
            .status,
        200
    );
}

/// What a listener gets until the text is there.
async fn heard(stream: &mut TcpStream, text: &str) -> String {
    let mut seen = String::new();
    let mut buffer = [0; 4096];
    while !seen.contains(text) {
        let read = stream.read(&mut buffer);
        let read = tokio::time::timeout(std::time::Duration::from_secs(20), read).await;
        let count = read.expect("in time").expect("readable");
        assert!(count > 0, "it ended: {seen}");
        seen.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
    seen
}

#[tokio::test]
async fn whoever_listens_sees_a_machine_switched_on_and_a_write() {
    let home = home();
    let lab = home.fresh();
    let base = lab.base().await.expect("it starts");
    let door = lab.back_door().await.expect("it runs");
    let address = base.url.trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&address).await.expect("it listens");
    let secret = door.token.unwrap_or_default();
    let request =
        format!("GET /lab/v1/events HTTP/1.1\r\nhost: {address}\r\nx-lab-secret: {secret}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let head = heard(&mut stream, "\r\n\r\n").await;
    assert!(head.contains("text/event-stream"), "{head}");
    let body = r#"{"nodes":["compute2"],"action":"on"}"#;
    assert_eq!(control(&lab, "POST", "power", body).await.status, 200);
    let seen = heard(&mut stream, "\"stage\":\"power\"").await;
    assert!(
        seen.contains("event: power") && seen.contains("\"name\":\"compute2\""),
        "{seen}"
    );
    assert!(seen.contains("event: stage"), "{seen}");
    let token = base.token.unwrap_or_default();
    let bearer = format!("Bearer {token}");
    let body = r#"{"label":"io"}"#;
    let headers = [("authorization", bearer.as_str())];
    assert_eq!(
        ask(&lab, "POST", "/hsm/v2/groups", &headers, body)
            .await
            .status,
        201
    );
    let seen = heard(&mut stream, "event: write").await;
    assert!(
        seen.contains("\"service\":\"smd\"") || heard(&mut stream, "smd").await.contains("smd")
    );
}
