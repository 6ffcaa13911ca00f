//! DHCP and TFTP on real interfaces, in a network namespace of its own: `dhcp.probe`, `dhcp.watch` and `tftp.get` against
//! dnsmasq and against a lab that serves an interface. That takes root; without it the tests are skipped, which a complete
//! run must not be.
use serde_json::Value;
use std::{
    env, fs,
    io::Write,
    path::Path,
    process::{Command, Output},
};

const CHAMI: &str = env!("CARGO_BIN_EXE_chami");

/// Three cables into one bridge: `one` and `two` for servers, `node` for who asks.
const NET: &str = r#"set -eu
cd "$HOME"
ip link set lo up
ip link add br0 type bridge forward_delay 0
ip link set br0 up
for it in one two node; do
  ip link add "$it" type veth peer name "p-$it"
  ip link set "p-$it" master br0 up
  ip link set "$it" up
done
ip addr add 172.16.0.254/24 dev one
ip addr add 172.16.0.253/24 dev two
masq() { dnsmasq --no-daemon --conf-file=/dev/null --port=0 --bind-interfaces --no-ping --leasefile-ro "$@" & }
heard() { for _ in $(seq 100); do grep -q "$1" "$2" && return; sleep 0.1; done; cat "$2"; exit 1; }
chami() { "$CHAMI" --lab=fresh "$@"; }
"#;

/// Why there can be no such net.
fn hindrance() -> Option<&'static str> {
    if !Path::new("/usr/sbin/dnsmasq").exists() {
        return Some("dnsmasq is not installed (tests/run --install does it)");
    }
    if !Path::new("/usr/lib/ipxe").exists() {
        return Some("the package ipxe is not installed (tests/run --install does it)");
    }
    let probe = "ip link add cable0 type veth peer name cable1 && ip link add box0 type bridge";
    let out = Command::new("unshare")
        .args(["--net", "sh", "-c", probe])
        .output();
    let able = out.is_ok_and(|out| out.status.success());
    (!able).then_some("a network namespace with cables takes root and iproute2, which are not here")
}

fn skipped(what: &str) -> bool {
    let Some(why) = hindrance() else { return false };
    let complete = env::var_os("CHAMI_TESTS_COMPLETE").is_some();
    assert!(!complete, "{why}");
    // Past the harness, which keeps what a passing test prints to itself.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {what}: {why}");
    true
}

/// Runs a script in the net; all that it starts ends with it.
fn within(script: &str) -> Output {
    let home = tempfile::tempdir().expect("a home");
    let tftp = home.path().join("tftp");
    fs::create_dir(&tftp).expect("a folder");
    fs::write(tftp.join("ipxe-x86_64.efi"), vec![7; 100_000]).expect("a file");
    let script = format!("{NET}{script}");
    let out = Command::new("unshare")
        .args([
            "--net",
            "--pid",
            "--fork",
            "--kill-child",
            "--mount-proc",
            "timeout",
            "60",
            "sh",
            "-c",
            &script,
        ])
        .env("CHAMI", CHAMI)
        .env("HOME", home.path())
        .env("TFTP", &tftp)
        .env_remove("XDG_RUNTIME_DIR")
        .env_remove("XDG_STATE_HOME")
        .output()
        .expect("unshare runs");
    let told = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(
        out.status.success(),
        "{told}\n{}",
        String::from_utf8_lossy(&out.stdout)
    );
    out
}

/// The documents that a script printed, one a line.
fn documents(out: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let lines = text.lines().filter(|line| line.starts_with(['{', '[']));
    lines
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

#[test]
fn a_probe_is_led_to_an_address_and_a_second_server_is_seen() {
    if skipped("dhcp.probe on a wire") {
        return;
    }
    let out = within(
        r#"
masq --interface=one --dhcp-range=172.16.0.10,172.16.0.20,1h --dhcp-boot=undionly.kpxe 2>one.log; sleep 0.5
ask='dhcp.probe{ interface = "node", mac = "52:54:00:00:00:99", wait = "700ms" }'
chami -F json -e "$ask"
masq --interface=two --dhcp-range=172.16.0.30,172.16.0.40,1h 2>two.log; sleep 0.5
chami -F json -e "$ask"
"#,
    );
    let [alone, both] = &documents(&out)[..] else {
        panic!("two probes");
    };
    assert_eq!(alone["servers"], serde_json::json!(["172.16.0.254"]));
    assert_eq!(alone["problem"], Value::Null, "{alone}");
    assert!(
        alone["ip"]
            .as_str()
            .expect("an address")
            .starts_with("172.16.0.1"),
        "{alone}"
    );
    let answers: Vec<&str> = alone["answers"]
        .as_array()
        .expect("answers")
        .iter()
        .filter_map(|it| it["answer"].as_str())
        .collect();
    assert_eq!(answers, ["OFFER", "ACK"]);
    assert_eq!(both["servers"].as_array().expect("servers").len(), 2);
    assert!(
        both["problem"]
            .as_str()
            .expect("a problem")
            .starts_with("2 servers answer"),
        "{both}"
    );
}

#[test]
fn what_goes_by_is_seen_and_files_are_fetched() {
    if skipped("dhcp.watch and tftp.get on a wire") {
        return;
    }
    let out = within(
        r#"
masq --interface=one --dhcp-range=172.16.0.10,172.16.0.20,1h --enable-tftp --tftp-root="$TFTP" 2>one.log; sleep 0.5
chami -F json -e 'dhcp.watch{ interface = "two", span = "20s", count = 4 }' 2>"$HOME/said" & watch=$!
sleep 1.5
chami -F json -e 'dhcp.probe{ interface = "node", mac = "52:54:00:00:00:98", wait = "500ms", user_class = "iPXE" }' >/dev/null
wait $watch
grep -c "DISCOVER 52:54:00:00:00:98" "$HOME/said" >&2
chami -F json -e 'local file = tftp.get{ host = "172.16.0.254", file = "ipxe-x86_64.efi" } return { #file, file:byte(-1) }'
chami -F json -e 'return { (select(2, pcall(tftp.get, { host = "172.16.0.254", file = "nosuch" }))).kind }'
"#,
    );
    let [seen, file, missing] = &documents(&out)[..] else {
        panic!("three documents: {}", String::from_utf8_lossy(&out.stdout));
    };
    let kinds: Vec<&str> = seen
        .as_array()
        .expect("sights")
        .iter()
        .filter_map(|it| it["kind"].as_str())
        .collect();
    assert_eq!(kinds, ["DISCOVER", "OFFER", "REQUEST", "ACK"], "{seen}");
    assert_eq!(*file, serde_json::json!([100_000, 7]));
    assert_eq!(*missing, serde_json::json!(["not_found"]));
}

/// A lab on the interface `one`, with the tutorial's nodes; it is spoken to as the user's own lab.
const LAB: &str = r#"
"$CHAMI" lab serve --interface one --http 8081 --https 8443 >served 2>errors & lab=$!
for _ in $(seq 100); do grep -q "^state" served && break; kill -0 $lab || { cat errors >&2; exit 1; }; sleep 0.1; done
lab() { "$CHAMI" "$@"; }
ask() { lab -F json -e "dhcp.probe{ interface = \"node\", wait = \"600ms\", $1 }"; }
lab -e 'discover.static "data/nodes.yaml"' >/dev/null
"#;

#[test]
fn a_lab_on_an_interface_answers_as_coresmd() {
    if skipped("a lab that serves DHCP and TFTP on an interface") {
        return;
    }
    let script = r#"
known='mac = "52:54:00:be:ef:01"'
ask "$known"
ask "$known, user_class = \"iPXE\""
ask 'mac = "52:54:00:00:00:99"'
lab -F json -e 'dhcp.leases()'
lab -F json -e 'return { tftp.get{ host = "172.16.0.254", file = "default" }, #tftp.get{ host = "172.16.0.254", file = "undionly.kpxe" } > 10000 }'
lab -F json -e 'return { http.get("http://172.16.0.254:8081/boot/v1/bootscript?mac=52:54:00:be:ef:01").status }'
masq --interface=two --dhcp-range=172.16.0.30,172.16.0.40,1h 2>two.log; sleep 0.5
ask "$known, request = false"
kill $lab; wait $lab || exit 1
"#;
    let out = within(&format!("{LAB}{script}"));
    let [known, ipxe, stranger, leases, files, boot, rogue] = &documents(&out)[..] else {
        panic!(
            "seven documents: {}\n{}",
            String::from_utf8_lossy(&out.stdout),
            String::from_utf8_lossy(&out.stderr)
        );
    };
    let kinds = |probe: &Value| -> Vec<String> {
        let answers = probe["answers"].as_array().expect("answers").iter();
        answers
            .map(|it| it["answer"].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    assert_eq!(
        (&known["ip"], &known["problem"]),
        (&"172.16.0.1".into(), &Value::Null),
        "{known}"
    );
    assert_eq!(kinds(known), ["OFFER", "ACK"]);
    assert_eq!(known["answers"][0]["hostname"], "nid0001.openchami.cluster");
    assert_eq!(known["answers"][0]["boot_file"], "ipxe-x86_64.efi");
    let url = "http://172.16.0.254:8081/boot/v1/bootscript?mac=52:54:00:be:ef:01";
    assert_eq!(ipxe["answers"][1]["boot_file"], url, "{ipxe}");
    assert_eq!(kinds(stranger), ["OFFER", "NAK", "ACK"], "{stranger}");
    assert_eq!(stranger["ip"], "172.16.0.200");
    assert_eq!(leases[0]["mac"], "52:54:00:00:00:99", "{leases}");
    assert_eq!(files[0], "#!ipxe\nreboot\n");
    assert_eq!(files[1], true, "is the package ipxe installed?");
    assert_eq!(boot[0], 200);
    assert_eq!(
        rogue["servers"].as_array().expect("servers").len(),
        2,
        "{rogue}"
    );
}

/// Two servers answer at random: a lab does not become the second one, and leaves nothing behind.
#[test]
fn an_interface_with_another_server_is_refused() {
    if skipped("a lab beside another DHCP server") {
        return;
    }
    let script = r#"
masq --interface=two --dhcp-range=172.16.0.30,172.16.0.40,1h 2>two.log; sleep 0.5
status=0
"$CHAMI" lab serve --interface one --http 8081 --https 8443 >served 2>refused || status=$?
echo "{\"status\": $status}"
cat refused >&2
"#;
    let out = within(script);
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(
        said.contains("another DHCP server answers on one: 172.16.0.253"),
        "{said}"
    );
    assert!(said.contains("a bridge that is the nodes' alone"), "{said}");
    assert_eq!(documents(&out)[0]["status"], 1, "{said}");
}

/// Of a real machine nobody hears before it asks; whoever watches for it waits, however the rack's own one stands.
#[test]
fn a_real_machine_is_waited_for() {
    if skipped("node.watch of a machine that comes") {
        return;
    }
    let script = r#"
( sleep 5; ask 'mac = "52:54:00:be:ef:01"' ) >/dev/null & asks=$!
lab -e 'node.watch("nid1", { every = "500ms" })' >watched & watch=$!
wait $asks
for _ in $(seq 100); do grep -q "▸ x1000c0s0b0n0 *offer" watched && break; sleep 0.1; done
kill $watch; wait $watch || true
grep -c "▸ x1000c0s0b0n0 *offer" watched >&2
lab -F json -e 'return { node.get("nid1").stage, node.get("nid2").power }'
kill $lab; wait $lab || exit 1
"#;
    let out = within(&format!("{LAB}{script}"));
    assert_eq!(documents(&out)[0], serde_json::json!(["offer", "off"]));
}

/// Whoever may not write frames is told what is missing, and what to type.
#[test]
fn without_the_capability_it_is_said_which() {
    if skipped("the capability for frames") {
        return;
    }
    let ask =
        r#"print(select(2, pcall(dhcp.probe, { interface = "lo", mac = "52:54:00:00:00:99" })))"#;
    let out = Command::new("setpriv")
        .args([
            "--bounding-set",
            "-net_raw",
            "--inh-caps",
            "-net_raw",
            CHAMI,
            "--lab=fresh",
            "-e",
            ask,
        ])
        .output();
    let out = out.expect("setpriv, of util-linux");
    let said = String::from_utf8_lossy(&out.stdout);
    assert!(
        said.contains("CAP_NET_RAW"),
        "{said}{}",
        String::from_utf8_lossy(&out.stderr)
    );
}
