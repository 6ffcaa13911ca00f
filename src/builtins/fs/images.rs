//! Files as the journal sees them: their bytes before a write, and enough to know them again after it.
use super::write;
use crate::{
    clock::Pending,
    fault::{Fault, Kind},
    journal::{Change, Images, Records, Touch},
    secret::hide,
};
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    borrow::Cow,
    fs::{self, Permissions},
    io::{self, ErrorKind},
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    sync::Arc,
};

const FILE: &str = "file";
/// A larger file is journaled, and not kept.
const LARGEST: u64 = 1 << 20;

struct Files;

pub(in crate::builtins) fn images() -> Arc<dyn Images> {
    Arc::new(Files)
}

/// What a write to this path touches: the file, where a link to it leads, and directories that are made on the way.
pub(in crate::builtins) fn touch(path: &Path) -> Touch {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let real = fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
    let missing = path.ancestors().skip(1).take_while(|dir| !dir.exists());
    let mut paths: Vec<&Path> = missing.collect();
    paths.push(&path);
    if real != path {
        paths.push(&real);
    }
    Touch::of(FILE, paths.iter().map(|path| path.to_string_lossy()))
}

/// One path as it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Record {
    /// `file`, `directory` or `link`.
    kind: String,
    #[serde(with = "octal")]
    mode: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    /// Of a file too large to be kept: when it was written last.
    #[serde(skip_serializing_if = "Option::is_none")]
    modified: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// Bytes that are no text.
    #[serde(skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
    /// Where a link leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<PathBuf>,
}

/// Permissions as people read and type them: `0644`.
mod octal {
    use serde::{Deserialize, Deserializer, Serializer, de};

    // serde's `with` hands over a reference.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    pub(super) fn serialize<S: Serializer>(mode: &u32, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&format!("{mode:04o}"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
        let text = String::deserialize(from)?;
        u32::from_str_radix(&text, 8).map_err(de::Error::custom)
    }
}

impl Record {
    /// None: there is nothing, or a device, which keeps nothing.
    fn of(path: &Path) -> io::Result<Option<Self>> {
        let about = match fs::symlink_metadata(path) {
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            about => about?,
        };
        let mut record = Self {
            mode: about.permissions().mode() & 0o7777,
            ..Self::default()
        };
        if about.is_dir() {
            "directory".clone_into(&mut record.kind);
        } else if about.is_symlink() {
            "link".clone_into(&mut record.kind);
            record.to = Some(fs::read_link(path)?);
        } else if about.is_file() {
            "file".clone_into(&mut record.kind);
            record.size = Some(about.len());
            if about.len() > LARGEST {
                record.modified = about.modified().ok().and_then(moment);
            } else {
                record.fill(fs::read(path)?);
            }
        } else {
            return Ok(None);
        }
        Ok(Some(record))
    }

    fn fill(&mut self, bytes: Vec<u8>) {
        use std::fmt::Write as _;
        // The digest of a file that holds a password would help to guess it; the journal marks such a file itself.
        let open = matches!(hide(&String::from_utf8_lossy(&bytes)), Cow::Borrowed(_));
        let sum = digest(&SHA256, &bytes);
        let hex = sum.as_ref().iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        self.sha256 = open.then_some(hex);
        match String::from_utf8(bytes) {
            Ok(text) => self.text = Some(text),
            Err(error) => self.base64 = Some(STANDARD.encode(error.as_bytes())),
        }
    }

    fn bytes(&self) -> Option<Vec<u8>> {
        match (&self.text, &self.base64) {
            (Some(text), _) => Some(text.clone().into_bytes()),
            (None, Some(base64)) => STANDARD.decode(base64).ok(),
            (None, None) => None,
        }
    }

    fn restore(&self, path: &Path) -> Result<(), Fault> {
        let io = |e: io::Error| Fault::io(path, &e);
        match self.kind.as_str() {
            "directory" => fs::create_dir(path).map_err(io)?,
            "link" => return symlink(self.to.clone().unwrap_or_default(), path).map_err(io),
            _ => {
                let bytes = self.bytes().ok_or_else(|| {
                    Fault::new(
                        Kind::Unsupported,
                        format!("{}: it was not kept", path.display()),
                    )
                })?;
                write::replace(path, &bytes)?;
            }
        }
        fs::set_permissions(path, Permissions::from_mode(self.mode)).map_err(io)
    }
}

fn moment(time: std::time::SystemTime) -> Option<String> {
    let moment = jiff::Timestamp::try_from(time).ok()?;
    Some(moment.to_string())
}

impl Images for Files {
    fn image<'a>(&'a self, touch: &'a Touch) -> Pending<'a, Result<Records, Fault>> {
        let ids = touch.ids.clone().unwrap_or_default();
        Box::pin(super::off(move || {
            let mut records = Records::new();
            for id in ids {
                let found = Record::of(Path::new(&id)).map_err(|e| Fault::io(&id, &e))?;
                if let Some(value) = found.and_then(|record| serde_json::to_value(record).ok()) {
                    records.insert(id, value);
                }
            }
            Ok(records)
        }))
    }

    fn put_back<'a>(&'a self, _: &'a str, records: &'a Records) -> Pending<'a, Result<(), Fault>> {
        let records = records.clone();
        // In the order of their names a directory comes before what is in it.
        Box::pin(super::off(move || {
            records.iter().try_for_each(|(id, value)| {
                let record: Record = serde_json::from_value(value.clone()).unwrap_or_default();
                record.restore(Path::new(id))
            })
        }))
    }

    fn take_away<'a>(&'a self, _: &'a str, ids: &'a [String]) -> Pending<'a, Result<(), Fault>> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        Box::pin(super::off(move || {
            ids.iter()
                .rev()
                .try_for_each(|id| super::remove(&id.into()))
        }))
    }

    fn order(&self) -> &'static [&'static str] {
        &[FILE]
    }

    fn refuses(&self, _: &str, change: &Change) -> Option<String> {
        let before: Record = serde_json::from_value(change.before.clone()?).unwrap_or_default();
        let kept = before.kind != "file" || before.bytes().is_some();
        (!kept).then(|| "files larger than 1 MiB are not kept".to_owned())
    }

    fn lean(&self, mut record: Value) -> Value {
        if let Value::Object(fields) = &mut record {
            fields.shift_remove("text");
            fields.shift_remove("base64");
        }
        record
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::hide_json;

    #[test]
    fn a_byte_that_is_no_text_does_not_carry_a_key_into_the_journal() {
        let kept = |bytes: &[u8]| {
            let mut record = Record::default();
            record.fill(bytes.to_vec());
            let mut value = serde_json::to_value(&record).expect("JSON");
            let hidden = hide_json(&mut value);
            let text = value["base64"].as_str().expect("no text").to_owned();
            let text = STANDARD.decode(text).expect("base64");
            (hidden, String::from_utf8_lossy(&text).into_owned(), value)
        };
        let key = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n";
        let (hidden, text, value) = kept(&[key.as_bytes(), b"\xff\n"].concat());
        assert!(hidden && !text.contains("c2VjcmV0"), "{text}");
        assert_eq!(value.get("sha256"), None, "it would help to guess");
        let (hidden, _, value) = kept(b"\x7fELF\xff and so on");
        assert!(!hidden && value["sha256"].is_string());
    }
}
