//! Inventory/EthernetInterfaces and their IPAddresses.
use super::{
    BASE, Lab,
    answer::{Answer, Reply},
    component::{undecodable, undecoded},
    route::Call,
    wire,
};
use crate::services::smd::{
    store::{
        Trouble,
        interface::{InterfaceFilter, interface, kinds, mac, moment, tidy},
        said, unless_empty,
    },
    types::{EthernetInterface, EthernetInterfaceBody, IpAddress, IpAddressPatch},
    xname,
};
use serde::Deserialize;

const COLLECTION: &str = "/Inventory/EthernetInterfaces";
const SAME_MAC: &str = "operation would conflict with an existing component ethernet interface that has the same MAC \
                        address.";

/// A filter as a query says it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Query {
    id: Vec<String>,
    macaddress: Vec<String>,
    ipaddress: Vec<String>,
    network: Vec<String>,
    olderthan: Vec<String>,
    newerthan: Vec<String>,
    componentid: Vec<String>,
    #[serde(rename = "type")]
    kind: Vec<String>,
}

impl Query {
    fn check(self) -> Result<InterfaceFilter, Answer> {
        let refuse = |words: &str| Answer::problem(400, words);
        if self.id.iter().any(String::is_empty) {
            return Err(refuse("Invalid component ethernet interface ID."));
        }
        if self.macaddress.iter().any(String::is_empty) {
            return Err(refuse("Invalid component ethernet interface MAC address."));
        }
        let place = |id: String| {
            if id.is_empty() {
                Some(id)
            } else {
                xname::valid(&id)
            }
        };
        let component: Option<Vec<String>> = self.componentid.into_iter().map(place).collect();
        let component = component.ok_or_else(|| refuse("Invalid CompID."))?;
        let kind = kinds(self.kind).ok_or_else(|| refuse("Invalid HMS type."))?;
        let at = |values: Vec<String>| {
            let first = values.into_iter().next().unwrap_or_default();
            moment(&first).map_err(Answer::bad_query)
        };
        let (newer, older) = (at(self.newerthan)?, at(self.olderthan)?);
        if !self.ipaddress.is_empty() && !self.network.is_empty() {
            // SMD joins the addresses twice under one name, which its database does not take
            return Err(Answer::problem(500, "failed to query DB."));
        }
        let lower = |values: Vec<String>| values.iter().map(|v| v.to_lowercase()).collect();
        Ok(InterfaceFilter {
            id: lower(self.id),
            mac: lower(self.macaddress),
            address: self.ipaddress,
            network: self.network,
            component,
            kind,
            newer,
            older,
        })
    }
}

pub(super) fn get_all(lab: &Lab, call: &Call) -> Reply {
    let query: Query = wire::query(&call.query).ok_or_else(undecodable)?;
    let filter = query.check()?;
    lab.shelf.read(|store| {
        let found: Vec<&EthernetInterface> = store.interfaces(&filter).collect();
        Ok(Answer::json(&found))
    })
}

pub(super) fn post(lab: &Lab, call: &Call) -> Reply {
    let body: EthernetInterfaceBody = wire::decode(&call.body).map_err(undecoded)?;
    let refuse = |words: String| Answer::problem(400, words);
    let mac = mac(&body.mac_address.unwrap_or_default()).map_err(refuse)?;
    let new = interface(
        body.description.unwrap_or_default(),
        &mac,
        &body.component_id.unwrap_or_default(),
        tidy(body.ip_addresses.unwrap_or_default()),
        &lab.now(),
    )
    .map_err(|words| refuse(words.into()))?;
    let uri = format!("{BASE}{COLLECTION}/{}", new.id);
    lab.shelf.write(|store| {
        let added = store.insert_interface(new).map(|()| Answer::created(uri));
        added.map_err(|trouble| insert_refused(trouble, "operation 'POST' failed during store."))
    })
}

/// Why an interface could not be added.
pub(super) fn insert_refused(trouble: Trouble, hidden: &str) -> Answer {
    if trouble == said::DUPLICATE {
        Answer::problem(409, SAME_MAC)
    } else {
        Answer::trouble(trouble, "", hidden)
    }
}

pub(super) fn delete_all(lab: &Lab, _: &Call) -> Reply {
    lab.shelf
        .write(|store| Ok(Answer::deleted_all(store.delete_interfaces())))
}

fn no_such(id: &str) -> Answer {
    Answer::problem(404, format!("No such component ethernet interface: {id}"))
}

pub(super) fn get(lab: &Lab, call: &Call) -> Reply {
    let id = call.param(0).to_lowercase();
    let found = lab
        .shelf
        .read(|store| store.interface(&id).map(Answer::json));
    found.ok_or_else(|| no_such(&id))
}

pub(super) fn delete(lab: &Lab, call: &Call) -> Reply {
    let id = call.param(0).to_lowercase();
    let missing = "no such component ethernet interface.";
    lab.shelf
        .write(|store| Ok(Answer::deleted(store.delete_interface(&id), missing)))
}

/// Unlike GET and DELETE this takes the id to the letter, and answers for one that does not exist as if it were empty.
pub(super) fn patch(lab: &Lab, call: &Call) -> Reply {
    let id = call.param(0);
    let mut patch: EthernetInterfaceBody = wire::decode(&call.body).map_err(undecoded)?;
    if patch.description.is_none() && patch.ip_addresses.is_none() && patch.component_id.is_none() {
        return Err(Answer::problem(
            400,
            "Request must have at least one patch field.",
        ));
    }
    patch.ip_addresses = patch.ip_addresses.map(tidy);
    let now = lab.now();
    lab.shelf.write(|store| {
        store
            .patch_interface(id, patch, &now)
            .map_err(Answer::bad_query)?;
        let nothing = serde_json::json!({
            "ID": "", "Description": "", "MACAddress": "", "LastUpdate": "",
            "ComponentID": "", "Type": "", "IPAddresses": null,
        });
        let found = store.interface(id).map(Answer::json);
        Ok(found.unwrap_or_else(|| Answer::json(&nothing)))
    })
}

pub(super) fn addresses(lab: &Lab, call: &Call) -> Reply {
    let id = call.param(0);
    let show = |entry: &EthernetInterface| Answer::json(&entry.ip_addresses);
    let found = lab.shelf.read(|store| store.interface(id).map(show));
    found.ok_or_else(|| no_such(id))
}

pub(super) fn add_address(lab: &Lab, call: &Call) -> Reply {
    let id = call.param(0);
    let new: IpAddress = wire::decode(&call.body).map_err(undecoded)?;
    if new.ip_address.is_empty() {
        return Err(Answer::problem(400, "Invalid CompEthInterface IP Address"));
    }
    let uri = format!("{BASE}{COLLECTION}/{id}/IPAddresses/{}", new.ip_address);
    let now = lab.now();
    lab.shelf.write(|store| {
        let Some(entry) = store.interface(id) else {
            return Err(Answer::problem(500, "operation 'POST' failed during store."));
        };
        let mut all = entry.ip_addresses.clone();
        if all.iter().any(|other| other.ip_address == new.ip_address) {
            let words = "operation would conflict with an existing IP Address on the same ethernet interface.";
            return Err(Answer::problem(409, words));
        }
        all.push(new);
        let patch = replace(tidy(all));
        store.patch_interface(id, patch, &now).map_err(Answer::bad_query)?;
        Ok(Answer::created(uri))
    })
}

fn replace(addresses: Vec<IpAddress>) -> EthernetInterfaceBody {
    EthernetInterfaceBody {
        ip_addresses: Some(addresses),
        ..EthernetInterfaceBody::default()
    }
}

/// Without a `Network` SMD loses all addresses of the interface and then its footing.
pub(super) fn patch_address(lab: &Lab, call: &Call) -> Reply {
    let (id, wanted) = (call.param(0), call.param(1));
    let patch: IpAddressPatch = wire::decode(&call.body).map_err(undecoded)?;
    let now = lab.now();
    lab.shelf.write(|store| {
        let mut all = store
            .interface(id)
            .map(|e| e.ip_addresses.clone())
            .unwrap_or_default();
        let answer = match patch.network {
            None => {
                all.clear();
                Answer::panicked()
            }
            Some(network) => {
                let network = unless_empty(network);
                let mut answer = None;
                for entry in all.iter_mut().filter(|entry| entry.ip_address == wanted) {
                    entry.network.clone_from(&network);
                    answer = Some(Answer::json(entry));
                }
                let words = "no such IP address in component ethernet interface.";
                answer.ok_or_else(|| Answer::problem(404, words))?
            }
        };
        store
            .patch_interface(id, replace(all), &now)
            .map_err(Answer::bad_query)?;
        Ok(answer)
    })
}

pub(super) fn delete_address(lab: &Lab, call: &Call) -> Reply {
    let (id, unwanted) = (call.param(0), call.param(1));
    let now = lab.now();
    lab.shelf.write(|store| {
        let mut all = store
            .interface(id)
            .map(|e| e.ip_addresses.clone())
            .unwrap_or_default();
        let before = all.len();
        all.retain(|entry| entry.ip_address != unwanted);
        if all.len() == before {
            let words = "component ethernet interface has no such ip address.";
            return Err(Answer::problem(404, words));
        }
        store
            .patch_interface(id, replace(all), &now)
            .map_err(Answer::bad_query)?;
        Ok(Answer::notice("deleted 1 entry"))
    })
}
