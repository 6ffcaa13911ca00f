//! A lab on a machine that is not well: no place to write, no room, a clock that somebody sets.
#[path = "support/home.rs"]
mod home;
#[path = "support/space.rs"]
mod space;

use home::{Home, SERVE, Server};
use serde_json::{Value, json};
use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStderr, ChildStdin, Command, Output, Stdio},
    time::{Duration, Instant, SystemTime},
};

/// Nobody waits longer for anything.
const PATIENCE: Duration = Duration::from_secs(20);

fn told(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    (output.status.code(), out, err)
}

const FRESH: [&str; 3] = ["--lab=fresh", "-e", "#smd.component.list()"];

/// The fault of a place that cannot be written, and that a lab which keeps nothing works there.
fn advises(mut command: impl FnMut(&[&str]) -> Command, place: &str) {
    let (status, _, told_us) = told(
        &command(&["--lab", "-e", "lab.status()"])
            .output()
            .expect("runs"),
    );
    assert_eq!(status, Some(1), "{told_us}");
    assert!(told_us.starts_with("io: "), "{told_us}");
    for words in [place, "chami --lab=fresh", "XDG_STATE_HOME=DIR"] {
        assert!(told_us.contains(words), "{words}: {told_us}");
    }
    let (status, out, told_us) = told(&command(&FRESH).output().expect("runs"));
    assert_eq!((status, out.trim()), (Some(0), "0"), "{told_us}");
}

#[test]
fn a_home_that_is_no_directory_is_named_with_ways_out() {
    let home = Home::new();
    fs::write(home.0.path().join("state"), "").expect("written");
    let place = home.0.path().join("state/chami");
    advises(|words| home.command(words), &place.display().to_string());
}

#[test]
fn a_home_that_can_only_be_read_is_named_with_ways_out() {
    if !space::is_there("a home that can only be read") {
        return;
    }
    let home = Home::new();
    let disk = home.0.path().join("disk");
    fs::create_dir(&disk).expect("made");
    let on_disk = |words: &[&str]| {
        let prepare = "mkdir -p state/chami run && mount -o remount,ro \"$0\"";
        let mut command = space::on_disk(&disk, "1m", prepare);
        command.arg(env!("CARGO_BIN_EXE_chami")).args(words);
        let mut command = home.at_home(command);
        command.env("XDG_STATE_HOME", disk.join("state"));
        command
    };
    let place = disk.join("state/chami/lab");
    advises(on_disk, &place.display().to_string());
}

/// Writes boot parameters of some length, as no other node has them, for a node; the status, and what was answered.
async fn add(server: &Server, number: usize) -> (u16, Value) {
    let mac = format!("52:54:00:00:{:02x}:{:02x}", number / 256, number % 256);
    let body =
        json!({ "macs": [mac], "kernel": "k", "params": format!("{number}{}", "x".repeat(2000)) });
    let path = "/boot/v1/bootparameters";
    server.ask("PUT", path, Some(&body)).await
}

async fn stored(server: &Server) -> usize {
    let (_, records) = server.ask("GET", "/boot/v1/bootparameters", None).await;
    records.as_array().expect("a list").len()
}

/// Fills the disk; how many records it took, and what the first refused one was told.
async fn fill(server: &Server) -> (usize, String) {
    for number in 0..1000 {
        let (status, answer) = add(server, number).await;
        if status == 507 {
            let detail = answer["detail"].as_str().expect("it says why");
            return (number, detail.to_owned());
        }
        assert_eq!(status, 200, "{answer}");
    }
    panic!("the disk has no end");
}

#[tokio::test]
async fn a_full_disk_is_told_and_the_lab_goes_on_when_there_is_room_again() {
    if !space::is_there("a full disk") {
        return;
    }
    let home = Home::new();
    let (disk, room) = (home.0.path().join("disk"), home.0.path().join("room"));
    fs::create_dir(&disk).expect("made");
    // Something else fills the disk until there is to be room; the lab is started again when it was killed.
    let prepare = format!(
        "head -c 200000 /dev/zero > else; \
         (for i in $(seq 1000); do [ -e '{}' ] && break; sleep 0.03; done; rm else) & \
         \"$@\" || true",
        room.display()
    );
    let mut command = space::on_disk(&disk, "400k", &prepare);
    command.arg(env!("CARGO_BIN_EXE_chami")).args(SERVE);
    command.args(["--auth", "off"]);
    let mut command = home.at_home(command);
    command.env("XDG_STATE_HOME", disk.join("state"));
    let mut server = Server::start(command);
    let (before, detail) = fill(&server).await;
    assert!(before > 5, "{before}");
    let journal = disk.join("state/chami/lab/journal.jsonl");
    assert!(detail.contains(&journal.display().to_string()), "{detail}");
    assert!(detail.contains("No space left on device"), "{detail}");
    assert!(detail.contains("bytes were not stored"), "{detail}");
    assert_eq!(
        stored(&server).await,
        before,
        "what was refused is not there"
    );
    let name = json!({ "name": "full" });
    for (path, file) in [("snapshot", "snapshots/full.json"), ("fork", "lab-full")] {
        let path = format!("/lab/v1/{path}");
        let (status, answer) = server.ask("POST", &path, Some(&name)).await;
        assert_eq!(status, 507, "{answer}");
        assert!(answer["detail"].to_string().contains(file), "{answer}");
        assert!(answer["hint"].to_string().contains("free some space"));
    }
    fs::write(&room, "").expect("written");
    let begin = Instant::now();
    let mut after = 0;
    while after < 10 {
        assert!(begin.elapsed() < PATIENCE, "there is room again");
        let (status, _) = add(&server, before + after).await;
        after += usize::from(status == 200);
    }
    assert_eq!(stored(&server).await, before + 10);
    let (_, status) = server.ask("GET", "/lab/v1/status", None).await;
    kill(&status["pid"]);
    server.lines = vec![format!("http {}", next_owner(&home, &status["pid"]))];
    assert_eq!(stored(&server).await, before + 10);
    let (_, status) = server.ask("GET", "/lab/v1/status", None).await;
    assert_eq!(status.get("notice"), None);
    // Without room for the state it ends well all the same: the journal has everything.
    assert!(fill(&server).await.0 > before + 10, "there was room again");
    assert_eq!(server.end("-TERM"), Some(0));
}

fn kill(pid: &Value) {
    let killed = Command::new("kill")
        .args(["-KILL", &pid.to_string()])
        .status();
    assert!(killed.expect("kill runs").success());
}

/// The URL of whoever serves the lab after that process.
fn next_owner(home: &Home, before: &Value) -> String {
    let path = home.0.path().join("run/chami/lab.json");
    let begin = Instant::now();
    loop {
        assert!(begin.elapsed() < PATIENCE, "the lab is served again");
        let card = fs::read(&path).ok();
        let card: Option<Value> = card.and_then(|text| serde_json::from_slice(&text).ok());
        let card = card.filter(|card| card["pid"] != *before);
        if let Some(url) = card.as_ref().and_then(|card| card["http"].as_str()) {
            return url.to_owned();
        }
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

/// A session that answers a line for each line: the lab's time, and how many components SMD lets it see.
struct Session(Child, ChildStdin, BufReader<ChildStderr>);

impl Session {
    fn start(mut command: Command) -> Self {
        let piped = command.stdin(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().expect("chami starts");
        let (asks, hears) = (child.stdin.take(), child.stderr.take());
        let hears = BufReader::new(hears.expect("piped"));
        Self(child, asks.expect("piped"), hears)
    }

    /// The lab's time, in seconds; the services let this session in.
    fn time(&mut self) -> i64 {
        self.1.write_all(b"\n").expect("it reads");
        let mut line = String::new();
        self.2.read_line(&mut line).expect("it answers");
        let (seen, time) = line.trim().split_once(' ').expect("two words");
        assert_eq!(seen, "0", "{line}");
        let time: jiff::Timestamp = time.parse().expect("a time");
        time.as_second()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const CLOCK: &str = "for _ in io.lines() do \
                     io.stderr:write(#smd.component.list(), ' ', lab.clock.now(), '\\n') end";

#[test]
fn time_does_not_run_backwards_when_somebody_sets_the_clock() {
    const HOUR: i64 = 3600;
    let home = Home::new();
    let wall = home.0.path().join("wall");
    let set = |seconds: i64| fs::write(&wall, seconds.to_string()).expect("written");
    let command = |words: &[&str]| {
        let mut command = home.command(words);
        command.env("CHAMI_LAB_WALL", &wall);
        command
    };
    set(0);
    let mut server = Server::start(command(&SERVE));
    let attach = || Session::start(command(&["--lab", "-e", CLOCK]));
    let mut session = attach();
    let mut last = session.time();
    let mut passed = |session: &mut Session, least: i64, when: &str| {
        let now = session.time();
        let step = now - last;
        assert!(
            step >= least && step < least + 60,
            "{when}: {step} s passed"
        );
        last = now;
    };
    // Back by an hour, then forward by two, then back to the truth: no session is left outside.
    for (wrong, least) in [(-HOUR, 0), (HOUR, 2 * HOUR), (0, 0)] {
        set(wrong);
        passed(&mut session, least, "the clock was set");
        passed(&mut session, 0, "and goes on");
    }
    // The session takes the lab over and knows of it; so does who comes after a kill of both.
    server.end("-KILL");
    passed(&mut session, 0, "after the kill");
    drop(session);
    let mut server = Server::start(command(&SERVE));
    let mut session = attach();
    passed(&mut session, 0, "after both were killed");
    // Set back while nobody looked: the files are of a later time.
    drop(session);
    server.end("-TERM");
    let journal = File::options()
        .append(true)
        .open(home.state().join("journal.jsonl"));
    let later = SystemTime::now() + Duration::from_secs(3600);
    journal
        .and_then(|file| file.set_modified(later))
        .expect("set");
    let _server = Server::start(command(&SERVE));
    let mut session = attach();
    passed(&mut session, HOUR, "it was later already");
}
