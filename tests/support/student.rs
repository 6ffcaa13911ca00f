//! A student's home: a configuration of his own, his labs, his progress; and a head node for him.
#![allow(dead_code)] // each test uses what it needs
use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};
use tempfile::TempDir;

pub(crate) struct Student(pub(crate) TempDir);

impl Student {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().expect("a temporary directory"))
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chami"));
        command
            .args(words)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("HOME", self.0.path())
            .env("XDG_STATE_HOME", self.0.path().join("state"))
            .env("XDG_RUNTIME_DIR", self.0.path().join("run"));
        command
    }

    pub(crate) fn types(&self, words: &[&str]) -> (Option<i32>, String, String) {
        told(self.command(words).output().expect("chami runs"))
    }

    /// The same with lines at the prompt.
    pub(crate) fn says(&self, words: &[&str], lines: &str) -> (Option<i32>, String, String) {
        let mut command = self.command(words);
        command.current_dir(self.0.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::piped()).spawn().expect("chami runs");
        let mut input = child.stdin.take().expect("piped");
        input.write_all(lines.as_bytes()).expect("it listens");
        drop(input);
        told(child.wait_with_output().expect("it ends"))
    }

    /// Where his progress is kept.
    pub(crate) fn progress(&self) -> PathBuf {
        self.0.path().join("state/chami/learn.json")
    }

    /// A default cluster that nobody answers for.
    pub(crate) fn configures_a_dead_cluster(&self) {
        let dir = self.0.path().join(".config/ochami");
        fs::create_dir_all(&dir).expect("made");
        let text = "default-cluster: demo\nclusters:\n  - name: demo\n    cluster:\n      uri: http://127.0.0.1:1\n";
        fs::write(dir.join("config.yaml"), text).expect("written");
    }
}

fn told(output: Output) -> (Option<i32>, String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// A lab of another process; it ends with the test.
pub(crate) struct Server(Child, pub(crate) String);

impl Server {
    pub(crate) fn of(student: &Student) -> Self {
        let words = [
            "lab", "serve", "--http", "0", "--https", "0", "--auth", "off",
        ];
        let mut command = student.command(&words);
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .expect("chami starts");
        let mut first = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("piped"));
        out.read_line(&mut first).expect("a line");
        let url = first.strip_prefix("http ").expect("the URL comes first");
        Self(child, url.trim().to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
