//! Who is to boot what, as it is given: identities of three sorts, and fields.
use super::super::types::{BootParams, CloudInit};
use super::fault;
use crate::{
    fault::{Fault, Kind},
    services::xname,
};
use serde::Deserialize;
use std::{collections::HashSet, fmt};

/// What may be said; only what is given counts.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wanted {
    pub macs: Vec<String>,
    pub hosts: Vec<String>,
    pub nids: Vec<i32>,
    pub kernel: Option<String>,
    pub initrd: Option<String>,
    pub params: Option<String>,
    #[serde(rename = "cloud-init", alias = "cloud_init")]
    pub cloud_init: Option<CloudInit>,
}

/// Whose record is got, in the query's words.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Whose {
    pub mac: Option<String>,
    pub name: Option<String>,
    pub nid: Option<i32>,
}

impl From<Whose> for Wanted {
    fn from(whose: Whose) -> Self {
        Self {
            macs: whose.mac.into_iter().collect(),
            hosts: whose.name.into_iter().collect(),
            nids: whose.nid.into_iter().collect(),
            ..Self::default()
        }
    }
}

/// One identity; BSS never joins those of different sorts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Id {
    Mac(String),
    Host(String),
    Nid(i32),
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mac(word) | Self::Host(word) => f.write_str(word),
            Self::Nid(nid) => write!(f, "NID {nid}"),
        }
    }
}

/// What an identity boots.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Config {
    pub(super) kernel: String,
    pub(super) initrd: String,
    pub(super) params: String,
    pub(super) cloud_init: Option<CloudInit>,
}

impl Config {
    pub(super) fn of(record: &BootParams) -> Self {
        let some = |cloud: &CloudInit| *cloud != CloudInit::default();
        Self {
            kernel: record.kernel.clone(),
            initrd: record.initrd.clone(),
            params: record.params.clone(),
            cloud_init: record.cloud_init.clone().filter(some),
        }
    }

    /// The record of one identity.
    pub(super) fn record(&self, id: &Id) -> BootParams {
        let mut record = self.body(std::slice::from_ref(id));
        record.cloud_init.clone_from(&self.cloud_init);
        record
    }

    /// A body for several.
    pub(super) fn body(&self, ids: &[Id]) -> BootParams {
        let mut body = named(ids);
        body.kernel.clone_from(&self.kernel);
        body.initrd.clone_from(&self.initrd);
        body.params.clone_from(&self.params);
        body.cloud_init.clone_from(&self.cloud_init);
        body
    }
}

/// A body that names identities and nothing else.
pub(super) fn named(ids: &[Id]) -> BootParams {
    let mut body = BootParams::default();
    for id in ids {
        match id {
            Id::Mac(mac) => body.macs.push(mac.clone()),
            Id::Host(host) => body.hosts.push(host.clone()),
            Id::Nid(nid) => body.nids.push(*nid),
        }
    }
    body
}

/// Identities by sort: of several sorts in one request BSS adds or deletes only one.
pub(super) fn sorts(ids: &[Id]) -> Vec<Vec<Id>> {
    let mut sorts: Vec<Vec<Id>> = Vec::new();
    for id in ids {
        let same =
            |sort: &&mut Vec<Id>| std::mem::discriminant(&sort[0]) == std::mem::discriminant(id);
        match sorts.iter_mut().find(same) {
            Some(sort) => sort.push(id.clone()),
            None => sorts.push(vec![id.clone()]),
        }
    }
    sorts
}

impl Wanted {
    /// The identities, each once and spelled as BSS wants them.
    pub(super) fn ids(&self) -> Result<Vec<Id>, Fault> {
        let macs = self.macs.iter().map(|text| mac(text).map(Id::Mac));
        let hosts = self.hosts.iter().map(|text| host(text).map(Id::Host));
        let nids = self.nids.iter().map(|nid| number(*nid).map(Id::Nid));
        let ids: Vec<Id> = macs.chain(hosts).chain(nids).collect::<Result<_, _>>()?;
        let mut seen = HashSet::new();
        if let Some(twice) = ids.iter().find(|id| !seen.insert((*id).clone())) {
            return Err(Fault::bad_argument(format!("{twice} is named twice")));
        }
        Ok(ids)
    }

    /// The identities as they are called in messages; none where they make no sense, which the write itself will say.
    pub fn names(&self) -> Vec<String> {
        let ids = self.ids().unwrap_or_default();
        ids.iter().map(Id::to_string).collect()
    }

    /// The same, of which there must be some: without any, BSS writes to every node there is.
    pub(super) fn somebody(&self) -> Result<Vec<Id>, Fault> {
        let ids = self.ids()?;
        if !ids.is_empty() {
            return Ok(ids);
        }
        Err(Fault::bad_argument(
            "whose? BSS takes a write that names nobody as one to every node it has",
        )
        .hint(r#"name nodes before the fields, as in ("@compute", { … }), or give macs = { … }"#))
    }

    /// What is given, with nothing for what is not.
    pub(super) fn config(&self) -> Config {
        let text = |given: &Option<String>| given.clone().unwrap_or_default();
        Config {
            kernel: text(&self.kernel),
            initrd: text(&self.initrd),
            params: text(&self.params),
            cloud_init: self.cloud_init.clone(),
        }
    }

    /// Something to change, and nothing to be emptied: BSS takes empty for "leave it".
    pub(super) fn changes(&self) -> Result<(), Fault> {
        let fields = [
            ("kernel", &self.kernel),
            ("initrd", &self.initrd),
            ("params", &self.params),
        ];
        let empty = fields.iter().find(|(_, v)| v.as_deref() == Some(""));
        if let Some((name, _)) = empty {
            return Err(Fault::bad_argument(format!(
                "{name}: BSS cannot empty a field of a record"
            ))
            .hint("bss.boot.params.set replaces the whole record"));
        }
        if fields.iter().all(|(_, v)| v.is_none()) && self.cloud_init.is_none() {
            return Err(Fault::bad_argument("nothing to change")
                .hint(r#"{ params = "console=ttyS0,115200" }"#));
        }
        Ok(())
    }

    /// Why a record that was read back is not what was wanted, if it is not. `whole`: what was not given must be empty.
    pub(super) fn amiss(&self, id: &Id, now: Option<&Config>, whole: bool) -> Option<Fault> {
        let Some(now) = now else {
            return Some(not_stored(id));
        };
        let fields = [
            ("kernel", &self.kernel, &now.kernel),
            ("initrd", &self.initrd, &now.initrd),
            ("params", &self.params, &now.params),
        ];
        for (name, wanted, has) in fields {
            let wanted = match wanted {
                None if whole => "",
                None => continue,
                Some(text) => text,
            };
            if wanted != has {
                let message = format!("BSS accepted the {name} of {id} and holds another: {has}");
                return Some(fault(Kind::NoEffect, message));
            }
        }
        let lost = self.cloud_init.as_ref().is_some_and(|wanted| {
            *wanted != CloudInit::default() && Some(wanted) != now.cloud_init.as_ref()
        });
        lost.then(|| {
            let message = format!(
                "BSS accepted cloud-init for {id} and keeps none: its SQL back end drops it (the rest is stored)"
            );
            fault(Kind::NoEffect, message)
                .hint("cloud-init's own service is where such data belong: help \"cloud_init\"")
        })
    }
}

fn not_stored(id: &Id) -> Fault {
    let message = format!("BSS said yes, and nothing is stored for {id}");
    let fault = fault(Kind::NoEffect, message);
    match id {
        Id::Host(name) if xname::kind(name) != Some("Node") => fault.hint(format!(
            "BSS knows no groups and no names but xnames of nodes; \
             the nodes of a group: bss.boot.params.set(\"@{name}\", {{ … }})"
        )),
        _ => fault,
    }
}

/// A MAC in any spelling, as BSS keeps it.
fn mac(text: &str) -> Result<String, Fault> {
    let digits: String = text.chars().filter(|c| !":-.".contains(*c)).collect();
    if digits.len() != 12 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let message = format!("\"{text}\" is no MAC");
        return Err(Fault::bad_argument(message).hint("six pairs of digits: 52:54:00:be:ef:01"));
    }
    let digits = digits.to_ascii_lowercase();
    let pairs: Vec<&str> = (0..6).map(|pair| &digits[pair * 2..pair * 2 + 2]).collect();
    Ok(pairs.join(":"))
}

fn host(text: &str) -> Result<String, Fault> {
    if text.is_empty() {
        return Err(Fault::bad_argument("an empty name names nobody"));
    }
    Ok(text.to_owned())
}

fn number(nid: i32) -> Result<i32, Fault> {
    if nid == 0 {
        let message = "NID 0: BSS means by it every record that has no NID";
        return Err(Fault::bad_argument(message).hint("name the node by its xname or MAC"));
    }
    Ok(nid)
}
