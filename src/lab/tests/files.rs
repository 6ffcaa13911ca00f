//! Real files on the artifact server.
use super::{Home, ask, control, home, json};
use crate::lab::{Lab, Options};
use std::{fs, os::unix::fs::symlink, path::Path};

fn lab(home: &Home, folder: &Path) -> Lab {
    Lab::new(Options {
        artifacts: Some(folder.to_owned()),
        fresh: true,
        ..home.options()
    })
}

async fn listed(lab: &Lab) -> Vec<String> {
    let all = json(&control(lab, "GET", "artifacts", "").await);
    let all = all.as_array().expect("a list").iter();
    all.map(|it| it["path"].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// Nothing outside is served, whatever stands inside; and what leads in a circle is not walked round.
#[tokio::test]
async fn links_lead_nowhere_out_of_the_folder() {
    let (home, folder) = (home(), tempfile::tempdir().expect("a folder"));
    let top = folder.path().join("s3");
    let bucket = top.join("boot-images");
    fs::create_dir_all(&bucket).expect("made");
    fs::write(bucket.join("vmlinuz-6.1"), b"inside").expect("written");
    fs::write(folder.path().join("shadow"), b"secret").expect("written");
    fs::create_dir(folder.path().join("etc")).expect("made");
    symlink("../../shadow", bucket.join("out")).expect("linked");
    symlink("../../etc", bucket.join("etc")).expect("linked");
    symlink("../etc", top.join("bucket")).expect("linked");
    symlink("vmlinuz-6.1", bucket.join("vmlinuz")).expect("linked");
    for name in ["a", "b", "c"] {
        symlink(".", bucket.join(name)).expect("linked");
    }
    fs::write(folder.path().join("etc/passwd"), b"secret").expect("written");
    let lab = lab(&home, &top);
    for path in ["boot-images/out", "boot-images/etc/passwd", "bucket/passwd"] {
        let answer = ask(&lab, "GET", &format!("/lab/s3/{path}"), &[], "").await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
    }
    for path in ["boot-images/vmlinuz", "boot-images/a/vmlinuz-6.1"] {
        let answer = ask(&lab, "GET", &format!("/lab/s3/{path}"), &[], "").await;
        assert_eq!(
            (answer.status, answer.text().as_str()),
            (200, "inside"),
            "{path}"
        );
    }
    let all = listed(&lab).await;
    let real: Vec<&String> = all
        .iter()
        .filter(|it| it.matches('/').count() == 1)
        .collect();
    assert_eq!(
        real,
        ["boot-images/vmlinuz", "boot-images/vmlinuz-6.1"],
        "{all:?}"
    );
}

/// A folder by mistake far too large does not take the lab away.
#[tokio::test]
async fn of_very_many_files_some_are_listed() {
    let (home, folder) = (home(), tempfile::tempdir().expect("a folder"));
    let bucket = folder.path().join("b");
    fs::create_dir(&bucket).expect("made");
    for number in 0..10_100 {
        fs::write(bucket.join(number.to_string()), b"").expect("written");
    }
    let all = listed(&lab(&home, folder.path())).await;
    assert_eq!(all.iter().filter(|it| it.starts_with("b/")).count(), 10_000);
}

#[tokio::test]
async fn real_files_go_before_what_is_made_up() {
    let home = home();
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir_all(folder.path().join("boot-images/a")).expect("made");
    std::fs::write(
        folder.path().join("boot-images/a/vmlinuz-6.1"),
        b"0123456789",
    )
    .expect("written");
    std::fs::write(folder.path().join("secret"), b"no object").expect("written");
    let lab = lab(&home, folder.path());
    let url = "/lab/s3/boot-images/a/vmlinuz-6.1";
    let whole = ask(&lab, "GET", url, &[], "").await;
    assert_eq!((whole.status, whole.text().as_str()), (200, "0123456789"));
    let part = ask(&lab, "GET", url, &[("range", "bytes=2-4")], "").await;
    assert_eq!((part.status, part.text().as_str()), (206, "234"));
    for path in [
        "boot-images/a/..%2f..%2fsecret",
        "boot-images/%2e%2e/secret",
        "secret",
    ] {
        let answer = ask(&lab, "GET", &format!("/lab/s3/{path}"), &[], "").await;
        assert!(answer.status >= 400, "{path}: {}", answer.text());
    }
    let listed = json(&control(&lab, "GET", "artifacts", "").await);
    let all = listed.as_array().expect("a list");
    assert!(
        all.iter()
            .any(|it| it["path"] == "boot-images/a/vmlinuz-6.1" && it["kernel"] == "6.1")
    );
    assert!(all.iter().all(|it| it["path"] != "secret"));
}
