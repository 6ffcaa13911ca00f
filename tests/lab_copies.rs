//! Labs by name from the command line: snapshots, copies, the list of all, and what is refused.
#[path = "support/home.rs"]
mod home;

use home::{Home, SERVE, Server};
use serde_json::Value;
use std::fs;

/// The status, what was printed as JSON, and what was said.
fn chami(home: &Home, words: &[&str]) -> (Option<i32>, Value, String) {
    let mut command = home.command(words);
    let output = command.args(["-F", "json"]).output().expect("it runs");
    let out = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), out, told)
}

/// What it prints when all is well.
fn good(home: &Home, words: &[&str]) -> Value {
    let (status, out, told) = chami(home, words);
    assert_eq!(status, Some(0), "{words:?}: {told}");
    out
}

/// What it says when it refuses.
fn refused(home: &Home, words: &[&str], status: i32, says: &[&str]) {
    let (found, _, told) = chami(home, words);
    assert_eq!(found, Some(status), "{words:?}: {told}");
    for text in says {
        assert!(told.contains(text), "{words:?}: {text}: {told}");
    }
}

fn names(list: &Value) -> Vec<&str> {
    let labs = list.as_array().expect("a list").iter();
    labs.map(|lab| lab["name"].as_str().unwrap_or_default())
        .collect()
}

#[test]
fn snapshots_are_taken_compared_put_back_listed_and_removed() {
    let home = Home::new();
    let add = |label: &str| good(&home, &["--lab", "-e", &format!("smd.group.add '{label}'")]);
    add("io");
    let taken = good(&home, &["lab", "snapshot", "before"]);
    assert_eq!(taken["name"], "before");
    let path = taken["path"].as_str().expect("a path");
    let bytes = fs::metadata(path).expect("the file").len();
    assert_eq!(taken["bytes"].as_u64(), Some(bytes));
    add("compute");
    let diff = good(&home, &["lab", "diff", "before"]);
    assert_eq!(diff[0]["key"], "compute");
    assert_eq!(diff.as_array().map(Vec::len), Some(1));
    let status = good(&home, &["lab", "restore", "before"]);
    assert_eq!(status["services"]["smd"]["groups"], 1);
    assert_eq!(good(&home, &["lab", "diff"]), Value::Array(Vec::new()));
    assert_eq!(names(&good(&home, &["lab", "snapshots"])), ["before"]);
    refused(
        &home,
        &["lab", "restore", "befor"],
        1,
        &["not_found", "did you mean before?"],
    );
    refused(
        &home,
        &["lab", "snapshot", "a/b"],
        2,
        &["bad_argument", "letters, digits"],
    );
    refused(&home, &["lab", "discard", "../state"], 2, &["bad_argument"]);
    fs::write(path, "{}").expect("written");
    let words = ["lab", "restore", "before"];
    refused(
        &home,
        &words,
        1,
        &[
            "io",
            "before.json: the snapshot was damaged",
            "takes a new one",
        ],
    );
    assert_eq!(good(&home, &["lab", "discard", "before"])["name"], "before");
    assert_eq!(
        names(&good(&home, &["lab", "snapshots"])),
        Vec::<&str>::new()
    );
    refused(&home, &["lab", "diff", "before"], 1, &["not_found"]);
}

#[test]
fn a_fork_has_all_the_lab_has_and_goes_its_own_way() {
    let home = Home::new();
    let mut words = SERVE.to_vec();
    words.extend(["--seed", "7", "--nodes", "3"]);
    let server = Server::start(home.command(&words));
    good(
        &home,
        &["--lab", "-e", "smd.group.add 'io' lab.clock.advance '1h'"],
    );
    good(&home, &["lab", "snapshot", "one"]);
    good(&home, &["--lab", "-e", "smd.group.add 'compute'"]);
    let fork = good(&home, &["lab", "fork", "try"]);
    assert_eq!(
        (&fork["name"], &fork["running"]),
        (&"try".into(), &false.into())
    );
    assert_eq!(fork["option"], "--lab=try");
    refused(
        &home,
        &["lab", "fork", "try"],
        1,
        &["lab try exists", "chami lab remove try"],
    );
    refused(&home, &["lab", "fork", "x/y"], 2, &["bad_argument"]);
    refused(&home, &["lab", "fork", "fresh"], 2, &["bad_argument"]);
    let code = "return #smd.group.list(), #lab.machines(), lab.status().seed, \
                lab.snapshots()[1].name, #lab.diff 'one', lab.clock.now()";
    let (here, there) = (
        good(&home, &["--lab", "-e", code]),
        good(&home, &["--lab=try", "-e", code]),
    );
    let same = |value: &Value| value.as_array().expect("several")[..5].to_vec();
    assert_eq!(same(&here), same(&there));
    assert_eq!(
        same(&here),
        serde_json::json!([2, 3, 7, "one", 1])
            .as_array()
            .expect("so")[..]
    );
    let time = |value: &Value| {
        value[5]
            .as_str()
            .expect("a time")
            .parse::<jiff::Timestamp>()
    };
    let (here, there) = (time(&here).expect("a time"), time(&there).expect("a time"));
    let apart = there.duration_since(here).as_secs();
    assert!((0..60).contains(&apart), "{apart} s apart");
    good(
        &home,
        &["--lab=try", "-e", "smd.group.delete 'io' lab.discard 'one'"],
    );
    let code = "return #smd.group.list(), #lab.snapshots()";
    assert_eq!(
        good(&home, &["--lab", "-e", code]),
        serde_json::json!([2, 1])
    );
    drop(server);
}

#[test]
fn labs_are_listed_and_removed_but_not_under_anybodys_feet() {
    let home = Home::new();
    assert_eq!(good(&home, &["lab", "list"]), Value::Array(Vec::new()));
    for name in ["one", "two"] {
        good(&home, &["lab", "fork", name]);
    }
    let mut words = SERVE.to_vec();
    words.push("--lab=two");
    let mut server = Server::start(home.command(&words));
    let list = good(&home, &["lab", "list"]);
    assert_eq!(names(&list), ["", "one", "two"]);
    let running: Vec<_> = list
        .as_array()
        .expect("a list")
        .iter()
        .map(|lab| &lab["running"])
        .collect();
    assert_eq!(running, [false, false, true]);
    assert_eq!(list[2]["pid"], server.child.id());
    assert!(list[1]["bytes"].as_u64() > Some(100));
    assert!(
        list[1]["used"]
            .as_str()
            .is_some_and(|used| used.ends_with('Z'))
    );
    let pid = server.child.id().to_string();
    refused(
        &home,
        &["lab", "remove", "two"],
        1,
        &["conflict: lab two is served by process", &pid],
    );
    refused(
        &home,
        &["lab", "--lab=one", "remove", "one"],
        1,
        &["conflict", "this session is on"],
    );
    refused(
        &home,
        &["lab", "remove", "on"],
        1,
        &["not_found: no lab \"on\"", "did you mean one?"],
    );
    refused(&home, &["lab", "remove", "."], 2, &["bad_argument"]);
    assert_eq!(good(&home, &["lab", "remove", "one"])["name"], "one");
    server.end("-KILL");
    assert_eq!(good(&home, &["lab", "remove", "two"])["running"], false);
    assert_eq!(names(&good(&home, &["lab", "list"])), [""]);
    let left: Vec<_> = fs::read_dir(home.0.path().join("state/chami"))
        .expect("there")
        .flatten()
        .collect();
    assert_eq!(left.len(), 2, "the lab and the keys: {left:?}");
}
