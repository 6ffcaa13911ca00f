//! Who said what, and what was lost; the merging itself is compared with cloud-init in `tests/cloud_init_peer.rs`.
use super::{Kind, Part, merge};
use crate::services::cloud_init::instance::Instance;
use serde_json::{Map, json};

fn part(name: &str, content: &str) -> Part {
    Part {
        name: name.to_owned(),
        content: content.to_owned(),
    }
}

#[test]
fn a_part_that_says_nothing_replaces_and_the_loss_is_told() {
    let all = [
        part("login", "#cloud-config\npackages: [vim]\ntimezone: UTC\n"),
        part("compute", "#cloud-config\npackages: [munge]\n"),
    ];
    let merged = merge(&all, None);
    assert_eq!(
        merged.config,
        json!({ "packages": ["munge"], "timezone": "UTC" })
    );
    assert_eq!(merged.origin["packages"], json!(["compute"]));
    let lost: Vec<(&str, &str, usize)> = merged
        .lost
        .iter()
        .map(|it| (&*it.part, &*it.path, it.line))
        .collect();
    assert_eq!(lost, [("login", "packages[1]", 2)]);
}

#[test]
fn appended_items_keep_their_origin() {
    let how = "merge_how: list(append)+dict(no_replace,recurse_list)\n";
    let all = [
        part("a", "#cloud-config\nusers: [{name: root}]\n"),
        part(
            "b",
            &format!("#cloud-config\n{how}users: [{{name: rocky}}]\n"),
        ),
    ];
    let merged = merge(&all, None);
    assert_eq!(merged.origin["users"], json!(["a", "b"]));
    assert_eq!(merged.leaves["users[2].name"], json!("b"));
    assert_eq!(
        merged.parts[1].how.as_deref(),
        Some("list(append)+dict(no_replace,recurse_list)")
    );
    assert!(merged.lost.is_empty());
}

#[test]
fn parts_that_are_no_configuration_are_named() {
    let meta = Instance::of_meta_data(&json!({ "local-hostname": "nid001" }), &Map::new());
    let all = [
        part(
            "t",
            "## template: jinja\n#cloud-config\nhostname: {{ v1.local_hostname }}\nx: {{ no }}\n",
        ),
        part("s", "#!/bin/sh\ntrue\n"),
        part("undefined", "#cloud-config"),
        part("broken", "#cloud-config\na: [\n"),
        part("what", "a: 1\n"),
    ];
    let merged = merge(&all, Some(&meta));
    assert_eq!(merged.config["hostname"], "nid001");
    assert_eq!(merged.parts[0].missing, ["no"]);
    let kinds: Vec<Kind> = merged.parts.iter().map(|part| part.kind).collect();
    assert_eq!(
        kinds,
        [
            Kind::CloudConfig,
            Kind::Script,
            Kind::CloudConfig,
            Kind::CloudConfig,
            Kind::Unknown
        ]
    );
    assert!(
        merged.parts[1..]
            .iter()
            .all(|part| !part.merged && part.why.is_some())
    );
    assert!(!merge(&all[..1], None).parts[0].merged);
}
