//! `mounts`: lines of /etc/fstab, and what `mount -a` makes of them.
use crate::services::cloud_init::guest::{types::Mount, value, work::Work};
use serde_json::Value;
use std::fmt::Write as _;

/// How cloud-init marks its lines.
const MARK: &str = "comment=cloudconfig";

/// The fields of a line, some perhaps not there.
type Line = Vec<Option<Value>>;

pub(super) fn mounts(node: &mut Work) -> Result<(), String> {
    let given = match node.config.get("mounts") {
        None => return Ok(()),
        Some(Value::Array(given)) => given.clone(),
        Some(other) => return Err(format!("mounts is a {}, not a list", value::sort(other))),
    };
    let defaults: Line = match node.config.get("mount_default_fields") {
        Some(Value::Array(fields)) => fields.iter().map(some).collect(),
        _ => return Err("mount_default_fields is no list".to_owned()),
    };
    let mut lines: Vec<Line> = Vec::new();
    for (item, at) in given.iter().zip(1..) {
        let Value::Array(fields) = item else {
            let sort = value::sort(item);
            let told = format!("Mount option {at} not a list, got a {sort} instead");
            node.warn("cc_mounts.py", &told);
            // cloud-init goes on with what is no list, and fails at its fields.
            return Err(format!("entry {at} of mounts is a {sort}, not a list"));
        };
        let mut line: Line = fields.iter().map(some).collect();
        let Some(Some(device)) = line.first().cloned() else {
            return Err(format!("entry {at} of mounts names no device"));
        };
        // Only a device that is found has its other fields made text.
        if found(&value::text(&device)) {
            for field in line.iter_mut().flatten() {
                *field = Value::from(value::text(field));
            }
        }
        lines.push(line);
    }
    for at in 0..lines.len() {
        complete(&mut lines, at, &defaults);
    }
    let mut wanted = Vec::new();
    for line in lines {
        if line.get(1).is_some_and(Option::is_some) {
            wanted.push(texts(&line)?);
        }
    }
    if !wanted.is_empty() {
        write(node, &wanted);
    }
    Ok(())
}

fn some(value: &Value) -> Option<Value> {
    (!value.is_null()).then(|| value.clone())
}

/// A diskless node has no disks: only what comes over the network is found by its name.
fn found(device: &str) -> bool {
    device
        .split_once(':')
        .is_some_and(|(server, _)| !server.is_empty())
}

/// Fills a line up; one without a place undoes the earlier ones of its device.
fn complete(lines: &mut [Line], at: usize, defaults: &Line) {
    let line = &mut lines[at];
    for (field, default) in defaults.iter().enumerate() {
        match line.get_mut(field) {
            None => line.push(default.clone()),
            Some(there @ None) => there.clone_from(default),
            Some(_) => {}
        }
    }
    if line.get(1).is_some_and(Option::is_none) {
        let device = line[0].clone();
        for earlier in &mut lines[..at] {
            if earlier[0] == device {
                earlier[1] = None;
            }
        }
    }
}

/// All fields as text, which cloud-init has not seen to for devices it does not find.
fn texts(line: &Line) -> Result<Vec<String>, String> {
    let mut texts = Vec::new();
    for (field, at) in line.iter().zip(0..) {
        match field {
            // The options have the mark behind them, and become text by that.
            Some(Value::String(text)) => texts.push(text.clone()),
            other if at == 3 => texts.push(other.as_ref().map_or("None".to_owned(), value::text)),
            other => {
                let sort = other.as_ref().map_or("NoneType", value::sort);
                return Err(format!(
                    "sequence item {at}: expected str instance, {sort} found (write it in quotes: \"0\")"
                ));
            }
        }
    }
    Ok(texts)
}

fn write(node: &mut Work, wanted: &[Vec<String>]) {
    let mut text = String::new();
    for fields in wanted {
        let mut fields = fields.clone();
        if let Some(options) = fields.get_mut(3) {
            *options = format!("{options},{MARK}");
        }
        _ = writeln!(text, "{}", fields.join("\t"));
    }
    let there = node.guest.file("/etc/fstab").map(|it| it.content.clone());
    let text = there.unwrap_or_default() + &text;
    node.guest.write("/etc/fstab", text.as_bytes(), 0o644);
    for fields in wanted {
        let [source, target, fstype, options, ..] = fields.as_slice() else {
            continue;
        };
        if !target.starts_with('/') {
            node.note(format!(
                "mounts: {source} is not mounted in the tree and not simulated"
            ));
            continue;
        }
        node.guest.make_directory(target);
        mount(node, source, target, fstype, options);
    }
}

fn mount(node: &mut Work, source: &str, target: &str, fstype: &str, options: &str) {
    let words: Vec<&str> = options.split(',').collect();
    let later = words.contains(&"noauto");
    let memory = fstype == "tmpfs";
    if later {
        node.note(format!(
            "mounts: {target} is noauto: it is mounted when it is used"
        ));
    } else if !memory && found(source) {
        node.note(format!(
            "mounts: {target} is taken as mounted; whether {source} answers is not simulated"
        ));
    } else if !memory {
        let failed = "Activate mounts: FAIL:mount -a";
        if !words.contains(&"nofail") {
            node.warn("cc_mounts.py", failed);
        }
        node.note(format!(
            "mounts: {source} is not there: the node is diskless"
        ));
    }
    let options = shown(&words, memory);
    node.guest.mounts.retain(|it| it.target != target);
    node.guest.mounts.push(Mount {
        source: source.to_owned(),
        target: target.to_owned(),
        fstype: fstype.to_owned(),
        options,
        mounted: !later && (memory || found(source)),
    });
}

/// Options as the kernel shows them.
fn shown(words: &[&str], memory: bool) -> String {
    let kernel = |word: &&&str| {
        !matches!(
            **word,
            "rw" | "ro" | "defaults" | "nofail" | "noauto" | "auto" | "_netdev" | ""
        ) && !word.starts_with("x-")
            && !word.starts_with("comment=")
    };
    let first = if words.contains(&"ro") { "ro" } else { "rw" };
    let mut shown = vec![first.to_owned(), "relatime".to_owned()];
    for word in words.iter().filter(kernel) {
        let size = word
            .strip_prefix("size=")
            .filter(|_| memory)
            .and_then(kibibytes);
        shown.push(size.map_or_else(|| (*word).to_owned(), |size| format!("size={size}k")));
    }
    shown.join(",")
}

/// `1G` in units of 1024.
fn kibibytes(size: &str) -> Option<u64> {
    let end = size
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(size.len());
    let number: u64 = size[..end].parse().ok()?;
    match size[end..].to_ascii_lowercase().as_str() {
        "" => Some(number / 1024),
        "k" => Some(number),
        "m" => number.checked_mul(1024),
        "g" => number.checked_mul(1024 * 1024),
        _ => None,
    }
}
