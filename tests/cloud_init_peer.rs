//! Rendering and merging against cloud-init's own code: each case under `tests/cloud_init/` gives what Debian's
//! cloud-init gives. One Python process answers all.
use chami::services::cloud_init::{instance::Instance, render::render};
use serde_json::{Value, json};
use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

const PYTHON: &str = "/usr/bin/python3";

/// Asks cloud-init; None when it is not installed, which a complete run must not accept.
fn ask(question: &Value) -> Option<Value> {
    let there = Path::new("/usr/lib/python3/dist-packages/cloudinit").exists();
    if !there {
        let complete = env::var_os("CHAMI_TESTS_COMPLETE").is_some_and(|it| it == "1");
        assert!(!complete, "cloud-init is not installed");
        eprintln!("SKIPPED: comparing with cloud-init, which is not installed");
        return None;
    }
    let script = root().join("tests/support/cloud_init_peer.py");
    let mut peer = Command::new(PYTHON)
        .arg("-I")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python starts");
    let mut input = peer.stdin.take().expect("its input");
    input
        .write_all(question.to_string().as_bytes())
        .expect("the question is sent");
    drop(input);
    let answer = peer.wait_with_output().expect("the answer");
    assert!(answer.status.success(), "the peer failed");
    Some(serde_json::from_slice(&answer.stdout).expect("the answer is JSON"))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The files of a folder, by name.
fn cases(folder: &str) -> Vec<(String, String)> {
    let dir = root().join("tests/cloud_init").join(folder);
    let entries = fs::read_dir(dir).expect("the cases");
    let mut found: Vec<(String, String)> = entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_stem().expect("a name").to_string_lossy();
            (name.into_owned(), text(&path))
        })
        .collect();
    found.sort();
    found
}

/// A node of the tutorial; what only it knows is invented.
fn node() -> Instance {
    let meta = text(&root().join("tests/cloud_init/node.json"));
    let meta = serde_json::from_str(&meta).expect("meta-data");
    let mut instance = Instance::of_meta_data(&meta, &serde_json::Map::new());
    instance.unknown.clear();
    instance
}

/// What differs in a case, if anything.
fn compare(name: &str, template: &str, instance: &Instance, peer: &Value) -> Option<String> {
    let ours = render(template, instance);
    match (ours, peer["text"].as_str()) {
        (Ok(ours), Some(theirs)) if ours.text == theirs => None,
        (Err(_), None) => None,
        // Without a header there is nothing to render, and the peer says so.
        (Ok(ours), None) if !ours.template && peer.to_string().contains("NotJinjaError") => None,
        // The peer takes an empty text for a failure.
        (Ok(ours), None) if ours.text.is_empty() => None,
        (ours, _) => Some(format!("{name}\n  ours:   {ours:?}\n  theirs: {peer}")),
    }
}

#[test]
fn templates_render_as_on_a_node() {
    let (cases, instance) = (cases("render"), node());
    assert!(cases.len() >= 35, "only {} cases", cases.len());
    let asked = |(_, template): &(String, String)| json!({ "template": template, "instance": instance.data });
    let question = json!({ "render": cases.iter().map(asked).collect::<Vec<_>>() });
    let Some(answer) = ask(&question) else { return };
    let wrong: Vec<String> = cases
        .iter()
        .zip(answer["render"].as_array().expect("answers"))
        .filter_map(|((name, template), peer)| compare(name, template, &instance, peer))
        .collect();
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}
