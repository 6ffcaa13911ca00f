//! A user's home, labs of real processes in it, and how they are asked and ended.
#![allow(dead_code)] // each test uses what it needs
use chami::{
    http::{Base, Http},
    lab::{Dirs, Lab, Options},
};
use serde_json::{Value, json};
use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::PathBuf,
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// A user's home, of which every process of a test has the same idea.
pub(crate) struct Home(pub(crate) TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().expect("a temporary directory"))
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.0.path().join("state/chami/lab")
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chami"));
        command.args(words);
        self.at_home(command)
    }

    pub(crate) fn at_home(&self, mut command: Command) -> Command {
        command
            .env("XDG_STATE_HOME", self.0.path().join("state"))
            .env("XDG_RUNTIME_DIR", self.0.path().join("run"))
            .env("HOME", self.0.path());
        command
    }

    pub(crate) fn serve(&self) -> Server {
        Server::start(self.command(&SERVE))
    }

    /// The same lab, seen by this process.
    pub(crate) fn lab(&self) -> Lab {
        Lab::new(Options {
            dirs: Some(Dirs {
                state: self.0.path().join("state/chami"),
                runtime: Some(self.0.path().join("run/chami")),
            }),
            ..Options::default()
        })
    }
}

pub(crate) const SERVE: [&str; 6] = ["lab", "serve", "--http", "0", "--https", "0"];

/// A served lab; killed with the test if it did not end before.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) lines: Vec<String>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts it and reads the four lines that say it is ready.
    pub(crate) fn start(mut command: Command) -> Self {
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

    pub(crate) fn line(&self, word: &str) -> &str {
        let value = |line: &String| line.strip_prefix(word).map(str::len);
        let line = self.lines.iter().find(|line| value(line).is_some());
        line.expect("it was printed")[word.len()..].trim()
    }

    pub(crate) fn signal(&self, name: &str) {
        let kill = Command::new("kill")
            .args([name, &self.child.id().to_string()])
            .status();
        assert!(kill.expect("kill runs").success());
    }

    pub(crate) fn end(&mut self, signal: &str) -> Option<i32> {
        self.signal(signal);
        self.child.wait().expect("it ends").code()
    }

    pub(crate) fn stderr(&mut self) -> String {
        let mut text = String::new();
        let mut pipe = self.child.stderr.take().expect("piped");
        pipe.read_to_string(&mut text).expect("text");
        text
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
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
    pub(crate) async fn advance(&self, seconds: f64) -> (u16, Value) {
        let body = json!({ "advance": seconds });
        self.ask("POST", "/lab/v1/clock", Some(&body)).await
    }

    pub(crate) async fn advanced(&self) -> f64 {
        let (_, time) = self.ask("GET", "/lab/v1/clock", None).await;
        time["advanced"].as_f64().expect("a number")
    }
}
