//! groups, their labels and members.
use super::{
    BASE, Lab,
    answer::{Answer, Reply},
    component::{undecodable, undecoded},
    route::Call,
    wire,
};
use crate::services::smd::{
    store::{Store, Trouble, group::is_label, said, unless_empty},
    types::{Group, GroupPatch, Member, Members},
    xname,
};
use serde::Deserialize;

/// A filter as a query says it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    group: Vec<String>,
    pub(super) tag: Vec<String>,
    pub(super) partition: Vec<String>,
}

impl Query {
    pub(super) fn read(call: &Call) -> Result<Self, Answer> {
        wire::query(&call.query).ok_or_else(undecodable)
    }

    /// The members of which partition are asked for; `NULL`: of none.
    fn partition(&self) -> Result<Option<String>, Answer> {
        match self.partition.first() {
            None => Ok(None),
            Some(name) if name == "NULL" => Ok(Some(name.clone())),
            Some(name) => good(name, "Invalid partition name.").map(Some),
        }
    }
}

/// A label, tag or name in lower case, if it is one.
pub(super) fn good(word: &str, otherwise: &str) -> Result<String, Answer> {
    let word = word.to_lowercase();
    if is_label(&word) {
        Ok(word)
    } else {
        Err(Answer::problem(400, otherwise))
    }
}

pub(super) fn all_good(words: &[String], otherwise: &str) -> Result<Vec<String>, Answer> {
    words.iter().map(|word| good(word, otherwise)).collect()
}

fn label(call: &Call) -> Result<String, Answer> {
    good(call.param(0), "Invalid group label.")
}

/// Leaves of a group's members those in the partition asked for, which must exist, or those in none.
fn narrow(store: &Store, group: &mut Group, partition: Option<&String>) -> Result<(), Answer> {
    let Some(name) = partition else { return Ok(()) };
    let wanted = match name.as_str() {
        "NULL" => None,
        known if store.has_partition(known) => Some(name),
        _ => return Err(Answer::bad_query(said::NO_PARTITION)),
    };
    let ids = &mut group.members.ids;
    ids.retain(|id| store.partition_of(id) == wanted);
    Ok(())
}

/// Whether something has one of the tags asked for.
pub(super) fn tagged(mine: Option<&Vec<String>>, wanted: &[String]) -> bool {
    wanted.is_empty() || mine.into_iter().flatten().any(|tag| wanted.contains(tag))
}

pub(super) fn get_all(lab: &Lab, call: &Call) -> Reply {
    let query = Query::read(call)?;
    let partition = query.partition()?;
    let tags = all_good(&query.tag, "Invalid tag.")?;
    let labels = all_good(&query.group, "Invalid group label.")?;
    let wanted = |group: &Group| labels.is_empty() || labels.contains(&group.label);
    lab.shelf.read(|store| {
        let mut groups = store.groups();
        groups.retain(wanted);
        for group in &mut groups {
            narrow(store, group, partition.as_ref())?;
        }
        groups.retain(|group| tagged(group.tags.as_ref(), &tags));
        Ok(Answer::json(&groups))
    })
}

#[allow(clippy::unnecessary_wraps)] // a handler like the others
pub(super) fn labels(lab: &Lab, _: &Call) -> Reply {
    Ok(Answer::json(&lab.shelf.read(Store::labels)))
}

fn find(lab: &Lab, call: &Call) -> Result<Group, Answer> {
    let label = label(call)?;
    let partition = Query::read(call)?.partition()?;
    lab.shelf.read(|store| {
        let mut group = store.group(&label).unwrap_or_default();
        // an unknown partition is told of before an unknown group
        narrow(store, &mut group, partition.as_ref())?;
        if store.has_group(&label) {
            Ok(group)
        } else {
            Err(no_such(&label))
        }
    })
}

fn no_such(label: &str) -> Answer {
    Answer::problem(404, format!("No such group: {label}"))
}

pub(super) fn get(lab: &Lab, call: &Call) -> Reply {
    find(lab, call).map(|group| Answer::json(&group))
}

pub(super) fn members(lab: &Lab, call: &Call) -> Reply {
    find(lab, call).map(|group| Answer::json(&group.members))
}

/// Brings a group into SMD's spelling; `Err`: it cannot be.
fn verify(group: Group) -> Result<Group, &'static str> {
    let word = |word: String| {
        let word = word.to_lowercase();
        is_label(&word)
            .then_some(word)
            .ok_or("group or partition field has invalid characters")
    };
    let exclusive = group.exclusive_group.and_then(unless_empty);
    let tags = group.tags.unwrap_or_default();
    let ids = group.members.ids.into_iter();
    Ok(Group {
        label: word(group.label)?,
        description: group.description,
        exclusive_group: exclusive.map(word).transpose()?,
        tags: Some(tags.into_iter().map(word).collect::<Result<_, _>>()?),
        members: Members {
            ids: ids
                .map(|id| xname::valid(&id).ok_or("got HMSTypeInvalid instead of valid type"))
                .collect::<Result<_, _>>()?,
        },
    })
}

pub(super) fn post(lab: &Lab, call: &Call) -> Reply {
    let group: Group = wire::decode(&call.body).map_err(undecoded)?;
    let group = verify(group)
        .map_err(|words| Answer::problem(400, format!("couldn't validate group: {words}")))?;
    let uri = format!("{BASE}/groups/{}", group.label);
    lab.shelf.write(|store| match store.insert_group(group) {
        Ok(()) => Ok(Answer::created_all("", vec![uri])),
        Err(trouble) => {
            let same = "existing group that has the same label or duplicate ids found in request.";
            Err(refused(
                trouble,
                same,
                "operation 'POST' failed during store.",
            ))
        }
    })
}

fn refused(trouble: Trouble, same: &str, hidden: &str) -> Answer {
    let conflict =
        |what: &str| Answer::problem(409, format!("operation would conflict with an {what}"));
    if trouble == said::DUPLICATE {
        conflict(same)
    } else if trouble == said::EXCLUSIVE_GROUP {
        conflict("existing member in another exclusive group.")
    } else {
        Answer::trouble(trouble, "", hidden)
    }
}

pub(super) fn patch(lab: &Lab, call: &Call) -> Reply {
    let mut patch: GroupPatch = wire::decode(&call.body).map_err(undecoded)?;
    if patch.description.is_none() && patch.tags.is_none() {
        return Err(Answer::problem(
            400,
            "Request must have at least one patch field.",
        ));
    }
    let label = label(call)?;
    if let Some(tags) = patch.tags {
        patch.tags = Some(all_good(&tags, "Invalid tag.")?);
    }
    lab.shelf
        .write(|store| match store.patch_group(&label, patch) {
            Ok(()) => Ok(Answer::done()),
            Err(trouble) if trouble == said::NO_GROUP => {
                Err(Answer::problem(404, "no such group."))
            }
            Err(trouble) => Err(Answer::bad_query(trouble)),
        })
}

pub(super) fn delete(lab: &Lab, call: &Call) -> Reply {
    let label = label(call)?;
    lab.shelf.write(|store| {
        Ok(Answer::deleted(
            store.delete_group(&label),
            "no such group.",
        ))
    })
}

pub(super) fn add_member(lab: &Lab, call: &Call) -> Reply {
    let label = label(call)?;
    let member: Member = wire::decode(&call.body).map_err(undecoded)?;
    let id = xname::valid(&member.id).ok_or_else(|| Answer::problem(400, "invalid xname ID"))?;
    let uri = format!("{BASE}/groups/{label}/members/{id}");
    lab.shelf.write(|store| {
        if !store.has_group(&label) {
            return Err(no_such(&label));
        }
        let same = "existing member in the same group.";
        match store.insert_members(&label, &[id]) {
            Ok(()) => Ok(Answer::created_all("", vec![uri])),
            Err(trouble) => Err(refused(
                trouble,
                same,
                "operation 'POST' failed during store.",
            )),
        }
    })
}

pub(super) fn put_members(lab: &Lab, call: &Call) -> Reply {
    let label = label(call)?;
    let put: PutMembers = wire::decode(&call.body).map_err(undecoded)?;
    let invalid = |id: &&String| xname::valid(id).is_none();
    let wrong: Vec<&str> = put.ids.iter().filter(invalid).map(String::as_str).collect();
    if !wrong.is_empty() {
        let words = format!("invalid xname IDs: [{}]", wrong.join(" "));
        return Err(Answer::problem(400, words));
    }
    let ids: Vec<String> = put.ids.iter().map(|id| xname::normalize(id)).collect();
    let uri = |id: &String| format!("{BASE}/groups/{label}/members/{id}");
    let uris = ids.iter().map(uri).collect();
    lab.shelf
        .write(|store| match store.set_members(&label, &ids) {
            Ok(()) => Ok(Answer::created_all(&format!("{BASE}/groups"), uris)),
            Err(trouble) if trouble == said::NO_GROUP => Err(no_such(&label)),
            Err(trouble) => Err(refused(trouble, "", "operation 'PUT' failed during store.")),
        })
}

/// Body of the above; the group's name in it must be text and counts for nothing.
#[derive(Default, Deserialize)]
#[serde(default)]
struct PutMembers {
    ids: Vec<String>,
    #[serde(rename = "group")]
    _group: String,
}

pub(super) fn delete_member(lab: &Lab, call: &Call) -> Reply {
    let label = label(call)?;
    let id = xname::valid(call.param(1)).ok_or_else(|| Answer::problem(400, "invalid xname ID"))?;
    lab.shelf.write(|store| {
        if !store.has_group(&label) {
            return Err(no_such(&label));
        }
        let removed = store.remove_member(&label, &id);
        Ok(Answer::deleted(removed, "group has no such member."))
    })
}
