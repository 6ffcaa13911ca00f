//! Inventory/ComponentEndpoints: read and deleted only; discovery makes them.
use super::{
    Lab,
    answer::{Answer, Reply},
    component::undecodable,
    route::Call,
    wire,
};
use crate::services::smd::{
    store::{endpoint::ComponentEndpointFilter, filter::Pick, said},
    types::{ComponentEndpoint, ComponentEndpointList},
    xname,
};
use serde::Deserialize;

/// A filter as a query says it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Query {
    id: Vec<String>,
    redfish_ep: Vec<String>,
    #[serde(rename = "type")]
    kind: Vec<String>,
    redfish_type: Vec<String>,
}

pub(super) fn get_all(lab: &Lab, call: &Call) -> Reply {
    let query: Query = wire::query(&call.query).ok_or_else(undecodable)?;
    let plain = |word: &str| {
        let alphanumeric = word.chars().all(char::is_alphanumeric);
        alphanumeric.then(|| word.to_owned())
    };
    let subtype = Pick::read(query.redfish_type, true, plain).ok_or(said::BAD_REDFISH_TYPE);
    let filter = ComponentEndpointFilter {
        id: Pick::ids(query.id).map_err(Answer::bad_query)?,
        endpoint: Pick::ids(query.redfish_ep).map_err(Answer::bad_query)?,
        subtype: subtype.map_err(Answer::bad_query)?,
        kind: Pick::kinds(query.kind).map_err(Answer::bad_query)?,
    };
    lab.shelf.read(|store| {
        let component_endpoints: Vec<ComponentEndpoint> =
            store.component_endpoints(&filter).collect();
        Ok(Answer::json(&ComponentEndpointList {
            component_endpoints,
        }))
    })
}

/// An id that is letters and digits must be an xname; what else stands there is just not found.
fn id(call: &Call) -> Result<String, Answer> {
    let word = call.param(0);
    xname::valid(word).ok_or_else(|| {
        if word.chars().all(char::is_alphanumeric) && !word.is_empty() {
            bad_id()
        } else {
            Answer::problem(404, "no such xname.")
        }
    })
}

fn bad_id() -> Answer {
    Answer::trouble(said::BAD_ID, "", "")
}

pub(super) fn get(lab: &Lab, call: &Call) -> Reply {
    let id = id(call)?;
    let found = lab.shelf.read(|store| store.component_endpoint(&id));
    let found = found.map(|entry| Answer::json(&entry));
    found.ok_or_else(|| Answer::problem(404, "no such xname."))
}

pub(super) fn delete(lab: &Lab, call: &Call) -> Reply {
    let id = xname::valid(call.param(0)).ok_or_else(bad_id)?;
    lab.change(|store| {
        let gone = store.delete_component_endpoint(&id);
        Ok(Answer::deleted(gone, "no such xname."))
    })
}

pub(super) fn delete_all(lab: &Lab, _: &Call) -> Reply {
    lab.change(|store| Ok(Answer::deleted_all(store.delete_component_endpoints())))
}
