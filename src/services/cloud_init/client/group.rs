//! Groups: their cloud-config and meta-data. Who is in one, SMD knows.
use super::super::{
    lint::{self, Severity},
    types::{File, Group},
};
use super::{Client, fault};
use crate::{
    fault::{Fault, Kind},
    nodeset::natural,
    services::many::{self, Fates},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

const PATH: &[&str] = &["admin", "groups"];
/// So many errors of a file are told at once.
const TOLD: usize = 3;
const ENCODINGS: &[&str] = &["plain", "base64"];

/// What may be said of a group; only what is given is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GroupFields {
    pub description: Option<String>,
    pub meta_data: Option<Map<String, Value>>,
    pub file: Option<FileFields>,
    /// How the file is to be sent; if nothing is said, as the one before, and else as plain text.
    pub encoding: Option<String>,
    pub versions: Option<BTreeMap<String, String>>,
}

/// A file as it goes over the wire: `content` is in `encoding` already.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileFields {
    pub content: String,
    pub filename: Option<String>,
    pub encoding: Option<String>,
}

impl FileFields {
    /// The file in its own encoding or, if it names none, in the one wanted, or in that of the file it replaces; with
    /// `strict`, a text that nodes would leave out is refused.
    fn file(self, wanted: Option<String>, old: &File, strict: bool) -> Result<File, Fault> {
        let plain = self.encoding.is_none();
        if wanted.is_some() && !plain {
            return Err(
                Fault::bad_argument("the file has an encoding of its own").hint(
                    "file.encoding says how the content is encoded, encoding how it is to be sent",
                ),
            );
        }
        let kept = ENCODINGS.contains(&old.encoding.as_str());
        let encoding = self
            .encoding
            .or(wanted)
            .or_else(|| kept.then(|| old.encoding.clone()))
            .unwrap_or_else(|| "plain".to_owned());
        if !ENCODINGS.contains(&encoding.as_str()) {
            let message =
                format!("no encoding \"{encoding}\": cloud-init would serve it as plain text");
            return Err(
                Fault::bad_argument(message).did_you_mean(&encoding, ENCODINGS.iter().copied())
            );
        }
        let content = match encoding.as_str() {
            "base64" if plain => STANDARD.encode(self.content),
            _ => self.content,
        };
        let file = File {
            content,
            filename: self.filename.unwrap_or_else(|| old.filename.clone()),
            encoding,
        };
        let text = decoded(&file).map_err(|why| {
            Fault::bad_argument(format!("the file's content is not base64: {why}"))
                .hint("leave encoding out for plain text")
        })?;
        if strict {
            check(&text)?;
        }
        Ok(file)
    }
}

/// Refuses a text with errors; what is merely odd, `cloud_init.template.lint` tells.
fn check(text: &str) -> Result<(), Fault> {
    let mut errors = lint::lint(text, None);
    errors.retain(|finding| finding.severity == Severity::Error);
    let Some(first) = errors.first() else {
        return Ok(());
    };
    let told = errors
        .iter()
        .take(TOLD)
        .map(|it| format!("line {}: {}", it.line, it.message));
    let mut told: Vec<String> = told.collect();
    if errors.len() > TOLD {
        told.push(format!("and {} more", errors.len() - TOLD));
    }
    let message = told.join("; ");
    let hint = match first.hint.as_str() {
        "" => String::new(),
        hint => format!("{hint}; "),
    };
    Err(
        Fault::bad_argument(format!("nodes could not use this file: {message}")).hint(format!(
            "{hint}{{ lint = false }} at the end sends it all the same"
        )),
    )
}

/// What nodes get of a file.
fn decoded(file: &File) -> Result<String, String> {
    if file.encoding != "base64" {
        return Ok(file.content.clone());
    }
    let bare: String = file.content.split(['\r', '\n']).collect();
    let bytes = STANDARD.decode(bare).map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|_| "it holds bytes that are no text".to_owned())
}

/// How a group is sent.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Upload {
    /// Whether a file with errors is refused.
    pub lint: bool,
}

impl Default for Upload {
    fn default() -> Self {
        Self { lint: true }
    }
}

impl GroupFields {
    /// The record that these fields make of one that is there, or of nothing.
    fn over(self, mut group: Group, how: Upload) -> Result<Group, Fault> {
        if let Some(description) = self.description {
            group.description = description;
        }
        if let Some(meta_data) = self.meta_data {
            group.meta_data = meta_data;
        }
        match self.file {
            Some(file) => group.file = file.file(self.encoding, &group.file, how.lint)?,
            None if self.encoding.is_some() => {
                return Err(Fault::bad_argument("an encoding, and no file to encode"));
            }
            None => {}
        }
        if let Some(versions) = self.versions {
            group.versions = versions;
        }
        Ok(group)
    }

    fn is_empty(&self) -> bool {
        let Self {
            description,
            meta_data,
            file,
            encoding,
            versions,
        } = self;
        let texts = description.is_none() && encoding.is_none();
        texts && meta_data.is_none() && file.is_none() && versions.is_none()
    }
}

/// A new record of that name. Refused: names that lead elsewhere, or whose file no node can ask for.
fn named(name: &str) -> Result<Group, Fault> {
    let odd = |c: char| c.is_whitespace() || c.is_control() || "/%?#.".contains(c);
    if name.is_empty() || name.contains(odd) {
        let message =
            format!("\"{name}\" cannot be a group of cloud-init: nodes ask for NAME.yaml");
        return Err(Fault::bad_argument(message)
            .hint("it is the label of a group in SMD, without dots: smd.group.list() shows them"));
    }
    Ok(Group {
        name: name.to_owned(),
        ..Group::default()
    })
}

fn unknown(name: &str) -> Fault {
    fault(Kind::NotFound, format!("cloud-init has no group {name}"))
        .hint("cloud_init.group.list() shows every group; who is in one, smd.group knows")
}

impl Client {
    /// All groups in natural order. A group answers to its key, whatever the name inside.
    pub async fn groups(&self) -> Result<Vec<Group>, Fault> {
        let found: BTreeMap<String, Group> = self.api.get(PATH).send().await?;
        let named = |(name, group)| Group { name, ..group };
        let mut groups: Vec<Group> = found.into_iter().map(named).collect();
        groups.sort_by(|a, b| natural(&a.name, &b.name));
        Ok(groups)
    }

    /// One group as it is stored.
    pub async fn group(&self, name: &str) -> Result<Group, Fault> {
        self.group_if_any(name).await?.ok_or_else(|| unknown(name))
    }

    async fn group_if_any(&self, name: &str) -> Result<Option<Group>, Fault> {
        let answer = self.api.get(&[PATH[0], PATH[1], name]).raw().await?;
        // a server without this path says 404 as well, in other words
        if answer.status == 404 && answer.text().starts_with("group (") {
            return Ok(None);
        }
        answer.success()?.json().map(Some)
    }

    /// A group's cloud-config as nodes get it, before they render it.
    pub async fn group_config(&self, name: &str) -> Result<String, Fault> {
        let file = self.group(name).await?.file;
        decoded(&file).map_err(|why| {
            let message = format!("the file of group {name} says base64 and is not: {why}");
            fault(Kind::Protocol, message)
                .hint("its nodes get a 500; cloud_init.group.update mends it")
        })
    }

    pub async fn add_group(
        &self,
        name: &str,
        fields: GroupFields,
        how: Upload,
    ) -> Result<Group, Fault> {
        let group = fields.over(named(name)?, how)?;
        if self.group_if_any(name).await?.is_some() {
            return Err(fault(
                Kind::Conflict,
                format!("cloud-init has a group {name} already"),
            )
            .hint("cloud_init.group.update changes it, cloud_init.group.set replaces it"));
        }
        self.api.post(PATH).json(&group).nothing().await?;
        self.group_back(name, &group).await
    }

    /// Creates the group, or replaces all of it.
    pub async fn set_group(
        &self,
        name: &str,
        fields: GroupFields,
        how: Upload,
    ) -> Result<Group, Fault> {
        let group = fields.over(named(name)?, how)?;
        self.put_group(name, &group).await
    }

    /// Changes the given fields of a group that exists.
    pub async fn update_group(
        &self,
        name: &str,
        fields: GroupFields,
        how: Upload,
    ) -> Result<Group, Fault> {
        if fields.is_empty() {
            return Err(
                Fault::bad_argument(format!("nothing to change of group {name}"))
                    .hint(r#"{ description = "…", file = "data/cloud-init/compute.yaml" }"#),
            );
        }
        let now = self.group(name).await?;
        self.put_group(name, &fields.over(now, how)?).await
    }

    /// Makes the group exist with the given fields; nothing when it was so already, with the file in either encoding.
    pub async fn ensure_group(
        &self,
        name: &str,
        fields: GroupFields,
        how: Upload,
    ) -> Result<Option<Group>, Fault> {
        let now = self.group_if_any(name).await?;
        let base = match &now {
            Some(now) => now.clone(),
            None => named(name)?,
        };
        let wanted = fields.over(base, how)?;
        if now.is_some_and(|now| same_group(&served(&now), &served(&wanted))) {
            return Ok(None);
        }
        self.put_group(name, &wanted).await.map(Some)
    }

    /// Stores a whole record, whatever is there.
    pub async fn put_group(&self, name: &str, group: &Group) -> Result<Group, Fault> {
        let path = [PATH[0], PATH[1], name];
        self.api.put(&path).json(group).nothing().await?;
        self.group_back(name, group).await
    }

    async fn group_back(&self, name: &str, wanted: &Group) -> Result<Group, Fault> {
        match self.group_if_any(name).await? {
            Some(now) if same_group(&now, wanted) => Ok(now),
            Some(_) => {
                let message = format!("cloud-init accepted group {name} and holds another");
                Err(fault(Kind::NoEffect, message))
            }
            None => {
                let message = format!("cloud-init accepted group {name} and does not have it");
                Err(fault(Kind::NoEffect, message))
            }
        }
    }

    /// Deletes groups; what went. cloud-init says 200 whether or not there was one.
    pub async fn delete_groups(&self, names: Vec<String>) -> Result<Vec<Group>, Fault> {
        let list = |groups: Vec<Group>| -> BTreeMap<String, Group> {
            groups
                .into_iter()
                .map(|group| (group.name.clone(), group))
                .collect()
        };
        let mut before = list(self.groups().await?);
        let api = self.api.clone();
        let sent = many::each(names.clone(), |name| {
            let request = api.delete(&[PATH[0], PATH[1], &name]);
            async move { request.nothing().await }
        })
        .await;
        let left = list(self.groups().await?);
        let mut fates = Fates::default();
        for (name, result) in names.into_iter().zip(sent) {
            let stays = || {
                let message =
                    format!("cloud-init accepted the delete, and group {name} is still there");
                fault(Kind::NoEffect, message)
            };
            let fate = result.and_then(|()| match before.remove(&name) {
                _ if left.contains_key(&name) => Err(stays()),
                Some(group) => Ok(group),
                None => Err(unknown(&name)),
            });
            fates.add(&name, fate);
        }
        fates.settle("deleted")
    }
}

/// Equal as far as the server can tell: its numbers are floats.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let member = |(key, a): (&String, &Value)| b.get(key).is_some_and(|b| same(a, b));
            a.len() == b.len() && a.iter().all(member)
        }
        (a, b) => a == b,
    }
}

/// A group as its nodes see it: the file's text, however it was sent.
fn served(group: &Group) -> Group {
    let mut group = group.clone();
    if let Ok(text) = decoded(&group.file) {
        group.file.content = text;
        group.file.encoding.clear();
    }
    group
}

fn same_group(one: &Group, other: &Group) -> bool {
    let as_value = |group: &Group| serde_json::to_value(group).unwrap_or_default();
    same(&as_value(one), &as_value(other))
}
