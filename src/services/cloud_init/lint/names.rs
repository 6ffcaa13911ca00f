//! The names a template uses, against those there are.
use super::Findings;
use crate::{
    fault::nearest,
    services::cloud_init::{
        instance::Instance,
        render::{self, MISSING, Rendered},
    },
};
use serde_json::{Map, Value, json};

/// A document with every key the OpenCHAMI server may serve.
fn typical() -> Value {
    json!({
        "instance-id": "i", "local-hostname": "n", "hostname": "n", "cluster-name": "c",
        "instance_data": { "v1": {
            "cloud_name": "c", "availability_zone": "z", "instance_id": "i", "instance_type": "t", "local_hostname": "n",
            "region": "r", "hostname": "n", "local_ipv4": "a", "cloud_provider": "p", "public_keys": ["k"],
            "vendor_data": { "version": "1.0", "cloud_init_base_url": "u", "cluster_name": "c", "groups": { "g": { "Description": "d" } } },
        } },
    })
}

/// What below this is named by the user.
const OPEN: &str = "ds.meta_data.instance_data.v1.vendor_data.groups.";

pub(super) fn check(
    content: &str,
    instance: Option<&Instance>,
    rendered: Option<&Rendered>,
    findings: &mut Findings,
) {
    let Ok(used) = render::names_in(content) else {
        return;
    };
    let known = match instance {
        Some(instance) => instance.clone(),
        None => Instance::of_meta_data(&typical(), &Map::new()),
    };
    let (data, names) = (known.reachable(), known.names());
    for path in &used {
        let (line, column) = place(content, path);
        // A dash has its own finding, for both its sides.
        let dashed = findings
            .0
            .iter()
            .any(|it| it.rule == "hyphen" && it.line == line);
        if dashed || known.unknown.iter().any(|it| is_below(path, it)) {
            continue;
        }
        match find(&data, path) {
            Some(value) if instance.is_some() => empty(path, value, (line, column), findings),
            Some(_) => {}
            None if guarded(content, path) || instance.is_none() && open(path) => {}
            None if rendered.is_some_and(|it| !shows(it, path)) => {}
            None => missing(path, &names, (line, column), findings),
        }
    }
}

/// Whether the want of a name shows in the text.
fn shows(rendered: &Rendered, path: &str) -> bool {
    let mut names = rendered.missing.iter();
    names.any(|name| name.starts_with(last(path)))
}

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

fn is_below(path: &str, known: &str) -> bool {
    let short = known.trim_start_matches("v1.");
    [known, short].iter().any(|it| {
        path == *it
            || path
                .strip_prefix(*it)
                .is_some_and(|rest| rest.starts_with('.'))
    })
}

fn open(path: &str) -> bool {
    let path = path.replace(
        ".instance_data.vendor_data.",
        ".instance_data.v1.vendor_data.",
    );
    path.starts_with(OPEN) || path.ends_with(".groups")
}

/// Whether the text has a plan for the want of a name.
fn guarded(content: &str, path: &str) -> bool {
    content.match_indices(path).all(|(at, _)| {
        let rest = content[at + path.len()..].trim_start();
        let behind = rest.strip_prefix('|').map(str::trim_start);
        rest.starts_with("is ")
            || behind.is_some_and(|it| it.starts_with("default") || it.starts_with("d("))
    })
}

/// The value at a path; a part of a text or list has methods and is not looked into.
fn find<'a>(data: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let mut words = path.split('.');
    let mut value = data.get(words.next()?)?;
    for word in words {
        match value {
            Value::Object(map) => match map.get(word) {
                Some(inner) => value = inner,
                None if matches!(word, "items" | "keys" | "values" | "get" | "copy") => {
                    return Some(value);
                }
                None => return None,
            },
            _ => return Some(value),
        }
    }
    Some(value)
}

fn empty(path: &str, value: &Value, at: (usize, usize), findings: &mut Findings) {
    let what = match value {
        Value::Null => "None",
        Value::String(text) if text.is_empty() => "nothing",
        Value::Array(list) if list.is_empty() => "an empty list",
        _ => return,
    };
    findings.warning(
        "empty-name",
        at,
        format!("`{path}` is {what} for this node"),
        "set it in the defaults or the group's meta-data, or leave it out",
    );
}

fn missing(path: &str, names: &[String], at: (usize, usize), findings: &mut Findings) {
    let names = names.iter().map(String::as_str);
    // The same word elsewhere is likelier meant than a like one nearby.
    let same = names
        .clone()
        .filter(|name| last(name) == last(path))
        .max_by_key(|name| name.len());
    let near = same.or_else(|| nearest(path, names));
    let hint = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`cloud_init.template.names` lists what there is".to_owned(),
    };
    findings.warning(
        "unknown-name",
        at,
        format!("there is no `{path}`: it becomes {MISSING}{}", last(path)),
        hint,
    );
}

/// Where a path stands in the text.
fn place(content: &str, path: &str) -> (usize, usize) {
    let whole = |at: usize| {
        let letter = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
        let before = content[..at].chars().next_back().is_some_and(letter);
        !before
            && !content[at + path.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
    };
    let tag = |at: &usize| content[..*at].rfind('{') > content[..*at].rfind('}');
    let mut found = content
        .match_indices(path)
        .map(|(at, _)| at)
        .filter(|at| whole(*at));
    let at = found.clone().find(tag).or_else(|| found.next());
    let at = at.or_else(|| content.find(path.rsplit('.').next().unwrap_or(path)));
    let before = &content[..at.unwrap_or_default()];
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    (line, column)
}
