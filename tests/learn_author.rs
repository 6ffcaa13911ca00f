//! For who writes exercises: a skeleton, the rules of the form, a page to read.
#[path = "support/stage.rs"]
mod stage;
#[path = "support/student.rs"]
mod student;

use chami::{
    learn::{Course, lint},
    lua::{inspect::Style, shape::Limit},
};
use stage::Stage;
use std::{fs, path::Path};
use student::Student;

/// An exercise that keeps every rule.
const GOOD: &str = r#"-- About groups.

exercise {
  id = "409", title = "A group", minutes = 5,
  goal = "The group a exists, "
      .. "and has a member.",
  needs = { "301" }, seed = { "UC2" },
}

local NAME = "a"

check "group a exists" {
  got  = function() return smd.group.get(NAME).label end,
  want = "a",
  hint = { "Who owns groups?",
           'smd.group.ensure("a", { members = "x1000c0s0b0n0" })' },
}

look "Nobody is there"
print(smd.group.list())

step "Make it"
smd.group.ensure("a", { members = "x1000c0s0b0n0" })

try "Make another."
"#;

/// What lint finds in this text.
fn findings(text: &str) -> Vec<String> {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("409-a-group.lua");
    fs::write(&path, text).expect("written");
    let course = Course::embedded().expect("the course");
    let stage = Stage::new(false, Style::WHOLE, Limit::Whole);
    let found = lint::lint(&course, &[path], &stage.shell).expect("it reads");
    let place = |it: &lint::Finding| format!("{}: {}", it.line, it.what);
    found.iter().map(place).collect()
}

/// The good one with something else in place of something.
fn instead(old: &str, new: &str) -> Vec<String> {
    assert!(GOOD.contains(old), "{old}");
    findings(&GOOD.replacen(old, new, 1))
}

#[test]
fn what_keeps_the_rules_is_let_alone() {
    assert_eq!(findings(GOOD), Vec::<String>::new());
}

#[test]
fn the_course_keeps_the_rules_of_its_form() {
    let course = Course::embedded().expect("the course");
    let stage = Stage::new(false, Style::WHOLE, Limit::Whole);
    let found = lint::lint(&course, &[], &stage.shell).expect("it reads");
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/tutorial");
    let again = lint::lint(&course, &[folder], &stage.shell).expect("it reads");
    assert_eq!(again.len(), 0, "a folder stands for its exercises");
}

#[test]
fn rules_of_the_header() {
    assert_eq!(
        instead("\"409\"", "\"408\""),
        ["4: the header says 408, the file's name 409"]
    );
    assert_eq!(
        instead("minutes = 5", "minutes = math.floor(5.5)"),
        [
            "4: the header holds literals only; `floor` is computed",
            "4: the header holds literals only; `math` is computed"
        ]
    );
    assert_eq!(
        instead("\"UC2\"", "\"UC99\""),
        ["7: seed UC99 is not in the list of what the course covers"]
    );
    assert_eq!(
        instead("\"301\"", "\"999\""),
        ["7: needs 999: no exercise and no states/999.lua gives it"]
    );
    assert_eq!(
        instead("\"301\"", "\"409\""),
        ["7: an exercise cannot need itself"]
    );
    assert_eq!(
        instead("\"A group\"", "\"\""),
        ["4: the title says nothing"]
    );
    let code = "lab.clock.advance \"5s\"\nnode.run(1, \"id\")\ntry \"Make";
    assert_eq!(
        instead("try \"Make", code),
        [
            "25: lab.clock is a lab's alone: task.sleep lets time pass on both, or the header says backend = \"lab\"",
            "26: node.run is a lab's alone: node.console is there on both, or the header says backend = \"lab\""
        ]
    );
    let both = GOOD.replacen("try \"Make", code, 1);
    let both = both.replacen("minutes = 5", "minutes = 5, backend = \"lab\"", 1);
    assert_eq!(findings(&both), Vec::<String>::new());
    let unknown = instead("minutes", "minuts");
    assert!(unknown[0].contains("unknown key \"minuts\""), "{unknown:?}");
}

#[test]
fn rules_of_checks_and_hints() {
    assert_eq!(
        instead("\"Who owns groups?\",", ""),
        ["12: check \"group a exists\" has 1 hint; 2 stages are wanted"]
    );
    assert_eq!(
        instead(
            "\"Who owns groups?\"",
            "\"smd.group.ensure('a', { members = 'x1000c0s0b0n0' }) does it.\""
        ),
        ["15: hint 1 of \"group a exists\" holds a whole answer; only the last one may"]
    );
    assert_eq!(
        instead("\"Who owns groups?\"", "\"Again.\", \"Again.\""),
        ["15: hint 2 of \"group a exists\" was given before"]
    );
    let late = instead(
        "try \"Make",
        "check \"late\" { got = print, hint = { \"a\", \"b\" } }\n\ntry \"Make",
    );
    assert_eq!(
        late,
        ["25: a check stands before the first step, so that it can be asked without running one"]
    );
    let from = GOOD.find("check \"group").expect("there");
    let to = GOOD.find("look \"Nobody").expect("there");
    let none = findings(&format!("{}{}", &GOOD[..from], &GOOD[to..]));
    assert_eq!(none, ["12: no check: nobody can tell when this is done"]);
}

#[test]
fn rules_of_the_text() {
    let wide = format!("-- {}", "x".repeat(100));
    assert_eq!(
        instead("-- About groups.", &wide),
        ["1: 103 columns; a line has 96 at most"]
    );
    let long = "\n".repeat(120);
    assert_eq!(
        instead("try", &format!("{long}try")),
        ["121: 145 lines; an exercise has 120 at most"]
    );
    let share = "exercises use what all Luas share";
    for (code, what) in [
        ("print(7 // 2)", "integer division (`//`)"),
        ("print(7 & 2)", "an operator on bits (`&`)"),
        ("local x <const> = 7", "an attribute of a local (`<`)"),
        ("goto done ::done::", "goto (`goto`)"),
    ] {
        assert_eq!(
            instead("print(smd.group.list())", code),
            [format!("20: {what}: {share}")]
        );
    }
    assert_eq!(
        instead(
            "print(smd.group.list())",
            "print 'a // b & c goto' -- x | y"
        ),
        Vec::<String>::new()
    );
    assert_eq!(
        instead("About groups.", "??? about what"),
        ["1: an open place: about what"]
    );
    let syntax = instead("print(smd.group.list())", "print(");
    assert!(
        syntax[0].starts_with("23: ") && syntax[0].contains("expected"),
        "{syntax:?}"
    );
    let inside = instead("step \"Make it\"", "if true then step \"Make it\" end");
    assert_eq!(inside, ["22: step begins its line, outside every block"]);
    assert_eq!(
        findings("print 'x'\n"),
        ["1: no exercise: the first statement is not exercise { … }"]
    );
}

#[test]
fn a_skeleton_keeps_all_rules_but_for_its_open_places() {
    let student = Student::new();
    let here = student.0.path();
    let run = |words: &[&str]| {
        let output = student
            .command(words)
            .current_dir(here)
            .output()
            .expect("chami runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (
            output.status.code(),
            text(&output.stdout),
            text(&output.stderr),
        )
    };
    let (status, _, err) = run(&["learn", "new", "409", "The \"quoted\" one"]);
    assert_eq!(status, Some(0), "{err}");
    let file = "409-the-quoted-one.lua";
    assert!(err.contains(file), "{err}");
    let (status, out, err) = run(&["learn", "lint", file]);
    assert_eq!(status, Some(6), "{err}");
    assert!(out.lines().count() > 5, "{out}");
    for line in out.lines() {
        assert!(
            line.starts_with(file) && line.contains(": an open place"),
            "{line}"
        );
    }
    let (status, _, err) = run(&["learn", "new", "409", "The \"quoted\" one"]);
    assert_eq!(status, Some(1));
    assert!(
        err.starts_with("conflict: 409-the-quoted-one.lua is there already"),
        "{err}"
    );

    fs::write(here.join("409-mine.lua"), GOOD).expect("written");
    assert_eq!(run(&["learn", "lint", "409-mine.lua"]).0, Some(0));
    let (status, out, err) = run(&["learn", "--test", "409-mine.lua"]);
    assert_eq!(
        (status, out.as_str()),
        (Some(0), "409  keeps the laws\n"),
        "{err}"
    );
    let (status, out, _) = student.says(&["learn", "./409-mine.lua"], ":next\n:next\n:check\n");
    assert_eq!(status, Some(0));
    assert!(out.contains("409 is done, with 0 hints."), "{out}");
}

#[test]
fn an_exercise_reads_as_a_page() {
    let student = Student::new();
    let (status, out, err) = student.types(&["learn", "doc", "402"]);
    assert_eq!((status, err.as_str()), (Some(0), ""));
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/exercise-402.md");
    if std::env::var_os("CHAMI_BLESS").is_some() {
        fs::write(&golden, &out).expect("written");
    }
    let kept = fs::read_to_string(&golden).expect("a golden file");
    assert!(out == kept, "CHAMI_BLESS=1 takes it over:\n{out}");
    for part in [
        "# 402 Boot parameters for a group of nodes\n",
        "\n## You are done when\n",
        "<details><summary>Hints</summary>",
        "\n## Names used below\n\n```lua\nlocal HEAD ",
        "\n## 2. Split one group into two\n",
        "\n## Try\n\n1. Move node 3 to io.",
    ] {
        assert!(out.contains(part), "{part}");
    }
}
