//! ClusterShell in a process of its own, to be asked what it makes of a set.
use serde_json::{Value, json};
use std::{
    env,
    io::{BufRead, BufReader, Lines, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

pub(crate) struct ClusterShell {
    child: Child,
    questions: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl ClusterShell {
    /// Nothing where it is not installed: that is said, and where nothing may be skipped, a failure.
    pub(crate) fn start(groups: &Value) -> Option<Self> {
        let Some(python) = pythons().into_iter().find(|python| has_it(python)) else {
            let missing = "ClusterShell is not installed (tests/run --install does it)";
            let complete = env::var_os("CHAMI_TESTS_COMPLETE").is_some_and(|it| it == "1");
            assert!(!complete, "{missing}");
            // Past the harness, which keeps what a passing test prints to itself.
            let _ = writeln!(
                std::io::stderr(),
                "SKIPPED: comparing with ClusterShell: {missing}"
            );
            return None;
        };
        let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/clustershell.py");
        let mut child = Command::new(python)
            .arg(driver)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python runs");
        let (questions, answers) = (
            child.stdin.take().expect("piped"),
            child.stdout.take().expect("piped"),
        );
        let mut this = Self {
            child,
            questions,
            answers: BufReader::new(answers).lines(),
        };
        this.ask(&json!({ "sources": groups }))
            .expect("ClusterShell takes groups");
        Some(this)
    }

    /// The answer; what it refuses is an error.
    pub(crate) fn ask(&mut self, question: &Value) -> Result<Value, String> {
        writeln!(self.questions, "{question}").expect("ClusterShell listens");
        let line = self.answers.next().expect("an answer").expect("text");
        let answer: Value = serde_json::from_str(&line).expect("JSON");
        match answer.get("refused") {
            Some(why) => Err(why.as_str().unwrap_or_default().to_owned()),
            None => Ok(answer),
        }
    }
}

impl Drop for ClusterShell {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where it may be: the environment that `tests/run --install` makes, then the system's.
fn pythons() -> Vec<PathBuf> {
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/clustershell/bin/python3");
    vec![made, "python3".into()]
}

fn has_it(python: &Path) -> bool {
    let quiet = || Stdio::null();
    let run = Command::new(python)
        .args(["-c", "import ClusterShell"])
        .stdout(quiet())
        .stderr(quiet())
        .status();
    run.is_ok_and(|status| status.success())
}
