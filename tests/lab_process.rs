//! The lab among real processes: what it prints, how it ends, what a kill leaves, who takes over, what a full disk does.
#[path = "support/home.rs"]
mod home;

use chami::{clock::Clock as _, http::Locate as _, lab::Control};
use home::{Home, SERVE, Server};
use serde_json::json;
use std::{fs, io::Write as _, path::Path, process::Command, time::Duration};

#[test]
fn it_says_where_it_is_and_ends_in_order() {
    let home = Home::new();
    for signal in ["-TERM", "-INT"] {
        let mut server = home.serve();
        let words: Vec<_> = server
            .lines
            .iter()
            .map(|line| line.split(' ').next().unwrap_or_default().to_owned())
            .collect();
        assert_eq!(words, ["http", "https", "ca", "state"]);
        assert!(server.line("http ").starts_with("http://127.0.0.1:"));
        assert!(server.line("https ").starts_with("https://127.0.0.1:"));
        assert!(Path::new(server.line("ca ")).is_file());
        assert_eq!(Path::new(server.line("state ")), home.state());
        assert_eq!(server.end(signal), Some(0));
    }
}

#[test]
fn a_second_server_is_told_who_the_first_is() {
    let home = Home::new();
    let first = home.serve();
    let second = home.command(&SERVE).output().expect("it runs");
    assert_eq!(second.status.code(), Some(1));
    let told = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(told.starts_with("conflict: "), "{told}");
    assert!(told.contains(&first.child.id().to_string()), "{told}");
    assert!(told.contains(first.line("http ")), "{told}");
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let home = Home::new();
    let mut server = home.serve();
    let mut sum = 0.0;
    for _ in 0..50 {
        let (status, time) = server.advance(60.0).await;
        assert_eq!(status, 200);
        sum = time["advanced"].as_f64().expect("a number");
    }
    assert_eq!(server.end("-KILL"), None);
    let again = home.serve();
    assert!((again.advanced().await - sum).abs() < 1e-6);
}

#[tokio::test]
async fn an_attached_process_takes_over_ports_and_state() {
    let home = Home::new();
    let mut server = home.serve();
    let heir = home.lab();
    let before = heir.base().await.expect("it attaches");
    assert_eq!(before.url, server.line("http "));
    server.advance(7200.0).await;
    server.end("-KILL");
    let after = heir.again(&before).await.expect("it takes over");
    assert_eq!(after.expect("there is one").url, before.url);
    let time = Control::new(heir.clone()).clock().await;
    assert!((time.expect("it answers").advanced - 7200.0).abs() < 1e-6);
    heir.sleep(Duration::from_secs(60))
        .await
        .expect("it is ours");
    heir.close().expect("it ends well");
    assert!((home.serve().advanced().await - 7260.0).abs() < 1e-6);
}

#[tokio::test]
async fn damage_is_mended_and_told() {
    let home = Home::new();
    let mut server = home.serve();
    server.advance(30.0).await;
    server.end("-KILL");
    let journal = home.state().join("journal.jsonl");
    let torn = fs::OpenOptions::new().append(true).open(&journal);
    let torn = torn.and_then(|mut file| file.write_all(b"{\"sum\":\"0123"));
    torn.expect("the journal is there");
    let mut again = home.serve();
    assert!((again.advanced().await - 30.0).abs() < 1e-6);
    let (_, status) = again.ask("GET", "/lab/v1/status", None).await;
    let notice = status["notice"].as_str().expect("it says so");
    assert!(notice.contains("journal.jsonl.bad"), "{notice}");
    assert!(home.state().join("journal.jsonl.bad").exists());
    again.end("-TERM");
    assert!(again.stderr().contains("journal.jsonl.bad"));
}

#[tokio::test]
async fn a_full_disk_refuses_what_it_cannot_keep_and_keeps_the_rest() {
    let home = Home::new();
    // A limit on the size of files stands for a disk; without the trap the kernel would kill instead of refuse.
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 16; exec \"$0\" \"$@\""]);
    limited.arg(env!("CARGO_BIN_EXE_chami")).args(SERVE);
    limited.args(["--auth", "off"]);
    let mut server = Server::start(home.at_home(limited));
    let mut sum = 0.0;
    let refused = loop {
        let (status, body) = server.advance(1.0).await;
        if status != 200 {
            assert_eq!(status, 507);
            break body;
        }
        sum += 1.0;
        assert!(sum < 1e5, "the limit is not felt");
    };
    let detail = refused["detail"].as_str().expect("it says why");
    let journal = home.state().join("journal.jsonl");
    assert!(detail.contains(&journal.display().to_string()), "{detail}");
    assert!(detail.contains("bytes were not stored"), "{detail}");
    assert!(sum > 10.0, "there was some room");
    assert!((server.advanced().await - sum).abs() < 1e-6);
    let group = json!({ "label": "io", "description": "front ends" });
    let (status, _) = server.ask("POST", "/hsm/v2/groups", Some(&group)).await;
    assert_eq!(status, 507);
    let (_, groups) = server.ask("GET", "/hsm/v2/groups", None).await;
    assert_eq!(groups, json!([]), "what was refused is not there");
    let text = fs::read_to_string(&journal).expect("readable");
    assert!(text.ends_with('\n'), "only whole lines");
    server.end("-KILL");
    let again = home.serve();
    assert!((again.advanced().await - sum).abs() < 1e-6);
    let (_, status) = again.ask("GET", "/lab/v1/status", None).await;
    assert_eq!(status.get("notice"), None);
}

#[test]
fn status_starts_nothing() {
    let home = Home::new();
    let out = home.command(&["lab", "status"]).output().expect("it runs");
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(text.starts_with("served by nobody\n"), "{text}");
    assert!(!home.state().exists());
    let server = home.serve();
    let out = home.command(&["lab", "status"]).output().expect("it runs");
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(text.contains(server.line("http ")), "{text}");
    assert!(text.contains("machines 5\n"), "{text}");
}

#[test]
fn machines_are_counted_or_listed() {
    let home = Home::new();
    let nodes = home.0.path().join("nodes.yaml");
    let text = "bmcs:\n- {xname: x1000c0s0b7, mac: 'DE:CA:FC:0F:FE:E8'}\n\
                nodes:\n- {name: io1, xname: x1000c0s0b7n0, nid: 8,\n   \
                interfaces: [{mac_addr: '52:54:00:BE:EF:08'}]}\n";
    fs::write(&nodes, text).expect("written");
    let mut words = SERVE.to_vec();
    let path = nodes.display().to_string();
    words.extend(["--nodes", &path]);
    let server = Server::start(home.command(&words));
    let code = "local m = lab.machines()[1] return #lab.machines(), m.name, m.mac, m.bmc_mac";
    let out = home.command(&["-F", "json", "-e", code]).output();
    let out = out.expect("it runs");
    assert_eq!(
        String::from_utf8_lossy(&out.stdout).trim(),
        r#"[1,"io1","52:54:00:be:ef:08","de:ca:fc:0f:fe:e8"]"#,
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    drop(server);
    words[7] = "640";
    let refused = home.command(&words).output().expect("it runs");
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(told.contains("--nodes 640 contradicts"), "{told}");
}

#[tokio::test]
async fn on_other_addresses_the_control_api_wants_the_secret() {
    let home = Home::new();
    let mut words = SERVE.to_vec();
    words.extend(["--listen", "0.0.0.0"]);
    let server = Server::start(home.command(&words));
    let (status, problem) = server.ask("GET", "/lab/v1/status", None).await;
    assert_eq!(status, 403);
    assert!(problem["hint"].to_string().contains("X-Lab-Secret"));
    // Its user knows the secret, and needs no proxy to get there.
    let mut shell = home.command(&["-e", "return lab.status().pid"]);
    let out = shell.env("http_proxy", "http://127.0.0.1:9").output();
    let out = out.expect("it runs");
    let pid = String::from_utf8_lossy(&out.stdout).trim().to_owned();
    assert_eq!(pid, server.child.id().to_string());
}
