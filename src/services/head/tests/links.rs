//! Links: one's own lead on, and one that somebody else may have laid leads nobody.
use super::{
    careful::{absent, mode_of, moded, refused},
    *,
};
use std::os::unix::fs::{MetadataExt as _, chown, symlink};

#[tokio::test]
async fn what_a_strange_link_leads_to_is_not_touched() {
    let root = tempfile::tempdir().expect("a directory");
    let head = machine(root.path());
    let at = |name: &str| root.path().join(name);
    for dir in ["keys/empty", "open"] {
        fs::create_dir_all(at(dir)).expect("made");
    }
    fs::write(at("keys/f"), "one").expect("written");
    symlink("../keys", at("open/out")).expect("linked");
    symlink("../keys/f", at("open/f")).expect("linked");
    let before = [mode_of(at("keys")), mode_of(at("keys/f"))];
    let (mode, none) = (moded("0777"), Wanted::default());
    fs::set_permissions(at("open"), fs::Permissions::from_mode(0o777)).expect("set");
    let fault = refused(Kind::Refused, dir(&head, "/open/out", &mode)).await;
    let said = "/open/out is a link to ../keys, and others than root may lay one there";
    assert!(fault.message.starts_with(said), "{fault:?}");
    refused(Kind::Refused, dir(&head, "/open/out/new", &none)).await;
    refused(Kind::Refused, dir(&head, "/open/out/empty", &absent())).await;
    refused(Kind::Refused, head.give("/open/f", &mode)).await;
    for path in ["/open/f", "/open/out/f", "/open/out/g"] {
        refused(Kind::Refused, head.write(path, "two", &none)).await;
    }
    refused(Kind::Refused, head.no_file("/open/out/f")).await;
    let after = [mode_of(at("keys")), mode_of(at("keys/f"))];
    assert_eq!((after, text(at("keys/f"))), (before, "one".to_owned()));
    let left = fs::read_dir(at("keys")).expect("list").count();
    assert_eq!(left, 2, "nothing came and nothing went");
    // The link itself is what stands there.
    let gone = head.no_file("/open/f").await.expect("removed");
    assert_eq!(gone.action, Some(Action::Removed));
    assert!(at("keys/f").exists() && !at("open/f").is_symlink());
    // Where nobody else may lay one it leads on.
    fs::set_permissions(at("open"), fs::Permissions::from_mode(0o755)).expect("set");
    let done = dir(&head, "/open/out", &moded("0701")).await;
    assert_eq!((done, mode_of(at("keys"))), (Ok(Action::Changed), 0o701));
    let entry = head.stat("/open/out/f").await.expect("there");
    assert_eq!(entry.real.as_deref(), Some("/keys/f"));
    assert_eq!(head.stat("/keys/f").await.expect("there").real, None);
}

#[tokio::test]
async fn whose_directory_it_is_may_not_choose_what_root_gives_him() {
    if !crate::journal::user().starts_with("root") {
        // Nobody else can give anything away.
        return;
    }
    let root = tempfile::tempdir().expect("a directory");
    let head = machine(root.path());
    let at = |name: &str| root.path().join(name);
    for dir in ["srv/keys", "opt/workdir"] {
        fs::create_dir_all(at(dir)).expect("made");
    }
    chown(at("opt/workdir"), Some(65534), None).expect("given");
    symlink("../../srv/keys", at("opt/workdir/out")).expect("linked");
    let theirs = owned("65534");
    refused(Kind::Refused, dir(&head, "/opt/workdir/out", &theirs)).await;
    refused(Kind::Refused, dir(&head, "/opt/workdir/out/x", &theirs)).await;
    assert_eq!(fs::metadata(at("srv/keys")).expect("there").uid(), 0);
    assert!(!at("srv/keys/x").exists());
    fs::remove_file(at("opt/workdir/out")).expect("removed");
    let done = dir(&head, "/opt/workdir/out", &theirs).await;
    assert_eq!(done, Ok(Action::Created));
    let uid = fs::metadata(at("opt/workdir/out")).expect("there").uid();
    assert_eq!(uid, 65534);
}

#[tokio::test]
async fn the_file_of_hosts_stays_whatever_link_leads_there() {
    let root = tempfile::tempdir().expect("a directory");
    let head = machine(root.path());
    let at = |name: &str| root.path().join(name);
    fs::create_dir_all(at("x")).expect("made");
    symlink("../etc/hosts", at("x/link")).expect("linked");
    symlink("../etc", at("x/etc")).expect("linked");
    let none = Wanted::default();
    for path in ["/x/link", "/x/etc/hosts"] {
        refused(Kind::Refused, head.write(path, "10.0.0.1 a\n", &none)).await;
    }
    refused(Kind::Refused, head.no_file("/x/etc/hosts")).await;
    assert_eq!(text(at("etc/hosts")), "127.0.0.1 localhost\n");
    let with = "127.0.0.1 localhost\n10.0.0.1 a\n";
    head.write("/x/link", with, &none).await.expect("written");
    assert_eq!(text(at("etc/hosts")), with);
    let gone = head.no_file("/x/link").await.expect("removed");
    assert_eq!(gone.action, Some(Action::Removed));
    assert!(at("etc/hosts").exists());
}
