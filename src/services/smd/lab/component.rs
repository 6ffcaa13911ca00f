//! State/Components: lists, single components, queries by place and by NID.
use super::{
    Lab,
    answer::{Answer, Reply},
    route::Call,
    wire,
};
use crate::services::smd::{
    store::{
        Store,
        component::verify,
        filter::{ComponentFilter, Selection},
        said,
    },
    types::{Component, ComponentPost, ComponentPut},
    xname,
};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Which fields of a component are told.
#[derive(Clone, Copy)]
enum Fields {
    All,
    State,
    Flag,
    Role,
    Nid,
}

/// The same as a query says it. Only the first value of each counts.
#[derive(Default, Deserialize)]
#[serde(default)]
struct FieldsQuery {
    stateonly: Vec<String>,
    flagonly: Vec<String>,
    roleonly: Vec<String>,
    nidonly: Vec<String>,
}

/// The same as a body says it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct FieldsBody {
    stateonly: Option<bool>,
    flagonly: Option<bool>,
    roleonly: Option<bool>,
    nidonly: Option<bool>,
}

impl Fields {
    /// Of several wishes the first counts.
    fn first(state: bool, others: [(bool, Self); 3]) -> Self {
        if state {
            return Self::State;
        }
        let wished = others.into_iter().find(|(wished, _)| *wished);
        wished.map_or(Self::All, |(_, fields)| fields)
    }

    fn query(call: &Call) -> Result<Self, Answer> {
        let asked: FieldsQuery = wire::query(&call.query).ok_or_else(undecodable)?;
        let yes = |values: &[String]| {
            let first = values.first().map(String::as_str);
            matches!(first, Some("1" | "t" | "T" | "TRUE" | "true" | "True"))
        };
        let others = [
            (yes(&asked.flagonly), Self::Flag),
            (yes(&asked.roleonly), Self::Role),
            (yes(&asked.nidonly), Self::Nid),
        ];
        Ok(Self::first(yes(&asked.stateonly), others))
    }

    fn body(body: &[u8]) -> Result<Self, Answer> {
        let asked: FieldsBody = wire::decode(body).map_err(undecoded)?;
        let yes = |wish: Option<bool>| wish == Some(true);
        let others = [
            (yes(asked.flagonly), Self::Flag),
            (yes(asked.roleonly), Self::Role),
            (yes(asked.nidonly), Self::Nid),
        ];
        Ok(Self::first(yes(asked.stateonly), others))
    }
}

/// A component with fewer fields.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Part<'a> {
    #[serde(rename = "ID")]
    id: &'a str,
    #[serde(rename = "Type")]
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flag: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_role: Option<&'a str>,
    #[serde(rename = "NID", skip_serializing_if = "Option::is_none")]
    nid: Option<i64>,
}

impl Fields {
    fn of(self, c: &Component) -> Part<'_> {
        let state = matches!(self, Self::State);
        let role = matches!(self, Self::Role);
        let flag = state || matches!(self, Self::Flag);
        Part {
            id: &c.id,
            kind: c.kind.as_deref().unwrap_or_default(),
            state: c.state.as_deref().filter(|_| state),
            flag: c.flag.as_deref().filter(|_| flag),
            role: c.role.as_deref().filter(|_| role),
            sub_role: c.sub_role.as_deref().filter(|_| role),
            nid: c.nid.filter(|_| matches!(self, Self::Nid)),
        }
    }
}

/// A list straight into bytes: with 100,000 components a copy more is felt.
fn list<'a>(components: impl Iterator<Item = &'a Component>, fields: Fields) -> Reply {
    let mut body = Vec::with_capacity(4096);
    body.extend_from_slice(b"{\"Components\":[");
    for (place, component) in components.enumerate() {
        if place > 0 {
            body.push(b',');
        }
        let written = match fields {
            Fields::All => serde_json::to_writer(&mut body, component),
            some => serde_json::to_writer(&mut body, &some.of(component)),
        };
        written.map_err(|error| Answer::problem(500, error.to_string()))?;
    }
    body.extend_from_slice(b"]}");
    Ok(Answer::raw(body))
}

pub(super) fn undecodable() -> Answer {
    Answer::problem(500, "failed to decode query parameters.")
}

#[allow(clippy::needless_pass_by_value)] // for `map_err`
pub(super) fn undecoded(words: String) -> Answer {
    Answer::problem(500, format!("error decoding JSON {words}"))
}

pub(super) fn get_all(lab: &Lab, call: &Call) -> Reply {
    let filter: ComponentFilter = wire::query(&call.query).ok_or_else(undecodable)?;
    let fields = Fields::query(call)?;
    let selection = filter.check().map_err(Answer::bad_query)?;
    lab.shelf
        .read(|store| list(store.select(&selection), fields))
}

pub(super) fn get(lab: &Lab, call: &Call) -> Reply {
    let id = xname::normalize(call.param(0));
    let found = lab
        .shelf
        .read(|store| store.component(&id).map(Answer::json));
    found.ok_or_else(|| Answer::problem(404, "no such xname."))
}

pub(super) fn post(lab: &Lab, call: &Call) -> Reply {
    let post: ComponentPost = wire::decode(&call.body).map_err(undecoded)?;
    let mut components = post.components;
    if components.first().is_none_or(|first| first.id.is_empty()) {
        return Err(Answer::problem(400, "Missing Components"));
    }
    for component in &mut components {
        verify(component).map_err(|words| {
            Answer::problem(400, format!("couldn't validate components: {words}"))
        })?;
        // so subscribers are told of it; a PUT that does not say so enables in silence
        component.enabled.get_or_insert(true);
    }
    write(
        lab,
        components,
        post.force,
        "operation 'Post Components' failed: ",
    )
}

pub(super) fn put(lab: &Lab, call: &Call) -> Reply {
    let id = xname::normalize(call.param(0));
    let put: ComponentPut = wire::decode(&call.body).map_err(undecoded)?;
    let mut component = put.component;
    if component.id.is_empty() {
        component.id.clone_from(&id);
    } else if xname::normalize(&component.id) != id {
        return Err(Answer::problem(400, "ID in URL and POST body do not match"));
    }
    if component.id.is_empty() {
        return Err(Answer::problem(400, "Missing ID"));
    }
    verify(&mut component)
        .map_err(|words| Answer::problem(400, format!("couldn't validate component: {words}")))?;
    write(lab, vec![component], put.force, "operation 'PUT' failed: ")
}

fn write(lab: &Lab, components: Vec<Component>, force: Option<bool>, prefix: &str) -> Reply {
    let force = force.unwrap_or(false);
    let mut components = components;
    lab.change(|store| {
        for component in &mut components {
            store.complete(component);
        }
        store
            .upsert_components(components, force)
            .map(|()| Answer::done())
            .map_err(|trouble| Answer::trouble(trouble, prefix, "failed to query DB."))
    })
}

pub(super) fn delete(lab: &Lab, call: &Call) -> Reply {
    let id = xname::normalize(call.param(0));
    if xname::kind(&id).is_none() {
        return Err(Answer::problem(400, "invalid xname"));
    }
    lab.shelf.write(|store| {
        Ok(Answer::deleted(
            store.delete_component(&id),
            "no such xname.",
        ))
    })
}

pub(super) fn delete_all(lab: &Lab, _: &Call) -> Reply {
    lab.shelf
        .write(|store| Ok(Answer::deleted_all(store.delete_components())))
}

/// The part of a query's body that is not a filter.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Queried {
    #[serde(rename = "ComponentIDs")]
    component_ids: Vec<String>,
    #[serde(rename = "NIDRanges")]
    nid_ranges: Vec<String>,
}

pub(super) fn query_post(lab: &Lab, call: &Call) -> Reply {
    let queried: Queried = wire::decode(&call.body).map_err(undecoded)?;
    if queried.component_ids.is_empty() {
        return Err(Answer::problem(400, "Missing IDs"));
    }
    let filter: ComponentFilter = wire::decode(&call.body).map_err(undecoded)?;
    let fields = Fields::body(&call.body)?;
    under(lab, &queried.component_ids, filter, fields)
}

pub(super) fn query_get(lab: &Lab, call: &Call) -> Reply {
    let id = xname::normalize(call.param(0));
    let filter: ComponentFilter = wire::query(&call.query).ok_or_else(undecodable)?;
    let fields = Fields::query(call)?;
    under(lab, &[id], filter, fields)
}

/// The named components, or with a type in the filter what stands under them.
fn under(lab: &Lab, ids: &[String], filter: ComponentFilter, fields: Fields) -> Reply {
    let goes_down = filter.goes_down();
    let selection = filter.check().map_err(Answer::bad_query)?;
    let everything = ids.iter().any(|id| id == "s0" || id == "all");
    let tops: HashSet<String> = ids.iter().map(|id| xname::normalize(id)).collect();
    let named = |c: &&Component| match (everything, goes_down) {
        (true, _) => true,
        (_, true) => xname::upwards(&c.id).any(|top| tops.contains(top)),
        (_, false) => tops.contains(&c.id),
    };
    let look = |store: &Store| list(store.select(&selection).filter(named), fields);
    lab.shelf.read(look)
}

pub(super) fn by_nid(lab: &Lab, call: &Call) -> Reply {
    let word = call.param(0);
    let trouble = |trouble| Answer::trouble(trouble, "", "failed to query DB.");
    if word.is_empty() {
        return Err(trouble(said::MISSING));
    }
    let nid: i64 = word.parse().map_err(|_| trouble(said::NOT_AN_INT))?;
    if nid < 0 {
        return Err(trouble(said::BAD_RANGE));
    }
    let found = lab
        .shelf
        .read(|store| store.component_by_nid(nid).map(Answer::json));
    found.ok_or_else(|| Answer::problem(404, "no such NID."))
}

pub(super) fn by_nid_query(lab: &Lab, call: &Call) -> Reply {
    let queried: Queried = wire::decode(&call.body).map_err(undecoded)?;
    if queried.nid_ranges.is_empty() {
        return Err(Answer::problem(400, "Missing NID ranges"));
    }
    let mut filter: ComponentFilter = wire::decode(&call.body).map_err(undecoded)?;
    let fields = Fields::body(&call.body)?;
    (filter.nid, filter.nid_start, filter.nid_end) = (Vec::new(), Vec::new(), Vec::new());
    for range in queried.nid_ranges {
        match (range.split_once('-'), range.rsplit_once('-')) {
            (Some(("", _)), _) | (_, Some((_, ""))) => {
                let words = "bad query param: argument was not a valid NID Range";
                return Err(Answer::problem(400, words));
            }
            // of a range with several parts the outer ones count
            (Some((low, _)), Some((_, high))) => {
                filter.nid_start.push(low.to_owned());
                filter.nid_end.push(high.to_owned());
            }
            _ if range.is_empty() => {}
            _ => filter.nid.push(range),
        }
    }
    let selection: Selection = filter.check().map_err(Answer::bad_query)?;
    lab.shelf
        .read(|store| list(store.select(&selection), fields))
}
