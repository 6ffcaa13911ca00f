//! Commands and their exit status, written as a shell shows them: `tests/commands/*.txt`.
//!
//! Every bad input has its place here: what is said, what is to be typed next, and the status a script sees. `$PEER` is
//! a server that misbehaves on request (`support/peer.rs`), `$EXPIRED` and its like are TLS servers (`support/tls.rs`)
//! whose CA is in `$CA`. `CHAMI_BLESS=1` writes what was seen into the files.
#[path = "support/console.rs"]
mod console;
#[path = "support/peer.rs"]
mod peer;
#[path = "support/tls.rs"]
mod tls;

use chami::fault::Kind;
use console::{Console, Step};
use peer::Peer;
use std::{env, fs, io::Write, path::Path, path::PathBuf, sync::LazyLock, thread};

/// The exit status of each kind, as it is documented.
const STATUSES: &[(&str, i32)] = &[
    ("bad_argument", 2),
    ("partial", 3),
    ("unauthorized", 4),
    ("forbidden", 4),
    ("unreachable", 5),
    ("tls", 5),
    ("check_failed", 6),
    ("drift", 6),
    ("timeout", 124),
    ("interrupted", 130),
    ("not_found", 1),
    ("conflict", 1),
    ("no_effect", 1),
    ("refused", 1),
    ("unsupported", 1),
    ("protocol", 1),
    ("io", 1),
    ("internal", 1),
    ("error", 1),
];

static FILES: LazyLock<Vec<(PathBuf, String)>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/commands");
    let entries = fs::read_dir(folder).expect("tests/commands");
    let paths = entries.flatten().map(|entry| entry.path());
    let texts = paths.filter(|path| path.extension().is_some_and(|it| it == "txt"));
    texts
        .map(|path| (path.clone(), fs::read_to_string(path).expect("text")))
        .collect()
});

#[test]
fn every_command_ends_as_written() {
    let (peer, servers) = (Peer::start(), tls::Servers::start());
    let folder = tempfile::tempdir().expect("a directory");
    let ca = folder.path().join("ca.pem");
    fs::write(&ca, &servers.ca).expect("written");
    let mut variables = vec![
        ("PEER".to_owned(), peer.url.clone()),
        ("CA".to_owned(), ca.display().to_string()),
    ];
    let urls = servers.urls.iter();
    variables.extend(urls.map(|(sort, url)| ((*sort).to_owned(), url.clone())));
    let play = |(path, text): &(PathBuf, String)| wrong(path, text, &variables);
    let wrong: Vec<String> = thread::scope(|scope| {
        let all: Vec<_> = FILES
            .iter()
            .map(|file| scope.spawn(|| play(file)))
            .collect();
        all.into_iter()
            .filter_map(|one| one.join().expect("played"))
            .collect()
    });
    assert!(
        wrong.is_empty(),
        "{}\nCHAMI_BLESS=1 takes them over",
        wrong.join("\n")
    );
}

/// What differs in a file, if anything does.
fn wrong(path: &Path, text: &str, variables: &[(String, String)]) -> Option<String> {
    let written = Console::parse(text);
    if let Some(need) = written.lacks() {
        let what = path.file_name().unwrap_or_default().to_string_lossy();
        // Past the harness, which keeps what a passing test prints to itself.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: {what}: `{need}` does not work here"
        );
        return None;
    }
    let played = written.played(variables);
    if env::var_os("CHAMI_BLESS").is_some() {
        fs::write(path, played.text()).expect("can be rewritten");
        return None;
    }
    let differs = |(want, have): &(&Step, &Step)| want != have;
    let (want, have) = written.steps.iter().zip(&played.steps).find(differs)?;
    Some(format!(
        "{}: wanted {want:#?}\ngot {have:#?}",
        path.display()
    ))
}

/// The kind of fault a step ends with.
fn kind(step: &Step) -> Option<&'static (&'static str, i32)> {
    let begins = |name: &str, line: &String| {
        let rest = line.strip_prefix(name);
        rest.is_some_and(|rest| rest.starts_with(": ") || rest.starts_with(" ("))
    };
    STATUSES
        .iter()
        .find(|(name, _)| step.output.iter().any(|line| begins(name, line)))
}

#[test]
fn kinds_and_statuses_belong_together() {
    let mut seen = Vec::new();
    for (path, text) in FILES.iter() {
        for step in Console::parse(text).steps {
            let command = step.command.join(" ");
            // What the command line's own reader says begins with `error:` as well.
            if step.output.iter().any(|line| line.contains("try '--help'")) {
                assert_eq!(step.status, 2, "{command}");
                continue;
            }
            let Some((kind, status)) = kind(&step) else {
                assert_ne!(step.status, 101, "{}: {command} panics", path.display());
                continue;
            };
            assert_eq!(
                step.status,
                *status,
                "{}: {command} ends with {kind}",
                path.display()
            );
            seen.push(*kind);
        }
    }
    for kind in Kind::ALL {
        let known = STATUSES.iter().find(|(name, _)| *name == kind.name());
        assert_eq!(
            known.map(|(_, status)| *status),
            Some(i32::from(kind.exit_code()))
        );
        assert!(
            seen.contains(&kind.name()),
            "{kind} ends no command in tests/commands"
        );
    }
}
