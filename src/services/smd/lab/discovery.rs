//! Inventory/ServiceEndpoints, Inventory/Discover and Inventory/DiscoveryStatus: what SMD does by asking BMCs itself.
//!
//! The lab's BMCs do not answer SMD over Redfish, so a discovery goes as it does where no BMC is within reach: the endpoint
//! is asked for a while and then marked `HTTPsGetFailed`. SMD's one status entry says `NotStarted` throughout: it never
//! manages to update it.
use super::{
    BASE, Lab,
    answer::{Answer, Reply},
    component::undecodable,
    route::Call,
    wire,
};
use crate::services::smd::{
    store::{filter::Pick, said, service_endpoint::ServiceEndpointFilter},
    types::{Discover, DiscoveryStatus, ResourceUri, ServiceEndpointList},
    xname,
};
use serde::Deserialize;
use std::time::Duration;

/// How long SMD tries to reach a BMC that refuses the connection.
const PATIENCE: Duration = Duration::from_secs(43);

/// A filter as a query says it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Query {
    service: Vec<String>,
    redfish_ep: Vec<String>,
}

impl Query {
    fn check(self) -> Result<ServiceEndpointFilter, Answer> {
        let refused = |trouble| Answer::trouble(trouble, "", "failed to query DB.");
        let plain = |word: &str| {
            let alphanumeric = word.chars().all(char::is_alphanumeric);
            alphanumeric.then(|| word.to_owned())
        };
        let service = Pick::read(self.service, true, plain).ok_or(said::BAD_TYPE);
        Ok(ServiceEndpointFilter {
            endpoint: Pick::ids(self.redfish_ep).map_err(refused)?,
            service: service.map_err(refused)?,
        })
    }
}

fn list(lab: &Lab, query: Query) -> Reply {
    let filter = query.check()?;
    let service_endpoints = lab.shelf.read(|store| store.service_endpoints(&filter));
    Ok(Answer::json(&ServiceEndpointList { service_endpoints }))
}

pub(super) fn get_services(lab: &Lab, call: &Call) -> Reply {
    let query: Query = wire::query(&call.query).ok_or_else(undecodable)?;
    list(lab, query)
}

pub(super) fn get_service(lab: &Lab, call: &Call) -> Reply {
    let query: Query = wire::query(&call.query).ok_or_else(undecodable)?;
    let service = vec![call.param(0).to_owned()];
    list(lab, Query { service, ..query })
}

fn no_such() -> Answer {
    Answer::problem(404, "no such service under redfish endpoint.")
}

pub(super) fn get_one(lab: &Lab, call: &Call) -> Reply {
    let query = Query {
        service: vec![call.param(0).to_owned()],
        redfish_ep: vec![call.param(1).to_owned()],
    };
    let filter = query.check()?;
    let found = lab.shelf.read(|store| store.service_endpoints(&filter));
    found.first().map(Answer::json).ok_or_else(no_such)
}

pub(super) fn delete_one(lab: &Lab, call: &Call) -> Reply {
    let (service, id) = (call.param(0), xname::normalize(call.param(1)));
    lab.shelf.write(|store| {
        if store.delete_service_endpoint(service, &id) {
            Ok(Answer::notice("deleted 1 entry"))
        } else {
            Err(no_such())
        }
    })
}

pub(super) fn delete_services(lab: &Lab, _: &Call) -> Reply {
    lab.shelf
        .write(|store| Ok(Answer::deleted_all(store.delete_service_endpoints())))
}

/// SMD's only status.
fn status_of(lab: &Lab) -> DiscoveryStatus {
    DiscoveryStatus {
        id: 0,
        status: "NotStarted".into(),
        last_update_time: lab.born.clone(),
        details: Some(serde_json::json!({})),
    }
}

#[allow(clippy::unnecessary_wraps)] // a handler like the others
pub(super) fn statuses(lab: &Lab, _: &Call) -> Reply {
    Ok(Answer::json(&[status_of(lab)]))
}

pub(super) fn status(lab: &Lab, call: &Call) -> Reply {
    let word = call.param(0);
    let digits = word.bytes().all(|byte| byte.is_ascii_digit());
    match word.parse::<u32>().ok().filter(|_| digits) {
        None => {
            let words = "DiscoveryStatus ID not an unsigned integer";
            Err(Answer::problem(400, words))
        }
        Some(0) => Ok(Answer::json(&status_of(lab))),
        // the database counts with a sign
        Some(id) if i32::try_from(id).is_err() => {
            Err(Answer::problem(500, "Failed due to DB access issue."))
        }
        Some(_) => Err(Answer::problem(404, "no such DiscoveryStatus ID.")),
    }
}

/// Begins to ask endpoints, which answer in vain some time later.
pub(super) fn discover(lab: &Lab, call: &Call) -> Reply {
    let body: Result<Discover, _> = wire::decode(&call.body);
    let body = body.map_err(|_| Answer::problem(400, "POST body was not understood"))?;
    let now = lab.now();
    let asked = lab.shelf.write(|store| {
        let ids = if body.xnames.is_empty() {
            let all = store.endpoint_ids();
            if all.is_empty() {
                let words = "RedfishEndpoints collection is empty";
                return Err(Answer::problem(404, words));
            }
            all
        } else {
            body.xnames.clone()
        };
        let missing = |id: &&String| store.endpoint(&xname::normalize(id)).is_none();
        if let Some(id) = ids.iter().find(missing) {
            let words = format!("No such RedfishEndpoint: {id}");
            return Err(Answer::problem(404, words));
        }
        Ok(store.begin_discovery(&ids, body.force, &now))
    })?;
    if !asked.is_empty() {
        let (shelf, clock) = (lab.shelf.clone(), lab.clock.clone());
        let end = move || {
            let now = super::moment(&*clock);
            let kept = shelf.write(|store| {
                store.end_discovery(&asked, "HTTPsGetFailed", &now);
                Ok::<(), Answer>(())
            });
            // with a full disk the endpoints stay as they are; whoever writes next is told of the disk
            drop(kept);
        };
        let job = Box::new(move || -> crate::clock::Pending<'static, ()> {
            Box::pin(async move { end() })
        });
        lab.timer.after(PATIENCE, job);
    }
    let uri = format!("{BASE}/Inventory/DiscoveryStatus/0");
    Ok(Answer::json(&[ResourceUri { uri }]))
}
