//! What becomes of a lab whose files were damaged, one way after another: it goes on from the last whole record, the
//! damaged file stays beside and is named, and the next start has nothing to tell.
#[path = "support/home.rs"]
mod home;

use home::{Home, SERVE, Server};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Where a file is changed, in hundredths of its length; one whole line, or what is cut off behind.
#[derive(Clone, Copy, Debug)]
enum Damage {
    Byte(usize),
    Line(usize),
    Cut(usize),
}
use Damage::{Byte, Cut, Line};

fn damage(path: &Path, how: Damage) {
    let mut bytes = fs::read(path).expect("the file is there");
    match how {
        Byte(part) => {
            let at = (bytes.len() - 1) * part / 100;
            bytes[at] ^= 0x15;
        }
        Line(number) => {
            let starts = bytes.split_inclusive(|b| *b == b'\n').map(<[u8]>::len);
            let start: usize = starts.take(number - 1).sum();
            bytes[start + 40] ^= 0x15;
        }
        Cut(part) => bytes.truncate(bytes.len() * part / 100),
    }
    fs::write(path, bytes).expect("it can be written");
}

async fn add(server: &Server, label: &str) {
    let body = json!({ "label": label });
    let (status, _) = server.ask("POST", "/hsm/v2/groups", Some(&body)).await;
    assert_eq!(status, 201);
}

fn serve(home: &Home) -> Server {
    let mut words = SERVE.to_vec();
    words.extend(["--auth", "off"]);
    Server::start(home.command(&words))
}

/// The names of all groups, and the notice.
async fn found(server: &Server) -> (String, Option<String>) {
    let (_, groups) = server.ask("GET", "/hsm/v2/groups", None).await;
    let labels = groups.as_array().expect("a list").iter();
    let mut labels: Vec<&str> = labels.filter_map(|group| group["label"].as_str()).collect();
    labels.sort_unstable();
    let (_, status) = server.ask("GET", "/lab/v1/status", None).await;
    let notice = status.get("notice").and_then(Value::as_str);
    (labels.join(" "), notice.map(str::to_owned))
}

/// A lab's directory: `a` stands in the state, `b`, `c` and `d` in the journal's lines 2 to 4, and what was before them
/// in the files called `.old`.
async fn written(home: &Home) {
    let mut server = serve(home);
    add(&server, "a").await;
    server.end("-TERM");
    let mut server = serve(home);
    for label in ["b", "c", "d"] {
        add(&server, label).await;
    }
    server.end("-KILL");
}

fn copied(from: &Path) -> Home {
    let home = Home::new();
    fs::create_dir_all(home.state()).expect("made");
    for file in fs::read_dir(from).expect("readable").flatten() {
        fs::copy(file.path(), home.state().join(file.file_name())).expect("copied");
    }
    home
}

const STATE: &str = "state.json";
const JOURNAL: &str = "journal.jsonl";
const OLD_STATE: &str = "state.json.old";
const OLD_JOURNAL: &str = "journal.jsonl.old";

/// What is damaged; the groups that are left; what the notice says.
type Case = (
    &'static [(&'static str, Damage)],
    &'static str,
    &'static [&'static str],
);

const BEFORE: &str = "the lab goes on from the state before it and the writes since";
const ANEW: &str = "no whole state is left, and the lab begins anew";

const CASES: &[Case] = &[
    (&[(STATE, Byte(0))], "a b c d", &["state.json.bad", BEFORE]),
    (&[(STATE, Byte(2))], "a b c d", &["state.json.bad", BEFORE]),
    (&[(STATE, Byte(50))], "a b c d", &["state.json.bad", BEFORE]),
    (&[(STATE, Byte(100))], "a b c d", &["state.json.bad"]),
    (&[(STATE, Cut(0))], "a b c d", &["state.json.bad"]),
    (&[(STATE, Cut(60))], "a b c d", &["state.json.bad"]),
    (
        &[(JOURNAL, Line(3))],
        "a b",
        &["was damaged in line 3", "journal.jsonl.bad"],
    ),
    (
        &[(JOURNAL, Line(1))],
        "a",
        &["was damaged in line 1", "journal.jsonl.bad"],
    ),
    (
        &[(JOURNAL, Cut(99))],
        "a b c",
        &["was damaged in line 4", "journal.jsonl.bad"],
    ),
    (
        &[(JOURNAL, Cut(0))],
        "a",
        &["was damaged in line 1", "journal.jsonl.bad"],
    ),
    (
        &[(STATE, Byte(50)), (JOURNAL, Line(3))],
        "a b",
        &[
            "state.json.bad",
            "was damaged in line 3",
            "journal.jsonl.bad",
        ],
    ),
    (
        &[(STATE, Cut(50)), (OLD_STATE, Cut(50))],
        "",
        &[
            "state.json.bad",
            ANEW,
            "journal.jsonl.bad",
            "there is no state that it goes on from",
        ],
    ),
    // What the writes go on from is lost, and so they are.
    (
        &[(STATE, Byte(50)), (OLD_JOURNAL, Line(1))],
        "",
        &[
            "state.json.bad",
            "journal.jsonl.old.bad",
            "journal.jsonl.bad",
        ],
    ),
    // Nobody needs what was before a whole state.
    (&[(OLD_JOURNAL, Line(1))], "a b c d", &[]),
    (
        &[(OLD_JOURNAL, Cut(70)), (OLD_STATE, Byte(50))],
        "a b c d",
        &[],
    ),
];

#[tokio::test]
async fn a_damaged_lab_goes_on_from_the_last_whole_record_and_says_so() {
    let first = Home::new();
    written(&first).await;
    for (damages, left, told) in CASES {
        let home = copied(&first.state());
        for (name, how) in *damages {
            damage(&home.state().join(name), *how);
        }
        let mut server = serve(&home);
        let (groups, notice) = found(&server).await;
        assert_eq!(groups, *left, "{damages:?}: {notice:?}");
        assert_eq!(notice.is_some(), !told.is_empty(), "{damages:?}");
        let notice = notice.unwrap_or_default();
        for words in *told {
            assert!(notice.contains(words), "{damages:?}: {notice}");
        }
        let kept = notice.split("the file is now ").skip(1);
        let kept = kept.map(|rest| rest.split("; ").next().unwrap_or(rest));
        let kept: Vec<PathBuf> = kept.map(PathBuf::from).collect();
        assert!(kept.iter().all(|path| path.is_file()), "{notice}");
        add(&server, "e").await;
        server.end("-KILL");
        let said = server.stderr();
        assert!(said.contains(&notice), "{said:?} without {notice}");
        let (groups, notice) = found(&serve(&home)).await;
        assert_eq!((groups, notice), (format!("{left} e").trim().into(), None));
        assert!(kept.iter().all(|path| path.is_file()), "they stay");
    }
}

#[tokio::test]
async fn a_second_damage_does_not_take_the_place_of_the_first() {
    let home = Home::new();
    written(&home).await;
    for (number, name) in ["state.json.bad", "state.json.bad.2"].iter().enumerate() {
        damage(&home.state().join(STATE), Cut(50 + number));
        let mut server = serve(&home);
        let (groups, notice) = found(&server).await;
        assert_eq!(groups, "a b c d");
        assert!(notice.expect("it says so").ends_with(name));
        server.end("-KILL");
    }
    assert!(home.state().join("state.json.bad").is_file());
}

#[tokio::test]
async fn what_another_chami_wrote_is_no_damage() {
    let home = Home::new();
    written(&home).await;
    let path = home.state().join(JOURNAL);
    // The checksum fits; the words are of a time to come.
    let line = "{\"sum\":\"39d6c62b16533088\",\"body\":{\"do\":\"dance\"}}\n";
    let text = fs::read_to_string(&path).expect("text") + line;
    fs::write(&path, &text).expect("written");
    let refused = home.command(&SERVE).output().expect("it runs");
    assert_eq!(refused.status.code(), Some(1));
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(told.starts_with("conflict: "), "{told}");
    assert!(told.contains("another chami wrote this"), "{told}");
    assert!(told.contains("chami lab serve --empty"), "{told}");
    assert_eq!(fs::read_to_string(&path).expect("text"), text, "it stays");
}
