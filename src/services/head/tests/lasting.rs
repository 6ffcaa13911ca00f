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
