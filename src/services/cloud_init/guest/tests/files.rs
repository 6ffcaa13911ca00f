//! Files and mounts.
use super::{node, told};

#[test]
fn owners_must_be_there_when_the_file_is_written() {
    let text = |defer: bool| {
        format!(
            "#cloud-config\nusers: [ada]\nwrite_files:\n- {{path: /etc/x, owner: 'ada:ada', content: c, defer: {defer}}}\n- {{path: /etc/y}}\n"
        )
    };
    let early = node(&text(false));
    assert_eq!(early.failed, ["write-files"]);
    assert_eq!(early.file("/etc/x").expect("written first").owner, "root");
    assert!(
        early.file("/etc/y").is_none(),
        "what comes after is not written"
    );
    assert!(
        early.notes.iter().any(|note| note.contains("defer: true")),
        "{:?}",
        early.notes
    );
    let late = node(&text(true));
    assert_eq!(
        (
            late.failed.len(),
            late.file("/etc/x").expect("written").group.as_str()
        ),
        (0, "ada")
    );
}

#[test]
fn permissions_in_every_spelling() {
    for (given, mode) in [
        ("'0640'", "0640"),
        ("0640", "0640"),
        ("'640'", "0640"),
        ("640", "1200"),
        ("~", "0644"),
        ("rw", "0644"),
    ] {
        let guest = node(&format!(
            "#cloud-config\nwrite_files: [{{path: /etc/x, permissions: {given}}}]\n"
        ));
        assert_eq!(
            guest.file("/etc/x").expect("written").permissions,
            mode,
            "{given}"
        );
    }
}

#[test]
fn what_was_written_can_be_looked_at() {
    let guest = node(
        "#cloud-config\nwrite_files: [{path: /etc/mine/x, content: abc}]\nruncmd: [mkdir -p /srv/a/b]\n",
    );
    assert_eq!(told(&guest, "cat /etc/mine/x"), (0, "abc".to_owned()));
    assert_eq!(told(&guest, "ls /etc/mine"), (0, "x\n".to_owned()));
    assert_eq!(told(&guest, "ls /srv/a"), (0, "b\n".to_owned()));
    assert_eq!(
        told(&guest, "cat /etc/mine"),
        (1, "cat: /etc/mine: Is a directory\n".to_owned())
    );
    let absent = "cat: /etc/mine/y: No such file or directory\n";
    assert_eq!(told(&guest, "cat /etc/mine/y"), (1, absent.to_owned()));
    let wrong = guest
        .run("cat /etc/motd")
        .expect_err("nobody knows the image's");
    assert_eq!(wrong.kind.name(), "unsupported");
    assert!(wrong.hint.expect("a hint").contains("/etc/mine/x"));
}

#[test]
fn numbers_without_quotes_spoil_all_mounts() {
    let guest = node("#cloud-config\nmounts: [[tmpfs, /scratch, tmpfs, mode=1777, 0, 0]]\n");
    assert_eq!(guest.failed, ["mounts"]);
    assert!(
        guest
            .notes
            .iter()
            .any(|note| note.contains("write it in quotes")),
        "{:?}",
        guest.notes
    );
    assert_eq!(told(&guest, "findmnt /scratch"), (1, String::new()));
    // Not so for what comes over the network, whose fields become text.
    let guest = node("#cloud-config\nmounts: [['h:/s', /s, nfs, rw, 0, 0]]\n");
    assert!(guest.failed.is_empty(), "{:?}", guest.notes);
    assert_eq!(
        told(&guest, "cat /etc/fstab").1,
        "h:/s\t/s\tnfs\trw,comment=cloudconfig\t0\t0\n"
    );
}

#[test]
fn root_is_what_the_command_line_says() {
    let guest = node("");
    let root = told(&guest, "findmnt /").1;
    assert!(
        root.starts_with(
            "TARGET SOURCE        FSTYPE  OPTIONS\n/      LiveOS_rootfs overlay rw,relatime,"
        ),
        "{root}"
    );
}
