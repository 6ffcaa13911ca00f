//! The journal among real processes: what a kill in the middle of a write leaves, and what another process makes of it.
use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(60);

struct Home(TempDir);

impl Home {
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chami"));
        command
            .args(words)
            .env_clear()
            .env("HOME", self.0.path())
            .env("USER", "alice")
            .env("XDG_STATE_HOME", self.0.path().join("state"))
            .env("XDG_RUNTIME_DIR", self.0.path().join("run"))
            .stdin(Stdio::null());
        command
    }

    fn run(&self, words: &[&str]) -> (bool, String) {
        let output = self.command(words).output().expect("chami runs");
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text).trim().to_owned();
        (output.status.success(), text)
    }

    fn journal(&self) -> PathBuf {
        self.0.path().join("state/chami/journal.jsonl")
    }
}

/// Ends with the test.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The URL of a lab that wants no token.
fn lab(home: &Home) -> (Served, String) {
    let words = [
        "lab", "serve", "--http", "0", "--https", "0", "--auth", "off",
    ];
    let mut command = home.command(&words);
    let mut child = command.stdout(Stdio::piped()).spawn().expect("a lab");
    let mut out = BufReader::new(child.stdout.take().expect("piped"));
    let mut line = String::new();
    out.read_line(&mut line).expect("its first line");
    let url = line.trim().strip_prefix("http ").expect("a URL").to_owned();
    (Served(child), url)
}

/// Stands before a lab: passes requests on, counts them, and keeps the answers to POSTs to itself while it is asked to.
#[derive(Default)]
struct Between {
    asked: AtomicUsize,
    /// Told of each POST whose answer it keeps.
    keeps: Mutex<Option<mpsc::Sender<()>>>,
}

impl Between {
    fn start(self: &Arc<Self>, lab: &str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let (this, lab) = (Arc::clone(self), lab.replace("http://", ""));
        thread::spawn(move || {
            for peer in listener.incoming().flatten() {
                let (this, lab) = (Arc::clone(&this), lab.clone());
                thread::spawn(move || this.pass(peer, &lab));
            }
        });
        url
    }

    /// One request, one connection.
    fn pass(&self, mut peer: TcpStream, lab: &str) -> Option<()> {
        let mut reader = BufReader::new(peer.try_clone().ok()?);
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            reader
                .read_line(&mut line)
                .ok()
                .filter(|count| *count > 0)?;
            let lower = line.to_ascii_lowercase();
            if let Some(count) = lower.strip_prefix("content-length:") {
                length = count.trim().parse().ok()?;
            }
            if line == "\r\n" {
                break;
            }
            if !lower.starts_with("connection:") {
                head.push_str(&line);
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        self.asked.fetch_add(1, Ordering::Relaxed);
        let mut upstream = TcpStream::connect(lab).ok()?;
        write!(upstream, "{head}Connection: close\r\n\r\n").ok()?;
        upstream.write_all(&body).ok()?;
        let mut answer = Vec::new();
        upstream.read_to_end(&mut answer).ok()?;
        let keeps = self.keeps.lock().expect("no panic").clone();
        if let Some(tell) = keeps.filter(|_| head.starts_with("POST")) {
            tell.send(()).ok()?;
            // Nobody ever says anything: it waits.
            let (_quiet, wait) = mpsc::channel::<()>();
            let _ = wait.recv_timeout(PATIENCE);
        }
        peer.write_all(&answer).ok()
    }
}

#[test]
fn a_kill_in_the_middle_of_a_write_leaves_what_undo_needs() {
    let home = Home(TempDir::new().expect("a directory"));
    let (_lab, url) = lab(&home);
    let between = Arc::new(Between::default());
    let url = between.start(&url);
    let (tell, told) = mpsc::channel();
    *between.keeps.lock().expect("no panic") = Some(tell);
    let add = r#"smd.group.add("io", { description = "I/O" })"#;
    let mut child = home
        .command(&["-u", &url, "-e", add])
        .spawn()
        .expect("chami starts");
    told.recv_timeout(PATIENCE).expect("the group is sent");
    child.kill().expect("killed");
    child.wait().expect("gone");
    *between.keeps.lock().expect("no panic") = None;
    let lines = fs::read_to_string(home.journal()).expect("a journal");
    assert_eq!(lines.lines().count(), 1, "begun, and no end");
    let ask = |code: &str| home.run(&["-u", &url, "-F", "json", "-e", code]);
    let told = ask(
        "local e = journal()[1]; return e.id, e.call, e.outcome, #e.user > 0, e.records == nil",
    );
    assert_eq!(told.1, r#"[1,"smd.group.add","unknown",true,true]"#);
    assert_eq!(ask("#smd.group.list()").1, "1", "SMD had taken it");
    let told = ask("local u = undo(1); return u.undid, u.ours, #u.records, #smd.group.list()");
    assert_eq!(told.1, "[1,false,1,0]");
    let told = ask("journal()[1].undone");
    assert_eq!(told.1, "2");
}

#[test]
fn a_write_to_a_thousand_nodes_looks_once_before_and_once_after() {
    let home = Home(TempDir::new().expect("a directory"));
    let (_lab, url) = lab(&home);
    let between = Arc::new(Between::default());
    let url = between.start(&url);
    let code = r#"
        local macs = {}
        for i = 0, 999 do macs[#macs + 1] = ("02:00:00:00:%02x:%02x"):format(i // 256, i % 256) end
        return #bss.boot.params.set { macs = macs, kernel = "http://h/k" }"#;
    let (well, text) = home.run(&["-u", &url, "-e", code]);
    assert!(well && text == "1000", "{text}");
    let with = between.asked.swap(0, Ordering::Relaxed);
    let mut command = home.command(&["-u", &url, "-e", code]);
    let output = command
        .env("CHAMI_JOURNAL", "off")
        .output()
        .expect("chami runs");
    assert!(output.status.success());
    let without = between.asked.load(Ordering::Relaxed);
    assert_eq!(with, without + 2);
}

#[test]
fn a_journal_that_cannot_be_written_stops_writes_to_a_real_target_alone() {
    let home = Home(TempDir::new().expect("a directory"));
    let (_lab, url) = lab(&home);
    // A directory in the file's place: no permission helps root against that.
    fs::create_dir_all(home.journal()).expect("a directory");
    let (well, text) = home.run(&["-u", &url, "-e", r#"smd.group.add "io""#]);
    assert!(!well && text.starts_with("io: the journal "), "{text}");
    assert!(
        text.contains("nothing was sent") && text.contains("CHAMI_JOURNAL=off"),
        "{text}"
    );
    assert_eq!(home.run(&["-u", &url, "-e", "#smd.group.list()"]).1, "0");
    let (well, text) = home.run(&["--lab", "-e", r#"smd.group.add("io").label"#]);
    assert!(well && text.starts_with("io\n"), "{text}");
    assert!(
        text.contains("writes of this session are not kept"),
        "{text}"
    );
}
