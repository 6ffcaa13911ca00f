//! partitions, their names and members: much like groups, but a component is in one at most.
use super::{
    BASE, Lab,
    answer::{Answer, Reply},
    component::undecoded,
    group::{Query, all_good, good, tagged},
    route::Call,
    wire,
};
use crate::services::smd::{
    store::{Store, Trouble, group::is_label, said},
    types::{GroupPatch, Member, Members, Partition},
    xname,
};

/// A name in a path need not be one that a partition can have.
fn name(call: &Call) -> Result<String, Answer> {
    good(call.param(0), "Invalid partition name.")
}

fn no_such(name: &str) -> Answer {
    Answer::problem(404, format!("No such partition: {name}"))
}

pub(super) fn get_all(lab: &Lab, call: &Call) -> Reply {
    let query = Query::read(call)?;
    let tags = all_good(&query.tag, "Invalid tag.")?;
    let names = all_good(&query.partition, "Invalid partition name.")?;
    let wanted = |partition: &Partition| {
        let asked = names.is_empty() || names.contains(&partition.name);
        asked && tagged(partition.tags.as_ref(), &tags)
    };
    let mut partitions = lab.shelf.read(Store::partitions);
    partitions.retain(wanted);
    Ok(Answer::json(&partitions))
}

#[allow(clippy::unnecessary_wraps)] // a handler like the others
pub(super) fn names(lab: &Lab, _: &Call) -> Reply {
    Ok(Answer::json(&lab.shelf.read(Store::partition_names)))
}

fn find(lab: &Lab, call: &Call) -> Result<Partition, Answer> {
    let name = name(call)?;
    lab.shelf
        .read(|store| store.partition(&name))
        .ok_or_else(|| no_such(&name))
}

pub(super) fn get(lab: &Lab, call: &Call) -> Reply {
    find(lab, call).map(|partition| Answer::json(&partition))
}

pub(super) fn members(lab: &Lab, call: &Call) -> Reply {
    find(lab, call).map(|partition| Answer::json(&partition.members))
}

const BAD_NAME: &str = "Bad partition name. Must be p# or p#.#";
const BAD_WORD: &str = "group or partition field has invalid characters";
const BAD_ID: &str = "got HMSTypeInvalid instead of valid type";

/// Brings a partition into SMD's spelling; `Err`: it cannot be.
fn verify(partition: Partition) -> Result<Partition, &'static str> {
    let name = partition.name.to_lowercase();
    if xname::kind(&name) != Some("Partition") {
        return Err(BAD_NAME);
    }
    let tags = partition.tags.unwrap_or_default().into_iter();
    let tags: Vec<String> = tags.map(|tag| tag.to_lowercase()).collect();
    if !tags.iter().all(|tag| is_label(tag)) {
        return Err(BAD_WORD);
    }
    let ids = partition.members.ids.iter();
    let ids: Result<_, _> = ids.map(|id| xname::valid(id).ok_or(BAD_ID)).collect();
    Ok(Partition {
        name,
        description: partition.description,
        tags: Some(tags),
        members: Members { ids: ids? },
    })
}

pub(super) fn post(lab: &Lab, call: &Call) -> Reply {
    let partition: Partition = wire::decode(&call.body).map_err(undecoded)?;
    let partition = verify(partition)
        .map_err(|words| Answer::problem(400, format!("couldn't validate partition: {words}")))?;
    let uri = format!("{BASE}/partitions/{}", partition.name);
    lab.shelf
        .write(|store| match store.insert_partition(partition) {
            Ok(()) => Ok(Answer::created_all("", vec![uri])),
            Err(trouble) => Err(refused(
                trouble,
                "existing partition that has the same name.",
            )),
        })
}

fn refused(trouble: Trouble, same: &str) -> Answer {
    let conflict =
        |what: &str| Answer::problem(409, format!("operation would conflict with an {what}"));
    if trouble == said::DUPLICATE {
        conflict(same)
    } else if trouble == said::EXCLUSIVE_PARTITION {
        conflict("existing member in another partition.")
    } else {
        Answer::trouble(trouble, "", "operation 'POST' failed during store.")
    }
}

pub(super) fn patch(lab: &Lab, call: &Call) -> Reply {
    let name = name(call)?;
    let mut patch: GroupPatch = wire::decode(&call.body).map_err(undecoded)?;
    if patch.description.is_none() && patch.tags.is_none() {
        return Err(Answer::problem(
            400,
            "Request must have at least one patch field.",
        ));
    }
    if let Some(tags) = patch.tags {
        patch.tags = Some(all_good(&tags, "Invalid tag.")?);
    }
    lab.shelf
        .write(|store| match store.patch_partition(&name, patch) {
            Ok(()) => Ok(Answer::done()),
            Err(trouble) if trouble == said::NO_PARTITION => {
                Err(Answer::problem(404, "no such partition."))
            }
            Err(trouble) => Err(Answer::bad_query(trouble)),
        })
}

pub(super) fn delete(lab: &Lab, call: &Call) -> Reply {
    let name = name(call)?;
    lab.shelf.write(|store| {
        Ok(Answer::deleted(
            store.delete_partition(&name),
            "no such partition.",
        ))
    })
}

pub(super) fn add_member(lab: &Lab, call: &Call) -> Reply {
    let name = name(call)?;
    let member: Member = wire::decode(&call.body).map_err(undecoded)?;
    let id = xname::valid(&member.id).ok_or_else(|| Answer::problem(400, BAD_ID))?;
    let uri = format!("{BASE}/partitions/{name}/members/{id}");
    lab.shelf.write(|store| {
        if !store.has_partition(&name) {
            return Err(no_such(&name));
        }
        match store.seat(&name, &[id]) {
            Ok(()) => Ok(Answer::created_all("", vec![uri])),
            Err(trouble) => Err(refused(trouble, "existing member in the same partition.")),
        }
    })
}

pub(super) fn delete_member(lab: &Lab, call: &Call) -> Reply {
    let name = name(call)?;
    let id = xname::valid(call.param(1)).ok_or_else(|| Answer::problem(400, "invalid xname ID"))?;
    lab.shelf.write(|store| {
        if !store.has_partition(&name) {
            return Err(no_such(&name));
        }
        let removed = store.unseat(&name, &id);
        Ok(Answer::deleted(removed, "partition has no such member."))
    })
}
