//! What chami says becomes of a node, against what becomes of one: Debian's cloud-init fetches, with NoCloud-net, from
//! `chami lab serve` as node 1, and ends with the same accounts, files and host name.
//!
//! All of it happens in namespaces of its own, in a copy of this machine's files of which nothing is written back. That
//! takes root; without it the test is skipped, which a complete run must not be.
use base64::{Engine, engine::general_purpose::STANDARD};
use chami::services::cloud_init::guest::{self, Guest, Inputs};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

const SEED: &str = "http://172.16.0.254:8081/cloud-init/";
const CMDLINE: &str = "root=live:http://172.16.0.254:9000/boot-images/compute/base/rocky9.5-compute-base-9.5 ip=dhcp \
                       cloud-init=enabled ds=nocloud-net;s=http://172.16.0.254:8081/cloud-init/";

/// What Rocky Linux's cloud.cfg says, and the modules that are compared.
const CONFIG: &str = r"users: [default]
disable_root: true
preserve_hostname: false
ssh_genkeytypes: [ed25519]
mount_default_fields: [~, ~, auto, 'defaults,nofail,x-systemd.requires=cloud-init.service,_netdev', '0', '2']
datasource_list: [NoCloud]
network: {config: disabled}
cloud_init_modules: [bootcmd, write-files, mounts, set_hostname, update_etc_hosts, users-groups, ssh]
cloud_config_modules: [set-passwords, ntp, runcmd]
cloud_final_modules: [write-files-deferred, scripts-user]
system_info:
  distro: rhel
  default_user:
    name: rocky
    lock_passwd: true
    gecos: rocky Cloud User
    groups: [adm, systemd-journal]
    sudo: ['ALL=(ALL) NOPASSWD:ALL']
    shell: /bin/bash
  paths: {cloud_dir: /var/lib/cloud/, templates_dir: /etc/cloud/templates/}
";

const UNSHARE: &[&str] = &[
    "--mount",
    "--uts",
    "--net",
    "--pid",
    "--fork",
    "--kill-child",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Why there can be no witness here.
fn hindrance() -> Option<&'static str> {
    if !Path::new("/usr/bin/cloud-init").exists() {
        return Some("cloud-init is not installed (tests/run --install does it)");
    }
    let probe = "ip link set lo up && mount -t tmpfs room /mnt && mkdir /mnt/a /mnt/b /mnt/c && \
                 mount -t overlay o -o lowerdir=/,upperdir=/mnt/a,workdir=/mnt/b /mnt/c";
    let mut unshare = Command::new("unshare");
    let out = unshare.args(UNSHARE).args(["sh", "-c", probe]).output();
    let able = out.is_ok_and(|out| out.status.success());
    (!able).then_some("namespaces and overlays take root, which this user is not")
}

fn skipped() -> bool {
    let Some(why) = hindrance() else { return false };
    let complete = env::var_os("CHAMI_TESTS_COMPLETE").is_some();
    assert!(!complete, "{why}");
    // Past the harness, which keeps what a passing test prints to itself.
    let _ = writeln!(std::io::stderr(), "SKIPPED: cloud-init as a node: {why}");
    true
}

/// What must be the same before and after.
fn this_machine() -> Vec<Option<Vec<u8>>> {
    let tables = [
        "passwd", "group", "shadow", "gshadow", "hosts", "hostname", "fstab", "sudoers",
    ];
    let mut all: Vec<_> = tables
        .iter()
        .map(|it| fs::read(Path::new("/etc").join(it)).ok())
        .collect();
    all.push(fs::read("/proc/sys/kernel/hostname").ok());
    all.push(fs::read("/proc/sys/vm/dirty_background_ratio").ok());
    let keys = Path::new("/root").join(".ssh");
    let folders = ["/home", "/var/lib/cloud", "/etc/sudoers.d", "/etc/cloud"].map(Path::new);
    for folder in folders.into_iter().chain([keys.as_path()]) {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let names: BTreeSet<_> = entries
            .map(|it| it.file_name().into_encoded_bytes())
            .collect();
        all.push(Some(names.into_iter().flatten().collect()));
    }
    all
}

/// The tables of the image's accounts, and what the node is started with.
fn base(room: &Path) {
    let image = guest::fresh(&Inputs {
        cmdline: CMDLINE,
        ..Inputs::default()
    });
    let base = room.join("base");
    fs::create_dir_all(&base).expect("a folder");
    let write = |name: &str, text: &str| fs::write(base.join(name), text).expect("written");
    for (table, shadow, rest) in [
        ("passwd", "shadow", ":*:19700:0:99999:7:::\n"),
        ("group", "gshadow", ":!::\n"),
    ] {
        let lines = image
            .run(&format!("getent {table}"))
            .expect("it can")
            .output;
        let names = lines.lines().filter_map(|line| line.split(':').next());
        let secrets: Vec<String> = names.map(|name| format!("{name}{rest}")).collect();
        write(shadow, &secrets.concat());
        write(table, &lines);
    }
    write("cloud.cfg", CONFIG);
    write("cmdline", &format!("{CMDLINE}\n"));
}

/// Copies the cases; a text that is the course's own is taken from there.
fn cases(room: &Path) -> Vec<PathBuf> {
    let all = fs::read_dir(root().join("tests/cloud_init/witness")).expect("the cases");
    let mut found = Vec::new();
    for entry in all.flatten() {
        let into = room.join("cases").join(entry.file_name());
        fs::create_dir_all(&into).expect("a folder");
        for file in fs::read_dir(entry.path()).expect("a case").flatten() {
            fs::copy(file.path(), into.join(file.file_name())).expect("copied");
        }
        let case: Value = serde_json::from_str(&text(&into.join("case.json"))).expect("JSON");
        for group in case["groups"].as_array().expect("groups") {
            if let (Some(name), Some(from)) = (group["name"].as_str(), group["from"].as_str()) {
                let from = root().join("scripts/tutorial/data/cloud-init").join(from);
                fs::copy(from, into.join(format!("{name}.yaml"))).expect("copied");
            }
        }
        found.push(into);
    }
    found.sort();
    found
}

/// What chami says becomes of the texts that were served.
fn ours(case: &Path) -> (Guest, Vec<String>) {
    let served = |name: &str| text(&case.join("served").join(name));
    let addresses = served("addresses");
    let parts = addresses.lines().zip(0..);
    let parts = parts.map(|(address, at)| (address.to_owned(), served(&format!("part-{at}"))));
    guest::apply(&Inputs {
        meta_data: &served("meta-data"),
        user_data: &served("user-data"),
        vendor_data: &served("vendor-data"),
        parts: parts.collect(),
        cmdline: CMDLINE,
        datasource: SEED,
        kernel: "",
    })
}

/// A text without what differs from run to run: comments (headers have a date), blank lines, the order of keys.
fn essence(path: &str, bytes: &[u8]) -> Value {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return json!(bytes);
    };
    let mut lines: Vec<&str> = match path {
        "/etc/chrony.conf" | "/etc/hosts" => text
            .lines()
            .filter(|it| !it.starts_with('#') && !it.trim().is_empty())
            .collect(),
        // The first line has the date.
        "/etc/sudoers.d/90-cloud-init-users" => text.lines().skip(1).collect(),
        path if path.ends_with("authorized_keys") => text.lines().collect(),
        _ => return json!(text),
    };
    if path.ends_with("authorized_keys") || path == "/etc/chrony.conf" {
        lines.sort_unstable();
    }
    json!(lines)
}

/// Files by their path: owner, mode and content.
fn files<'a>(
    all: impl Iterator<Item = (&'a str, [&'a str; 3], Vec<u8>)>,
) -> BTreeMap<String, Value> {
    let one = |(path, about, bytes): (&str, [&str; 3], Vec<u8>)| {
        (path.to_owned(), json!([about, essence(path, &bytes)]))
    };
    all.map(one).collect()
}

fn our_files(guest: &Guest) -> BTreeMap<String, Value> {
    files(guest.files.iter().map(|file| {
        let about = [&file.owner, &file.group, &file.permissions].map(String::as_str);
        let bytes = match file.encoding {
            Some(_) => STANDARD.decode(&file.content).expect("base64"),
            None => file.content.clone().into_bytes(),
        };
        (file.path.as_str(), about, bytes)
    }))
}

fn their_files(left: &Value) -> BTreeMap<String, Value> {
    let all = left["files"].as_object().expect("files");
    files(all.iter().map(|(path, file)| {
        let about = ["owner", "group", "permissions"].map(|key| file[key].as_str().expect("text"));
        let bytes = STANDARD
            .decode(file["content"].as_str().expect("text"))
            .expect("base64");
        (path.as_str(), about, bytes)
    }))
}

/// Lines of a table as sets; members of a group in order.
fn rows(lines: impl Iterator<Item = Vec<String>>) -> BTreeSet<String> {
    lines
        .map(|mut row| {
            if row.len() == 4 {
                let mut members: Vec<&str> = row[3].split(',').collect();
                members.sort_unstable();
                row[3] = members.join(",");
            }
            row.join(":")
        })
        .collect()
}

fn their_rows(left: &Value, table: &str) -> BTreeSet<String> {
    let lines = left[table].as_array().expect("a table").iter();
    rows(lines.map(|row| serde_json::from_value(row.clone()).expect("a row")))
}

fn our_rows(guest: &Guest, table: &str) -> BTreeSet<String> {
    let ran = guest.run(&format!("getent {table}")).expect("it can");
    let split = |line: &str| line.split(':').map(str::to_owned).collect();
    rows(ran.output.lines().map(split))
}

/// The warnings on a console, without their time; where cloud-init's code lies differs from system to system.
fn warnings<'a>(lines: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let place = |text: &str| match text.split_once(" from '") {
        Some((before, _)) if text.contains("Running module") => before.to_owned(),
        _ => text.to_owned(),
    };
    let warnings =
        lines.filter(|line| line.contains("[WARNING]: ") && !line.contains("schema.py["));
    warnings
        .map(|line| place(line.split_once(" - ").map_or(line, |(_, rest)| rest)))
        .collect()
}

/// Modules that failed, as cloud-init's own result has them.
fn failed(left: &Value) -> BTreeSet<String> {
    let errors = left["result"]["errors"].as_array().expect("a result");
    let named = |error: &Value| Some(error.as_str()?.split('\'').nth(1)?.to_owned());
    errors.iter().filter_map(named).collect()
}

/// What differs in a case.
fn compare(case: &Path) -> Vec<String> {
    let left: Value = serde_json::from_str(&text(&case.join("left.json"))).expect("JSON");
    let (guest, console) = ours(case);
    let mut wrong = Vec::new();
    let mut same = |what: &str, ours: Value, theirs: Value| {
        if ours != theirs {
            wrong.push(format!("{what}\n  ours:   {ours}\n  theirs: {theirs}"));
        }
    };
    let name = text(&case.join("hostname"));
    same(
        "hostname",
        json!(guest.run("hostname").expect("it can").output),
        json!(name),
    );
    let theirs = text(&case.join("console.txt"));
    let (ours, theirs) = (
        warnings(console.iter().map(String::as_str)),
        warnings(theirs.lines()),
    );
    same("warnings", json!(ours), json!(theirs));
    same(
        "failed",
        json!(BTreeSet::from_iter(&guest.failed)),
        json!(failed(&left)),
    );
    for table in ["passwd", "group"] {
        let (ours, theirs) = (our_rows(&guest, table), their_rows(&left, table));
        same(
            table,
            json!(ours.difference(&theirs).collect::<Vec<_>>()),
            json!(theirs.difference(&ours).collect::<Vec<_>>()),
        );
    }
    let (ours, theirs) = (our_files(&guest), their_files(&left));
    let paths: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    for path in paths {
        same(path, json!(ours.get(path)), json!(theirs.get(path)));
    }
    for user in &guest.users {
        let home = guest.directories.contains(&user.home) || user.name == "root";
        same(
            &format!("{}'s home", user.name),
            json!(home),
            left["homes"][&user.name].clone(),
        );
        if user.has_password {
            let locked = left["locked"][&user.name].clone();
            same(
                &format!("{}'s password", user.name),
                json!(user.lock_passwd),
                locked,
            );
        }
    }
    wrong
}

#[test]
fn a_node_becomes_what_chami_says() {
    if skipped() {
        return;
    }
    let room = tempfile::tempdir().expect("a folder");
    base(room.path());
    let cases = cases(room.path());
    assert!(cases.len() >= 4, "only {} cases", cases.len());
    let before = this_machine();
    let mut unshare = Command::new("unshare");
    let out = unshare
        .args(UNSHARE)
        .args(["bash", "tests/support/witness.sh"])
        .arg(room.path())
        .args([env!("CARGO_BIN_EXE_chami"), "tests/support/witness.lua"])
        .current_dir(root())
        .output()
        .expect("unshare runs");
    assert!(
        out.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&out.stderr),
        text(&room.path().join("lab.err"))
    );
    assert!(before == this_machine(), "this machine was changed");
    let mut wrong = Vec::new();
    for case in &cases {
        let found = compare(case);
        if !found.is_empty() {
            let name = case.file_name().expect("a name").to_string_lossy();
            wrong.push(format!(
                "{name}:\n{}\n{}",
                found.join("\n"),
                text(&case.join("console.txt"))
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
