//! Recorded and played again, as processes: the exercises, faults, damaged tapes, a full disk.
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Output},
};
use tempfile::TempDir;

/// A home with a lab of its own.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(TempDir::new().expect("a directory"))
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn run(&self, words: &[&str]) -> (Option<i32>, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chami"));
        let output: Output = command
            .args(words)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.0.path())
            .output()
            .expect("chami runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (
            output.status.code(),
            text(&output.stdout),
            text(&output.stderr),
        )
    }

    /// Runs these words recorded, then the same from the tape in another home.
    #[track_caller]
    fn same(&self, name: &str, words: &[&str]) -> (Option<i32>, String, String) {
        let tape = self.path(name);
        let recorded = self.run(&[&["--record", &*tape], words].concat());
        let elsewhere = Self::new();
        let replayed = elsewhere.run(&[&["--replay", &*tape], words].concat());
        assert_eq!(replayed, recorded, "{words:?}");
        let lab = elsewhere.0.path().join(".local/state/chami/lab");
        assert!(!lab.exists(), "a replay starts no lab");
        recorded
    }
}

/// What leads to the state that an exercise needs: other exercises in their order, or the script that builds it.
fn needed(path: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(path).expect("an exercise");
    let inside = text.split("needs = {").nth(1);
    let inside = inside.and_then(|rest| rest.split('}').next());
    let above = text.lines().find_map(|line| line.strip_prefix("-- needs:"));
    let needs = inside.or(above).unwrap_or_default();
    let mut all = Vec::new();
    for id in needs
        .split(|c: char| !c.is_ascii_digit())
        .filter(|id| !id.is_empty())
    {
        let begin = format!("{id}-");
        let named = |it: &PathBuf| {
            let name = it.file_name().expect("a name").to_string_lossy();
            name.starts_with(&begin)
        };
        let one = exercises().into_iter().find(named).unwrap_or_else(|| {
            let folder = path.parent().expect("a folder");
            folder.join(format!("states/{id}.lua"))
        });
        for it in needed(&one).into_iter().chain([one]) {
            if !all.contains(&it) {
                all.push(it);
            }
        }
    }
    all
}

fn exercises() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/tutorial");
    let entries = fs::read_dir(folder).expect("the exercises").flatten();
    let lua = |path: &PathBuf| path.extension().is_some_and(|it| it == "lua");
    let mut all: Vec<PathBuf> = entries.map(|it| it.path()).filter(lua).collect();
    all.sort();
    all
}

#[test]
fn exercises_go_the_same_from_their_tapes() {
    let home = Home::new();
    for (path, number) in exercises().iter().zip(1..) {
        home.run(&["lab", "reset"]);
        for before in needed(path) {
            let (status, _, err) = home.run(&[&before.to_string_lossy()]);
            assert_eq!(status, Some(0), "{}: {err}", before.display());
        }
        let path = path.display().to_string();
        let (status, out, err) = home.same(&format!("{number}.tape"), &[&path]);
        assert_eq!(status, Some(0), "{path}: {err}");
        assert!(out.contains("pass  "), "{path}: {out}");
    }
    let mode = fs::metadata(home.path("1.tape")).expect("a tape");
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);
    let (status, out, _) = home.same("check.tape", &["learn", "--check", "301"]);
    assert_eq!(
        status,
        Some(6),
        "a later exercise has changed the group: {out}"
    );
    assert!(out.contains("pass  five nodes"), "{out}");
}

#[test]
fn faults_and_time_come_back_as_they_were() {
    let home = Home::new();
    for (number, (code, status)) in [
        ("smd.component.get 'x1000c0s0b0n0'", 1),
        ("http.get 'http://127.0.0.1:1/'", 5),
        ("lab.clock.advance '90s'", 0),
        ("lab.reset('tutorial').services.smd.components", 0),
        ("#lab.token()", 0),
        ("local a = lab.clock.now() task.sleep '2h' return a ~= lab.clock.now()", 0),
        ("task.wait(function() return nil end, { within = '3s', every = '1s' })", 124),
        ("task.wait(function() return #smd.group.list() > 0 end, { within = '3s', every = '1s' })", 124),
        ("task.map({ 1, 2, 3 }, function(n) smd.group.add('g' .. n, {}) return #smd.group.list() end, { limit = 1 })", 0),
        ("virsh.start 'compute[1-2]' return virsh.list()[2].name, virsh.domstate 'compute1'", 0),
        ("virsh.start 'compute1' local c = virsh.console 'compute1' c:expect('Start PXE', { timeout = '1m' }) c:close()", 0),
        ("virsh.dominfo 'compte1'", 1),
        ("virsh.list{ uri = 'lab:///' } virsh.connect 'lab:///' return #virsh.list{ all = true }", 0),
        ("smd.component.update({ 'x1000c0s0b[0-4]n0' }, { Role = 'Service' }).count", 1),
    ]
    .into_iter()
    .enumerate()
    {
        let words = ["--lab=fresh", "-e", code];
        let tape = home.path(&format!("{number}.tape"));
        let recorded = home.run(&[&["--record", &*tape], &words[..]].concat());
        let replayed = home.run(&["--replay", &tape, "-e", code]);
        assert_eq!(recorded.0, Some(status), "{code}: {recorded:?}");
        if code.starts_with("#lab.token") {
            // A token is no longer there to be counted.
            assert_eq!(replayed.1, "8\n", "{replayed:?}");
            continue;
        }
        assert_eq!(replayed, recorded, "{code}");
    }
}

/// A token got in a session and renewed twice, unasked and asked, is none on the tape.
#[test]
fn a_session_that_logged_in_goes_the_same_from_its_tape() {
    let home = Home::new();
    let code = "auth.login(lab.bootstrap_token{ subject = 'boot-service', audience = 'smd' }) \
                lab.clock.advance '2h' local before = #smd.group.list() \
                smd.group.add('io') auth.renew() return before, #smd.group.list()";
    let words = ["--lab=fresh", "-F", "json", "-e", code];
    let tape = home.path("a.tape");
    let recorded = home.run(&[&["--record", &*tape], &words[..]].concat());
    assert_eq!(recorded, (Some(0), "[0,1]\n".to_owned(), String::new()));
    let text = fs::read_to_string(&tape).expect("a tape");
    assert!(text.contains("\"status\":401"), "the token had ended");
    let replayed = home.run(&[&["--replay", &*tape], &words[1..]].concat());
    assert_eq!(replayed, recorded);
    let claims = home.run(&["--replay", &tape, "-e", "auth.claims().sub"]);
    assert_eq!(claims.1, "(hidden)\n", "{claims:?}");
}

/// The file cannot grow: what is on it is good, the work is done, and the status says that the tape is not whole.
#[test]
fn a_recording_that_broke_off_is_whole_and_the_failure_of_the_process() {
    let home = Home::new();
    let tape = home.path("a.tape");
    let code = "for i = 1, 200 do smd.group.list() end return 'done'";
    let output = Command::new("bash")
        .args(["-c", "trap '' XFSZ; ulimit -f 16; exec \"$0\" \"$@\""])
        .arg(env!("CARGO_BIN_EXE_chami"))
        .args(["--lab=fresh", "--record", &tape, "-e", code])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home.0.path())
        .output()
        .expect("chami runs");
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "done\n", "{err}");
    assert!(err.contains("hint: the tape holds the "), "{err}");
    let replayed = home.run(&["--replay", &tape, "-e", "#smd.group.list()"]);
    assert_eq!(replayed, (Some(0), "0\n".to_owned(), String::new()));
}

#[test]
fn a_tape_is_begun_anew_and_ended() {
    let home = Home::new();
    let tape = home.path("a.tape");
    let code = format!(
        "record({tape:?}) smd.group.list() local r = record() record(false) smd.group.list() \
         return r.exchanges, record() == nil, r.path == {tape:?}"
    );
    let (status, out, err) = home.run(&["--lab=fresh", "-e", &code, "-F", "json"]);
    assert_eq!(
        (status, out.as_str()),
        (Some(0), "[1,true,true]\n"),
        "{err}"
    );
    assert_eq!(
        fs::read_to_string(&tape).expect("a tape").lines().count(),
        2
    );
    let record = format!("record {tape:?}");
    let (status, _, err) = home.run(&["--lab=fresh", "-e", &record]);
    assert_eq!(status, Some(1));
    assert!(
        err.starts_with("conflict: ") && err.contains("hint: another name"),
        "{err}"
    );
    for (path, said) in [
        ("/no/such/dir/x", "io: /no/such/dir/x"),
        ("/dev/full", "io: /dev/full: "),
    ] {
        let (status, _, err) = home.run(&["--lab=fresh", "-e", &format!("record {path:?}")]);
        assert_eq!(status, Some(1), "{err}");
        assert!(err.starts_with(said), "{err}");
        let (status, _, err) = home.run(&["--lab=fresh", "--record", path, "-e", "1"]);
        assert_eq!(status, Some(1), "{err}");
        assert!(err.starts_with(said), "{err}");
    }
}

#[test]
fn what_a_killed_session_recorded_is_whole() {
    let home = Home::new();
    let tape = home.path("k.tape");
    let code = "for i = 1, 3 do smd.group.list() end io.popen('kill -9 $PPID'):read 'a'";
    let (status, _, _) = home.run(&["--lab=fresh", "--record", &tape, "-e", code]);
    assert_eq!(status, None, "it was killed");
    let again = home.run(&[
        "--replay",
        &tape,
        "-e",
        "#smd.group.list() + #smd.group.list()",
    ]);
    assert_eq!(again, (Some(0), "0\n".to_owned(), String::new()));
}

#[test]
fn what_is_not_on_the_tape_and_what_is_no_tape_is_said() {
    let home = Home::new();
    let tape = home.path("a.tape");
    home.run(&["--lab=fresh", "--record", &tape, "-e", "smd.group.list()"]);
    let (status, _, err) = home.run(&["--replay", &tape, "-e", "smd.rfe.list()"]);
    assert_eq!(status, Some(1));
    assert!(err.contains("is not on the tape"), "{err}");
    let (status, _, err) = home.run(&["--replay", &tape, "-e", "lab.status()"]);
    assert_eq!(status, Some(1));
    assert!(err.starts_with("unsupported: "), "{err}");
    let (status, _, err) = home.run(&["--replay", &tape, "--lab=fresh", "-e", "1"]);
    assert_eq!(status, Some(2), "{err}");
    fs::write(home.path("b.tape"), "{\"chami_tape\":1}\n").expect("written");
    let (status, _, err) = home.run(&["--replay", &home.path("b.tape"), "-e", "1"]);
    assert_eq!(status, Some(1));
    assert!(err.contains("b.tape: line 1: column "), "{err}");
    let (status, _, err) = home.run(&["--replay", &home.path("none"), "-e", "1"]);
    assert_eq!(status, Some(1));
    assert!(err.contains("hint: record("), "{err}");
}

#[test]
fn a_report_says_what_it_holds_and_only_its_user_can_read_it() {
    let home = Home::new();
    let path = home.path("report.md");
    let code = format!(
        "smd.group.list() pcall(http.get, 'http://127.0.0.1:1/') return bug_report({path:?})"
    );
    let (status, out, err) = home.run(&["--lab=fresh", "-e", &code]);
    assert_eq!((status, out), (Some(0), format!("{path}\n")), "{err}");
    let mode = fs::metadata(&path).expect("a report");
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&path).expect("text");
    for part in [
        "This file holds: ",
        "It does not hold: ",
        &format!("    chami: {} (", env!("CARGO_PKG_VERSION")),
        "    Lua: Lua 5.4\n",
        "    cloud-init: 200 ",
        "    target: lab\n",
        "    session.token: (hidden)",
        "    ❯ smd.group.list() pcall(",
        " GET /hsm/v2/groups 200 ",
        " GET http://127.0.0.1:1/ unreachable ",
        "  ! cannot reach http://127.0.0.1:1: ",
        "chami --replay x.tape FILE",
    ] {
        assert!(text.contains(part), "{part} is missing:\n{text}");
    }
    let (status, _, err) = home.run(&["--lab=fresh", "-e", &format!("bug_report({path:?})")]);
    assert_eq!(status, Some(1));
    assert!(err.starts_with("conflict: "), "{err}");
}

#[test]
fn requests_are_told_on_standard_error_and_the_value_stands_alone() {
    let home = Home::new();
    let words = ["--lab=fresh", "-v", "-F", "json", "-e", "smd.group.list()"];
    let (status, out, err) = home.run(&words);
    assert_eq!((status, out.as_str()), (Some(0), "[]\n"), "{err}");
    assert!(err.starts_with("GET /hsm/v2/groups 200 "), "{err}");
    assert!(
        err.ends_with(" ms 3 B\n") && err.lines().count() == 1,
        "{err}"
    );
}
