//! `write_files`: before there are users, unless the file says `defer`.
use crate::services::cloud_init::guest::{
    value,
    work::{Work, absolute},
};
use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde_json::{Map, Value};

const MODE: u32 = 0o644;

pub(super) fn write_files(node: &mut Work) -> Result<(), String> {
    write(node, false, "write-files")
}

pub(super) fn write_files_deferred(node: &mut Work) -> Result<(), String> {
    write(node, true, "write-files-deferred")
}

fn write(node: &mut Work, deferred: bool, module: &str) -> Result<(), String> {
    let files = match node.config.get("write_files") {
        None => return Ok(()),
        Some(Value::Array(files)) => files.clone(),
        Some(other) => {
            return Err(format!(
                "write_files is a {}, not a list",
                value::sort(other)
            ));
        }
    };
    let mut at = 0;
    for file in files {
        let Value::Object(file) = file else {
            return Err(format!("a file is a {}, not a mapping", value::sort(&file)));
        };
        if value::flag(&file, "defer", false) != deferred {
            continue;
        }
        at += 1;
        one(node, &file, at, module)?;
    }
    Ok(())
}

fn one(node: &mut Work, file: &Map<String, Value>, at: usize, module: &str) -> Result<(), String> {
    let path = match file.get("path") {
        Some(Value::String(path)) if !path.is_empty() => absolute(path),
        Some(value) if value::full(value) => {
            return Err(format!("a path is a {}, not a text", value::sort(value)));
        }
        _ => {
            let told = format!("No path provided to write for entry {at} in module {module}");
            node.warn("cc_write_files.py", &told);
            node.note(format!("write_files: entry {at} has no path"));
            return Ok(());
        }
    };
    let Some(mut bytes) = content(node, file, &path)? else {
        return Ok(());
    };
    let mode = permissions(node, file.get("permissions"));
    if value::flag(file, "append", false) {
        match node.guest.file(&path) {
            Some(there) => bytes = [there.bytes(), bytes].concat(),
            None => node.note(format!(
                "{path}: what the image has in it before what is appended is not known"
            )),
        }
    }
    node.guest.write(&path, &bytes, mode);
    let owner = file
        .get("owner")
        .map_or_else(|| "root:root".to_owned(), value::text);
    own(node, &path, &owner)
}

/// What the file will hold; None where the way it is packed is not simulated.
fn content(
    node: &mut Work,
    file: &Map<String, Value>,
    path: &str,
) -> Result<Option<Vec<u8>>, String> {
    let text = match file.get("content") {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) => return Err(format!("{path}: the content is null, not a text")),
        Some(other) => {
            return Err(format!(
                "{path}: the content is a {}, not a text",
                value::sort(other)
            ));
        }
    };
    let encoding = file
        .get("encoding")
        .filter(|it| value::full(it))
        .map(value::text);
    let encoding = encoding.unwrap_or_default().to_lowercase();
    match encoding.trim() {
        "" | "text/plain" => Ok(Some(text.into_bytes())),
        "b64" | "base64" => base64(&text)
            .map(Some)
            .ok_or_else(|| format!("{path}: the content is not base64")),
        word if word.contains("gz") => {
            node.note(format!(
                "{path}: content packed with {word} is not simulated, and not written"
            ));
            Ok(None)
        }
        other => {
            let told = format!("Unknown encoding type {other}, assuming text/plain");
            node.warn("cc_write_files.py", &told);
            Ok(Some(text.into_bytes()))
        }
    }
}

/// As Python decodes it: letters that are none of base64 are passed over.
fn base64(text: &str) -> Option<Vec<u8>> {
    let letters = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let packed: String = text.chars().filter(letters).collect();
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical)
        .with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(&STANDARD, config).decode(packed).ok()
}

/// A number as it is, a text as octal digits.
fn permissions(node: &mut Work, given: Option<&Value>) -> u32 {
    let decoded = match given {
        None | Some(Value::Null) => return MODE,
        Some(Value::Number(number)) => number.as_u64(),
        Some(other) => {
            let text = value::text(other);
            let digits = text.trim().trim_start_matches("0o");
            u64::from_str_radix(digits, 8).ok()
        }
    };
    let mode = decoded
        .and_then(|it| u32::try_from(it).ok())
        .filter(|it| *it <= 0o7777);
    mode.unwrap_or_else(|| {
        let given = given.map(value::text).unwrap_or_default();
        let told = format!("Undecodable permissions '{given}', returning default 644");
        node.warn("cc_write_files.py", &told);
        MODE
    })
}

/// Gives a file to a user and a group, `name:group`; both must be there.
pub(in crate::services::cloud_init::guest) fn own(
    node: &mut Work,
    path: &str,
    owner: &str,
) -> Result<(), String> {
    let (user, group) = owner.split_once(':').unwrap_or((owner, ""));
    let named = |word: &str| {
        let word = word.trim();
        let nobody = word.is_empty() || word == "-1" || word.eq_ignore_ascii_case("none");
        (!nobody).then(|| word.to_owned())
    };
    let (user, group) = (named(user), named(group));
    let unknown = |name: &str| {
        format!(
            "{path}: Unknown user or group: '{name}'; a user of `users` comes later, unless the file says `defer: true`"
        )
    };
    if let Some(name) = &user
        && node.guest.account(name).is_none()
    {
        return Err(unknown(name));
    }
    if let Some(name) = &group
        && node.guest.any_group(name).is_none()
    {
        return Err(unknown(name));
    }
    if let Some(file) = node.guest.files.iter_mut().find(|file| file.path == path) {
        file.owner = user.unwrap_or_else(|| file.owner.clone());
        file.group = group.unwrap_or_else(|| file.group.clone());
    }
    Ok(())
}
