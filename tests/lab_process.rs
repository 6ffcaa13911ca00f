//! The lab among real processes: what it prints, how it ends, what a kill leaves, who takes over, what a full disk does.
use chami::{
    clock::Clock as _,
    http::{Base, Http, Locate as _},
    lab::{Control, Dirs, Lab, Options},
};
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;

/// A user's home, of which every process of a test has the same idea.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(TempDir::new().expect("a temporary directory"))
    }

    fn state(&self) -> PathBuf {
        self.0.path().join("state/chami/lab")
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chami"));
        command.args(words);
        self.at_home(command)
    }

    fn at_home(&self, mut command: Command) -> Command {
        command
            .env("XDG_STATE_HOME", self.0.path().join("state"))
            .env("XDG_RUNTIME_DIR", self.0.path().join("run"))
            .env("HOME", self.0.path());
        command
    }

    fn serve(&self) -> Server {
        Server::start(self.command(&SERVE))
    }

    /// The same lab, seen by this process.
    fn lab(&self) -> Lab {
        Lab::new(Options {
            dirs: Some(Dirs {
                state: self.0.path().join("state/chami"),
                runtime: Some(self.0.path().join("run/chami")),
            }),
            ..Options::default()
        })
    }
}

const SERVE: [&str; 6] = ["lab", "serve", "--http", "0", "--https", "0"];

/// A served lab; killed with the test if it did not end before.
struct Server {
    child: Child,
    lines: Vec<String>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts it and reads the four lines that say it is ready.
    fn start(mut command: Command) -> Self {
        let piped = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().expect("chami starts");
        let out = BufReader::new(child.stdout.take().expect("piped"));
        let lines: Vec<String> = out.lines().take(4).map_while(Result::ok).collect();
        if lines.len() < 4 {
            let mut told = String::new();
            let _ = child.stderr.take().map(|mut e| e.read_to_string(&mut told));
            panic!("not served: {told}");
        }
        Self { child, lines }
    }

    fn line(&self, word: &str) -> &str {
        let value = |line: &String| line.strip_prefix(word).map(str::len);
        let line = self.lines.iter().find(|line| value(line).is_some());
        line.expect("it was printed")[word.len()..].trim()
    }

    fn signal(&self, name: &str) {
        let kill = Command::new("kill")
            .args([name, &self.child.id().to_string()])
            .status();
        assert!(kill.expect("kill runs").success());
    }

    fn end(&mut self, signal: &str) -> Option<i32> {
        self.signal(signal);
        self.child.wait().expect("it ends").code()
    }

    fn stderr(&mut self) -> String {
        let mut text = String::new();
        let mut pipe = self.child.stderr.take().expect("piped");
        pipe.read_to_string(&mut text).expect("text");
        text
    }

    async fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let http = Http::at(Base {
            url: self.line("http ").to_owned(),
            ..Base::default()
        });
        let mut request = http.url(method, path);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.raw().await.expect("it answers");
        (answer.status, answer.json().unwrap_or_default())
    }

    /// Makes a write that only the journal remembers.
    async fn advance(&self, seconds: f64) -> (u16, Value) {
        let body = json!({ "advance": seconds });
        self.ask("POST", "/lab/v1/clock", Some(&body)).await
    }

    async fn advanced(&self) -> f64 {
        let (_, time) = self.ask("GET", "/lab/v1/clock", None).await;
        time["advanced"].as_f64().expect("a number")
    }
}

#[test]
fn it_says_where_it_is_and_ends_in_order() {
    let home = Home::new();
    for signal in ["-TERM", "-INT"] {
        let mut server = home.serve();
        let words: Vec<_> = server
            .lines
            .iter()
            .map(|line| line.split(' ').next().unwrap_or_default().to_owned())
            .collect();
        assert_eq!(words, ["http", "https", "ca", "state"]);
        assert!(server.line("http ").starts_with("http://127.0.0.1:"));
        assert!(server.line("https ").starts_with("https://127.0.0.1:"));
        assert!(Path::new(server.line("ca ")).is_file());
        assert_eq!(Path::new(server.line("state ")), home.state());
        assert_eq!(server.end(signal), Some(0));
    }
}

#[test]
fn a_second_server_is_told_who_the_first_is() {
    let home = Home::new();
    let first = home.serve();
    let second = home.command(&SERVE).output().expect("it runs");
    assert_eq!(second.status.code(), Some(1));
    let told = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(told.starts_with("conflict: "), "{told}");
    assert!(told.contains(&first.child.id().to_string()), "{told}");
    assert!(told.contains(first.line("http ")), "{told}");
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let home = Home::new();
    let mut server = home.serve();
    let mut sum = 0.0;
    for _ in 0..50 {
        let (status, time) = server.advance(60.0).await;
        assert_eq!(status, 200);
        sum = time["advanced"].as_f64().expect("a number");
    }
    assert_eq!(server.end("-KILL"), None);
    let again = home.serve();
    assert!((again.advanced().await - sum).abs() < 1e-6);
}

#[tokio::test]
async fn an_attached_process_takes_over_ports_and_state() {
    let home = Home::new();
    let mut server = home.serve();
    let heir = home.lab();
    let before = heir.base().await.expect("it attaches");
    assert_eq!(before.url, server.line("http "));
    server.advance(7200.0).await;
    server.end("-KILL");
    let after = heir.again(&before).await.expect("it takes over");
    assert_eq!(after.expect("there is one").url, before.url);
    let time = Control::new(heir.clone()).clock().await;
    assert!((time.expect("it answers").advanced - 7200.0).abs() < 1e-6);
    heir.sleep(Duration::from_secs(60))
        .await
        .expect("it is ours");
    heir.close().expect("it ends well");
    assert!((home.serve().advanced().await - 7260.0).abs() < 1e-6);
}

#[tokio::test]
async fn damage_is_mended_and_told() {
    let home = Home::new();
    let mut server = home.serve();
    server.advance(30.0).await;
    server.end("-KILL");
    let journal = home.state().join("journal.jsonl");
    let torn = fs::OpenOptions::new().append(true).open(&journal);
    let torn = torn.and_then(|mut file| file.write_all(b"{\"sum\":\"0123"));
    torn.expect("the journal is there");
    let mut again = home.serve();
    assert!((again.advanced().await - 30.0).abs() < 1e-6);
    let (_, status) = again.ask("GET", "/lab/v1/status", None).await;
    let notice = status["notice"].as_str().expect("it says so");
    assert!(notice.contains("journal.jsonl.bad"), "{notice}");
    assert!(home.state().join("journal.jsonl.bad").exists());
    again.end("-TERM");
    assert!(again.stderr().contains("journal.jsonl.bad"));
}

#[tokio::test]
async fn a_full_disk_refuses_what_it_cannot_keep_and_keeps_the_rest() {
    let home = Home::new();
    // A limit on the size of files stands for a disk; without the trap the kernel would kill instead of refuse.
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 16; exec \"$0\" \"$@\""]);
    limited.arg(env!("CARGO_BIN_EXE_chami")).args(SERVE);
    limited.args(["--auth", "off"]);
    let mut server = Server::start(home.at_home(limited));
    let mut sum = 0.0;
    let refused = loop {
        let (status, body) = server.advance(1.0).await;
        if status != 200 {
            assert_eq!(status, 507);
            break body;
        }
        sum += 1.0;
        assert!(sum < 1e5, "the limit is not felt");
    };
    let detail = refused["detail"].as_str().expect("it says why");
    let journal = home.state().join("journal.jsonl");
    assert!(detail.contains(&journal.display().to_string()), "{detail}");
    assert!(detail.contains("bytes were not stored"), "{detail}");
    assert!(sum > 10.0, "there was some room");
    assert!((server.advanced().await - sum).abs() < 1e-6);
    let group = json!({ "label": "io", "description": "front ends" });
    let (status, _) = server.ask("POST", "/hsm/v2/groups", Some(&group)).await;
    assert_eq!(status, 507);
    let (_, groups) = server.ask("GET", "/hsm/v2/groups", None).await;
    assert_eq!(groups, json!([]), "what was refused is not there");
    let text = fs::read_to_string(&journal).expect("readable");
    assert!(text.ends_with('\n'), "only whole lines");
    server.end("-KILL");
    let again = home.serve();
    assert!((again.advanced().await - sum).abs() < 1e-6);
    let (_, status) = again.ask("GET", "/lab/v1/status", None).await;
    assert_eq!(status.get("notice"), None);
}

#[test]
fn status_starts_nothing() {
    let home = Home::new();
    let out = home.command(&["lab", "status"]).output().expect("it runs");
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(text.starts_with("served by nobody\n"), "{text}");
    assert!(!home.state().exists());
    let server = home.serve();
    let out = home.command(&["lab", "status"]).output().expect("it runs");
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(text.contains(server.line("http ")), "{text}");
    assert!(text.contains("machines 5\n"), "{text}");
}

#[test]
fn machines_are_counted_or_listed() {
    let home = Home::new();
    let nodes = home.0.path().join("nodes.yaml");
    let text = "bmcs:\n- {xname: x1000c0s0b7, mac: 'DE:CA:FC:0F:FE:E8'}\n\
                nodes:\n- {name: io1, xname: x1000c0s0b7n0, nid: 8,\n   \
                interfaces: [{mac_addr: '52:54:00:BE:EF:08'}]}\n";
    fs::write(&nodes, text).expect("written");
    let mut words = SERVE.to_vec();
    let path = nodes.display().to_string();
    words.extend(["--nodes", &path]);
    let server = Server::start(home.command(&words));
    let code = "local m = lab.machines()[1] return #lab.machines(), m.name, m.mac, m.bmc_mac";
    let out = home.command(&["-F", "json", "-e", code]).output();
    let out = out.expect("it runs");
    assert_eq!(
        String::from_utf8_lossy(&out.stdout).trim(),
        r#"[1,"io1","52:54:00:be:ef:08","de:ca:fc:0f:fe:e8"]"#,
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    drop(server);
    words[7] = "640";
    let refused = home.command(&words).output().expect("it runs");
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(told.contains("--nodes 640 contradicts"), "{told}");
}

#[tokio::test]
async fn on_other_addresses_the_control_api_wants_the_secret() {
    let home = Home::new();
    let mut words = SERVE.to_vec();
    words.extend(["--listen", "0.0.0.0"]);
    let server = Server::start(home.command(&words));
    let (status, problem) = server.ask("GET", "/lab/v1/status", None).await;
    assert_eq!(status, 403);
    assert!(problem["hint"].to_string().contains("X-Lab-Secret"));
    // Its user knows the secret, and needs no proxy to get there.
    let mut shell = home.command(&["-e", "return lab.status().pid"]);
    let out = shell.env("http_proxy", "http://127.0.0.1:9").output();
    let out = out.expect("it runs");
    let pid = String::from_utf8_lossy(&out.stdout).trim().to_owned();
    assert_eq!(pid, server.child.id().to_string());
}
