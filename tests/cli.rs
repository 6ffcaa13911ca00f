//! The binary from outside: what stands on which stream, and the exit status.
use std::{
    fs,
    io::{Read, Write},
    path::PathBuf,
    process::{Command, Output, Stdio},
};

/// A command with a home of its own: no configuration, no token, no lab but its own.
fn chami(words: &[&str]) -> Command {
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cli");
    fs::create_dir_all(&home).expect("a home");
    let mut command = Command::new(env!("CARGO_BIN_EXE_chami"));
    command
        .args(words)
        .env_clear()
        .env("HOME", &home)
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .current_dir(&home)
        .stdin(Stdio::null());
    command
}

fn run(words: &[&str]) -> (Option<i32>, String, String) {
    told(&chami(words).output().expect("chami runs"))
}

fn told(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

/// Runs with this text on standard input.
fn fed(words: &[&str], input: &str) -> (Option<i32>, String, String) {
    let mut command = chami(words);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("chami runs");
    let mut stdin = child.stdin.take().expect("its standard input");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    told(&child.wait_with_output().expect("it ends"))
}

fn script(name: &str, text: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).expect("a script");
    path.to_string_lossy().into_owned()
}

#[test]
fn code_prints_its_value_and_nothing_else() {
    let cases: &[(&[&str], &str)] = &[
        (&["-e", "return 1"], "1\n"),
        (&["-e", "1 + 1.0"], "2.0\n"),
        (&["-e", "'it'"], "it\n"),
        (&["-F", "json", "-e", "'it'"], "\"it\"\n"),
        (&["-e", "nil"], ""),
        (&["-e", "local x = 1"], ""),
        (&["-e", "nil", "-F", "json"], "null\n"),
        (&["-F", "json", "-e", "1, nil, 'x'"], "[1,null,\"x\"]\n"),
        (&["-e", "...", "a", "b"], "a\nb\n"),
        (
            &["-F", "json", "-e", "{ b = 1, a = { 1, 2.5 } }"],
            "{\"a\":[1,2.5],\"b\":1}\n",
        ),
        (&["-F", "json-pretty", "-e", "{ 1 }"], "[\n  1\n]\n"),
        (
            &["-F", "yaml", "-e", "{ a = 1, b = { 'x' } }"],
            "a: 1\nb:\n- x\n",
        ),
        (
            &["-F", "csv", "-e", "{ { a = 1, b = 'x,y' }, { a = 2 } }"],
            "a,b\n1,\"x,y\"\n2,\n",
        ),
        (
            &["-e", "{ { a = 1, b = 'x' }, { a = 20 } }"],
            " a  b\n 1  x\n20\n",
        ),
        (&["-e", "-1"], "-1\n"),
    ];
    for (words, want) in cases {
        let (code, out, err) = run(words);
        assert_eq!(
            (code, out.as_str(), err.as_str()),
            (Some(0), *want, ""),
            "{words:?}"
        );
    }
}

#[test]
fn print_leaves_standard_output_to_the_value() {
    let (code, out, err) = run(&[
        "-F",
        "json",
        "-e",
        "(function() print 'note' return 1 end)()",
    ]);
    assert_eq!(
        (code, out.as_str(), err.as_str()),
        (Some(0), "1\n", "note\n")
    );
    let (_, out, _) = run(&["-e", "(function() print 'note' return 1 end)()"]);
    assert_eq!(out, "note\n1\n");
}

#[test]
fn faults_stand_on_standard_error_and_fix_the_status() {
    let file = script(
        "fails.lua",
        "local function go()\n  json.decode '{'\nend\ngo()\n",
    );
    let cases: &[(&[&str], i32, &str)] = &[
        (&["-e", "json.decode '{'"], 2, "bad_argument: json.decode"),
        (&["-e", "error 'mine'"], 1, "error: mine"),
        (
            &["-e", "smd.componet.list()"],
            1,
            "hint: did you mean component?",
        ),
        (&["-e", "x = = 1"], 1, "unexpected symbol near '='"),
        (&["-F", "csv", "-e", "1"], 2, "csv takes a list of records"),
        (&["-F", "json", "-e", "print"], 2, "is no data"),
        (
            &["-u", "http://127.0.0.1:1", "-e", "smd.component.list()"],
            5,
            "unreachable: ",
        ),
        (&["-C", "nowhere", "-e", "1"], 2, "no cluster \"nowhere\""),
        (&["-e", "os.exit(7)"], 7, ""),
        (&["nosuch.lua"], 1, "there is no file nosuch.lua"),
        (&["lern"], 1, "hint: the verb is spelled chami learn"),
        (&["--nosuch"], 2, "unexpected argument"),
        (&["-F", "xml", "-e", "1"], 2, "invalid value 'xml'"),
        (
            &["-e", "1", "docs"],
            2,
            "-e and a verb cannot both be meant",
        ),
        (&[&file], 2, "fails.lua:2, in "),
    ];
    for (words, want, text) in cases {
        let (code, out, err) = run(words);
        assert_eq!(code, Some(*want), "{words:?}: {err}");
        assert!(err.contains(text), "{words:?}: {err}");
        assert_eq!(out, "", "{words:?}");
    }
}

#[test]
fn a_file_gets_its_arguments() {
    let file = script(
        "args.lua",
        "#!/usr/bin/env chami\nprint(arg[0] ~= nil, ...)\nreturn 5\n",
    );
    for words in [vec![&*file, "-e", "x"], vec!["run", &file, "-e", "x"]] {
        let (code, out, err) = run(&words);
        assert_eq!(
            (code, out.as_str(), err.as_str()),
            (Some(0), "true\t-e\tx\n", ""),
            "{words:?}"
        );
    }
    assert_eq!(fed(&["-", "y"], "print(...)").1, "y\n");
}

#[test]
fn lines_on_standard_input_run_one_by_one() {
    let input = "local x = 20\nfor i = 1, 2 do\n  x = x + i\nend\nx\n'text'\n{ 1, 2 }\n";
    let (code, out, err) = fed(&[], input);
    assert_eq!(
        (code, out.as_str(), err.as_str()),
        (Some(0), "23\n\"text\"\n{ 1, 2 }\n", "")
    );
    let (code, out, err) = fed(&[], "1\njson.decode '{'\n2\n");
    assert_eq!((code, out.as_str()), (Some(2), "1\n"));
    assert!(err.starts_with("bad_argument"), "{err}");
    let (code, _, err) = fed(&[], "for i = 1, 2 do\n");
    assert_eq!(code, Some(2));
    assert!(err.contains("ends in the middle"), "{err}");
    assert_eq!(
        fed(&[], "quit\n1\n"),
        (Some(0), String::new(), String::new())
    );
}

#[test]
fn a_reader_that_goes_away_is_no_accident() {
    for words in [
        &["docs"][..],
        &["-e", "for i = 1, 1e6 do print(i) end"],
        &["-e", "('x'):rep(1e6)"],
        &["--help"],
    ] {
        let mut command = chami(words);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("chami runs");
        drop(child.stdout.take());
        let mut err = String::new();
        let mut stderr = child.stderr.take().expect("its standard error");
        stderr.read_to_string(&mut err).expect("text");
        let status = child.wait().expect("it ends");
        assert!(
            matches!(status.code(), Some(0 | 141)),
            "{words:?}: {status}"
        );
        assert_eq!(err, "", "{words:?}");
    }
}

#[test]
fn docs_completion_and_version_print() {
    let (code, out, _) = run(&["docs"]);
    assert_eq!(code, Some(0));
    assert!(out.starts_with("# The reference\n") && out.contains("### `smd.component.list("));
    for shell in ["bash", "zsh", "fish"] {
        let (code, out, _) = run(&["completion", shell]);
        assert_eq!(code, Some(0));
        assert!(
            out.contains("chami") && out.contains("completion"),
            "{shell}"
        );
    }
    let (_, out, _) = run(&["version"]);
    assert_eq!(out, format!("chami {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(run(&["--version"]).1, out);
}

#[test]
fn a_configuration_is_written_and_counts_at_the_next_start() {
    let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cli-config.yaml");
    let path = place.to_str().expect("a path in UTF-8");
    fs::write(&place, "# mine\n").expect("written");
    let target = "config.get('session.target').value, config.get('session.target').from";
    let tell = |words: &[&str]| {
        let words = [&["-c", path, "-F", "json"], words, &["-e", target]].concat();
        run(&words).1
    };
    assert_eq!(tell(&[]), "[\"lab\",\"built-in\"]\n");
    let set = "config.cluster.set('demo', { uri = 'https://127.0.0.1:1', default = true }).note";
    let (code, out, _) = run(&["-c", path, "-e", set]);
    assert_eq!(code, Some(0));
    assert!(out.contains("this session stays on lab"), "{out}");
    assert_eq!(tell(&[]), "[\"demo\",\"default-cluster\"]\n");
    assert_eq!(tell(&["--lab=fresh"]), "[\"lab\",\"--lab\"]\n");
    assert_eq!(tell(&["-C", "demo", "-t", "abc"]), "[\"demo\",\"-C\"]\n");
    let all = ["-c", path, "-C", "demo", "-t", "abc", "-e", "config.show()"];
    let (_, out, _) = run(&all);
    assert!(out.contains("(hidden)") && !out.contains("abc"), "{out}");
    let text = fs::read_to_string(&place).expect("read");
    assert!(text.starts_with("# mine\nclusters:\n"), "{text}");
}

#[test]
fn damage_to_the_lab_is_mended_and_said_once() {
    let lab = "--lab=damaged";
    let state = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cli/.local/state/chami");
    let state = state.join("lab-damaged");
    let _ = fs::remove_dir_all(&state);
    let load = "discover.static('data/nodes.yaml').created";
    assert_eq!(run(&[lab, "-e", load]).1, "21\n");
    let journal = state.join("journal.jsonl");
    let mut file = fs::OpenOptions::new().append(true).open(journal);
    let file = file.as_mut().expect("the lab's journal");
    file.write_all(b"{\"broken").expect("half a record");
    let count = &[lab, "-e", "#smd.component.list()"];
    let (status, out, said) = run(count);
    assert_eq!((status, out.as_str()), (Some(0), "10\n"));
    assert!(said.contains("journal.jsonl was damaged"), "{said}");
    assert!(state.join("journal.jsonl.bad").exists());
    assert_eq!(run(count).2, "");
}

#[test]
fn why_ends_with_6_when_something_is_wrong() {
    let on = |words: &[&str]| run(&[&["--lab=why"], words].concat());
    assert_eq!(on(&["lab", "reset"]).0, Some(0));
    let (status, out, _) = on(&["why"]);
    assert_eq!(status, Some(6));
    assert!(out.starts_with("SMD knows no node"), "{out}");
    assert_eq!(on(&["lab", "reset", "tutorial"]).0, Some(0));
    let (status, out, err) = on(&["why", "compute2"]);
    assert_eq!((status, err.as_str()), (Some(6), ""));
    assert!(out.contains("1. F17, certain: "), "{out}");
    let (status, out, _) = on(&["why", "-F", "json"]);
    assert_eq!(status, Some(6));
    let verdicts: serde_json::Value = serde_json::from_str(&out).expect("json");
    assert_eq!(verdicts.as_array().map(Vec::len), Some(5));
    assert_eq!(verdicts[0]["causes"][0]["id"], "F17");
    let (status, _, err) = on(&["why", "nid009"]);
    assert_eq!(status, Some(2));
    assert!(err.contains("nid009"), "{err}");
}

#[test]
fn a_set_is_asked_about_and_the_doctor_ends_with_6_when_something_is_wrong() {
    let on = |words: &[&str]| run(&[&["--lab=doctor"], words].concat());
    assert_eq!(on(&["lab", "reset", "tutorial"]).0, Some(0));
    let (status, out, err) = on(&["why", "nid[1-2]"]);
    assert_eq!((status, err.as_str()), (Some(6), ""));
    assert_eq!(out.matches("1. F17, certain: ").count(), 2, "{out}");
    let (status, out, err) = on(&["doctor"]);
    assert_eq!((status, err.as_str()), (Some(6), ""));
    assert!(out.contains("✗ F17, certain, on 5 nodes, "), "{out}");
    let (status, out, _) = on(&["doctor", "nid001", "-F", "json"]);
    assert_eq!(status, Some(6));
    let report: serde_json::Value = serde_json::from_str(&out).expect("json");
    assert_eq!(report["nodes"], 1);
    let cause = &report["causes"][0];
    assert_eq!(cause["id"], "F17");
    // Code is in one field, words are in another.
    let (fix, note) = (cause["fix"].as_str(), cause["note"].as_str());
    assert!(fix.is_some_and(|it| it.starts_with("bss.boot.params.set(") && it.ends_with(')')));
    assert!(note.is_some_and(|it| it.contains("KERNEL is ")), "{out}");
    assert_eq!(
        on(&["-e", "cluster.apply('data/roles.yaml', { plan = false })"]).0,
        Some(0)
    );
    let base = "cloud_init.defaults.set{ cluster_name = 'demo', \
                base_url = 'http://172.16.0.254:8081/cloud-init' } \
                lab.clock.advance '60s'";
    assert_eq!(on(&["-e", base]).0, Some(0));
    let (status, out, _) = on(&["doctor"]);
    assert_eq!(status, Some(0), "{out}");
    assert!(out.ends_with("✓ 5 nodes: nothing found wrong\n"), "{out}");
    assert_eq!(on(&["doctor", "nid009"]).0, Some(2));
    // What nobody answers is said once, and what to do first.
    let (status, out, _) = run(&["-u", "http://127.0.0.1:9", "doctor"]);
    assert_eq!(status, Some(6));
    assert_eq!(out.matches("cannot reach").count(), 1, "{out}");
    assert!(out.contains("\nnext: "), "{out}");
}

#[test]
fn a_question_is_seen_before_its_answer_is_read() {
    let mut command = chami(&[
        "-e",
        "io.write('name? ') io.flush() local n = io.read() io.stdout:write('hello ', n, '\\n')",
    ]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("chami runs");
    let mut asked = [0; 6];
    let out = child.stdout.as_mut().expect("its output");
    out.read_exact(&mut asked).expect("it asks before it reads");
    assert_eq!(&asked, b"name? ");
    let mut answer = child.stdin.take().expect("its input");
    answer.write_all(b"io\n").expect("it reads");
    drop(answer);
    let mut rest = String::new();
    let out = child.stdout.as_mut().expect("its output");
    out.read_to_string(&mut rest).expect("it answers");
    assert_eq!(rest, "hello io\n");
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn what_nobody_asked_for_stands_beside_the_values() {
    let (status, out, err) = fed(&[], "#smd.component.list{ type = Node }\n");
    assert_eq!((status, out.as_str()), (Some(0), "0\n"), "{err}");
    assert!(err.starts_with("note: Node is nil"), "{err}");
    let line = "discover.static 'data/nodes.yaml'; node.boot(1); return #node.boot 'nid[1-2]'";
    let (_, out, err) = run(&["--lab=fresh", "-e", line]);
    assert_eq!(out, "2\n", "{err}");
    assert_eq!(
        err,
        "note: x1000c0s0b0n0 is on already and stays as it is; node.reboot boots anew\n"
    );
}
