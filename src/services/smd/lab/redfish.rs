//! Inventory/RedfishEndpoints: the BMCs, and the door through which discoveries come in.
use super::{
    BASE, Lab,
    answer::{Answer, Reply},
    component::{undecodable, undecoded},
    discover::{self, Sent},
    pdu,
    route::Call,
    wire,
};
use crate::services::smd::{
    store::{
        Store, Trouble,
        endpoint::{EndpointFilter, endpoint},
        filter::Pick,
        names::ip_address,
        said,
    },
    types::{RedfishEndpoint, RedfishEndpointBody, RedfishEndpointList},
    xname,
};
use serde::Deserialize;
use serde_json::Value;

const COLLECTION: &str = "/Inventory/RedfishEndpoints";

/// Members of a body that say something of the endpoint itself.
const OWN: [&str; 16] = [
    "ID",
    "Type",
    "Name",
    "Hostname",
    "Domain",
    "FQDN",
    "Enabled",
    "UUID",
    "User",
    "Password",
    "UseSSDP",
    "MACRequired",
    "MACAddr",
    "IPAddress",
    "RediscoverOnUpdate",
    "TemplateID",
];

fn is_own(name: &str) -> bool {
    OWN.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// What a body says of the endpoint itself; of the rest SMD does not even hold the types at this point.
fn own(value: &Value) -> Result<RedfishEndpointBody, Answer> {
    let mut value = value.clone();
    if let Some(members) = value.as_object_mut() {
        members.retain(|name, _| is_own(name));
    }
    wire::convert(value).map_err(undecoded)
}

/// A filter as a query says it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Query {
    id: Vec<String>,
    fqdn: Vec<String>,
    #[serde(rename = "type")]
    kind: Vec<String>,
    uuid: Vec<String>,
    macaddr: Vec<String>,
    ipaddress: Vec<String>,
    laststatus: Vec<String>,
}

fn list(store: &Store, filter: &EndpointFilter) -> Answer {
    let redfish_endpoints: Vec<RedfishEndpoint> = store.endpoints(filter).cloned().collect();
    Answer::json(&RedfishEndpointList { redfish_endpoints })
}

pub(super) fn get_all(lab: &Lab, call: &Call) -> Reply {
    let query: Query = wire::query(&call.query).ok_or_else(undecodable)?;
    let filter = EndpointFilter {
        id: Pick::ids(query.id).map_err(Answer::bad_query)?,
        fqdn: Pick::text(query.fqdn),
        uuid: Pick::text(query.uuid),
        kind: Pick::kinds(query.kind).map_err(Answer::bad_query)?,
        mac: Pick::text(query.macaddr),
        address: Pick::text(query.ipaddress),
        status: Pick::text(query.laststatus),
    };
    Ok(lab.shelf.read(|store| list(store, &filter)))
}

/// SMD's query by place was never finished: it knows all or nothing.
pub(super) fn query(lab: &Lab, call: &Call) -> Reply {
    match call.param(0) {
        "" | "all" | "s0" => Ok(lab
            .shelf
            .read(|store| list(store, &EndpointFilter::default()))),
        _ => Err(Answer::problem(400, "not yet implemented")),
    }
}

pub(super) fn get(lab: &Lab, call: &Call) -> Reply {
    let id = xname::normalize(call.param(0));
    let found = lab
        .shelf
        .read(|store| store.endpoint(&id).map(Answer::json));
    found.ok_or_else(|| Answer::problem(404, "no such xname."))
}

pub(super) fn delete(lab: &Lab, call: &Call) -> Reply {
    let id = xname::valid(call.param(0)).ok_or_else(|| Answer::trouble(said::BAD_ID, "", ""))?;
    lab.change(|store| {
        Ok(Answer::deleted(
            store.delete_endpoint(&id),
            "no such xname.",
        ))
    })
}

pub(super) fn delete_all(lab: &Lab, _: &Call) -> Reply {
    lab.change(|store| Ok(Answer::deleted_all(store.delete_endpoints())))
}

/// The endpoints a body names: itself, or those in its list.
fn named(value: &Value) -> Result<Vec<RedfishEndpoint>, Answer> {
    let members = value.as_object();
    let of_list = |(name, _): &(&String, &Value)| name.eq_ignore_ascii_case("RedfishEndpoints");
    let listed: Option<Vec<Value>> = match members.and_then(|all| all.iter().find(of_list)) {
        Some((_, list)) => wire::convert(list.clone()).map_err(undecoded)?,
        None => None,
    };
    let raws = listed.unwrap_or_default();
    let raws: Vec<_> = raws.iter().map(own).collect::<Result<_, _>>()?;
    let alone = own(value)?;
    let invalid = |at: String, words| {
        Answer::problem(400, format!("couldn't validate endpoint data{at}: {words}"))
    };
    if members.is_some_and(|all| all.keys().any(|name| is_own(name))) {
        let one = endpoint(alone).map_err(|words| invalid(String::new(), words))?;
        return Ok(vec![one]);
    }
    let each = raws.into_iter().enumerate();
    each.map(|(place, raw)| {
        endpoint(raw).map_err(|words| invalid(format!(" at idx {place}"), words))
    })
    .collect()
}

/// Stores endpoints and then what the same body tells of the machines behind them. Of the latter SMD keeps what it got
/// so far when something fails, and answers with every failure, one document after another.
pub(super) fn post(lab: &Lab, call: &Call) -> Reply {
    let value = wire::value(&call.body).map_err(undecoded)?;
    let endpoints = named(&value)?;
    let uri = |endpoint: &RedfishEndpoint| format!("{BASE}{COLLECTION}/{}", endpoint.id);
    let uris = endpoints.iter().map(uri).collect();
    let now = lab.now();
    lab.change(|store| {
        let hidden = "operation 'POST' failed during store. ";
        let same = "resource that has the same FQDN or xname ID.";
        let added = store.insert_endpoints(endpoints);
        added.map_err(|trouble| refused(trouble, same, hidden))?;
        let mut sent = Sent::default();
        let found = if value.get("PDUInventory").is_some() {
            pdu::outlets(store, &mut sent, &value)
        } else {
            discover::all(store, &mut sent, &value, false, &now)
        };
        if let Err(discover::Halt::Panicked) = found {
            return Ok(sent.finish(Answer::panicked()));
        }
        sent.failure(found);
        Ok(sent.finish(Answer::created_all(&format!("{BASE}{COLLECTION}"), uris)))
    })
}

fn refused(trouble: Trouble, same: &str, hidden: &str) -> Answer {
    match trouble {
        Trouble::Disk(_) => Answer::trouble(trouble, "", ""),
        trouble if trouble == said::DUPLICATE => Answer::problem(
            409,
            format!("operation would conflict with an existing {same}"),
        ),
        _ => Answer::problem(500, hidden),
    }
}

/// Replaces an endpoint, or creates it and answers `null`.
pub(super) fn put(lab: &Lab, call: &Call) -> Reply {
    let id = xname::normalize(call.param(0));
    let value = wire::value(&call.body).map_err(undecoded)?;
    let mut raw = own(&value)?;
    match raw.id.as_deref() {
        None | Some("") => raw.id = Some(id),
        Some(given) if xname::normalize(given) == id => {}
        Some(_) => {
            return Err(Answer::problem(
                400,
                "xname in URL and PUT body do not match",
            ));
        }
    }
    let new = endpoint(raw).map_err(|words| {
        Answer::problem(400, format!("couldn't validate endpoint data: {words}"))
    })?;
    let now = lab.now();
    lab.change(|store| {
        let id = new.id.clone();
        if !new.enabled {
            store.empty_endpoint(&id);
        }
        let same = "resource that has the same FQDN";
        let replaced = store.update_endpoint(new.clone());
        let replaced = replaced
            .map_err(|trouble| refused(trouble, same, "operation 'PUT' failed during store"))?;
        let shown = if replaced {
            store.endpoint(&id).map(Answer::json)
        } else {
            let same = "resource that has the same FQDN or xname ID.";
            let added = store.insert_endpoints(vec![new]);
            let hidden = "operation 'POST' failed during store. ";
            added.map_err(|trouble| refused(trouble, same, hidden))?;
            None
        };
        let shown = shown.unwrap_or_else(|| Answer::raw(b"null".to_vec()));
        let mut sent = Sent::default();
        match discover::all(store, &mut sent, &value, true, &now) {
            Ok(()) => Ok(sent.finish(shown)),
            Err(discover::Halt::Panicked) => Ok(sent.finish(Answer::panicked())),
            failed => {
                sent.failure(failed);
                Ok(sent.finish(Answer::bare(500)))
            }
        }
    })
}

/// Changes what is given. A change that SMD cannot bring together with the rest is its own failure, not the client's.
pub(super) fn patch(lab: &Lab, call: &Call) -> Reply {
    let value = wire::value(&call.body).map_err(undecoded)?;
    let patch = own(&value)?;
    let Some(id) = xname::valid(call.param(0)) else {
        return Err(Answer::problem(400, "xname in URL is not valid"));
    };
    let hidden = "operation 'PATCH' failed during store";
    let disabled = patch.enabled == Some(false);
    lab.change(|store| {
        let Some(old) = store.endpoint(&id) else {
            return Err(Answer::problem(404, format!("No such entry: {id}")));
        };
        let Some(raw) = merged(old, patch) else {
            return Ok(Answer::json(old));
        };
        let new = endpoint(raw).map_err(|_| Answer::problem(500, hidden))?;
        if disabled {
            store.empty_endpoint(&id);
        }
        let same = "resource that has the same FQDN";
        let updated = store.update_endpoint(new);
        updated.map_err(|trouble| refused(trouble, same, hidden))?;
        Ok(store
            .endpoint(&id)
            .map_or_else(|| Answer::raw(b"null".to_vec()), Answer::json))
    })
}

/// The endpoint as the patch wants it; `None`: as it is.
fn merged(old: &RedfishEndpoint, patch: RedfishEndpointBody) -> Option<RedfishEndpointBody> {
    let mut changed = false;
    let mut text = |new: Option<String>, old: Option<&str>| {
        let old = old.unwrap_or_default();
        let new = new.filter(|new| new != old);
        changed |= new.is_some();
        new.or_else(|| Some(old.to_owned()))
    };
    let moved = patch.ip_address.clone();
    let mut raw = RedfishEndpointBody {
        id: Some(old.id.clone()),
        kind: text(patch.kind, Some(&old.kind)),
        name: text(patch.name, old.name.as_deref()),
        hostname: text(patch.hostname, Some(&old.hostname)),
        domain: text(patch.domain, Some(&old.domain)),
        fqdn: text(patch.fqdn, Some(&old.fqdn)),
        uuid: text(patch.uuid, old.uuid.as_deref()),
        user: text(patch.user, Some(&old.user)),
        password: text(patch.password, Some(&old.password)),
        mac_addr: text(patch.mac_addr, old.mac_addr.as_deref()),
        ip_address: text(patch.ip_address, old.ip_address.as_deref()),
        template_id: text(patch.template_id, old.template_id.as_deref()),
        ..RedfishEndpointBody::default()
    };
    let mut flag = |new: Option<bool>, old: bool| {
        changed |= new.is_some_and(|new| new != old);
        Some(new.unwrap_or(old))
    };
    raw.enabled = flag(patch.enabled, old.enabled);
    raw.use_ssdp = flag(patch.use_ssdp, old.use_ssdp.unwrap_or(false));
    raw.mac_required = flag(patch.mac_required, old.mac_required.unwrap_or(false));
    raw.rediscover_on_update = flag(patch.rediscover_on_update, old.rediscover_on_update);
    // a host that goes by its address moves with it
    let host = raw.hostname.as_deref().and_then(ip_address);
    if let Some(to) = moved.filter(|to| *to != old.ip_address.as_deref().unwrap_or_default())
        && host.is_some_and(|host| host != to)
    {
        raw.hostname = Some(to.clone());
        raw.fqdn = Some(to);
    }
    changed.then_some(raw)
}
