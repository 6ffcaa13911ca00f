//! Users, groups, keys, host names.
use super::{keys_in, node, node_and_console, told};

const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICmU3ZSS/ljfBSPoZ0p15nfsQ9KO596sImyTIapl1hUO";

#[test]
fn without_a_word_there_is_the_image_s_user() {
    let guest = node("#cloud-config\n");
    assert_eq!(
        told(&guest, "id rocky"),
        (
            0,
            "uid=1000(rocky) gid=1000(rocky) groups=1000(rocky),4(adm),190(systemd-journal)\n"
                .to_owned()
        )
    );
    assert_eq!(
        told(&guest, "id nobody-here"),
        (1, "id: ‘nobody-here’: no such user\n".to_owned())
    );
    assert_eq!(
        told(&guest, "getent passwd nobody-here"),
        (2, String::new())
    );
    assert!(
        told(&guest, "cat /etc/sudoers.d/90-cloud-init-users")
            .1
            .contains("rocky ALL=(ALL) NOPASSWD:ALL\n")
    );
}

#[test]
fn numbers_go_on_from_the_highest() {
    let guest =
        node("#cloud-config\nusers:\n- {name: a, uid: 3000}\n- b\n- {name: c, groups: [b, new]}\n");
    let uids: Vec<u32> = guest.users.iter().map(|user| user.uid).collect();
    assert_eq!(uids, [3000, 3001, 3002]);
    assert!(told(&guest, "getent group new").1.ends_with(":c\n"));
    assert!(told(&guest, "getent group b").1.ends_with(":c\n"));
}

#[test]
fn a_refused_user_is_the_last_one() {
    let (guest, console) =
        node_and_console("#cloud-config\nusers: [{name: a}, {name: a b}, {name: c}]\n");
    assert_eq!(guest.failed, ["users-groups"]);
    assert_eq!(
        (guest.user("a").is_some(), guest.user("c").is_some()),
        (true, false)
    );
    assert!(
        console.contains(&"util.py[WARNING]: Failed to create user a b".to_owned()),
        "{console:#?}"
    );
    assert!(
        guest
            .notes
            .iter()
            .any(|note| note.contains("invalid user name 'a b'")),
        "{:?}",
        guest.notes
    );
}

#[test]
fn a_password_is_known_and_not_kept() {
    let guest = node(
        "#cloud-config\nusers: [{name: a, lock_passwd: false, passwd: hunter2hash}]\npassword: hunter2\n",
    );
    assert!(guest.user("a").expect("made").has_password);
    let kept = serde_json::to_string(&guest).expect("JSON");
    assert!(!kept.contains("hunter2"), "{kept}");
}

#[test]
fn root_is_turned_away_unless_it_is_said_otherwise() {
    let text = format!("#cloud-config\nssh_authorized_keys: ['{KEY}']\n");
    let keys = |text: &str| told(&node(text), &format!("cat {}", keys_in("/root"))).1;
    assert!(
        keys(&text)
            .contains("Please login as the user \\\"rocky\\\" rather than the user \\\"root\\\".")
    );
    assert_eq!(
        keys(&format!("{text}disable_root: false\n")),
        format!("{KEY}\n")
    );
    let own = format!(
        "#cloud-config\nusers: [{{name: root, ssh_authorized_keys: ['{KEY}', nonsense]}}]\n"
    );
    assert_eq!(keys(&own), format!("{KEY}\n"));
}

#[test]
fn the_full_name_is_preferred() {
    let name = |text: &str| node(&format!("#cloud-config\n{text}\n")).hostname;
    assert_eq!(name(""), "nid001");
    assert_eq!(name("fqdn: a.b.c"), "a.b.c");
    assert_eq!(name("hostname: x.y"), "x.y");
    assert_eq!(name("fqdn: a.b.c\nprefer_fqdn_over_hostname: false"), "a");
    assert_eq!(
        name("hostname: short"),
        "nid001",
        "the full name is the meta-data's"
    );
    assert_eq!(
        name("hostname: 7"),
        "nid001",
        "the first name stays when the module fails"
    );
}
