//! Seven defects of ochami, and that chami does what is documented instead: through the command line, before gateways
//! that note what they are asked.
#[path = "support/recorder.rs"]
mod recorder;

use recorder::Recorder;
use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// A lab in the tutorial's state that wants no token, and a home for the commands that ask it.
struct Stage {
    home: TempDir,
    lab: Child,
    /// Where it listens, `127.0.0.1:8081`.
    address: String,
}

impl Stage {
    fn new() -> Self {
        let home = TempDir::new().expect("a home");
        let words = [
            "lab", "serve", "--http", "0", "--https", "0", "--auth", "off",
        ];
        let mut lab = chami(&home, &words)
            .stdout(Stdio::piped())
            .spawn()
            .expect("a lab");
        let mut line = String::new();
        let mut out = BufReader::new(lab.stdout.take().expect("its output"));
        out.read_line(&mut line).expect("its address");
        let address = line
            .trim()
            .strip_prefix("http http://")
            .expect("http first")
            .to_owned();
        let body = "{\"state\":\"tutorial\"}";
        let mut stream = TcpStream::connect(&address).expect("it listens");
        write!(stream, "POST /lab/v1/reset HTTP/1.1\r\nhost: lab\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len()).expect("asked");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answered");
        assert!(answer.starts_with("HTTP/1.1 2"), "{answer}");
        Self { home, lab, address }
    }

    fn gateway(&self) -> Recorder {
        Recorder::before(&self.address)
    }

    /// Status, output, messages.
    fn run(&self, words: &[&str]) -> (Option<i32>, String, String) {
        let output = chami(&self.home, words)
            .env("PROD_ACCESS_TOKEN", "eyJ.of.prod")
            .env("TEST_ACCESS_TOKEN", "eyJ.of.test")
            .output()
            .expect("chami runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (
            output.status.code(),
            text(&output.stdout),
            text(&output.stderr),
        )
    }

    fn configure(&self, text: &str) {
        let folder = self.home.path().join(".config/ochami");
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("config.yaml"), text).expect("written");
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = self.lab.kill();
        let _ = self.lab.wait();
    }
}

fn chami(home: &TempDir, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chami"));
    command
        .args(words)
        .env_clear()
        .env("HOME", home.path())
        .current_dir(home.path())
        .stdin(Stdio::null());
    command
}

#[test]
fn a_named_cluster_gives_address_and_token_both() {
    let stage = Stage::new();
    let (prod, test) = (stage.gateway(), stage.gateway());
    // No `log:` either: ochami refuses a file without it, "unknown log level".
    stage.configure(&format!(
        "default-cluster: prod\nclusters:\n- name: prod\n  cluster: {{ uri: '{}' }}\n- name: test\n  cluster: {{ uri: '{}' }}\n",
        prod.url, test.url
    ));
    let delete = "smd.iface.delete { all = true }";
    let (status, _, said) = stage.run(&["-C", "test", "-e", delete]);
    assert_eq!(status, Some(1), "{said}");
    assert!(prod.asked().is_empty(), "{:?}", prod.asked());
    let asked = test.asked();
    assert!(
        asked.iter().any(|it| it.line.starts_with("DELETE ")),
        "{asked:?}"
    );
    for one in asked {
        assert_eq!(one.token.as_deref(), Some("eyJ.of.test"), "{one:?}");
    }
    let (status, out, said) = stage.run(&["-e", "#smd.component.list()"]);
    assert_eq!((status, out.as_str()), (Some(0), "10\n"), "{said}");
    assert!(!prod.asked().is_empty());
    for one in prod.asked() {
        assert_eq!(one.token.as_deref(), Some("eyJ.of.prod"), "{one:?}");
    }
    // An address on the command line is nobody's whose token is known.
    let third = stage.gateway();
    stage.run(&["-u", &third.url, "-e", "#smd.component.list()"]);
    assert!(
        third.asked().iter().all(|it| it.token.is_none()),
        "{:?}",
        third.asked()
    );
}

#[test]
fn a_delete_that_fails_says_so_and_names_each() {
    let stage = Stage::new();
    let gateway = stage.gateway();
    let cases: &[(&str, i32, &[&str])] = &[
        ("smd.group.delete 'compute'", 1, &["the disk is gone"]),
        (
            "smd.group.delete { 'compute', 'nosuch' }",
            3,
            &["compute", "nosuch"],
        ),
        (
            "smd.group.member.delete('compute', 'nid[1-2]')",
            1,
            &["x1000c0s0b[0-1]n0"],
        ),
        ("smd.component.delete 'nid[1-2]'", 1, &["x1000c0s0b[0-1]n0"]),
        ("smd.rfe.delete 'x1000c0s0b[0-1]'", 1, &["x1000c0s0b[0-1]"]),
        (
            "smd.compep.delete 'x1000c0s0b[0-1]n0'",
            1,
            &["x1000c0s0b[0-1]n0"],
        ),
        (
            "smd.iface.delete { '52:54:00:be:ef:01', '52:54:00:be:ef:02' }",
            1,
            &["525400beef01", "525400beef02"],
        ),
        (
            "cloud_init.group.delete 'compute'",
            1,
            &["the disk is gone"],
        ),
    ];
    for (code, want, names) in cases {
        let (status, out, said) = stage.run(&["-u", &gateway.url, "-e", code]);
        assert_eq!((status, out.as_str()), (Some(*want), ""), "{code}: {said}");
        for name in *names {
            assert!(said.contains(name), "{code}: {name} in {said}");
        }
    }
}

#[test]
fn what_is_deleted_by_data_is_gone() {
    let stage = Stage::new();
    let groups = "- label: io\n- label: login\n";
    fs::write(stage.home.path().join("groups.yaml"), groups).expect("written");
    let code = "smd.group.add 'io' smd.group.add 'login' smd.group.add 'kept' \
        local labels = {} for i, it in ipairs(yaml.decode(fs.read 'groups.yaml')) do labels[i] = it.label end \
        local gone = smd.group.delete(labels) \
        return #gone, #smd.group.list(), smd.group.list()[1].label";
    let (status, out, said) = stage.run(&["--lab=fresh", "-e", code]);
    assert_eq!((status, out.as_str()), (Some(0), "2\n1\nkept\n"), "{said}");
}

#[test]
fn a_configuration_needs_no_block_that_says_nothing() {
    let stage = Stage::new();
    let gateway = stage.gateway();
    let file = stage.home.path().join("mine.yaml");
    let text = format!(
        "clusters:\n- name: demo\n  cluster:\n    uri: {}\n",
        gateway.url
    );
    fs::write(&file, text).expect("written");
    let file = file.to_str().expect("UTF-8");
    let (status, out, said) = stage.run(&["-c", file, "-C", "demo", "-e", "#smd.component.list()"]);
    assert_eq!((status, out.as_str(), said.as_str()), (Some(0), "10\n", ""));
}

#[test]
fn nobody_is_asked_where_nobody_can_answer() {
    let stage = Stage::new();
    let gateway = stage.gateway();
    // What ochami would ask about ("delete ALL?") is a refusal here, and never a success.
    for code in [
        "smd.component.delete()",
        "smd.iface.delete()",
        "smd.rfe.delete()",
        "bss.boot.params.delete()",
    ] {
        let (status, out, said) = stage.run(&["-u", &gateway.url, "-e", code]);
        assert_eq!((status, out.as_str()), (Some(2), ""), "{code}: {said}");
    }
    let asked = gateway.asked();
    assert!(asked.iter().all(recorder::Asked::is_read), "{asked:?}");
}

#[test]
fn what_is_no_xname_is_not_sent() {
    let stage = Stage::new();
    let gateway = stage.gateway();
    for code in [
        "smd.component.add('notaxname', { State = 'On' })",
        "smd.component.add('x1000q0', { State = 'On' })",
        "smd.component.set('x1000c0s0b0n0x', { State = 'On' })",
        "smd.component.ensure('x1000c9z', { State = 'On' })",
        "smd.rfe.add('notaxname', { FQDN = 'x' })",
        "smd.component.update('x1000c0s0b0n0n', { State = 'On' })",
        "smd.iface.add('52:54:00:be:ef:99', { ComponentID = 'notaxname' })",
        "smd.group.add('io', { members = 'notaxname' })",
        "smd.group.member.add('compute', 'notaxname')",
        "bss.boot.params.set('notaxname', { kernel = 'http://x/vmlinuz' })",
    ] {
        let (status, out, said) = stage.run(&["-u", &gateway.url, "-e", code]);
        assert_eq!((status, out.as_str()), (Some(2), ""), "{code}: {said}");
    }
    let asked = gateway.asked();
    assert!(asked.iter().all(recorder::Asked::is_read), "{asked:?}");
}

#[test]
fn the_exit_status_tells_failures_apart() {
    let stage = Stage::new();
    let gateway = stage.gateway();
    let url = &gateway.url;
    let cases: &[(&[&str], i32)] = &[
        (&["-u", url, "-e", "#smd.component.list()"], 0),
        (&["-u", url, "-e", "smd.component.get 'x1000c0s7b0n0'"], 1),
        (&["-u", url, "-e", "smd.component.delete 'nid1'"], 1),
        (
            &["-u", url, "-e", "smd.component.list { stat = 'Ready' }"],
            2,
        ),
        (
            &["-u", url, "-e", "smd.group.delete { 'compute', 'nosuch' }"],
            3,
        ),
        (
            &[
                "--lab=fresh",
                "-e",
                "http.get('/hsm/v2/groups', { headers = { Authorization = 'Bearer no' } })",
            ],
            4,
        ),
        (
            &["-u", "http://127.0.0.1:1", "-e", "smd.component.list()"],
            5,
        ),
        (
            &[
                "-u",
                url,
                "-e",
                "expect(#smd.component.list(), 11, 'eleven')",
            ],
            6,
        ),
        (
            &[
                "-u",
                url,
                "-e",
                "task.timeout('10ms', function() task.sleep '9s' end)",
            ],
            124,
        ),
    ];
    for (words, want) in cases {
        let (status, _, said) = stage.run(words);
        assert_eq!(status, Some(*want), "{words:?}: {said}");
    }
}
