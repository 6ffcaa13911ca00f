//! Takes secrets out of images: tokens, private keys, passwords. What is hidden cannot be put back, and undo says so.
//!
//! In its place stands a mark by which the record is known again: one secret for another is a change. A mark is made with
//! a key that lies beside the journal, so that a journal alone does not help to guess a password.
use super::{Picture, Records, Touch};
use crate::secret;
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use serde_json::{Value, json};
use std::{
    borrow::Cow,
    fs::{self, DirBuilder},
    io::{self, ErrorKind, Write as _},
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    sync::OnceLock,
};
use tempfile::NamedTempFile;
use uuid::Uuid;

/// The field of a record that holds its mark.
pub(super) const MARK: &str = secret::HIDDEN;
/// What stands before the mark in a name that held a secret.
const NAMED: &str = " (hidden) #";
/// So many bytes of a digest tell two records apart.
const LENGTH: usize = 8;

/// Hides secrets, the same one always behind the same mark.
pub(super) struct Veil {
    /// Where its key is kept; none: in memory.
    place: Option<PathBuf>,
    key: OnceLock<hmac::Key>,
}

impl Veil {
    pub(super) fn new(place: Option<PathBuf>) -> Self {
        Self {
            place,
            key: OnceLock::new(),
        }
    }

    /// The picture without its secrets, and the records that had one, as `RESOURCE ID`.
    pub(super) fn picture(&self, picture: &Picture) -> (Picture, Vec<String>) {
        let (mut veiled, mut hidden) = (Picture::new(), Vec::new());
        for (resource, records) in picture {
            let mut kept = Records::new();
            for (id, record) in records {
                let id = self.name(id);
                let (record, held) = self.record(record);
                if held || is_veiled(&id) {
                    hidden.push(key(resource, &id));
                }
                kept.insert(id.into_owned(), record);
            }
            veiled.insert(resource.clone(), kept);
        }
        (veiled, hidden)
    }

    /// One record without its secrets; whether there were any.
    pub(super) fn record(&self, whole: &Value) -> (Value, bool) {
        let mut value = whole.clone();
        if !secret::hide_json(&mut value) {
            return (value, false);
        }
        let mark = self.mark(whole.clone());
        match &mut value {
            Value::Object(fields) => {
                fields.insert(MARK.to_owned(), mark.into());
            }
            _ => value = json!({ MARK: mark, "record": value }),
        }
        (value, true)
    }

    /// A record's name without the secret in it, as a URL may hold one.
    pub(super) fn name<'a>(&self, id: &'a str) -> Cow<'a, str> {
        match secret::hide(id) {
            Cow::Owned(hidden) => Cow::Owned(format!("{hidden}{NAMED}{}", self.mark(id.into()))),
            Cow::Borrowed(same) => Cow::Borrowed(same),
        }
    }

    pub(super) fn touches(&self, touches: &[Touch]) -> Vec<Touch> {
        let veiled = |ids: &Vec<String>| ids.iter().map(|id| self.name(id).into_owned()).collect();
        let touch = |touch: &Touch| Touch {
            ids: touch.ids.as_ref().map(veiled),
            ..touch.clone()
        };
        touches.iter().map(touch).collect()
    }

    fn mark(&self, mut whole: Value) -> String {
        // Equal records have their fields in any order.
        whole.sort_all_objects();
        let key = self.key.get_or_init(|| {
            let kept = self.place.as_deref().map(kept);
            let bytes = match kept {
                Some(Ok(bytes)) => bytes,
                // Whoever cannot write a journal is told so by that; this process still tells its records apart.
                _ => random().to_vec(),
            };
            hmac::Key::new(HMAC_SHA256, &bytes)
        });
        let sum = hmac::sign(key, whole.to_string().as_bytes());
        let mut first = [0; LENGTH];
        first.copy_from_slice(&sum.as_ref()[..LENGTH]);
        format!("{:016x}", u64::from_be_bytes(first))
    }
}

fn random() -> [u8; 16] {
    Uuid::new_v4().into_bytes()
}

/// The key in its file, which the first who asks makes.
fn kept(path: &Path) -> io::Result<Vec<u8>> {
    match fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        read => return read,
    }
    let dir = path.parent().unwrap_or(Path::new("."));
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    // Made with mode 0600; another process may be faster.
    let mut draft = NamedTempFile::new_in(dir)?;
    draft.write_all(&random())?;
    draft.as_file().sync_data()?;
    match draft.persist_noclobber(path) {
        Err(lost) if lost.error.kind() != ErrorKind::AlreadyExists => Err(lost.error),
        _ => fs::read(path),
    }
}

pub(super) fn key(resource: &str, id: &str) -> String {
    format!("{resource} {id}")
}

/// Whether a name is no longer the one the service knows.
pub(super) fn is_veiled(id: &str) -> bool {
    id.contains(NAMED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_held_a_secret_is_named_and_the_rest_stays() {
        let whole = json!({ "label": "io", "description": "I/O nodes", "tags": ["a"] });
        let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl";
        let endpoint = json!({ "ID": "x0c0s0b0", "Password": "initial0", "MACAddr": "" });
        let picture = Picture::from([
            (
                "group".to_owned(),
                [
                    ("io".to_owned(), whole.clone()),
                    (
                        "gw".to_owned(),
                        json!({ "description": format!("use {token}") }),
                    ),
                ]
                .into(),
            ),
            (
                "endpoint".to_owned(),
                [("x0c0s0b0".to_owned(), endpoint)].into(),
            ),
        ]);
        let veil = Veil::new(None);
        let (picture, hidden) = veil.picture(&picture);
        assert_eq!(hidden, ["endpoint x0c0s0b0", "group gw"]);
        assert_eq!(picture["group"]["io"], whole);
        let kept = format!("{picture:?}");
        assert!(
            !kept.contains("eyJ") && !kept.contains("initial0"),
            "{kept}"
        );
    }

    #[test]
    fn one_secret_for_another_is_another_mark_and_the_key_stays() {
        let dir = tempfile::tempdir().expect("a directory");
        let place = dir.path().join("state/journal.key");
        let (one, two) = (Veil::new(Some(place.clone())), Veil::new(Some(place)));
        let record = |word: &str| json!({ "Password": word, "User": "root" });
        let same = one.record(&record("initial0"));
        assert_eq!(
            same,
            two.record(&json!({ "User": "root", "Password": "initial0" }))
        );
        assert_ne!(same, one.record(&record("initial1")));
        assert_ne!(same, Veil::new(None).record(&record("initial0")));
        let bare = |word: &str| one.record(&json!(format!("token={word}"))).0;
        assert_ne!(bare("initial0"), bare("initial1"));
    }

    #[test]
    fn a_name_keeps_no_secret_either() {
        let veil = Veil::new(None);
        let name = |word: &str| veil.name(&format!("me http://u:{word}@h/scn")).into_owned();
        assert!(is_veiled(&name("one")) && !name("one").contains("u:one"));
        assert_ne!(name("one"), name("two"));
        assert_eq!(veil.name("x1000c0s0b0"), "x1000c0s0b0");
    }
}
