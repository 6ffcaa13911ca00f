//! One lab, several processes: here several handles, which know as little of each other.
use super::home;
use crate::{
    clock::Clock as _,
    fault::Kind,
    http::{Base, Locate as _},
    lab::{Control, Lab, Options, seat::Seat},
    world::Machines,
};
use std::{os::unix::fs::PermissionsExt as _, time::Duration};

fn is_owner(lab: &Lab) -> bool {
    matches!(lab.shared.table.seat().as_deref(), Some(Seat::Owner(_)))
}

async fn base(lab: &Lab) -> Base {
    lab.base().await.expect("the lab is found")
}

#[tokio::test]
async fn making_a_handle_starts_nothing() {
    let home = home();
    let lab = home.lab();
    lab.now();
    assert!(!lab.is_running().expect("it can be seen"));
    assert!(!home.dirs.state.join("lab").exists());
    assert!(lab.at_hand().is_none());
}

#[tokio::test]
async fn the_first_owns_and_the_second_attaches_to_it() {
    let home = home();
    let (first, second) = (home.lab(), home.lab());
    let url = base(&first).await.url;
    assert_eq!(base(&second).await.url, url);
    assert!(is_owner(&first) && !is_owner(&second));
    assert!(base(&second).await.token.is_some());
    assert!(first.is_running().expect("it can be seen"));
}

#[tokio::test]
async fn the_json_file_is_the_users_alone() {
    let home = home();
    base(&home.lab()).await;
    let path = home.dirs.runtime.as_ref().expect("given").join("lab.json");
    let mode = std::fs::metadata(&path)
        .expect("it is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = std::fs::read_to_string(path).expect("readable");
    for field in ["pid", "http", "https", "ca", "state", "secret"] {
        assert!(text.contains(&format!("\"{field}\"")), "{field}");
    }
}

#[tokio::test]
async fn labs_of_other_names_are_other_labs() {
    let home = home();
    let named = |name: &str| {
        Lab::new(Options {
            name: Some(name.into()),
            ..home.options()
        })
    };
    let (one, two) = (named("one"), named("two"));
    assert_ne!(base(&one).await.url, base(&two).await.url);
    let refused = named("../x").base().await.expect_err("no plain name");
    assert_eq!(refused.kind, Kind::BadArgument);
}

#[tokio::test]
async fn time_is_the_same_for_owner_and_guest() {
    let home = home();
    let (owner, guest) = (home.lab(), home.lab());
    base(&owner).await;
    base(&guest).await;
    let day = Duration::from_secs(86_400);
    guest.sleep(day).await.expect("time passes");
    owner.sleep(day).await.expect("time passes");
    let apart = owner.now().duration_since(guest.now()).abs();
    assert!(apart.as_secs() < 60, "{apart}");
    let passed = guest.now().duration_since(jiff::Timestamp::now());
    assert!((172_700..172_900).contains(&passed.as_secs()), "{passed}");
    // Its token ended two days ago: a new one is at hand.
    let token = base(&guest).await.token.expect("auth is on");
    let claims: serde_json::Value = jsonwebtoken::dangerous::insecure_decode(&token)
        .expect("a JWT")
        .claims;
    assert!(claims["exp"].as_i64() > Some(guest.now().as_second()));
}

#[tokio::test]
async fn the_guest_takes_over_ports_and_state_when_the_owner_ends() {
    let home = home();
    let (owner, guest) = (home.lab(), home.lab());
    let before = base(&owner).await;
    base(&guest).await;
    owner
        .sleep(Duration::from_secs(3600))
        .await
        .expect("time passes");
    Control::new(owner.clone())
        .snapshot("kept")
        .await
        .expect("taken");
    owner.close().expect("it ends well");
    let found = guest.again(&before).await.expect("it is found again");
    assert_eq!(
        found.expect("there is one").url,
        before.url,
        "the ports stay"
    );
    assert!(is_owner(&guest));
    let passed = guest.now().duration_since(jiff::Timestamp::now());
    assert!(
        passed.as_secs() > 3500,
        "the advance is remembered: {passed}"
    );
    let status = Control::new(guest).status().await.expect("it answers");
    assert_eq!(status.snapshots[0], "kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_heir_serves_even_if_nobody_asks_it() {
    let home = home();
    let (owner, heir) = (home.lab(), home.lab());
    let url = base(&owner).await.url;
    base(&heir).await;
    owner.close().expect("it ends well");
    let address = url.trim_start_matches("http://").to_owned();
    let served = async {
        while tokio::net::TcpStream::connect(&address).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    let served = tokio::time::timeout(Duration::from_secs(20), served).await;
    served.expect("the heir listens");
    // The connection may have been to the owner's last breath; what counts is whose it is now.
    assert_eq!(base(&heir).await.url, url);
}

#[tokio::test]
async fn a_closed_lab_is_as_it_was_when_opened_again() {
    let home = home();
    let lab = home.lab();
    base(&lab).await;
    lab.sleep(Duration::from_secs(7200))
        .await
        .expect("time passes");
    lab.close().expect("it ends well");
    assert!(!lab.is_running().expect("it can be seen"));
    let again = home.lab();
    base(&again).await;
    let passed = again.now().duration_since(jiff::Timestamp::now());
    assert!(passed.as_secs() > 7100, "{passed}");
}

#[tokio::test]
async fn what_contradicts_the_stored_lab_is_refused_by_name() {
    let home = home();
    let first = home.lab();
    base(&first).await;
    first.close().expect("it ends well");
    let asked = |change: fn(&mut Options)| {
        let mut options = home.options();
        change(&mut options);
        Lab::new(options)
    };
    for (flag, change) in [
        ("--auth", (|o| o.auth = Some(false)) as fn(&mut Options)),
        ("--seed", |o| o.seed = Some(7)),
        ("--nodes", |o| o.nodes = Some(Machines::Count(640))),
    ] {
        let fault = asked(change).base().await.expect_err("it contradicts");
        assert_eq!(fault.kind, Kind::Conflict);
        assert!(fault.message.contains(flag), "{fault}");
        assert!(fault.hint.is_some_and(|hint| hint.contains("--empty")));
    }
    let same = asked(|o| {
        o.auth = Some(true);
        o.nodes = Some(Machines::Count(5));
    });
    base(&same).await;
    same.close().expect("it ends well");
    let anew = asked(|o| {
        o.nodes = Some(Machines::Count(640));
        o.empty = true;
    });
    let status = Control::new(anew).status().await.expect("it begins anew");
    assert_eq!(status.machines.len(), 640);
}

#[tokio::test]
async fn a_private_lab_leaves_nothing_behind() {
    let home = home();
    let lab = home.fresh();
    let status = Control::new(lab.clone())
        .status()
        .await
        .expect("it answers");
    let dir = status.state;
    assert!(dir.exists());
    lab.close().expect("it ends well");
    assert!(!dir.exists());
    assert!(!home.dirs.state.join("lab").exists());
    assert!(!home.dirs.runtime.as_ref().expect("given").exists());
}

#[test]
fn it_goes_on_when_the_session_that_started_it_is_gone() {
    let home = home();
    let lab = home.fresh();
    let session = || tokio::runtime::Runtime::new().expect("threads");
    let first = session();
    let before = first.block_on(base(&lab)).url;
    drop(first);
    let status = session().block_on(Control::new(lab.clone()).status());
    assert_eq!(status.expect("it still answers").http, before);
}
