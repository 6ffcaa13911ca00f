//! Sessions at the prompt, written as they look: `tests/transcripts/*.txt`, prompts and expected output in one file.
//!
//! A head of `# key: value` lines says how the session starts (`state`, `auth`, `width`, `target: peer`, `replay: FILE`,
//! `verbose: LEVEL`); other `#` lines of the head are
//! prose; `rules: plan` and the like say what it may change. `lab ❯ ` begins an input and `  … ` continues it. `<TAB>` in an input asks for completion there,
//! `<^C after 50ms>` at its end interrupts it, `<^C>` alone drops it. The global `peer` is the URL of a server that
//! misbehaves on request (`support/peer.rs`). `CHAMI_BLESS=1` writes what was seen into the files.
#[path = "support/transcript.rs"]
mod transcript;

use chami::fault::Kind;
use std::{env, fs};
use transcript::{Transcript, difference, root};

#[test]
fn every_session_goes_as_written() {
    let bless = env::var_os("CHAMI_BLESS").is_some();
    let folder = root().join("tests/transcripts");
    let (mut wrong, mut count) = (Vec::new(), 0);
    for entry in fs::read_dir(&folder).expect("tests/transcripts") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|it| it != "txt") {
            continue;
        }
        count += 1;
        let written = fs::read_to_string(&path).expect("a transcript");
        let (want, have) = {
            let transcript = Transcript::parse(&written);
            (transcript.text(), transcript.played().text())
        };
        if bless {
            fs::write(&path, have).expect("a transcript can be rewritten");
        } else if want != have {
            wrong.push(format!("{}:\n{}", path.display(), difference(&want, &have)));
        }
    }
    assert!(count > 0, "no transcripts found");
    assert!(
        wrong.is_empty(),
        "{}\nCHAMI_BLESS=1 takes them over",
        wrong.join("\n")
    );
}

/// Kinds that no call can provoke yet, and why.
const UNSEEN: &[(Kind, &str)] = &[
    (Kind::Drift, "comparing a cluster with a plan is to come"),
    (Kind::Internal, "it would be a defect"),
];

#[test]
fn every_kind_of_fault_is_seen_in_a_session() {
    let folder = fs::read_dir(root().join("tests/transcripts")).expect("tests/transcripts");
    let texts = folder
        .flatten()
        .map(|entry| fs::read_to_string(entry.path()).expect("text"));
    let all: String = texts.collect();
    for kind in Kind::ALL {
        let shown = [format!("\n{kind}: "), format!("\n{kind} (")];
        let seen = shown.iter().any(|text| all.contains(text));
        let excused = UNSEEN.iter().any(|(unseen, _)| *unseen == kind);
        assert!(seen != excused, "{kind}: seen {seen}, excused {excused}");
    }
}
