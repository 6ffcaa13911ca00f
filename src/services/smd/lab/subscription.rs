//! Subscriptions/SCN: who is told of changes. The telling is next door.
use super::{
    Lab,
    answer::{Answer, Reply},
    component::undecoded,
    route::Call,
    wire,
};
use crate::services::smd::{
    store::{Trouble, subscription::Op, words},
    types::{SubscriptionBody, SubscriptionList},
};

#[allow(clippy::unnecessary_wraps)] // a handler like the others
pub(super) fn get_all(lab: &Lab, _: &Call) -> Reply {
    let all: Vec<_> = lab
        .shelf
        .read(|store| store.subscriptions().cloned().collect());
    let subscription_list = (!all.is_empty()).then_some(all);
    Ok(Answer::json(&SubscriptionList { subscription_list }))
}

/// The number in the URL.
fn id(call: &Call) -> Result<i64, Answer> {
    let word = call.param(0);
    let id = word.parse().ok().filter(|id| *id >= 1);
    id.ok_or_else(|| Answer::problem(400, format!("Invalid id - {word}")))
}

fn unknown() -> Answer {
    Answer::problem(404, "Subscription not found")
}

pub(super) fn get(lab: &Lab, call: &Call) -> Reply {
    let id = id(call)?;
    lab.shelf.read(|store| {
        let found = store.subscription(id);
        let found = found.map_err(|t| Answer::trouble(t, "", "failed to query DB."))?;
        found.map(Answer::json).ok_or_else(unknown)
    })
}

/// Whether a body names a trigger, and only SMD's own words. `must` says what SMD calls the lack of one.
fn triggers(body: &SubscriptionBody, must: &str) -> Result<(), Answer> {
    let refuse = |words: String| Err(Answer::problem(400, words));
    let lists = [
        (&body.roles, "role", Some(&words::ROLE)),
        (&body.sub_roles, "subRole", Some(&words::SUB_ROLE)),
        (&body.software_status, "", None),
        (&body.states, "state", Some(&words::STATE)),
    ];
    let mut found = body.enabled == Some(true);
    for (list, name, vocabulary) in lists {
        for word in list.iter().flatten() {
            found = true;
            match vocabulary {
                Some(vocabulary) if vocabulary.find(word).is_none() => {
                    return refuse(format!("Invalid {name} '{word}'"));
                }
                None if word.is_empty() => {
                    return refuse("SoftwareStatus can not be an empty string".into());
                }
                _ => {}
            }
        }
    }
    if found {
        return Ok(());
    }
    let kinds = "atleast one Enabled, Role, SubRole, SoftwareStatus, or State trigger.";
    refuse(format!("Missing trigger. {must} {kinds}"))
}

/// A body without the members that do not belong into it, whatever their type.
fn without(body: &[u8], names: &[&str]) -> Result<SubscriptionBody, Answer> {
    let mut value = wire::value(body).map_err(undecoded)?;
    if let Some(members) = value.as_object_mut() {
        members.retain(|key, _| !names.iter().any(|name| name.eq_ignore_ascii_case(key)));
    }
    wire::convert(value).map_err(undecoded)
}

/// A whole subscription, from a body.
fn read(body: &[u8]) -> Result<SubscriptionBody, Answer> {
    let body = without(body, &["Op"])?;
    let given = |field: &Option<String>| field.as_deref().is_some_and(|text| !text.is_empty());
    if !given(&body.subscriber) {
        return Err(Answer::problem(400, "Missing name of subscriber"));
    }
    if !given(&body.url) {
        return Err(Answer::problem(400, "Missing url"));
    }
    triggers(&body, "Must subscribe to")?;
    Ok(body)
}

/// Whatever SMD's store refuses here is the client's fault.
fn refused(trouble: Trouble, words: &str) -> Answer {
    match trouble {
        Trouble::Disk(_) => Answer::trouble(trouble, "", words),
        _ => Answer::problem(400, words),
    }
}

pub(super) fn post(lab: &Lab, call: &Call) -> Reply {
    let body = read(&call.body)?;
    // kept even when it is refused: the number it would have had is gone
    lab.shelf.write(|store| {
        let added = store.insert_subscription(body);
        Ok(added.map_or_else(
            |trouble| refused(trouble, "Subscribe failed"),
            |new| Answer::json(&new),
        ))
    })
}

/// 204, or 404 where there was nothing to change.
fn changed(changed: Result<bool, Trouble>, words: &str) -> Reply {
    match changed {
        Ok(true) => Ok(Answer::done()),
        Ok(false) => Err(unknown()),
        Err(trouble) => Err(refused(trouble, words)),
    }
}

pub(super) fn put(lab: &Lab, call: &Call) -> Reply {
    let id = id(call)?;
    let body = read(&call.body)?;
    lab.shelf.write(|store| {
        let set = store.set_subscription(id, body);
        changed(set, "Subscription update failed")
    })
}

pub(super) fn patch(lab: &Lab, call: &Call) -> Reply {
    let id = id(call)?;
    let body = without(&call.body, &["Subscriber", "Url"])?;
    let word = body.op.clone().unwrap_or_default();
    if word.is_empty() {
        return Err(Answer::problem(400, "Missing Patch Op"));
    }
    let invalid = || Answer::problem(400, format!("Invalid Patch Op - {word}"));
    let op = Op::named(&word).ok_or_else(invalid)?;
    triggers(&body, "Subscriptions must have")?;
    lab.shelf.write(|store| {
        let patched = store.patch_subscription(id, op, body);
        changed(patched, "Subscription patch failed")
    })
}

pub(super) fn delete(lab: &Lab, call: &Call) -> Reply {
    let id = id(call)?;
    lab.shelf.write(|store| {
        let gone = store.delete_subscription(id);
        let gone = gone.map_err(|trouble| refused(trouble, "Unsubscribe failed"))?;
        if gone {
            Ok(Answer::notice("Subscription deleted"))
        } else {
            Err(unknown())
        }
    })
}

pub(super) fn delete_all(lab: &Lab, _: &Call) -> Reply {
    lab.shelf.write(|store| {
        let count = store.delete_subscriptions();
        Ok(Answer::notice(format!("{count} Subscriptions deleted")))
    })
}
