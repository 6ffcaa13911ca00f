//! What must not be lost on the way: bits of a mode, a text, a link, the system's own.
use super::*;
use crate::services::head::types::{Call, Dress};
use std::os::unix::fs::symlink;

pub(super) fn moded(mode: &str) -> Wanted {
    Wanted {
        mode: Some(json!(mode)),
        ..Wanted::default()
    }
}

pub(super) fn absent() -> Wanted {
    Wanted {
        absent: true,
        ..Wanted::default()
    }
}

pub(super) fn mode_of(path: impl AsRef<Path>) -> u32 {
    fs::metadata(path).expect("there").permissions().mode() & 0o7777
}

pub(super) async fn refused<T>(kind: Kind, done: impl Future<Output = Result<T, Fault>>) -> Fault {
    let fault = done.await.err().expect("it is refused");
    assert_eq!(fault.kind, kind, "{fault:?}");
    fault
}

#[tokio::test]
async fn who_is_unknown_is_noticed_before_anything_is_written() {
    let root = tempfile::tempdir().expect("a directory");
    for head in [machine(root.path()), twin().await] {
        let opt = vec!["/srv2".to_owned()];
        head.dirs(opt, &Wanted::default()).await.expect("made");
        head.write("/srv2/f", "one", &Wanted::default())
            .await
            .expect("written");
        let wrong = owned("nosuchuser");
        refused(Kind::BadArgument, head.write("/srv2/f", "two", &wrong)).await;
        refused(Kind::BadArgument, head.write("/srv2/new", "two", &wrong)).await;
        refused(Kind::BadArgument, dir(&head, "/srv2/d", &wrong)).await;
        let read = head.read("/srv2/f").await.expect("read");
        assert_eq!(read.text.as_deref(), Some("one"));
        for path in ["/srv2/new", "/srv2/d"] {
            refused(Kind::NotFound, head.stat(path)).await;
        }
    }
}

#[tokio::test]
async fn no_bit_of_a_mode_is_lost() {
    let root = tempfile::tempdir().expect("a directory");
    let head = machine(root.path());
    let at = root.path().join("f");
    let made = head
        .write("/f", "one", &moded("2751"))
        .await
        .expect("written");
    assert_eq!(made.mode.as_deref(), Some("2751"));
    head.write("/f", "two", &Wanted::default())
        .await
        .expect("written");
    assert_eq!(mode_of(&at), 0o2751, "another text leaves it alone");
    if !crate::journal::user().starts_with("root") {
        return;
    }
    let both = Wanted {
        mode: Some(json!("4755")),
        ..owned("nobody")
    };
    let given = head.give("/f", &both).await.expect("given");
    assert_eq!(
        (given.mode.as_deref(), mode_of(&at)),
        (Some("4755"), 0o4755)
    );
    head.give("/f", &owned("root")).await.expect("given");
    assert_eq!(mode_of(&at), 0o4755, "another owner leaves it alone");
    head.write("/f", "three", &both).await.expect("written");
    assert_eq!(mode_of(&at), 0o4755);
}

#[tokio::test]
async fn a_text_for_its_owner_alone_leaves_no_draft_and_is_in_no_plan() {
    let root = tempfile::tempdir().expect("a directory");
    let head = machine(root.path());
    let before = fs::read_dir(root.path()).expect("list").count();
    let made = head.write("/f", "DBPASS=abc", &moded("0600")).await;
    assert_eq!(made.expect("written").mode.as_deref(), Some("0600"));
    let after = fs::read_dir(root.path()).expect("list").count();
    assert_eq!(after, before + 1);
    let call = Call::Write {
        path: "/f".to_owned(),
        text: "DBPASS=abc".to_owned(),
        dress: Dress {
            mode: Some("0600".to_owned()),
            ..Dress::default()
        },
    };
    let shown = format!("{:?}", call.spelled());
    assert!(shown.contains("0600") && !shown.contains("abc"), "{shown}");
}

#[tokio::test]
async fn the_systems_own_stays_whatever_way_leads_there() {
    let root = tempfile::tempdir().expect("a directory");
    let (real, twin) = (machine(root.path()), twin().await);
    fs::create_dir_all(root.path().join("opt")).expect("made");
    symlink("../etc", root.path().join("opt/config")).expect("linked");
    let had = mode_of(root.path().join("etc"));
    for head in [&real, &twin] {
        for path in ["/", "/etc"] {
            refused(Kind::Refused, dir(head, path, &moded("0700"))).await;
            refused(Kind::Refused, dir(head, path, &absent())).await;
        }
        let done = dir(head, "/etc", &Wanted::default()).await;
        assert_eq!(done, Ok(Action::Unchanged), "asking for nothing is no harm");
        for text in ["", "10.0.0.1 head\n", "10.0.0.1 localhost\n"] {
            let fault = refused(Kind::Refused, head.write(HOSTS, text, &Wanted::default())).await;
            assert!(fault.hint.expect("a hint").contains("head.host("));
        }
        refused(Kind::Refused, head.no_file(HOSTS)).await;
        let text = "127.0.0.1 localhost\n10.0.0.1 head\n";
        head.write(HOSTS, text, &Wanted::default())
            .await
            .expect("written");
    }
    refused(Kind::Refused, dir(&real, "/opt/config", &moded("0700"))).await;
    assert_eq!(mode_of(root.path().join("etc")), had);
}

#[tokio::test]
async fn without_a_text_a_file_is_given_what_is_said_and_stays() {
    let root = tempfile::tempdir().expect("a directory");
    for head in [machine(root.path()), twin().await] {
        refused(Kind::BadArgument, head.dirs(Vec::new(), &Wanted::default())).await;
        refused(Kind::NotFound, head.give("/srv2/none", &moded("0600"))).await;
        let opt = vec!["/srv2".to_owned()];
        head.dirs(opt, &Wanted::default()).await.expect("made");
        head.write("/srv2/f", "one", &Wanted::default())
            .await
            .expect("written");
        let given = head.give("/srv2/f", &moded("0600")).await.expect("given");
        let said = (given.action, given.mode.as_deref());
        assert_eq!(said, (Some(Action::Changed), Some("0600")));
        let again = head.give("/srv2/f", &moded("600")).await.expect("given");
        assert_eq!(again.action, Some(Action::Unchanged));
        let read = head.read("/srv2/f").await.expect("read");
        assert_eq!(read.text.as_deref(), Some("one"));
    }
}

#[tokio::test]
async fn of_a_link_the_target_is_written_and_the_link_removed() {
    let root = tempfile::tempdir().expect("a directory");
    let head = machine(root.path());
    let at = |name: &str| root.path().join(name);
    fs::write(at("real"), "one").expect("written");
    symlink("real", at("link")).expect("linked");
    symlink("nowhere", at("loose")).expect("linked");
    head.write("/link", "two", &Wanted::default())
        .await
        .expect("written");
    assert!(at("link").is_symlink() && text(at("real")) == "two");
    let none = Wanted::default();
    let fault = refused(Kind::Conflict, head.write("/loose", "two", &none)).await;
    assert!(fault.message.contains("link"), "{fault:?}");
    refused(Kind::Conflict, dir(&head, "/loose", &none)).await;
    for name in ["/link", "/loose"] {
        let gone = head.no_file(name).await.expect("removed");
        assert_eq!(gone.action, Some(Action::Removed), "{name}");
    }
    assert!(!at("link").is_symlink() && !at("loose").is_symlink());
    assert_eq!(text(at("real")), "two");
}
