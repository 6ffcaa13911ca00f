//! Which texts count, and what is said of those that do not.
use crate::services::cloud_init::guest::{Guest, Inputs, apply, fresh};

const A: &str = "http://head/a.yaml";
const B: &str = "http://head/b.yaml";

fn node(user: &str, vendor: &str, a: &str, b: &str) -> (Guest, Vec<String>) {
    apply(&Inputs {
        meta_data: "local-hostname: nid001\n",
        user_data: user,
        vendor_data: vendor,
        parts: vec![(A.to_owned(), a.to_owned()), (B.to_owned(), b.to_owned())],
        ..Inputs::default()
    })
}

#[test]
fn the_user_goes_before_the_vendor() {
    let vendor = format!("#include\n{A}\n");
    let (guest, _) = node(
        "#cloud-config\ntimezone: UTC\n",
        &vendor,
        "#cloud-config\ntimezone: CET\nlocale: C\n",
        "",
    );
    assert_eq!(
        (guest.timezone.as_deref(), guest.locale.as_deref()),
        (Some("UTC"), Some("C"))
    );
    let (guest, _) = node(
        "#cloud-config\nvendor_data: {enabled: false}\n",
        &vendor,
        "#cloud-config\ntimezone: CET\n",
        "",
    );
    assert_eq!(guest.timezone, None);
}

#[test]
fn lists_of_groups_are_joined_only_where_it_is_asked_for() {
    let vendor = format!("#include\n{A}\n{B}\n");
    let files = |how: &str| {
        let text = |path: &str| format!("#cloud-config\n{how}write_files: [{{path: {path}}}]\n");
        let (guest, _) = node("", &vendor, &text("/etc/a"), &text("/etc/b"));
        let there = ["/etc/a", "/etc/b"].map(|path| guest.file(path).is_some());
        there.into_iter().filter(|it| *it).count()
    };
    assert_eq!(files(""), 1);
    assert_eq!(
        files("merge_how: list(append)+dict(no_replace,recurse_list)+str()\n"),
        2
    );
}

#[test]
fn a_text_that_is_none_is_left_out_and_told() {
    let vendor = format!("#include\n{A}\n{B}\n");
    let (guest, console) = node(
        "#cloud-config",
        &vendor,
        "## template: jinja\n#cloud-config\na: {{ b.c }}\n",
        "users: []\n",
    );
    let warnings: Vec<&String> = console
        .iter()
        .filter(|line| line.contains("WARNING"))
        .collect();
    assert_eq!(
        warnings,
        [
            "cloud_config.py[WARNING]: Failed at merging in cloud config part from part-001: empty cloud config",
            "jinja_template.py[WARNING]: Ignoring jinja template for part-001: 'b' is undefined",
            "__init__.py[WARNING]: Unhandled non-multipart (text/x-not-multipart) userdata: 'b'users: []'...'",
        ]
    );
    assert!(
        guest.broken.iter().any(|it| it.starts_with(A)),
        "{:?}",
        guest.broken
    );
    assert!(
        guest.broken.iter().any(|it| it.starts_with(B)),
        "{:?}",
        guest.broken
    );
}

#[test]
fn an_include_in_a_circle_ends() {
    let around = format!("#include {A}\n");
    let (guest, _) = node("", &around, &around, "");
    assert!(
        guest.broken.iter().any(|it| it.contains("too deep")),
        "{:?}",
        guest.broken
    );
    let (guest, _) = node("", "#include\nhttp://head/none.yaml\n", "", "");
    assert!(
        guest.broken.iter().any(|it| it.contains("was not fetched")),
        "{:?}",
        guest.broken
    );
}

#[test]
fn what_is_not_simulated_is_noted() {
    let (guest, _) = node(
        "#cloud-config\nsnap: {}\nruncmd: [curl http://x | sh, kubeadm join --token abcdef.0123456789abcdef]\n",
        "",
        "",
        "",
    );
    assert!(
        guest
            .notes
            .contains(&"snap: noted, not simulated".to_owned()),
        "{:?}",
        guest.notes
    );
    assert!(
        guest
            .notes
            .contains(&"runcmd: not run: curl http://x | sh".to_owned()),
        "{:?}",
        guest.notes
    );
    assert!(
        !guest.notes.iter().any(|note| note.contains("abcdef.")),
        "{:?}",
        guest.notes
    );
}

#[test]
fn only_what_did_not_come_to_be_is_broken() {
    let vendor = format!("#include\n{A}\n{B}\n");
    let (guest, _) = node(
        "#cloud-config",
        &vendor,
        "## template: jinja\n#cloud-config\nruncmd: [\"echo {{ nosuch }}\"]\n",
        "#cloud-config\nsnap: {}\n",
    );
    let [unknown] = &guest.broken[..] else {
        panic!("{guest:?}");
    };
    assert!(
        unknown.starts_with(A) && unknown.contains("'nosuch'"),
        "{unknown}"
    );
    assert!(!guest.notes.is_empty() && !guest.notes.contains(unknown));
    let (whole, _) = node(
        "",
        &format!("#include {B}\n"),
        "",
        "#cloud-config\nsnap: {}\n",
    );
    assert!(whole.broken.is_empty(), "{:?}", whole.broken);
    let json = serde_json::to_value(&whole).expect("it is plain data");
    assert_eq!(json.get("broken"), None);
}

#[test]
fn the_image_is_known_by_its_root() {
    let of = |root: &str| {
        let cmdline = format!("root=live:http://s3/{root} ip=dhcp");
        fresh(&Inputs {
            cmdline: &cmdline,
            ..Inputs::default()
        })
    };
    let release = |guest: &Guest| guest.run("cat /etc/os-release").expect("it can").output;
    assert!(release(&of("rocky9.5-compute-base-9.5")).contains("VERSION_ID=\"9.5\"\n"));
    assert!(release(&of("rocky8.10-compute-8")).contains("Green Obsidian"));
    assert!(
        of("rocky9.5-k8s-worker-9")
            .services
            .contains_key("kubelet.service")
    );
    assert!(of("rocky9.5-compute-debug-9").user("testuser").is_some());
    assert_eq!(
        of("x").run("cloud-init status").expect("it can").output,
        "status: not run\n"
    );
}
