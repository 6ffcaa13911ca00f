//! Rendering and merging against cloud-init's own code: each case under `tests/cloud_init/` gives what Debian's
//! cloud-init gives. One Python process answers all.
#[path = "support/cloud_init_fuzz.rs"]
mod fuzz;

use chami::services::cloud_init::{
    instance::Instance,
    merge::{Part, merge},
    render::render,
};
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
    if !Path::new("/usr/lib/python3/dist-packages/cloudinit").exists() {
        let missing = "cloud-init is not installed (tests/run --install does it)";
        let complete = env::var_os("CHAMI_TESTS_COMPLETE").is_some();
        assert!(!complete, "{missing}");
        // Past the harness, which keeps what a passing test prints to itself.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: comparing with cloud-init: {missing}"
        );
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
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// What differs in the merging of some parts, if anything.
fn compare_merge(name: &str, parts: &[Part], peer: &Value) -> Option<String> {
    let ours = merge(parts, None);
    let taken: Value = ours.parts.iter().map(|part| part.merged).collect();
    let config = match peer["config"].clone() {
        Value::Null => json!({}),
        config => config,
    };
    let same = ours.config == config && taken == peer["taken"];
    (!same).then(|| {
        let whys: Vec<&String> = ours
            .parts
            .iter()
            .filter_map(|part| part.why.as_ref())
            .collect();
        format!(
            "{name}\n  ours:   {} {taken} {whys:?}\n  theirs: {config} {}",
            ours.config, peer["taken"]
        )
    })
}

/// The parts of a case: texts with a line of `=====` between.
fn parts(text: &str) -> Vec<Part> {
    let texts = text.split("=====\n").zip(1..);
    let part = |(content, at): (&str, usize)| Part {
        name: format!("part-{at}"),
        content: content.to_owned(),
    };
    texts.map(part).collect()
}

fn contents(parts: &[Part]) -> Vec<&str> {
    parts.iter().map(|part| part.content.as_str()).collect()
}

#[test]
fn parts_merge_as_on_a_node() {
    let cases: Vec<(String, Vec<Part>)> = cases("merge")
        .into_iter()
        .map(|(name, text)| (name, parts(&text)))
        .collect();
    assert!(cases.len() >= 25, "only {} cases", cases.len());
    let asked: Vec<_> = cases.iter().map(|(_, parts)| contents(parts)).collect();
    let Some(answer) = ask(&json!({ "merge": asked })) else {
        return;
    };
    let wrong: Vec<String> = cases
        .iter()
        .zip(answer["merge"].as_array().expect("answers"))
        .filter_map(|((name, parts), peer)| compare_merge(name, parts, peer))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn instance_data_are_those_of_a_node() {
    let meta: Value =
        serde_json::from_str(&text(&root().join("tests/cloud_init/node.json"))).expect("meta-data");
    let all = [
        meta,
        json!({ "instance-id": 7, "local-hostname": "10.1.2.3", "public-keys": "a\nb", "region": "r" }),
        json!({ "local-hostname": "n1.demo.cluster", "public-keys": { "x": ["k", ""], "y": "l" }, "cloud-name": "Demo" }),
        json!({ "local-hostname": "n1", "availability_zone": "z", "public-keys": ["k"], "dsmode": "local" }),
    ];
    let Some(answer) = ask(&json!({ "instance": all })) else {
        return;
    };
    let facts = json!({
        "distro": "rocky", "distro_version": "9.4", "distro_release": "Blue Onyx", "python_version": "3.9",
        "kernel_release": "5.14", "machine": "x86_64", "system_platform": "p", "variant": "rocky",
    });
    for (meta, peer) in all
        .iter()
        .zip(answer["instance"].as_array().expect("answers"))
    {
        let mut meta = meta.clone();
        // What the kernel's command line says.
        meta["seedfrom"] = json!("http://head/");
        meta["dsmode"] = json!("net");
        let ours = Instance::of_meta_data(&meta, facts.as_object().expect("facts"));
        assert_eq!(&ours.data, peer);
        assert_eq!(ours.unknown, ["merged_cfg", "sys_info"]);
    }
}

/// How many inventions are compared.
const INVENTED: usize = 400;

/// Fixed, so that a failure can be seen again; CHAMI_SEED looks elsewhere.
fn seed() -> u64 {
    let given = env::var("CHAMI_SEED").ok().and_then(|it| it.parse().ok());
    given.filter(|seed| *seed > 0).unwrap_or(0x5eed)
}

#[test]
fn invented_templates_render_as_on_a_node() {
    let (mut dice, instance) = (fuzz::Dice(seed()), node());
    let templates: Vec<String> = (0..INVENTED).map(|_| fuzz::template(&mut dice)).collect();
    let asked: Vec<Value> = templates
        .iter()
        .map(|template| json!({ "template": template, "instance": instance.data }))
        .collect();
    let Some(answer) = ask(&json!({ "render": asked })) else {
        return;
    };
    let answers = answer["render"].as_array().expect("answers");
    let wrong: Vec<String> = templates
        .iter()
        .zip(answers)
        .filter_map(|(template, peer)| compare(template, template, &instance, peer))
        .collect();
    let rendered = answers
        .iter()
        .filter(|peer| peer["text"].is_string())
        .count();
    assert!(rendered > INVENTED / 2, "only {rendered} rendered at all");
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(8)].join("\n")
    );
}

#[test]
fn invented_parts_merge_as_on_a_node() {
    let mut dice = fuzz::Dice(seed());
    let cases: Vec<Vec<Part>> = (0..INVENTED)
        .map(|_| parts(&fuzz::parts(&mut dice)))
        .collect();
    let asked: Vec<_> = cases.iter().map(|parts| contents(parts)).collect();
    let Some(answer) = ask(&json!({ "merge": asked })) else {
        return;
    };
    let wrong: Vec<String> = cases
        .iter()
        .zip(answer["merge"].as_array().expect("answers"))
        .filter_map(|(parts, peer)| compare_merge(&format!("{:#?}", contents(parts)), parts, peer))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} differ:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(8)].join("\n")
    );
}

/// The peer calls what this command calls; here is the command itself.
#[test]
fn the_command_agrees() {
    if ask(&json!({})).is_none() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (data, instance) = (folder.path().join("instance-data.json"), node());
    fs::write(&data, instance.data.to_string()).expect("written");
    let template = root().join("tests/cloud_init/render/keys-as-python-list.txt");
    let out = Command::new("cloud-init")
        .args(["devel", "render", "--instance-data"])
        .arg(&data)
        .arg(&template)
        .output()
        .expect("cloud-init runs");
    let ours = render(&text(&template), &instance).expect("it renders");
    assert_eq!(String::from_utf8_lossy(&out.stdout), ours.text);
}
