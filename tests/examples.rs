//! Every script in `scripts/examples` has a session of the same name in `tests/examples`, which runs it for real: as a
//! process of its own, with arguments, against a lab that serves. What sessions can do stands in
//! `tests/support/example.lua`.
use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};
use tempfile::TempDir;

const SCRIPTS: &str = "scripts/examples";
const SESSIONS: &str = "tests/examples";
/// A script is to be read in one go.
const LINES: usize = 120;
const COLUMNS: usize = 100;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The names of the Lua files in a folder, without their end.
fn names(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(root().join(folder)).expect("the folder");
    let name = |path: PathBuf| {
        let lua = path.extension().is_some_and(|end| end == "lua");
        lua.then(|| path.file_stem()?.to_str().map(str::to_owned))?
    };
    entries
        .filter_map(|entry| name(entry.expect("an entry").path()))
        .collect()
}

/// An operator's home.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(TempDir::new().expect("a directory"))
    }

    fn chami(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chami"));
        command
            .current_dir(root())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.0.path());
        command
    }
}

/// A lab of another process; it ends with its session.
struct Served(Child, String);

impl Served {
    fn new(home: &Home) -> Self {
        let words = "lab serve --http 0 --https 0 --auth off";
        let mut command = home.chami();
        command
            .args(words.split(' '))
            .arg("--state")
            .arg(home.0.path().join("lab"));
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
        let mut first = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("piped"));
        out.read_line(&mut first).expect("a line");
        let url = first.strip_prefix("http ").expect("the URL comes first");
        Self(child, url.trim().to_owned())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What went wrong in the session of a script, if anything did.
fn trouble(name: &str) -> Option<String> {
    let home = Home::new();
    let served = Served::new(&home);
    let mut command = home.chami();
    command.args(["-u", &served.1, "--no-token", "tests/support/example.lua"]);
    command.arg(env!("CARGO_BIN_EXE_chami")).arg(&served.1);
    command.arg(format!("{SCRIPTS}/{name}.lua"));
    command.arg(format!("{SESSIONS}/{name}.lua"));
    command.arg(home.0.path());
    let output = command.output().expect("chami runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (!output.status.success()).then(|| {
        format!(
            "{name}: {}\n{}{}",
            output.status,
            text(&output.stdout),
            text(&output.stderr)
        )
    })
}

#[test]
fn every_script_has_a_session_and_every_session_a_script() {
    assert!(!names(SCRIPTS).is_empty());
    assert_eq!(names(SCRIPTS), names(SESSIONS));
}

#[test]
fn every_session_holds() {
    let sessions: Vec<_> = names(SESSIONS)
        .into_iter()
        .map(|name| thread::spawn(move || trouble(&name)))
        .collect();
    let found: Vec<String> = sessions
        .into_iter()
        .filter_map(|session| session.join().expect("it ends"))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Scripts that an operator reads before he runs them, and that work on a head node as on the lab.
#[test]
fn scripts_are_short_say_how_to_call_them_and_know_no_lab() {
    for name in names(SCRIPTS) {
        let path = root().join(SCRIPTS).join(format!("{name}.lua"));
        let text = fs::read_to_string(path).expect("text");
        assert!(text.lines().count() <= LINES, "{name}: {LINES} lines");
        let wide = text.lines().find(|line| line.chars().count() > COLUMNS);
        assert_eq!(wide, None, "{name}: {COLUMNS} columns");
        let head: Vec<&str> = text
            .lines()
            .take_while(|line| line.starts_with("--"))
            .collect();
        let usage = format!("chami {name}.lua");
        assert!(
            head.iter().any(|line| line.contains(&usage)),
            "{name}: its head says how to call it"
        );
        let code = text.lines().map(str::trim_start);
        let mut code = code.filter(|line| !line.starts_with("--"));
        assert!(!code.any(|line| line.contains("lab.")), "{name}: no lab");
    }
}
