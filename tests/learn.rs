//! The course: every exercise keeps the laws, and a small fake course shows that the laws catch those that do not.
#[path = "support/stage.rs"]
mod stage;

use chami::{
    learn::{self, Course, Exercise, State},
    lua::{
        Reply,
        inspect::Style,
        shape::{Limit, Shape},
    },
};
use serde_json::Value;
use stage::{Stage, root};
use std::{env, fs};

/// A session on a private lab that wants no tokens.
fn bench() -> Stage {
    Stage::new(false, Style::WHOLE, Limit::Whole)
}

fn folder(path: &str) -> Course {
    Course::open(&root().join(path)).expect("a course")
}

/// The laws that the exercises of a course break, one line each, and what the course as a whole lacks.
fn broken(course: &Course) -> Vec<String> {
    let mut wrong = Vec::new();
    for exercise in &course.exercises {
        let bench = bench();
        let found = learn::broken(course, exercise, &bench.shell).expect("a lab");
        wrong.extend(found.iter().map(|law| format!("{}: {law}", exercise.id)));
    }
    wrong.extend(learn::gaps(course, &bench().shell).expect("headers"));
    wrong
}

#[test]
fn every_exercise_keeps_the_laws() {
    let course = folder("scripts/tutorial");
    assert!(!course.exercises.is_empty());
    let wrong = broken(&course);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_course_in_the_binary_is_the_one_in_the_tree() {
    let texts = |course: &Course| -> Vec<(String, String)> {
        let all = course.exercises.iter().chain(course.states.values());
        all.map(|one| (one.id.clone(), one.text.clone())).collect()
    };
    let embedded = Course::embedded().expect("the course in the binary");
    let tree = folder("scripts/tutorial");
    assert_eq!(texts(&embedded), texts(&tree));
    assert_eq!(embedded.seeds, tree.seeds);
}

#[test]
fn a_course_that_keeps_the_laws_is_let_alone() {
    assert_eq!(
        broken(&folder("tests/exercises/good")),
        Vec::<String>::new()
    );
}

/// The laws that a file of the fake course says it breaks, in the comments above its header.
fn promised(exercise: &Exercise) -> Vec<String> {
    let lines = exercise.text.lines();
    let promise = |line: &str| line.strip_prefix("-- breaks: ").map(str::to_owned);
    lines.map_while(promise).collect()
}

#[test]
fn each_law_catches_who_breaks_it() {
    let course = folder("tests/exercises/broken");
    assert!(course.exercises.len() > 15);
    let mut wrong = Vec::new();
    for exercise in &course.exercises {
        let bench = bench();
        let found = learn::broken(&course, exercise, &bench.shell).expect("a lab");
        let wanted = promised(exercise);
        assert!(!wanted.is_empty(), "{} promises nothing", exercise.id);
        if found != wanted {
            let id = &exercise.id;
            wrong.push(format!("{id} wants {wanted:#?}\n{id} has   {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_course_with_gaps_is_told() {
    let gaps = learn::gaps(&folder("tests/exercises/broken"), &bench().shell);
    assert_eq!(
        gaps.expect("headers"),
        ["seed B is taught by none of 912, 913"]
    );
}

#[test]
fn an_exercise_is_open_until_its_checks_hold() {
    let course = folder("tests/exercises/good");
    let bench = bench();
    let states = || -> Vec<State> {
        let list = learn::list(&course, &bench.shell).expect("a list");
        list.iter().map(|entry| entry.state).collect()
    };
    assert_eq!(states(), [State::Open, State::Open]);
    let first = course.get("901").expect("it exists");
    let before = learn::check(first, &bench.shell).expect("checks");
    assert!(before.iter().all(|verdict| !verdict.pass));
    let fault = learn::failed("901", &before).expect("a fault");
    assert_eq!(fault.message, "901: 2 of 2 checks fail");
    assert_eq!(fault.hint.as_deref(), Some("Who owns groups?"));
    let outcome = learn::run(first, &bench.shell).expect("it runs");
    assert!(learn::failed("901", &outcome.verdicts).is_none());
    assert_eq!(outcome.tries, ["Make a third."]);
    assert_eq!(states(), [State::Done, State::Open]);
}

#[test]
fn needed_states_are_built_without_a_word() {
    let course = folder("tests/exercises/good");
    let bench = bench();
    let last = course.get("902").expect("it exists");
    learn::prepare(&course, last, &bench.shell).expect("901, and 900 before it");
    assert_eq!(bench.out.take(), "");
    assert!(
        learn::failed(
            "902",
            &learn::run(last, &bench.shell).expect("it runs").verdicts
        )
        .is_none()
    );
    assert_eq!(bench.out.take(), "\nstep  Make it\n");
}

#[test]
fn an_exercise_that_is_not_there_is_told_with_those_that_are() {
    let fault = folder("tests/exercises/good").get("903").expect_err("none");
    assert_eq!(fault.message, "no exercise 903");
    assert_eq!(fault.hint.as_deref(), Some("there are: 901, 902"));
}

/// What `lab.reset "tutorial"` gives is what exercise 301 leaves. CHAMI_BLESS=1 writes the dump anew.
#[test]
fn the_labs_tutorial_state_is_what_301_leaves() {
    let course = folder("scripts/tutorial");
    let bench = bench();
    let exercise = course.get("301").expect("it exists");
    learn::prepare(&course, exercise, &bench.shell).expect("an empty lab");
    learn::run(exercise, &bench.shell).expect("it runs");
    let Reply::Values(path) = bench.shell.run("lab.snapshot(\"done\").path", &[]) else {
        panic!("no snapshot");
    };
    let path = serde_json::to_value(&path[0]).expect("text");
    let text = fs::read_to_string(path.as_str().expect("text")).expect("a snapshot");
    let mut left: Value = serde_json::from_str(&text).expect("json");
    let mut left = left["body"]["stores"].take();
    left.as_object_mut().expect("stores").remove("world");
    let dump = root().join("src/lab/tutorial.json");
    if env::var_os("CHAMI_BLESS").is_some() {
        let text = serde_json::to_string_pretty(&left).expect("json");
        fs::write(&dump, text + "\n").expect("written");
    }
    let kept = fs::read_to_string(&dump).expect("the dump");
    assert!(
        left == serde_json::from_str::<Value>(&kept).expect("json"),
        "CHAMI_BLESS=1"
    );
    let code = "lab.reset \"tutorial\"; return #lab.diff \"done\", #lab.diff()";
    let reply = bench.shell.run(code, &[]);
    assert_eq!(reply, Reply::Values(vec![Shape::Int(0), Shape::Int(0)]));
}
