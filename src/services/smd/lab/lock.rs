//! locks: who is locked, and locking, disabling and the ways back.
use super::{
    Lab,
    answer::{Answer, Reply},
    component::{undecodable, undecoded},
    route::Call,
    wire,
};
use crate::services::smd::{
    store::{
        Store, Trouble,
        filter::{ComponentFilter, Selection},
        lock::Model,
        said,
    },
    types::{LockList, LockQuery, LockRequest, LockResult},
    xname,
};
use std::collections::HashSet;

/// A reservation lasts no longer than so many minutes.
const LONGEST: i64 = 15;

pub(super) fn failed(trouble: Trouble) -> Answer {
    Answer::trouble(trouble, "", "operation 'POST' failed during store.")
}

/// What every change of locks is checked for first. No model is the rigid one.
pub(super) fn model(word: &str, minutes: Option<i64>) -> Result<Model, Answer> {
    let model = match word.to_lowercase().as_str() {
        "" | "rigid" => Model::Rigid,
        "flexible" => Model::Flexible,
        _ => return Err(Answer::problem(400, "Invalid Processing Model")),
    };
    match minutes {
        Some(minutes) if minutes > LONGEST => {
            Err(Answer::problem(400, "Invalid Reservation Duration"))
        }
        _ => Ok(model),
    }
}

pub(super) fn read(call: &Call) -> Result<(LockRequest, Model), Answer> {
    let request: LockRequest = wire::decode(&call.body).map_err(undecoded)?;
    let model = model(&request.processing_model, request.reservation_duration)?;
    Ok((request, model))
}

/// Which components are meant.
pub(super) fn selection(request: LockRequest) -> Result<Selection, Trouble> {
    let filter = ComponentFilter {
        id: request.component_ids,
        nid: request.nid,
        kind: request.kind,
        state: request.state,
        flag: request.flag,
        enabled: request.enabled,
        softwarestatus: request.software_status,
        role: request.role,
        subrole: request.subrole,
        subtype: request.subtype,
        arch: request.arch,
        class: request.class,
        group: request.group,
        partition: request.partition,
        locked: request.locked,
        reservation_disabled: request.reservation_disabled,
        ..ComponentFilter::default()
    };
    filter.check()
}

fn change(
    lab: &Lab,
    call: &Call,
    act: impl FnOnce(&mut Store, &Selection, Model) -> Result<LockResult, Trouble>,
) -> Reply {
    let (request, model) = read(call)?;
    let selection = selection(request).map_err(failed)?;
    let looked = lab.desk.looked(lab);
    lab.shelf.write(|store| {
        store.sweep(looked);
        let result = act(store, &selection, model).map_err(failed)?;
        Ok(Answer::json(&result))
    })
}

pub(super) fn lock(lab: &Lab, call: &Call) -> Reply {
    change(lab, call, |store, who, model| store.lock(who, true, model))
}

pub(super) fn unlock(lab: &Lab, call: &Call) -> Reply {
    change(lab, call, |store, who, model| store.lock(who, false, model))
}

pub(super) fn disable(lab: &Lab, call: &Call) -> Reply {
    change(lab, call, |store, who, _| store.disable(who, true))
}

pub(super) fn repair(lab: &Lab, call: &Call) -> Reply {
    change(lab, call, |store, who, _| store.disable(who, false))
}

/// A boolean as Go reads it.
fn boolean(word: &str) -> Option<bool> {
    match word {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

pub(super) fn status(lab: &Lab, call: &Call) -> Reply {
    let (mut request, _) = read(call)?;
    let asked = request.component_ids.clone();
    let reserved = request.reserved.take();
    if reserved.as_ref().is_some_and(Vec::is_empty) {
        // SMD takes the first of none, if it comes so far
        let known = selection(request).map_err(failed)?;
        let some = lab
            .shelf
            .read(|store| store.select(&known).next().is_some());
        return Err(if some {
            Answer::panicked()
        } else {
            failed(said::LOCK_NOT_FOUND)
        });
    }
    let first = reserved.and_then(|words| words.into_iter().next());
    let reserved = || match first {
        None => Ok(None),
        Some(word) => boolean(&word).map(Some).ok_or(said::BAD_ARGUMENT),
    };
    let selection = selection(request).map_err(failed)?;
    let looked = lab.desk.looked(lab);
    lab.shelf.write(|store| {
        store.sweep(looked);
        let components = store.lock_status(&selection, reserved).map_err(failed)?;
        let mut not_found: Vec<String> = asked.iter().map(|id| spelled(id)).collect();
        if not_found.len() == components.len() {
            not_found.clear();
        }
        let found: HashSet<&str> = components.iter().map(|lock| &*lock.id).collect();
        not_found.retain(|id| !found.contains(id.as_str()));
        Ok(Answer::json(&LockList {
            components,
            not_found,
        }))
    })
}

/// An xname in a filter, its negation with it.
fn spelled(id: &str) -> String {
    if id.starts_with('!') {
        format!("!{}", xname::normalize(id.trim_start_matches('!')))
    } else {
        xname::normalize(id)
    }
}

pub(super) fn status_get(lab: &Lab, call: &Call) -> Reply {
    let query: LockQuery = wire::query(&call.query).ok_or_else(undecodable)?;
    let first = query.reserved.and_then(|words| words.into_iter().next());
    let reserved = match first {
        None => None,
        Some(word) => Some(boolean(&word).ok_or_else(|| {
            Answer::problem(400, format!("bad 'Reserved' query parameter: {word}"))
        })?),
    };
    let failed = |trouble| Answer::trouble(trouble, "", "operation 'GET' failed during query.");
    let request = LockRequest {
        kind: query.kind,
        state: query.state,
        role: query.role,
        subrole: query.subrole,
        locked: query.locked,
        reservation_disabled: query.reservation_disabled,
        ..LockRequest::default()
    };
    let selection = selection(request).map_err(failed)?;
    let looked = lab.desk.looked(lab);
    lab.shelf.write(|store| {
        store.sweep(looked);
        let components = store
            .lock_status(&selection, || Ok(reserved))
            .map_err(failed)?;
        Ok(Answer::json(&LockList {
            components,
            ..LockList::default()
        }))
    })
}
