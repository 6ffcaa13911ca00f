//! Laws of what cloud-init makes of a node, whatever the texts are: thousands of damaged ones, the same in every run.
#[path = "support/damage.rs"]
#[allow(dead_code)] // as its other users need it
mod damage;
#[path = "support/dice.rs"]
#[allow(dead_code)]
mod dice;

use chami::services::cloud_init::guest::{self, Guest, Inputs};
use dice::Dice;
use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
};

const CASES: u64 = 4000;
/// As many as a machine for tests has cores.
const HANDS: u64 = 2;

const CLOUD_CONFIG: &str = "## template: jinja
#cloud-config
merge_how: list(append)+dict(no_replace,recurse_list)+str()
hostname: n1.demo
groups: [lab, staff: [root]]
users:
- default
- name: ada
  uid: 2000
  groups: lab, wheel
  sudo: ALL=(ALL) ALL
  ssh_authorized_keys: [ssh-ed25519 AAAA {{ v1.local_hostname }}]
write_files:
- path: /etc/a/b
  permissions: '0600'
  encoding: b64
  content: AAEC
- {path: /etc/c, append: true, owner: 'ada:ada', defer: true, content: x}
mounts:
- [tmpfs, /scratch, tmpfs, 'size=1G,mode=1777', '0', '0']
- ['h:/s', /s, nfs, noauto]
ntp: {servers: [172.16.0.254]}
timezone: UTC
packages: [nfs-utils, [munge, 1]]
runcmd:
- [systemctl, enable, --now, munge]
- echo 'one two' > /etc/d && chmod 600 /etc/d || false
- systemctl is-active x; mkdir -p /srv/x
";

/// Whether the text became what it was meant to, or what is wrong.
fn look(dice: &mut Dice) -> Result<bool, String> {
    let text = String::from_utf8_lossy(&damage::document(dice, CLOUD_CONFIG)).into_owned();
    let (user, vendor) = match dice.below(3) {
        0 => (text.as_str(), ""),
        1 => ("#cloud-config", text.as_str()),
        _ => (
            "#cloud-config\nusers: []\n",
            "#include\nhttp://head/x.yaml\n",
        ),
    };
    let inputs = Inputs {
        meta_data: if dice.once_in(8) {
            &text
        } else {
            "local-hostname: nid001\n"
        },
        user_data: user,
        vendor_data: vendor,
        parts: vec![("http://head/x.yaml".to_owned(), text.clone())],
        ..Inputs::default()
    };
    let (guest, console) = guest::apply(&inputs);
    let wrong = |what: &str| Err(format!("{text:?}: {what}: {guest:?}"));
    let kept = serde_json::to_string(&guest).map_err(|e| e.to_string())?;
    if serde_json::from_str::<Guest>(&kept).ok().as_ref() != Some(&guest) {
        return wrong("it is read back as another");
    }
    if guest.hostname.is_empty() || console.len() < 4 {
        return wrong("it has no name or says nothing");
    }
    let uids: BTreeSet<u32> = guest.users.iter().map(|user| user.uid).collect();
    if uids.len() < guest.users.len() {
        return wrong("two users are one");
    }
    for file in guest.files.iter().filter(|it| it.encoding.is_none()) {
        if !file
            .path
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c))
        {
            continue;
        }
        match guest.run(&format!("cat {}", file.path)) {
            Ok(ran) if ran.output == file.content => {}
            other => return wrong(&format!("cat {} gives {other:?}", file.path)),
        }
    }
    Ok(guest.failed.is_empty() && guest.file("/etc/d").is_some())
}

#[test]
fn any_cloud_config_makes_a_node_that_answers() {
    let hand = |hand: u64| {
        let mut whole = 0;
        for case in (hand..CASES).step_by(usize::try_from(HANDS).expect("small")) {
            let dice = &mut Dice::new(5 << 32 | case);
            let out = catch_unwind(AssertUnwindSafe(|| look(dice)));
            match out.unwrap_or_else(|_| Err("panics".to_owned())) {
                Ok(it) => whole += u64::from(it),
                Err(wrong) => panic!("case {case}: {wrong}"),
            }
        }
        whole
    };
    let whole: u64 = thread::scope(|scope| {
        let hands: Vec<_> = (0..HANDS).map(|it| scope.spawn(move || hand(it))).collect();
        let ends = hands.into_iter().map(|it| it.join().expect("all hold"));
        ends.sum()
    });
    // A law about what works says nothing when nothing does, or when nothing is ever damaged.
    assert!(
        whole > CASES / 50 && whole < CASES,
        "{whole} of {CASES} were whole"
    );
}
