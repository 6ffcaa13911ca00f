//! node.* and the diagnosis on a head node that is no lab of the session's: a served lab reached by its URL alone, as any
//! cluster is. coresmd's lines are recorded ones; what libvirt tells comes from its own test driver, through chami-virt.
#[path = "support/home.rs"]
mod home;

use home::{Home, SERVE, Server};
use std::{env, fs, io::Write as _, path::Path, process::Command};

const RECORDED: &str = "52:54:00:00:00:01";
const NODES: [&str; 3] = [
    "52:54:00:be:ef:01",
    "52:54:00:be:ef:02",
    "52:54:00:be:ef:03",
];

/// The lines that coresmd wrote when this exchange was recorded.
fn lines(name: &str) -> Vec<String> {
    let path = format!(
        "{}/tests/contract/dhcp/{name}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = fs::read_to_string(path).expect("it is there");
    let recorded: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let lines = recorded["server_log"].as_array().expect("its log");
    lines
        .iter()
        .map(|line| now(line.as_str().expect("a line")))
        .collect()
}

/// A line as it would be written now: a boot is told by what is no older than it.
fn now(line: &str) -> String {
    let time = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
    let rest = line
        .strip_prefix("time=\"")
        .and_then(|rest| rest.split_once('"'));
    let (_, rest) = rest.expect("a time");
    format!("time=\"{time}\"{rest}")
}

/// A log in which the first node was answered, the second is a stranger, and of the third there is nothing.
fn log(home: &Home) -> String {
    let known = lines("kv-known-uefi64-request").join("\n");
    let stranger = lines("kv-unknown-uefi64-discover").join("\n");
    let own = stranger
        .split("hardware address ")
        .nth(1)
        .map(|rest| rest[..17].to_owned())
        .expect("a MAC");
    let text = format!(
        "{}\n{}\n",
        known.replace(RECORDED, NODES[0]),
        stranger.replace(&own, NODES[1])
    );
    let path = home.0.path().join("coredhcp.log");
    fs::write(&path, text).expect("written");
    path.display().to_string()
}

/// A served lab of which one node has booted: its address, and what its console has shown, in a file.
fn served(home: &Home) -> (Server, String) {
    let mut words = SERVE.to_vec();
    words.extend(["--auth", "off"]);
    let server = Server::start(home.command(&words));
    let console = home.0.path().join("compute1.log").display().to_string();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/head_prepare.lua");
    let out = home
        .command(&["--lab", &script.display().to_string(), &console])
        .output()
        .expect("it runs");
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    (server, console)
}

fn spec(mut command: Command, server: &Server, words: &[&str]) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/head_node.lua");
    let out = command
        .args(["-u", server.line("http ")])
        .arg(script)
        .args(words)
        .output()
        .expect("it runs");
    let told = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(
        out.status.success(),
        "{told}{}",
        String::from_utf8_lossy(&out.stdout)
    );
}

#[test]
fn without_libvirt_what_can_be_read_is_told_and_the_rest_said_not_to_be_seen() {
    let home = Home::new();
    let (server, console) = served(&home);
    let mut command = home.command(&[]);
    command
        .env("CHAMI_VIRT", "/nowhere/chami-virt")
        .env("CHAMI_DHCP_LOG", log(&home));
    spec(command, &server, &["bare", &console]);
}

#[test]
fn virtual_machines_are_found_by_their_macs_and_switched() {
    let built = option_env!("CARGO_BIN_EXE_chami-virt").filter(|path| Path::new(path).is_file());
    let Some(helper) = built else {
        let why = "chami-virt was not built (cargo test --features libvirt, libvirt-dev)";
        assert!(env::var_os("CHAMI_TESTS_COMPLETE").is_none(), "{why}");
        let _ = writeln!(std::io::stderr(), "SKIPPED: node.* through libvirt: {why}");
        return;
    };
    let home = Home::new();
    let (server, console) = served(&home);
    let mut command = home.command(&[]);
    command
        .env("CHAMI_VIRT", helper)
        .env("CHAMI_DHCP_LOG", log(&home));
    spec(command, &server, &["virtual", &console]);
}
