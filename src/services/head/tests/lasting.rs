//! Kernel parameters that are to outlast a boot: of all files that are read then the last one counts.
use super::{careful::refused, *};
use std::os::unix::fs::symlink;

const FORWARD: &str = "net.ipv4.ip_forward";

fn in_file(file: &str) -> Setting {
    Setting {
        persistent: false,
        file: Some(file.to_owned()),
    }
}

fn lasting() -> Setting {
    Setting {
        persistent: true,
        file: None,
    }
}

#[tokio::test]
async fn what_is_to_last_must_have_the_last_word() {
    let root = tempfile::tempdir().expect("a directory");
    let head = machine(root.path());
    let at = |name: &str| root.path().join(name);
    fs::create_dir_all(at("etc/sysctl.d")).expect("made");
    fs::create_dir_all(at("usr/lib/sysctl.d")).expect("made");
    fs::write(at("etc/sysctl.conf"), "net.ipv4.ip_forward=0\n").expect("written");
    fs::write(
        at("usr/lib/sysctl.d/50-default.conf"),
        "net.ipv4.ip_forward = 0\n",
    )
    .expect("written");
    let on = json!(1);
    // As long as nothing leads to sysctl.conf it is no file that counts.
    let told = head.sysctl(FORWARD).await.expect("read").file;
    assert_eq!(told.as_deref(), Some("/usr/lib/sysctl.d/50-default.conf"));
    let conf = in_file("/etc/sysctl.conf");
    refused(Kind::Conflict, head.set_sysctl(FORWARD, &on, &conf)).await;
    symlink("../sysctl.conf", at("etc/sysctl.d/99-sysctl.conf")).expect("linked");
    let fault = refused(Kind::Conflict, head.set_sysctl(FORWARD, &on, &lasting())).await;
    assert_eq!(
        fault.message,
        "/etc/sysctl.conf is read after /etc/sysctl.d/90-chami.conf, and sets net.ipv4.ip_forward = 0"
    );
    let there = "head.sysctl(\"net.ipv4.ip_forward\", \"1\", { file = \"/etc/sysctl.conf\" })";
    let hint = fault.hint.expect("a hint");
    assert!(hint.starts_with(there), "{hint}");
    assert_eq!(
        text(at("proc/sys/net/ipv4/ip_forward")),
        "0\n",
        "nothing was done"
    );
    assert!(!at("etc/sysctl.d/90-chami.conf").exists());
    let set = head.set_sysctl(FORWARD, &on, &conf).await.expect("set");
    assert_eq!(set.file.as_deref(), Some("/etc/sysctl.conf"));
    assert_eq!(text(at("etc/sysctl.conf")), "net.ipv4.ip_forward = 1\n");
    assert!(at("etc/sysctl.d/99-sysctl.conf").is_symlink());
    let told = head.sysctl(FORWARD).await.expect("read").file;
    assert_eq!(told.as_deref(), Some("/etc/sysctl.conf"));
    // The same value there is no trouble.
    head.set_sysctl(FORWARD, &on, &lasting())
        .await
        .expect("set");
}

#[tokio::test]
async fn a_file_that_no_boot_reads_keeps_no_parameter() {
    let root = tempfile::tempdir().expect("a directory");
    for head in [machine(root.path()), twin().await] {
        let dirs = vec!["/etc/sysctl.d".to_owned()];
        head.dirs(dirs, &Wanted::default()).await.expect("made");
        for file in [
            "/etc/passwd",
            "/etc/sysctl.d/x",
            "/etc/sysctl.d/a/b.conf",
            "/etc/sysctl.d/.conf",
        ] {
            let (on, file) = (json!(1), in_file(file));
            refused(Kind::BadArgument, head.set_sysctl(FORWARD, &on, &file)).await;
        }
        let file = "/etc/sysctl.d/50-mine.conf";
        let set = head.set_sysctl(FORWARD, &json!(1), &in_file(file)).await;
        assert_eq!(set.expect("set").file.as_deref(), Some(file));
        let told = head.sysctl(FORWARD).await.expect("read").file;
        assert_eq!(told.as_deref(), Some(file), "whatever file it is");
        let off = head
            .set_sysctl(FORWARD, &json!(0), &lasting())
            .await
            .expect("set");
        assert_eq!(
            off.file.as_deref(),
            Some(SYSCTL),
            "the later one has the last word"
        );
        let (on, file) = (json!(1), in_file(file));
        let fault = refused(Kind::Conflict, head.set_sysctl(FORWARD, &on, &file)).await;
        assert!(fault.hint.expect("a hint").contains("90-chami.conf"));
    }
}

/// A distribution's file of this name, which sets forwarding and another parameter.
fn delivered(root: &Path, name: &str) {
    let dir = root.join("usr/lib/sysctl.d");
    fs::create_dir_all(root.join("etc/sysctl.d")).expect("made");
    fs::create_dir_all(&dir).expect("made");
    let text = "net.ipv4.ip_forward = 0\nfs.protected_hardlinks = 1\n";
    fs::write(dir.join(name), text).expect("written");
}

#[tokio::test]
async fn a_distributions_file_is_not_switched_off_for_one_parameter() {
    for (vendor, own) in [
        ("99-protect-links.conf", "/etc/sysctl.d/99-zz-chami.conf"),
        ("zz.conf", "/etc/sysctl.d/zz_chami.conf"),
    ] {
        let root = tempfile::tempdir().expect("a directory");
        let head = machine(root.path());
        delivered(root.path(), vendor);
        let on = json!(1);
        let fault = refused(Kind::Conflict, head.set_sysctl(FORWARD, &on, &lasting())).await;
        let line = format!("head.sysctl({FORWARD:?}, \"1\", {{ file = {own:?} }})");
        let hint = fault.hint.expect("a hint");
        assert!(hint.starts_with(&line), "{hint}");
        // Nor by a file that somebody names.
        let same = in_file(&format!("/etc/sysctl.d/{vendor}"));
        let fault = refused(Kind::Conflict, head.set_sysctl(FORWARD, &on, &same)).await;
        let said = format!(
            "/etc/sysctl.d/{vendor} would be read in place of /usr/lib/sysctl.d/{vendor}, and the next boot would lose fs.protected_hardlinks"
        );
        assert_eq!(fault.message, said);
        let hint = fault.hint.expect("a hint");
        assert!(hint.starts_with(&line), "{hint}");
        let left = fs::read_dir(root.path().join("etc/sysctl.d"));
        assert_eq!(left.expect("list").count(), 0, "nothing was written");
        assert_eq!(
            text(root.path().join("proc/sys/net/ipv4/ip_forward")),
            "0\n"
        );
        // What the hint says has the last word.
        head.set_sysctl(FORWARD, &on, &in_file(own))
            .await
            .expect("set");
        let told = head.sysctl(FORWARD).await.expect("read").file;
        assert_eq!(told.as_deref(), Some(own));
        // A file of that name that is there is somebody's own, and stays so.
        fs::write(root.path().join("etc/sysctl.d").join(vendor), "").expect("written");
        let set = head.set_sysctl(FORWARD, &on, &same).await;
        assert_eq!(set.expect("set").action, Some(Action::Changed));
    }
}
