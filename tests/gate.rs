//! What a session may change, through the true command line, seen by the server it talks to.
#[path = "support/peer.rs"]
mod peer;

use peer::Peer;
use std::{
    fs,
    process::{Command, Stdio},
};
use tempfile::TempDir;

/// A home whose configuration names one cluster, which is the default.
struct Home {
    dir: TempDir,
    peer: Peer,
}

impl Home {
    fn new() -> Self {
        let (dir, peer) = (tempfile::tempdir().expect("a directory"), Peer::start());
        let text = format!(
            "default-cluster: demo\nclusters:\n- name: demo\n  cluster:\n    uri: {}\n    enable-auth: false\n",
            peer.url
        );
        fs::write(dir.path().join("config.yaml"), text).expect("written");
        Self { dir, peer }
    }

    /// Exit status and what stood on standard error.
    fn run(&self, words: &[&str]) -> (Option<i32>, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_chami"))
            .args(["-c", "config.yaml"])
            .args(words)
            .env("HOME", self.dir.path())
            .env("XDG_STATE_HOME", self.dir.path())
            .env_remove("XDG_RUNTIME_DIR")
            .current_dir(self.dir.path())
            .stdin(Stdio::null())
            .output()
            .expect("chami runs");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), text)
    }
}

const WRITE: [&str; 2] = ["-e", "http.delete('/status/204', { any_status = true })"];

#[test]
fn a_script_writes_only_where_somebody_sent_it() {
    let home = Home::new();
    let (status, said) = home.run(&WRITE);
    assert_eq!(status, Some(1), "{said}");
    assert!(
        said.starts_with("refused: http.delete was not sent: demo is a real cluster"),
        "{said}"
    );
    assert!(said.contains("chami -C demo"), "{said}");
    let (status, said) = home.run(&["-e", "http.get('/status/204', { any_status = true })"]);
    assert_eq!(status, Some(0), "reading needs no permission: {said}");
    for named in [&["-C", "demo"], &["-u", home.peer.url.as_str()]] {
        let (status, said) = home.run(&[&named[..], &WRITE].concat());
        assert_eq!(status, Some(0), "{said}");
    }
}

#[test]
fn a_plan_says_each_request_on_standard_error_and_sends_none() {
    let home = Home::new();
    let (status, said) = home.run(&[&["--plan"], &WRITE[..]].concat());
    assert_eq!(
        (status, said.as_str()),
        (Some(0), "plan: DELETE /status/204\n")
    );
    let (status, said) = home.run(&[&["-C", "demo", "--read-only"], &WRITE[..]].concat());
    assert_eq!(status, Some(1));
    assert!(
        said.starts_with("refused: http.delete was not done"),
        "{said}"
    );
    let (status, said) = home.run(&[&["--plan", "--read-only"], &WRITE[..]].concat());
    assert_eq!(status, Some(2), "{said}");
}

#[test]
fn what_is_done_to_the_lab_itself_is_writing_too() {
    let home = Home::new();
    for (flag, kind) in [("--plan", "only plans"), ("--read-only", "only reads")] {
        let (status, said) = home.run(&[flag, "lab", "reset"]);
        assert_eq!(status, Some(1), "{said}");
        assert!(said.contains(kind), "{said}");
        let (status, said) = home.run(&[flag, "lab", "status"]);
        assert_eq!(status, Some(0), "{said}");
    }
}

#[test]
fn patience_stands_on_the_command_line_and_in_the_call() {
    let home = Home::new();
    let stalled = "http.get('/stall')";
    let (status, said) = home.run(&["--timeout", "200ms", "-e", stalled]);
    assert_eq!(status, Some(124), "{said}");
    assert!(said.contains("within 200ms"), "{said}");
    let own = "http.get('/stall', { timeout = '100ms', retries = 1 })";
    let (_, said) = home.run(&["--timeout", "20s", "-e", own]);
    assert!(said.contains("within 100ms (2 attempts)"), "{said}");
    let with = "task.with({ timeout = '100ms' }, function()
        task.parallel { function() http.get '/stall' end }
    end)";
    let (_, said) = home.run(&["-e", with]);
    assert!(said.contains("within 100ms"), "{said}");
    let (status, said) = home.run(&["--timeout", "soon", "-e", "1"]);
    assert_eq!(status, Some(2));
    assert!(said.contains("\"soon\" is no span of time"), "{said}");
}

#[test]
fn no_documentation_is_written_either() {
    let home = Home::new();
    for care in ["--read-only", "--plan"] {
        for what in ["--html", "--editor"] {
            let (status, said) = home.run(&[care, "docs", what, "made"]);
            assert_ne!(status, Some(0), "{care} {what}: {said}");
            assert!(said.contains(&format!("docs {what}")), "{said}");
            assert!(!home.dir.path().join("made").exists(), "{care} {what}");
        }
    }
}
