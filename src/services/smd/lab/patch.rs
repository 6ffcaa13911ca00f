//! PATCH of components: one field of one of them, or of many.
use super::{
    Lab,
    answer::{Answer, Reply},
    component::undecoded,
    route::Call,
    wire,
};
use crate::services::smd::{
    store::{Trouble, component::Change},
    types::{Component, ComponentPatch},
    xname,
};
use serde::Deserialize;

/// Which field a route changes.
#[derive(Clone, Copy)]
enum Field {
    State,
    Flag,
    Enabled,
    Role,
    SoftwareStatus,
    Nid,
}

impl Field {
    const fn name(self) -> &'static str {
        match self {
            Self::State => "StateData",
            Self::Flag => "FlagOnly",
            Self::Enabled => "Enabled",
            Self::Role => "Role",
            Self::SoftwareStatus => "SoftwareStatus",
            Self::Nid => "NID",
        }
    }
}

/// What SMD reads of a patch and does nothing with; of the wrong type it is refused all the same.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
#[allow(dead_code)] // only their types matter
struct Unused {
    subtype: String,
    net_type: String,
    arch: String,
    group: Vec<String>,
    partition: Vec<String>,
    update_type: String,
}

fn read(body: &[u8]) -> Result<ComponentPatch, Answer> {
    let value = wire::value(body).map_err(undecoded)?;
    wire::convert::<Unused>(value.clone()).map_err(undecoded)?;
    wire::convert(value).map_err(undecoded)
}

macro_rules! patches {
    ($($one:ident, $many:ident => $field:ident;)*) => {$(
        pub(super) fn $one(lab: &Lab, call: &Call) -> Reply {
            single(lab, call, Field::$field)
        }

        pub(super) fn $many(lab: &Lab, call: &Call) -> Reply {
            bulk(lab, call, Field::$field)
        }
    )*};
}

patches! {
    state, bulk_state => State;
    flag, bulk_flag => Flag;
    enabled, bulk_enabled => Enabled;
    role, bulk_role => Role;
    software_status, bulk_software_status => SoftwareStatus;
}

pub(super) fn nid(lab: &Lab, call: &Call) -> Reply {
    single(lab, call, Field::Nid)
}

fn single(lab: &Lab, call: &Call, field: Field) -> Reply {
    let named = call.param(0).to_owned();
    let mut patch = read(&call.body)?;
    let of_body = patch.id.take().unwrap_or_default();
    if of_body.is_empty() && named.is_empty() {
        return Err(Answer::problem(400, "Missing ID"));
    }
    if !of_body.is_empty() && of_body != named {
        return Err(Answer::problem(
            400,
            "ID in URL and PATCH body do not match",
        ));
    }
    let failed = format!("operation '{}' failed for {named}", field.name());
    apply(lab, &[named], patch, field, &failed)
}

fn bulk(lab: &Lab, call: &Call, field: Field) -> Reply {
    let mut patch = read(&call.body)?;
    let ids = patch.component_ids.take().unwrap_or_default();
    let failed = format!("operation 'Bulk {} Update' failed", field.name());
    apply(lab, &ids, patch, field, &failed)
}

/// Checks the names, then the field, then changes what there is.
fn apply(lab: &Lab, named: &[String], patch: ComponentPatch, field: Field, failed: &str) -> Reply {
    if named.is_empty() {
        return Err(Answer::problem(400, "Missing IDs"));
    }
    let ids: Option<Vec<String>> = named.iter().map(|id| xname::valid(id)).collect();
    let ids = ids.ok_or_else(|| Answer::problem(400, "invalid xname ID"))?;
    let missing = |what: &str| Answer::problem(400, format!("Missing {what}"));
    let text = |field: Option<String>| field.filter(|text| !text.is_empty());
    let change = match field {
        Field::State => Change::State {
            state: text(patch.state).ok_or_else(|| missing("State"))?,
            flag: text(patch.flag).unwrap_or_else(|| "OK".into()),
            force: patch.force.unwrap_or(false),
        },
        Field::Flag => Change::Flag(text(patch.flag).ok_or_else(|| missing("Flag"))?),
        Field::Enabled => Change::Enabled(patch.enabled.ok_or_else(|| missing("Enabled field"))?),
        Field::SoftwareStatus => {
            let status = patch.software_status;
            Change::SoftwareStatus(status.ok_or_else(|| missing("SoftwareStatus"))?)
        }
        Field::Role => Change::Role {
            role: patch.role.ok_or_else(|| missing("Role"))?,
            sub_role: patch.sub_role.unwrap_or_default(),
        },
        Field::Nid => {
            let nid = patch.nid.ok_or_else(|| missing("NID"))?;
            let nids: Vec<_> = ids.into_iter().map(|id| (id, Some(nid))).collect();
            return lab.change(|store| {
                let refused = |trouble| refused(trouble, failed);
                store
                    .patch_nids(&nids)
                    .map(|()| Answer::done())
                    .map_err(refused)
            });
        }
    };
    lab.change(|store| {
        let refused = |trouble| refused(trouble, failed);
        let changed = store.patch_components(&ids, change);
        changed.map(|()| Answer::done()).map_err(refused)
    })
}

/// Here even the database's refusals are the client's fault.
fn refused(trouble: Trouble, failed: &str) -> Answer {
    match trouble {
        Trouble::Database(_) => Answer::problem(400, failed),
        other => Answer::trouble(other, "", failed),
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Nids {
    components: Vec<Component>,
}

pub(super) fn bulk_nid(lab: &Lab, call: &Call) -> Reply {
    let nids: Nids = wire::decode(&call.body).map_err(undecoded)?;
    if nids
        .components
        .first()
        .is_none_or(|first| first.id.is_empty())
    {
        return Err(Answer::problem(400, "Missing Components"));
    }
    let pair = |component: Component| (component.id, component.nid);
    let nids: Vec<_> = nids.components.into_iter().map(pair).collect();
    lab.change(|store| {
        let prefix = "operation 'Bulk Update NID' failed: ";
        let refused = |trouble| Answer::trouble(trouble, prefix, "failed to query DB.");
        store
            .patch_nids(&nids)
            .map(|()| Answer::done())
            .map_err(refused)
    })
}
