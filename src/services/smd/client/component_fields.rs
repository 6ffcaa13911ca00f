//! The fields of a component, compared: what a change needs sent, and whether it arrived. Pure.
use super::super::types::{Component, ComponentPatch};
use crate::fault::Fault;

/// The bulk calls (all but BulkNID) that give `record` its fields, with their place in the order. A new State sets the
/// Flag back, and some are ignored when a Flag comes along; hence the Flag goes alone, after it.
pub(super) fn patches(
    record: &Component,
    now: Option<&Component>,
    force: Option<bool>,
) -> Vec<(u8, &'static str, ComponentPatch)> {
    let mut calls = Vec::new();
    let mut call = |turn, name, fill: &dyn Fn(&mut ComponentPatch)| {
        let mut patch = ComponentPatch::default();
        fill(&mut patch);
        calls.push((turn, name, patch));
    };
    if record.state.is_some() {
        call(0, "BulkStateData", &|patch| {
            patch.state.clone_from(&record.state);
            patch.force = force;
        });
    }
    if record.flag.is_some() {
        call(1, "BulkFlagOnly", &|patch| {
            patch.flag.clone_from(&record.flag);
        });
    }
    if record.enabled.is_some() {
        call(2, "BulkEnabled", &|patch| patch.enabled = record.enabled);
    }
    if let Some(status) = &record.software_status {
        call(3, "BulkSoftwareStatus", &|patch| {
            patch.software_status = Some(status.clone());
        });
    }
    if record.role.is_some() || record.sub_role.is_some() {
        // SMD takes a SubRole only together with its Role.
        let role = record.role.as_ref().or_else(|| now?.role.as_ref());
        call(4, "BulkRole", &|patch| {
            patch.role = role.cloned();
            patch.sub_role.clone_from(&record.sub_role);
        });
    }
    calls
}

/// A given field that only a whole new record changes.
pub(super) fn fixed(record: &Component) -> Option<&'static str> {
    let given = [
        ("NetType", &record.net_type),
        ("Arch", &record.arch),
        ("Class", &record.class),
        ("Subtype", &record.subtype),
    ];
    let found = given.iter().find(|(_, value)| value.is_some());
    found.map(|(name, _)| *name)
}

/// Whether all that is given can be changed in place, and anything is given at all.
pub(super) fn patchable(record: &Component) -> Result<(), Fault> {
    if let Some(name) = fixed(record) {
        return Err(
            Fault::bad_argument(format!("SMD cannot change {name} alone"))
                .hint("smd.component.set and .ensure write the whole record"),
        );
    }
    if patches(record, None, None).is_empty() && record.nid.is_none() {
        return Err(
            Fault::bad_argument(format!("nothing to change of {}", record.id))
                .hint(r#"{ State = "Ready" } or { Role = "Compute", SubRole = "Worker" }"#),
        );
    }
    Ok(())
}

/// The fields of `wanted` that `now` does not have, as far as they can be patched.
pub(super) fn changes(now: &Component, wanted: &Component) -> Option<Component> {
    let differs =
        |a: &Option<String>, b: &Option<String>| b.is_some() && !alike(a.as_deref(), b.as_deref());
    let mut change = Component {
        id: wanted.id.clone(),
        ..Component::default()
    };
    if differs(&now.state, &wanted.state) {
        change.state.clone_from(&wanted.state);
        change.flag.clone_from(&wanted.flag);
    } else if differs(&now.flag, &wanted.flag) {
        change.flag.clone_from(&wanted.flag);
    }
    change.enabled = wanted
        .enabled
        .filter(|enabled| now.enabled != Some(*enabled));
    if differs(&now.software_status, &wanted.software_status) {
        change.software_status.clone_from(&wanted.software_status);
    }
    if differs(&now.role, &wanted.role) || differs(&now.sub_role, &wanted.sub_role) {
        change.role.clone_from(&wanted.role);
        change.sub_role.clone_from(&wanted.sub_role);
    }
    change.nid = wanted.nid.filter(|nid| now.nid != Some(*nid));
    (change
        != Component {
            id: wanted.id.clone(),
            ..Component::default()
        })
    .then_some(change)
}

/// `now` with the fields of `wanted` over it.
pub(super) fn overlaid(now: &Component, wanted: &Component) -> Component {
    let pick = |a: &Option<String>, b: &Option<String>| b.clone().or_else(|| a.clone());
    Component {
        id: now.id.clone(),
        state: pick(&now.state, &wanted.state),
        flag: pick(&now.flag, &wanted.flag),
        subtype: pick(&now.subtype, &wanted.subtype),
        net_type: pick(&now.net_type, &wanted.net_type),
        arch: pick(&now.arch, &wanted.arch),
        class: pick(&now.class, &wanted.class),
        ..Component::default()
    }
}

/// SMD normalises the case of its words; an empty one is left out.
fn alike(a: Option<&str>, b: Option<&str>) -> bool {
    a.unwrap_or_default()
        .eq_ignore_ascii_case(b.unwrap_or_default())
}

/// The first given field that `now` does not have, and what it is instead.
pub(super) fn differing(now: &Component, wanted: &Component) -> Option<(&'static str, String)> {
    let words = [
        ("State", &now.state, &wanted.state),
        ("Flag", &now.flag, &wanted.flag),
        ("Role", &now.role, &wanted.role),
        ("SubRole", &now.sub_role, &wanted.sub_role),
        (
            "SoftwareStatus",
            &now.software_status,
            &wanted.software_status,
        ),
        ("Subtype", &now.subtype, &wanted.subtype),
        ("NetType", &now.net_type, &wanted.net_type),
        ("Arch", &now.arch, &wanted.arch),
        ("Class", &now.class, &wanted.class),
    ];
    for (name, now, wanted) in words {
        if wanted.is_some() && !alike(now.as_deref(), wanted.as_deref()) {
            return Some((name, now.clone().unwrap_or_else(|| "unset".into())));
        }
    }
    if wanted.enabled.is_some() && now.enabled != wanted.enabled {
        return Some((
            "Enabled",
            now.enabled.map_or("unset".into(), |is| is.to_string()),
        ));
    }
    // A negative NID means "none", and then SMD shows none.
    let nid = wanted.nid.filter(|nid| *nid >= 0);
    if wanted.nid.is_some() && now.nid != nid {
        return Some(("NID", now.nid.map_or("unset".into(), |nid| nid.to_string())));
    }
    None
}
