//! `chami learn` and exercise files, as a student types them: what is printed, and with which status it ends.
use serde_json::Value;
use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
};
use tempfile::TempDir;

const EXERCISE: &str = "scripts/tutorial/301-static-discovery.lua";

/// A student's home: a configuration of his own, and his lab.
struct Student(TempDir);

impl Student {
    fn new() -> Self {
        Self(TempDir::new().expect("a temporary directory"))
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chami"));
        command
            .args(words)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("HOME", self.0.path())
            .env("XDG_STATE_HOME", self.0.path().join("state"))
            .env("XDG_RUNTIME_DIR", self.0.path().join("run"));
        command
    }

    fn types(&self, words: &[&str]) -> (Option<i32>, String, String) {
        let output: Output = self.command(words).output().expect("chami runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    }

    /// A default cluster that nobody answers for.
    fn configures_a_dead_cluster(&self) {
        let dir = self.0.path().join(".config/ochami");
        fs::create_dir_all(&dir).expect("made");
        let text = "default-cluster: demo\nclusters:\n  - name: demo\n    cluster:\n      uri: http://127.0.0.1:1\n";
        fs::write(dir.join("config.yaml"), text).expect("written");
    }

    fn states(&self) -> Vec<(String, String)> {
        let (status, out, err) = self.types(&["learn", "--list", "-F", "json"]);
        assert_eq!(status, Some(0), "{err}");
        let list: Vec<Value> = serde_json::from_str(&out).expect("json");
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        list.iter()
            .map(|one| (text(&one["id"]), text(&one["state"])))
            .collect()
    }
}

/// A lab of another process; it ends with the test.
struct Server(Child, String);

impl Server {
    fn of(student: &Student) -> Self {
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

#[test]
fn an_exercise_goes_from_open_to_done() {
    let student = Student::new();
    student.configures_a_dead_cluster();
    let open = ("301".to_owned(), "open".to_owned());
    assert!(student.states().contains(&open));
    let (status, out, err) = student.types(&["learn", "--check", "301"]);
    assert_eq!(status, Some(6), "{err}");
    assert!(
        out.starts_with("fail  five nodes have the NIDs 1 to 5\n"),
        "{out}"
    );
    assert!(
        err.starts_with("check_failed: 301: 5 of 5 checks fail\n  hint: "),
        "{err}"
    );

    let (status, out, err) = student.types(&["learn", "--run", "301"]);
    assert_eq!(status, Some(0), "{err}");
    assert!(out.contains("\nstep  Load it\n"), "{out}");
    assert!(
        student.states().contains(&open),
        "a private lab leaves the student's alone"
    );

    let (status, out, err) = student.types(&[EXERCISE]);
    assert_eq!(status, Some(0), "{err}");
    assert!(
        out.contains("\npass  five nodes have the NIDs 1 to 5\n"),
        "{out}"
    );
    assert!(
        student
            .states()
            .contains(&("301".to_owned(), "done".to_owned()))
    );
    let (status, out, _) = student.types(&["learn", "--check", "301", "-F", "json"]);
    let verdicts: Vec<Value> = serde_json::from_str(&out).expect("json");
    assert_eq!(status, Some(0));
    assert!(
        verdicts.iter().all(|verdict| verdict["pass"] == true),
        "{out}"
    );
}

#[test]
fn the_same_file_runs_on_a_cluster_that_is_named() {
    let student = Student::new();
    let server = Server::of(&Student::new());
    let (status, out, err) = student.types(&["-u", &server.1, "--no-token", EXERCISE]);
    assert_eq!(status, Some(0), "{out}{err}");
    let words = ["-u", &server.1, "--no-token", "learn", "--check", "301"];
    assert_eq!(student.types(&words).0, Some(0));
    assert_eq!(student.types(&["learn", "--check", "301"]).0, Some(6));
    let own = ["-u", &server.1, "--no-token", "learn", "--run", "301"];
    assert_eq!(
        student.types(&own).0,
        Some(2),
        "a named cluster is no private lab"
    );
}

#[test]
fn an_exercise_whose_checks_fail_ends_with_6() {
    let student = Student::new();
    let path = Path::new("tests/exercises/broken/912-never-done.lua");
    let (status, out, err) = student.types(&[path.to_str().expect("text")]);
    assert_eq!(status, Some(6), "{err}");
    assert!(
        out.contains("step  Make it\n\nfail  group a exists\n"),
        "{out}"
    );
}

#[test]
fn the_laws_are_tried_from_the_command_line() {
    let student = Student::new();
    let (status, out, err) = student.types(&["learn", "--test"]);
    assert_eq!((status, err.as_str()), (Some(0), ""));
    assert!(out.starts_with("301  keeps the laws\n"), "{out}");
    assert!(out.ends_with("all  keeps the laws\n"), "{out}");
    let (status, _, err) = student.types(&["learn", "--test", "999"]);
    assert_eq!(status, Some(1));
    assert!(
        err.starts_with("not_found: no exercise 999\n  hint: there are: 301"),
        "{err}"
    );
}

#[test]
fn a_look_at_the_list_lets_no_time_pass_and_hints_can_be_asked_for() {
    let student = Student::new();
    let now = |student: &Student| {
        let (status, out, err) = student.types(&["-e", "lab.clock.now()"]);
        assert_eq!(status, Some(0), "{err}");
        let now: jiff::Timestamp = out.trim().parse().expect("a time");
        now
    };
    let (status, _, err) = student.types(&["-e", "discover.static 'data/nodes.yaml'"]);
    assert_eq!(status, Some(0), "{err}");
    let before = now(&student);
    // the checks of 403 may wait 90 seconds each
    let listed = student.states();
    assert!(listed.contains(&("403".to_owned(), "open".to_owned())));
    let passed = now(&student).duration_since(before).as_secs();
    assert!(passed < 60, "{passed} s of the lab's time passed");
    let (status, out, _) = student.types(&["learn", "--hint", "402"]);
    assert_eq!(status, Some(0));
    assert!(out.starts_with("goal  "), "{out}");
    assert!(
        out.contains("\n  1.  ") && out.contains("\n  2.  "),
        "{out}"
    );
}
