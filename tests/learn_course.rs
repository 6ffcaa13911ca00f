//! `chami learn ID` from outside: the work is there when one comes back, progress is kept and told, a real cluster is
//! asked and not prepared.
#[path = "support/student.rs"]
mod student;

use serde_json::Value;
use std::{fs, thread};
use student::{Server, Student};

fn report(student: &Student) -> Value {
    let (status, out, err) = student.types(&["learn", "--report", "-"]);
    assert_eq!(status, Some(0), "{err}");
    serde_json::from_str(&out).expect("json")
}

/// The report's row of an exercise on this ground.
fn row(report: &Value, id: &str, ground: &str) -> Value {
    let rows = report["exercises"].as_array().expect("rows");
    let found = rows
        .iter()
        .find(|row| row["id"] == id && row["ground"] == ground);
    found.cloned().unwrap_or_default()
}

#[test]
fn who_comes_back_finds_his_work() {
    let student = Student::new();
    student.configures_a_dead_cluster();
    let (status, out, err) = student.says(&["learn", "301"], &":next\n".repeat(5));
    assert_eq!((status, err.as_str()), (Some(0), ""), "{out}");
    assert!(out.contains("5 of 7 · step  Load it\n"), "{out}");
    let (_, out, _) = student.says(&["learn", "301"], "#smd.component.list()\n:next\n");
    assert!(
        out.starts_with("10\n6 of 7 · look  Four kinds of record\n"),
        "{out}"
    );
    // What a part wrote in the last session is taken back in this one.
    let (_, out, _) = student.says(&["learn", "301"], ":undo\n#smd.component.list()\n:steps\n");
    assert!(out.starts_with("Taken back: step 5, Load it."), "{out}");
    assert!(
        out.contains("\n0\n") && out.contains("\n▸  5  step  Load it\n"),
        "{out}"
    );
    // Other labs are as they were, and so is the next exercise's.
    let (_, out, _) = student.types(&["-e", "#smd.component.list()", "--lab"]);
    assert_eq!(out, "0\n");
    let (_, out, _) = student.says(&["learn", "402"], "#smd.component.list()\n");
    assert_eq!(out, "10\n", "what it needs was loaded");
}

#[test]
fn progress_is_kept_and_reported() {
    let student = Student::new();
    let lines = format!(":hint\n:hint\n{}:check\n", ":next\n".repeat(7));
    let (status, out, err) = student.says(&["learn", "301"], &lines);
    assert_eq!((status, err.as_str()), (Some(0), ""));
    assert!(
        out.contains("301 is done, with 2 hints.\n\nTry now"),
        "{out}"
    );
    assert!(
        out.ends_with("Next: chami learn 303, Diskless virtual machines\n"),
        "{out}"
    );
    let (_, out, _) = student.types(&["learn"]);
    assert!(out.starts_with("The course: 1 of "), "{out}");
    assert!(out.contains("\nchami learn 303  is next: "), "{out}");

    let file = student.0.path().join("out.json");
    let (status, ..) = student.types(&["learn", "--report", file.to_str().expect("text")]);
    assert_eq!(status, Some(0));
    let written: Value =
        serde_json::from_str(&fs::read_to_string(&file).expect("written")).expect("json");
    let row = row(&written, "301", "lab");
    let names: Vec<&String> = row.as_object().expect("a row").keys().collect();
    let want = [
        "id", "title", "minutes", "ground", "state", "begun", "last", "done", "asked", "parts",
        "shown", "hints", "checks",
    ];
    assert_eq!(names, want);
    assert_eq!(
        (&row["state"], &row["hints"], &row["shown"]),
        (&"done".into(), &2.into(), &7.into())
    );
    let first = &row["checks"][0];
    assert_eq!(
        (&first["hints"], first["held"].is_string()),
        (&2.into(), true)
    );
    assert_eq!(written["report"], 1);
    assert!(
        written["user"]
            .as_str()
            .is_some_and(|user| !user.is_empty())
    );
    let help = student.types(&["learn", "--help"]).1;
    for name in want {
        assert!(help.contains(name), "--help does not explain {name}");
    }
}

#[test]
fn two_terminals_at_once_lose_nothing() {
    let student = Student::new();
    thread::scope(|scope| {
        for id in ["301", "402", "403"] {
            let student = &student;
            scope.spawn(move || {
                let (status, _, err) = student.says(&["learn", id], ":hint\n:hint\n:check\n");
                assert_eq!((status, err.as_str()), (Some(0), ""), "{id}");
            });
        }
    });
    let report = report(&student);
    for id in ["301", "402", "403"] {
        let row = row(&report, id, "lab");
        assert_eq!(
            (&row["hints"], &row["asked"]),
            (&2.into(), &1.into()),
            "{row}"
        );
    }
}

#[test]
fn damaged_progress_is_set_aside_and_said() {
    let student = Student::new();
    let path = student.progress();
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(&path, "{\"version\":1,\"exer").expect("written");
    let (status, out, err) = student.types(&["learn"]);
    assert_eq!(status, Some(0));
    assert!(out.starts_with("The course: 0 of "), "{out}");
    assert!(
        err.contains("could not be read") && err.contains("learn.json.bad"),
        "{err}"
    );
    assert_eq!(student.types(&["learn"]).2, "");
}

#[test]
fn on_a_cluster_the_needs_are_asked_and_nothing_is_prepared() {
    let student = Student::new();
    let server = Server::of(&Student::new());
    let at = |lines: &str| {
        let words = ["-u", &server.1, "--no-token", "learn", "402"];
        student.says(&words, lines)
    };
    let (status, out, err) = at("#smd.component.list()\n:reset\n");
    assert_eq!((status, out.as_str()), (Some(1), "0\n"), "{err}");
    assert!(
        err.starts_with("unsupported: a real cluster cannot be set back\n"),
        "{err}"
    );
    let words = ["-u", &server.1, "--no-token"];
    let line = [&words[..], &["learn", "301"]].concat();
    let (_, out, err) = student.says(
        &line,
        &format!("{}:undo\n#smd.component.list()\n", ":next\n".repeat(5)),
    );
    assert!(
        out.ends_with("\n0\n"),
        "the journal takes it back: {out}{err}"
    );
    let (_, out, err) = student.says(&line, ":next\n:check\n");
    assert!(out.contains("301 is done"), "{out}{err}");
    let report = report(&student);
    assert_eq!(row(&report, "301", "cluster")["state"], "done");
    assert_eq!(row(&report, "301", "lab"), Value::Null);
}

#[test]
fn what_breaks_things_on_purpose_is_refused_on_a_cluster_by_name() {
    let student = Student::new();
    let server = Server::of(&Student::new());
    let words = ["-u", &server.1, "--no-token", "learn"];
    let refused = |out: &(Option<i32>, String, String)| {
        let told = "unsupported: 691, Fault lab: the node that stays silent, is for a lab alone";
        assert!(out.0 == Some(1) && out.2.starts_with(told), "{out:?}");
        assert!(
            out.2.contains("\n  hint: chami learn 691 has a lab ready"),
            "{out:?}"
        );
    };
    refused(&student.says(&[&words[..], &["691"]].concat(), ":next\n"));
    refused(&student.types(&[&words[..], &["--check", "691"]].concat()));
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/scripts/tutorial/691-the-silent-node.lua"
    );
    refused(&student.types(&[&words[..3], &[file]].concat()));
}

#[test]
fn a_lab_with_other_work_on_it_is_left_alone() {
    let student = Student::new();
    let (status, ..) = student.types(&["--lab=mine", "-e", "smd.group.add 'dear'"]);
    assert_eq!(status, Some(0));
    let (_, out, _) = student.says(
        &["--lab=mine", "learn", "402"],
        "smd.group.list()[1].label\n",
    );
    assert_eq!(out, "\"dear\"\n");
    let (_, out, _) = student.says(&["--lab=other", "learn", "402"], "#smd.component.list()\n");
    assert_eq!(out, "10\n", "an untouched one is prepared");
    let (_, out, _) = student.says(
        &["--lab=mine", "learn", "402"],
        ":reset\n#smd.component.list()\n:undo\nsmd.group.list()[1].label\n",
    );
    assert!(
        out.contains("\n10\n") && out.ends_with("\n\"dear\"\n"),
        "{out}"
    );
}

#[test]
fn a_copy_is_ones_own_and_never_overwrites() {
    let student = Student::new();
    let (status, out, _) = student.says(&["learn", "301"], ":copy mine.lua\n");
    assert_eq!(status, Some(0));
    assert!(out.starts_with("Written to mine.lua."), "{out}");
    let mine = student.0.path().join("mine.lua");
    let text = fs::read_to_string(&mine).expect("a copy");
    assert!(text.contains("id = \"301\""));
    fs::write(&mine, "dear").expect("written");
    let (status, _, err) = student.says(&["learn", "301"], ":copy mine.lua\n");
    assert_eq!(status, Some(1));
    assert!(
        err.starts_with("conflict: mine.lua is there already"),
        "{err}"
    );
    assert_eq!(fs::read_to_string(&mine).expect("there"), "dear");
}

#[test]
fn a_session_that_only_reads_or_plans_writes_no_copy() {
    let student = Student::new();
    let server = Server::of(&Student::new());
    for option in ["--read-only", "--plan"] {
        let words = [option, "-u", &server.1, "--no-token", "learn", "301"];
        let (status, out, err) = student.says(&words, ":copy mine.lua\n");
        assert_eq!(status, Some(1), "{option}: {out}");
        assert!(err.contains(":copy mine.lua was not done"), "{err}");
        assert!(!student.0.path().join("mine.lua").exists(), "{option}");
    }
}

#[test]
fn a_line_with_a_secret_is_not_kept() {
    let student = Student::new();
    let line = "local password = 'sesame99'; smd.group.add 'mine'\n";
    student.says(&["learn", "301"], line);
    let kept = fs::read_to_string(student.progress()).expect("kept");
    assert!(
        kept.contains("a line of yours") && !kept.contains("sesame99"),
        "{kept}"
    );
    let (_, out, _) = student.says(&["learn", "301"], ":undo\n#smd.group.list()\n");
    assert!(
        out.starts_with("Taken back: a line of yours (it may hold a secret).")
            && out.ends_with("\n0\n"),
        "{out}"
    );
}

#[test]
fn two_exercises_on_one_lab_have_each_its_beginning() {
    let student = Student::new();
    student.says(&["--lab=shared", "learn", "301"], "1\n");
    let line = ":reset\n#smd.component.list()\n";
    let (status, out, err) = student.says(&["--lab=shared", "learn", "402"], line);
    assert_eq!(status, Some(0), "{err}");
    assert!(out.ends_with("\n10\n"), "what 402 needs: {out}");
    let (_, out, _) = student.says(&["--lab=shared", "learn", "301"], line);
    assert!(out.ends_with("\n0\n"), "301 begins with nothing: {out}");
}

#[test]
fn others_work_in_a_lab_is_not_lost_by_an_undo() {
    let student = Student::new();
    student.says(&["learn", "301"], "smd.group.add 'mine'\n");
    let (status, _, err) = student.types(&["--lab=learn-301", "-e", "smd.group.add 'dear'"]);
    assert_eq!(status, Some(0), "{err}");
    let (status, _, err) = student.says(&["learn", "301"], ":undo\n");
    assert_eq!(status, Some(1));
    assert!(
        err.contains("dear") && err.contains("\n  hint: :undo all "),
        "{err}"
    );
    let lines = "#smd.group.list()\n:undo all\n#smd.group.list()\nlab.restore 'learn-undone-301'\n#smd.group.list()\n";
    let (_, out, err) = student.says(&["learn", "301"], lines);
    assert!(
        out.starts_with("2\nTaken back: smd.group.add 'mine'."),
        "{out}{err}"
    );
    assert!(out.contains("\n0\n") && out.ends_with("\n2\n"), "{out}");
}

#[test]
fn on_a_cluster_an_undo_takes_back_this_sessions_writes_alone() {
    let student = Student::new();
    let server = Server::of(&Student::new());
    let at = ["-u", &server.1, "--no-token"];
    // Another session of the same user writes while the line runs: its journal is this one's.
    let other = format!(
        "{} -u {} --no-token -e \"smd.group.add 'dear'\"",
        env!("CARGO_BIN_EXE_chami"),
        server.1
    );
    let lines = format!(
        "smd.group.add 'mine'; os.execute({other:?})\n#smd.group.list()\n:undo\nsmd.group.list()[1].label\n#smd.group.list()\n"
    );
    let (_, out, err) = student.says(&[&at[..], &["learn", "301"]].concat(), &lines);
    assert!(
        out.contains("2\nTaken back: "),
        "both are there: {out}{err}"
    );
    assert!(out.ends_with("\"dear\"\n1\n"), "{out}{err}");
    assert_eq!(err, "");
}

#[test]
fn checks_from_the_command_line_say_where_the_work_is() {
    let student = Student::new();
    student.says(&["learn", "301"], &":next\n".repeat(7));
    let (status, _, err) = student.types(&["learn", "--check", "301"]);
    assert_eq!(status, Some(6));
    assert!(
        err.contains("chami --lab=learn-301 learn --check 301"),
        "{err}"
    );
    let (status, ..) = student.types(&["--lab=learn-301", "learn", "--check", "301"]);
    assert_eq!(status, Some(0));
    assert_eq!(row(&report(&student), "301", "lab")["state"], "done");
}
