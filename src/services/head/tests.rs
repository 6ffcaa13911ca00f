//! The client over this machine, its files below a directory of the test's own, and over the lab's twin.
mod careful;
mod lasting;
mod links;

use super::{
    client::{Client, Naming, Setting, Wanted, here::Here},
    lab,
    types::{Action, HOSTS, Made, SYSCTL},
};
use crate::{
    clock::Wall,
    fault::{Fault, Kind},
    http::{Base, Http},
    services::{
        rack::NoRack,
        site::{NoSigner, NoTimer, Open, Site, Sound},
    },
    table::Forget,
};
use serde_json::json;
use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, sync::Arc};
use tokio::net::TcpListener;

/// This machine, with what a test needs of it.
fn machine(root: &Path) -> Client {
    for dir in ["etc", "proc/sys/net/ipv4", "proc/sys/kernel"] {
        fs::create_dir_all(root.join(dir)).expect("made");
    }
    fs::write(root.join("etc/hosts"), "127.0.0.1 localhost\n").expect("written");
    fs::write(root.join("proc/sys/net/ipv4/ip_forward"), "0\n").expect("written");
    Client::below(&Http::at(Base::default()), Here::below(root))
}

async fn twin() -> Client {
    let site = Site {
        clock: Arc::new(Wall),
        journal: Arc::new(Forget),
        timer: Arc::new(NoTimer),
        peers: Arc::default(),
        guard: Arc::new(Open),
        signer: Arc::new(NoSigner),
        ailments: Arc::new(Sound),
        rack: Arc::new(NoRack),
        seed: 0,
    };
    let front = lab::front(&site);
    let routes = axum::Router::new().nest("/lab/v1", front.control.expect("it has one"));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let base = Base {
        url: format!("http://{address}"),
        address: Some(address.ip()),
        control: Some("secret".to_owned()),
        ..Base::default()
    };
    Client::new(&Http::at(base))
}

fn text(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path).expect("there")
}

fn owned(owner: &str) -> Wanted {
    Wanted {
        owner: Some(owner.to_owned()),
        ..Wanted::default()
    }
}

async fn dir(head: &Client, path: &str, wanted: &Wanted) -> Result<Action, Fault> {
    let made = head.dirs(vec![path.to_owned()], wanted).await?;
    Ok(made[0].action.expect("something was done or not"))
}

/// What holds for the machine and for its twin.
async fn directories(head: &Client, owner: &str) {
    let wanted = owned(owner);
    assert_eq!(dir(head, "/srv2/a/b", &wanted).await, Ok(Action::Created));
    assert_eq!(
        dir(head, "/srv2/a/b/", &wanted).await,
        Ok(Action::Unchanged)
    );
    let mode = |text: &str| Wanted {
        mode: Some(json!(text)),
        ..Wanted::default()
    };
    assert_eq!(
        dir(head, "/srv2/a/b", &mode("750")).await,
        Ok(Action::Changed)
    );
    let entry = head.stat("/srv2/a/b").await.expect("there");
    assert_eq!((entry.mode.as_str(), entry.owner.as_str()), ("0750", owner));
    let absent = Wanted {
        absent: true,
        ..Wanted::default()
    };
    let full = dir(head, "/srv2/a", &absent)
        .await
        .expect_err("it is not empty");
    assert_eq!(full.kind, Kind::Conflict);
    assert_eq!(dir(head, "/srv2/a/b", &absent).await, Ok(Action::Removed));
    assert_eq!(dir(head, "/srv2/a/b", &absent).await, Ok(Action::Unchanged));
}

async fn files(head: &Client) {
    head.dirs(vec!["/srv2/a".to_owned()], &Wanted::default())
        .await
        .expect("made");
    let mode = |text: &str| Wanted {
        mode: Some(json!(text)),
        ..Wanted::default()
    };
    let file = |action| move |file: Made| assert_eq!(file.action, Some(action));
    let write = async |text: &str| head.write("/srv2/a/f", text, &mode("0600")).await;
    write("one\n")
        .await
        .map(file(Action::Created))
        .expect("written");
    write("one\n")
        .await
        .map(file(Action::Unchanged))
        .expect("written");
    write("two\n")
        .await
        .map(file(Action::Changed))
        .expect("written");
    let read = head.read("/srv2/a/f").await.expect("read");
    assert_eq!(
        (read.text.as_deref(), read.mode.as_deref()),
        (Some("two\n"), Some("0600"))
    );
}

async fn what_cannot_be(head: &Client) {
    let through = dir(head, "/srv2/a/f/g", &Wanted::default())
        .await
        .expect_err("a file");
    assert_eq!(through.kind, Kind::Conflict);
    for wrong in ["srv", "/srv/../etc", "~/x"] {
        let fault = dir(head, wrong, &Wanted::default())
            .await
            .expect_err("no path");
        assert_eq!(fault.kind, Kind::BadArgument, "{wrong}");
    }
    let nobody = dir(head, "/srv2/a", &owned("nosuchuser"))
        .await
        .expect_err("unknown");
    assert_eq!(nobody.kind, Kind::BadArgument);
    let number = Wanted {
        mode: Some(json!(755)),
        ..Wanted::default()
    };
    let fault = dir(head, "/srv2/a", &number).await.expect_err("decimal");
    assert!(fault.hint.expect("a hint").contains("\"0755\""));
}

async fn names(head: &Client) {
    let name = "mine.openchami.cluster";
    let set = async |ip: Option<&str>, absent| head.set_host(name, ip, Naming { absent }).await;
    let first = set(Some("172.16.0.1"), false).await.expect("set");
    assert_eq!((first.action, first.before), (Some(Action::Created), None));
    let moved = set(Some("172.16.0.254"), false).await.expect("set");
    assert_eq!(
        (moved.action, moved.ips),
        (Some(Action::Changed), vec!["172.16.0.254".to_owned()])
    );
    let again = set(Some("172.16.0.254"), false).await.expect("set");
    assert_eq!(again.action, Some(Action::Unchanged));
    assert_eq!(
        head.hosts()
            .await
            .expect("lines")
            .last()
            .expect("one")
            .names,
        [name]
    );
    assert_eq!(
        set(None, true).await.expect("gone").action,
        Some(Action::Removed)
    );
    assert_eq!(
        head.host(name).await.expect_err("gone").kind,
        Kind::NotFound
    );
    assert!(set(Some("172.16.0.0/24"), false).await.is_err());
    assert!(
        head.set_host("localhost", Some("10.0.0.1"), Naming::default())
            .await
            .is_err()
    );
}

async fn parameters(head: &Client) {
    let forward = "net.ipv4.ip_forward";
    let lasting = Setting {
        persistent: true,
        file: None,
    };
    head.dirs(vec!["/etc/sysctl.d".to_owned()], &Wanted::default())
        .await
        .expect("made");
    let on = json!(true);
    head.set_sysctl(forward, &json!(0), &Setting::default())
        .await
        .expect("set");
    let set = head.set_sysctl(forward, &on, &lasting).await.expect("set");
    assert_eq!(
        (set.value.as_str(), set.before.as_deref()),
        ("1", Some("0"))
    );
    let again = head
        .set_sysctl(forward, &json!(1.0), &lasting)
        .await
        .expect("set");
    assert_eq!(
        (again.action, again.before),
        (Some(Action::Unchanged), None)
    );
    assert_eq!(
        head.sysctl("net/ipv4/ip_forward")
            .await
            .expect("read")
            .file
            .as_deref(),
        Some(SYSCTL)
    );
    let kept = head.read(SYSCTL).await.expect("read").text;
    assert_eq!(kept.as_deref(), Some("net.ipv4.ip_forward = 1\n"));
    assert!(
        head.set_sysctl("ip_forward", &on, &lasting).await.is_err(),
        "no parameter's name"
    );
}

async fn all(head: &Client, owner: &str) {
    directories(head, owner).await;
    files(head).await;
    what_cannot_be(head).await;
    names(head).await;
    parameters(head).await;
}

#[tokio::test]
async fn this_machine_is_made_as_wanted_and_a_second_time_nothing_is_left_to_do() {
    let root = tempfile::tempdir().expect("a directory");
    let head = machine(root.path());
    let me = crate::journal::user();
    let me = me.split(' ').next().expect("a name");
    all(&head, me).await;
    assert_eq!(text(root.path().join("etc/hosts")), "127.0.0.1 localhost\n");
    let left = fs::read_dir(root.path().join("etc")).expect("list").count();
    assert_eq!(left, 2, "hosts and sysctl.d: no draft stays");
}

#[tokio::test]
async fn the_twin_does_the_same() {
    let head = twin().await;
    all(&head, "rocky").await;
}

#[tokio::test]
async fn what_the_twin_does_not_know_it_says_by_name() {
    let head = twin().await;
    let kind = |fault: Fault| (fault.kind, fault.message);
    let (said, message) = kind(
        head.sysctl("net.ipv4.tcp_syncookies")
            .await
            .expect_err("unknown"),
    );
    assert_eq!(said, Kind::Unsupported);
    assert!(message.contains("net.ipv4.tcp_syncookies"), "{message}");
    let (said, message) = kind(head.read("/etc/fstab").await.expect_err("unknown"));
    assert_eq!(said, Kind::Unsupported);
    assert!(message.contains("/etc/fstab"), "{message}");
    let refused = head
        .set_sysctl("kernel.ostype", &json!("Hurd"), &Setting::default())
        .await;
    assert_eq!(refused.expect_err("fixed").kind, Kind::Refused);
    let near = head
        .dirs(vec!["/opt/a".to_owned()], &owned("rocki"))
        .await
        .expect_err("no such user");
    assert_eq!(near.hint.as_deref(), Some("did you mean rocky?"));
}

#[tokio::test]
async fn a_file_keeps_its_permissions_and_what_is_refused_names_the_way_of_root() {
    let root = tempfile::tempdir().expect("a directory");
    let head = machine(root.path());
    let hosts = root.path().join(HOSTS.trim_start_matches('/'));
    fs::set_permissions(&hosts, fs::Permissions::from_mode(0o640)).expect("set");
    head.set_host("a.b", Some("10.0.0.1"), Naming::default())
        .await
        .expect("set");
    let mode = fs::metadata(&hosts).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode, 0o640);
    if crate::journal::user().starts_with("root") {
        // Nothing is refused to root; tests/head.rs tries it as somebody else.
        return;
    }
    fs::set_permissions(root.path().join("etc"), fs::Permissions::from_mode(0o555)).expect("set");
    let fault = head
        .set_host("b.c", Some("10.0.0.2"), Naming::default())
        .await
        .expect_err("refused");
    fs::set_permissions(root.path().join("etc"), fs::Permissions::from_mode(0o755)).expect("set");
    assert_eq!(fault.kind, Kind::Forbidden);
    let hint = fault.hint.expect("a hint");
    assert!(
        hint.ends_with("sudo chami -e 'head.host(\"b.c\", \"10.0.0.2\")'"),
        "{hint}"
    );
}

#[tokio::test]
async fn a_survey_finds_this_machine_and_judges_it() {
    let here = Client::below(&Http::at(Base::default()), Here::default());
    let survey = here.survey(1_000_000).await.expect("surveyed");
    assert!(survey.memory > 1 << 26 && survey.cpus > 0 && !survey.disks.is_empty());
    assert!(!survey.os.is_empty() && !survey.kernel.is_empty());
    let memory = survey
        .checks
        .iter()
        .find(|it| it.what == "memory")
        .expect("judged");
    assert_eq!(
        memory.level, "missing",
        "nobody has room for a million nodes"
    );
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let again = here.survey(1).await.expect("surveyed");
    assert!(
        again
            .ports
            .iter()
            .any(|it| it.port == port && it.process.is_some()),
        "ours is seen, and whose it is"
    );
    let twin = twin().await.survey(5).await.expect("surveyed");
    assert!(
        twin.checks.iter().all(|it| it.level == "ok"),
        "{:?}",
        twin.checks
    );
}
