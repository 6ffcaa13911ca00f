//! State/Components: adding and changing, in sets.
//!
//! SMD has one call per field, each for many components at once (`Bulk…`). A change of many fields of many components
//! becomes as few of these as there are different values.
use super::super::{
    types::{Component, ComponentPatch, ComponentPost},
    xname::normalize,
};
use super::{
    Client, Filter,
    component::unknown,
    component_fields::{changes, differing, fixed, overlaid, patchable, patches},
    fault,
    many::Fates,
    once,
};
use crate::fault::{Fault, Kind};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// `PATCH /State/Components/BulkNID`: the only bulk call with a value for each.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct BulkNid {
    components: Vec<Numbered>,
}

#[derive(Serialize)]
struct Numbered {
    #[serde(rename = "ID")]
    id: String,
    #[serde(rename = "NID")]
    nid: i64,
}

impl Client {
    /// Adds components that SMD does not know yet; a known one is a conflict, and stays as it is.
    pub async fn add_components(
        &self,
        mut records: Vec<Component>,
    ) -> Result<Vec<Component>, Fault> {
        let ids = identities(&mut records)?;
        stateful(&records)?;
        let known = self.known(&ids).await?;
        let mut fates = Fates::default();
        let (old, new): (Vec<_>, Vec<_>) = records
            .into_iter()
            .partition(|record| known.contains_key(&key(&record.id)));
        for record in old {
            let message = format!("component {} exists", record.id);
            let hint =
                "smd.component.update changes one, smd.component.ensure makes it so either way";
            fates.bad(record.id, fault(Kind::Conflict, message).hint(hint));
        }
        if !new.is_empty() {
            self.post_components(&new, false).await?;
            self.read_back(&new, &mut fates).await?;
        }
        fates.settle("added")
    }

    /// Creates components, or replaces what a Force post replaces (State, Flag, Arch, Class, NetType) and changes the
    /// other fields that are given.
    pub async fn set_components(
        &self,
        mut records: Vec<Component>,
    ) -> Result<Vec<Component>, Fault> {
        let ids = identities(&mut records)?;
        stateful(&records)?;
        if records.is_empty() {
            return Ok(Vec::new());
        }
        self.post_components(&records, true).await?;
        let known = self.known(&ids).await?;
        let rest: Vec<Component> = records
            .iter()
            .filter_map(|record| {
                let now = known.get(&key(&record.id))?;
                changes(now, record)
            })
            .collect();
        self.patch_components(&rest, &known, Some(true)).await?;
        let mut fates = Fates::default();
        self.read_back(&records, &mut fates).await?;
        fates.settle("set")
    }

    /// Changes the given fields of components that exist. SMD ignores some changes of State (from Ready to On) unless
    /// forced to.
    pub async fn update_components(
        &self,
        mut records: Vec<Component>,
        force: Option<bool>,
    ) -> Result<Vec<Component>, Fault> {
        let ids = identities(&mut records)?;
        for record in &records {
            patchable(record)?;
        }
        let lone_subrole = records
            .iter()
            .any(|r| r.sub_role.is_some() && r.role.is_none());
        let known = if lone_subrole {
            self.known(&ids).await?
        } else {
            HashMap::new()
        };
        self.patch_components(&records, &known, force).await?;
        let mut fates = Fates::default();
        self.read_back(&records, &mut fates).await?;
        fates.settle("changed")
    }

    /// Makes components exist with the given fields; returns those that were not so already.
    pub async fn ensure_components(
        &self,
        mut records: Vec<Component>,
        force: Option<bool>,
    ) -> Result<Vec<Component>, Fault> {
        let ids = identities(&mut records)?;
        let known = self.known(&ids).await?;
        let (mut new, mut forced, mut patched) = (Vec::new(), Vec::new(), Vec::new());
        let mut touched = Vec::new();
        for record in records {
            let Some(now) = known.get(&key(&record.id)) else {
                touched.push(record.clone());
                new.push(record);
                continue;
            };
            if differing(now, &record).is_none() {
                continue;
            }
            if fixed(&record).is_some() {
                forced.push(overlaid(now, &record));
            }
            patched.extend(changes(now, &record));
            touched.push(record);
        }
        stateful(&new)?;
        if !new.is_empty() {
            self.post_components(&new, false).await?;
        }
        if !forced.is_empty() {
            self.post_components(&forced, true).await?;
        }
        self.patch_components(&patched, &known, force).await?;
        let mut fates = Fates::default();
        self.read_back(&touched, &mut fates).await?;
        fates.settle("made so")
    }

    async fn known(&self, ids: &[String]) -> Result<HashMap<String, Component>, Fault> {
        let found = self.components(Some(ids), &Filter::default()).await?;
        Ok(found.into_iter().map(|c| (key(&c.id), c)).collect())
    }

    async fn post_components(&self, records: &[Component], force: bool) -> Result<(), Fault> {
        let body = ComponentPost {
            components: records.to_vec(),
            force: force.then_some(true),
        };
        let request = self.api.post(&["State", "Components"]).json(&body);
        request.nothing().await.map_err(valued)
    }

    /// One list call: which of the records are now as they should be.
    async fn read_back(
        &self,
        wanted: &[Component],
        fates: &mut Fates<Component>,
    ) -> Result<(), Fault> {
        let ids: Vec<String> = wanted.iter().map(|record| record.id.clone()).collect();
        let mut now = self.known(&ids).await?;
        for record in wanted {
            let id = record.id.as_str();
            let Some(found) = now.remove(&key(id)) else {
                fates.bad(id, unknown(id, fault(Kind::NotFound, "")));
                continue;
            };
            match differing(&found, record) {
                None => fates.good(found),
                Some((field, value)) => {
                    let message = format!("SMD accepted {field} of {id}, and it is still {value}");
                    let mut f = fault(Kind::NoEffect, message);
                    if field == "State" {
                        f = f
                            .hint("SMD does not make every change of State; Force = true makes it");
                    }
                    fates.bad(id, f);
                }
            }
        }
        Ok(())
    }

    /// Sends the fields of all records with as few calls as their values allow.
    async fn patch_components(
        &self,
        records: &[Component],
        known: &HashMap<String, Component>,
        force: Option<bool>,
    ) -> Result<(), Fault> {
        let mut calls: BTreeMap<(u8, &str, String), (ComponentPatch, Vec<String>)> =
            BTreeMap::new();
        for record in records {
            for (turn, call, patch) in patches(record, known.get(&key(&record.id)), force) {
                let value = serde_json::to_string(&patch).unwrap_or_default();
                let entry = calls
                    .entry((turn, call, value))
                    .or_insert_with(|| (patch, Vec::new()));
                entry.1.push(record.id.clone());
            }
        }
        let mut sent: Vec<&str> = Vec::new();
        for ((_, call, _), (mut patch, ids)) in calls {
            patch.component_ids = Some(ids);
            let request = self.api.patch(&["State", "Components", call]).json(&patch);
            request.nothing().await.map_err(|f| after(f, &sent))?;
            sent.push(call);
        }
        let components: Vec<Numbered> = records
            .iter()
            .filter_map(|record| {
                Some(Numbered {
                    id: record.id.clone(),
                    nid: record.nid?,
                })
            })
            .collect();
        if components.is_empty() {
            return Ok(());
        }
        let request = self.api.patch(&["State", "Components", "BulkNID"]);
        let result = request.json(&BulkNid { components }).nothing().await;
        result.map_err(|f| after(f, &sent))
    }
}

/// SMD says that a value is none of its own, and not which ones are.
fn valued(f: Fault) -> Fault {
    let strange = ["match any valid input", "not a valid HMS"];
    if f.hint.is_none() && strange.iter().any(|words| f.message.contains(words)) {
        return f.hint("smd.service.values() lists what State, Role, Flag and the others may be");
    }
    f
}

/// Says which changes had gone through before this one failed.
fn after(f: Fault, sent: &[&str]) -> Fault {
    let f = valued(f);
    if sent.is_empty() {
        return f;
    }
    let message = format!("{} (after {} went through)", f.message, sent.join(", "));
    Fault { message, ..f }
}

fn key(id: &str) -> String {
    id.to_ascii_lowercase()
}

/// The records' names, brought into SMD's spelling.
fn identities(records: &mut [Component]) -> Result<Vec<String>, Fault> {
    for record in records.iter_mut() {
        record.id = normalize(&record.id);
        if record.id.is_empty() {
            return Err(Fault::bad_argument("a component without an ID")
                .hint(r#"{ ID = "x1000c0s0b0n0", State = "On" }"#));
        }
    }
    once(records.iter().map(|record| record.id.as_str()))?;
    Ok(records.iter().map(|record| record.id.clone()).collect())
}

/// SMD takes no new component without a State; it says so less clearly.
fn stateful(records: &[Component]) -> Result<(), Fault> {
    match records.iter().find(|record| record.state.is_none()) {
        None => Ok(()),
        Some(record) => Err(Fault::bad_argument(format!("{} needs a State", record.id))
            .hint(r#"{ State = "Ready" }; smd.service.values().State lists them"#)),
    }
}
