//! What administrators set: groups, the cluster's defaults, single nodes. Open to everybody, as there.
use super::{
    Lab,
    answer::{Answer, Reply},
    body,
};
use crate::services::cloud_init::types::{Defaults, Group, InstanceInfo};
use axum::http::header;
use serde_json::Value;

const GROUP: &[&str] = &["name", "description", "meta-data", "file", "versions"];
const FILE: &[&str] = &["content", "filename", "encoding"];
const DEFAULTS: &[&str] = &[
    "cloud_provider",
    "region",
    "availability-zone",
    "cluster-name",
    "public-keys",
    "base-url",
    "boot-subnet",
    "wg-subnet",
    "short-name",
    "nid-length",
];
const INSTANCE: &[&str] = &[
    "id",
    "instance-id",
    "local-hostname",
    "hostname",
    "cluster-name",
    "region",
    "availability-zone",
    "cloud-provider",
    "instance-type",
    "cloud-init-base-url",
    "public-keys",
];

pub(super) fn groups(lab: &Lab) -> Answer {
    lab.shelf
        .read(|store| Answer::guessed(body::indented(&store.groups())))
}

pub(super) fn group(lab: &Lab, name: &str) -> Reply {
    lab.shelf.read(|store| match store.group(name) {
        Some(group) => Ok(Answer::guessed(body::json(group))),
        None => Err(Answer::error(
            404,
            format!("group ({name}) not found in memstore"),
        )),
    })
}

/// A group as it is sent.
fn sent(bytes: &[u8]) -> Result<Group, Answer> {
    let refused = |words: String| Answer::error(422, words);
    let whole = body::value(bytes).map_err(refused)?;
    let null =
        |(name, value): (&String, &Value)| name.eq_ignore_ascii_case("file") && value.is_null();
    if whole
        .as_object()
        .is_some_and(|members| members.iter().any(null))
    {
        // its decoder of files follows a null pointer
        return Err(Answer::panicked());
    }
    let mut whole = body::fitted(whole, GROUP).map_err(refused)?;
    if let Some(file) = whole.get_mut("file") {
        *file = body::fitted(file.take(), FILE).map_err(refused)?;
    }
    if let Some(versions) = whole.get_mut("versions") {
        body::texts(versions);
    }
    if let Some(data) = whole.get_mut("meta-data") {
        body::as_go_keeps(data);
    }
    let group: Group = serde_json::from_value(whole).map_err(|error| refused(error.to_string()))?;
    if group.name.is_empty() {
        return Err(refused("name is required".to_owned()));
    }
    Ok(group)
}

fn created(name: &str) -> Answer {
    Answer::bare(201).with(header::LOCATION, &format!("/groups/{name}"))
}

pub(super) fn add_group(lab: &Lab, bytes: &[u8]) -> Reply {
    let group = sent(bytes)?;
    let name = group.name.clone();
    lab.shelf.write(|store| {
        if store.add_group(group) {
            Ok(created(&name))
        } else {
            let words = format!("group '{name}' not added as it already exists");
            Err(Answer::error(409, words))
        }
    })
}

pub(super) fn put_group(lab: &Lab, name: &str, bytes: &[u8]) -> Reply {
    let group = sent(bytes)?;
    let answer = created(&group.name);
    lab.shelf.write(|store| {
        store.put_group(name, group);
        Ok(answer)
    })
}

pub(super) fn delete_group(lab: &Lab, name: &str) -> Reply {
    lab.shelf.write(|store| {
        store.remove_group(name);
        Ok(Answer::bare(200))
    })
}

pub(super) fn defaults(lab: &Lab) -> Answer {
    let none = Defaults::default();
    lab.shelf.read(|store| {
        let document = body::json(store.defaults().unwrap_or(&none));
        Answer::of("application/json", document)
    })
}

/// Reads a record of texts, one list of them, and numbers.
fn record<T: serde::de::DeserializeOwned>(bytes: &[u8], names: &[&str]) -> Result<T, Answer> {
    let refused = |_: String| Answer::bare(400);
    let whole = body::value(bytes).map_err(refused)?;
    let mut whole = body::fitted(whole, names).map_err(refused)?;
    if let Some(keys) = whole.get_mut("public-keys") {
        body::texts(keys);
    }
    serde_json::from_value(whole).map_err(|_| Answer::bare(400))
}

pub(super) fn merge_defaults(lab: &Lab, bytes: &[u8]) -> Reply {
    let new: Defaults = record(bytes, DEFAULTS)?;
    lab.shelf.write(|store| {
        store.merge_defaults(new);
        Ok(Answer::bare(201))
    })
}

/// Replaces all but the instance-id, which is for ever.
pub(super) fn put_instance(lab: &Lab, id: &str, bytes: &[u8]) -> Reply {
    let mut info: InstanceInfo = record(bytes, INSTANCE)?;
    let seen = lab.instances.is_seen(id);
    lab.shelf.write(|store| {
        match store.instance(id) {
            Some(old) => info.instance_id.clone_from(&old.instance_id),
            None if seen || info.instance_id.is_empty() => {
                info.instance_id = lab.instances.made(id);
            }
            None => {}
        }
        store.put_instance(id, info);
        Ok(Answer::bare(201))
    })
}
