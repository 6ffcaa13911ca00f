//! `chami learn` and exercise files, as a student types them: what is printed, and with which status it ends.
#[path = "support/student.rs"]
mod student;

use serde_json::Value;
use std::path::Path;
use student::{Server, Student};

const EXERCISE: &str = "scripts/tutorial/301-static-discovery.lua";

/// Which exercises are done on his lab.
fn states(student: &Student) -> Vec<(String, String)> {
    let (status, out, err) = student.types(&["learn", "--list", "-F", "json"]);
    assert_eq!(status, Some(0), "{err}");
    let list: Vec<Value> = serde_json::from_str(&out).expect("json");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    list.iter()
        .map(|one| (text(&one["id"]), text(&one["state"])))
        .collect()
}

#[test]
fn an_exercise_goes_from_open_to_done() {
    let student = Student::new();
    student.configures_a_dead_cluster();
    let open = ("301".to_owned(), "open".to_owned());
    assert!(states(&student).contains(&open));
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
        states(&student).contains(&open),
        "a private lab leaves the student's alone"
    );

    let (status, out, err) = student.types(&[EXERCISE]);
    assert_eq!(status, Some(0), "{err}");
    assert!(
        out.contains("\npass  five nodes have the NIDs 1 to 5\n"),
        "{out}"
    );
    assert!(states(&student).contains(&("301".to_owned(), "done".to_owned())));
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
    // What an exercise is told on its way, as of a node that lacks what the next step gives it, is no complaint.
    let mut complaints = err.lines().filter(|it| !it.starts_with("note: "));
    assert_eq!((status, complaints.next()), (Some(0), None));
    assert!(out.starts_with("101  keeps the laws\n"), "{out}");
    assert!(out.ends_with("all  keeps the laws\n"), "{out}");
    let (status, _, err) = student.types(&["learn", "--test", "999"]);
    assert_eq!(status, Some(1));
    assert!(
        err.starts_with("not_found: no exercise 999\n  hint: there are: 101"),
        "{err}"
    );
}

#[test]
fn a_library_of_ones_own_breaks_no_law() {
    let student = Student::new();
    let library = concat!(env!("CARGO_MANIFEST_DIR"), "/lib-lua");
    let mut command = student.command(&["learn", "--test", "301"]);
    let out = command.env("CHAMI_LIB", library).output();
    let out = out.expect("it runs");
    let said = String::from_utf8_lossy(&out.stdout);
    assert_eq!(said, "301  keeps the laws\n");
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
    let listed = states(&student);
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
