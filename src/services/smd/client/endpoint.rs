//! Inventory/RedfishEndpoints: the BMCs, and the discoveries that say what is behind them.
//!
//! SMD 2.20 answers a discovery (an endpoint with `Managers`) with 409 although it stores all of it: it inserts the BMC's
//! interface twice. Behind the refusal, in the same body, stands what it made. Other troubles with single interfaces
//! look alike. So an answer that ends in a record counts as done, and what is read back decides. SMD reads discoveries
//! only one by one; in a list it drops what is behind the endpoint.
use super::super::{
    types::{RedfishEndpoint, RedfishEndpointBody, RedfishEndpointList},
    xname::normalize,
};
use super::{Client, Filter, NAMES_IN_URL, arrange, fault, interface, many, many::Fates, once};
use crate::{
    fault::{Fault, Item, Kind},
    http::Answer,
};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::HashMap;

const FILTERS: &[&str] = &["id", "fqdn", "type", "uuid", "laststatus"];
const PATH: &[&str] = &["Inventory", "RedfishEndpoints"];

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Batch {
    redfish_endpoints: Vec<RedfishEndpointBody>,
}

impl Client {
    /// The endpoints that match, of all or of `ids` (then in their order; unknown ones are left out).
    pub async fn endpoints(
        &self,
        ids: Option<&[String]>,
        mut filter: Filter,
    ) -> Result<Vec<RedfishEndpoint>, Fault> {
        // SMD knows these two names and finds nothing by them.
        let mac = filter.take("macaddr");
        let ip = filter.take("ipaddress");
        let Some(query) = query(ids, filter.pairs(FILTERS)?) else {
            return Ok(Vec::new());
        };
        let list: RedfishEndpointList = self.api.get(PATH).query(&query).send().await?;
        let among = |wanted: &Option<Vec<String>>, has: &Option<String>| {
            let has = has.as_deref().unwrap_or_default().to_lowercase();
            wanted.as_ref().is_none_or(|wanted| wanted.contains(&has))
        };
        let mut found = list.redfish_endpoints;
        found.retain(|e| among(&mac, &e.mac_addr) && among(&ip, &e.ip_address));
        Ok(arrange(found, ids, |endpoint| &endpoint.id))
    }

    pub async fn endpoint(&self, id: &str) -> Result<RedfishEndpoint, Fault> {
        let request = self.api.get(&[PATH[0], PATH[1], id]);
        request.send().await.map_err(|f| unknown(id, f))
    }

    /// Adds endpoints, each with what a discovery found behind it, if it has `Systems` or `Managers`.
    pub async fn add_endpoints(
        &self,
        mut records: Vec<RedfishEndpointBody>,
    ) -> Result<Vec<RedfishEndpoint>, Fault> {
        let ids = identities(&mut records)?;
        let known = self.known_endpoints(&ids).await?;
        let mut fates = Fates::default();
        let (old, new): (Vec<_>, Vec<_>) = records
            .into_iter()
            .partition(|record| known.contains_key(&key(record)));
        for record in &old {
            let message = format!("Redfish endpoint {} exists", id(record));
            let hint = "smd.rfe.update changes one, smd.rfe.set replaces it";
            fates.bad(id(record), fault(Kind::Conflict, message).hint(hint));
        }
        let (found, plain): (Vec<_>, Vec<_>) = new.iter().cloned().partition(discovered);
        if !plain.is_empty() {
            let batch = Batch {
                redfish_endpoints: plain,
            };
            self.api.post(PATH).json(&batch).nothing().await?;
        }
        let api = self.api.clone();
        let refused = many::each(found, |record| {
            let request = api.post(PATH).json(&record);
            async move { sent(&record, stored(&request.raw().await?)) }
        })
        .await;
        self.endpoints_back(new, refused, &mut fates).await?;
        fates.settle("added")
    }

    /// Creates or replaces endpoints.
    pub async fn set_endpoints(
        &self,
        mut records: Vec<RedfishEndpointBody>,
    ) -> Result<Vec<RedfishEndpoint>, Fault> {
        identities(&mut records)?;
        let api = self.api.clone();
        let refused = many::each(records.clone(), |record| {
            let request = api.put(&[PATH[0], PATH[1], id(&record)]).json(&record);
            async move { sent(&record, stored(&request.raw().await?)) }
        })
        .await;
        let mut fates = Fates::default();
        self.endpoints_back(records, refused, &mut fates).await?;
        fates.settle("set")
    }

    /// Changes the given fields of endpoints that exist.
    pub async fn update_endpoints(
        &self,
        mut records: Vec<RedfishEndpointBody>,
    ) -> Result<Vec<RedfishEndpoint>, Fault> {
        identities(&mut records)?;
        if let Some(record) = records.iter().find(|record| given(record).is_empty()) {
            return Err(
                Fault::bad_argument(format!("nothing to change of {}", id(record)))
                    .hint(r#"{ IPAddress = "172.16.0.101", Enabled = true }"#),
            );
        }
        let api = self.api.clone();
        let refused = many::each(records.clone(), |record| {
            let request = api.patch(&[PATH[0], PATH[1], id(&record)]).json(&record);
            async move {
                let result = request.nothing().await;
                sent(&record, result.map_err(|f| unknown(id(&record), f)))
            }
        })
        .await;
        let mut fates = Fates::default();
        self.endpoints_back(records, refused, &mut fates).await?;
        fates.settle("changed")
    }

    /// Makes endpoints exist with the given fields; returns those that were not so already.
    pub async fn ensure_endpoints(
        &self,
        mut records: Vec<RedfishEndpointBody>,
    ) -> Result<Vec<RedfishEndpoint>, Fault> {
        let ids = identities(&mut records)?;
        let known = self.known_endpoints(&ids).await?;
        let (mut new, mut changed) = (Vec::new(), Vec::new());
        for record in records {
            match known.get(&key(&record)) {
                None => new.push(record),
                Some(now) if differing(now, &record).is_some() => changed.push(record),
                Some(_) => {}
            }
        }
        let mut touched = Vec::new();
        if !new.is_empty() {
            touched = self.add_endpoints(new).await?;
        }
        if !changed.is_empty() {
            touched.extend(self.update_endpoints(changed).await?);
        }
        Ok(arrange(touched, Some(&ids), |endpoint| &endpoint.id))
    }

    pub async fn delete_endpoints(&self, ids: Vec<String>) -> Result<Vec<RedfishEndpoint>, Fault> {
        let list = || self.endpoints(Some(&ids), Filter::default());
        self.delete_each(PATH, &ids, list, |e| &e.id, unknown).await
    }

    pub async fn delete_all_endpoints(&self) -> Result<Vec<RedfishEndpoint>, Fault> {
        let before = self.endpoints(None, Filter::default()).await?;
        if !before.is_empty() {
            self.api.delete(PATH).nothing().await?;
        }
        Ok(before)
    }

    async fn known_endpoints(
        &self,
        ids: &[String],
    ) -> Result<HashMap<String, RedfishEndpoint>, Fault> {
        let found = self.endpoints(Some(ids), Filter::default()).await?;
        let pair = |e: RedfishEndpoint| (e.id.to_ascii_lowercase(), e);
        Ok(found.into_iter().map(pair).collect())
    }

    /// Which of the records SMD holds now, as they should be, their interfaces included. One call for each resource.
    async fn endpoints_back(
        &self,
        wanted: Vec<RedfishEndpointBody>,
        sent: Vec<Result<(), Fault>>,
        fates: &mut Fates<RedfishEndpoint>,
    ) -> Result<(), Fault> {
        let mut refused = HashMap::new();
        for f in sent.into_iter().filter_map(Result::err) {
            // Only a fault about one endpoint names it; any other ends the whole.
            let Some(item) = f.items.first().cloned() else {
                return Err(f);
            };
            refused.insert(item.node, item.fault);
        }
        let ids: Vec<String> = wanted.iter().map(|record| id(record).to_owned()).collect();
        let mut found = self.known_endpoints(&ids).await?;
        let interfaces = if wanted.iter().any(discovered) {
            self.interfaces(None, &Filter::default()).await?
        } else {
            Vec::new()
        };
        let owners: Owners = interfaces
            .iter()
            .map(|i| (i.id.as_str(), i.component_id.as_str()))
            .collect();
        for record in &wanted {
            let id = id(record);
            let now = found.remove(&key(record));
            let verdict = match refused.remove(id) {
                Some(f) => Err(f),
                None => verdict(now, record, &owners),
            };
            fates.add(id, verdict);
        }
        Ok(())
    }
}

/// The query for these names; None when there are none, for SMD would take that as "all".
pub(super) fn query(
    ids: Option<&[String]>,
    mut pairs: Vec<(String, String)>,
) -> Option<Vec<(String, String)>> {
    if ids.is_some_and(<[_]>::is_empty) {
        return None;
    }
    if let Some(ids) = ids.filter(|ids| ids.len() <= NAMES_IN_URL) {
        pairs.extend(ids.iter().map(|id| ("id".to_owned(), id.clone())));
    }
    Some(pairs)
}

fn id(record: &RedfishEndpointBody) -> &str {
    record.id.as_deref().unwrap_or_default()
}

fn key(record: &RedfishEndpointBody) -> String {
    id(record).to_ascii_lowercase()
}

/// The records' names, brought into SMD's spelling.
fn identities(records: &mut [RedfishEndpointBody]) -> Result<Vec<String>, Fault> {
    for record in records.iter_mut() {
        record.id = record.id.as_deref().map(normalize);
        if id(record).is_empty() {
            return Err(Fault::bad_argument("a Redfish endpoint without an ID")
                .hint("the ID is the xname of its BMC, such as x1000c0s0b0"));
        }
    }
    once(records.iter().map(id))?;
    Ok(records.iter().map(|record| id(record).to_owned()).collect())
}

fn discovered(record: &RedfishEndpointBody) -> bool {
    record.systems.is_some() || record.managers.is_some()
}

/// Whether SMD stored what was sent: it did if its answer, whatever the status, ends in something else than a refusal.
pub(super) fn stored(answer: &Answer) -> Result<(), Fault> {
    if answer.is_success() {
        return Ok(());
    }
    let all = answer.documents().unwrap_or_default();
    let refusal = |last: &Value| last.get("detail").is_some() && last.get("status").is_some();
    if all.len() > 1 && all.last().is_some_and(|last| !refusal(last)) {
        return Ok(());
    }
    Err(answer.fault())
}

/// The fate of one request; a refusal is wrapped so that it names its endpoint.
fn sent(record: &RedfishEndpointBody, result: Result<(), Fault>) -> Result<(), Fault> {
    result.map_err(|f| {
        let node = id(record).to_owned();
        Fault::new(f.kind, "").items(vec![Item { node, fault: f }])
    })
}

/// Whether SMD now holds what was wanted.
fn verdict(
    now: Option<RedfishEndpoint>,
    wanted: &RedfishEndpointBody,
    owners: &Owners,
) -> Result<RedfishEndpoint, Fault> {
    let id = id(wanted);
    let Some(now) = now else {
        let message = format!("SMD accepted Redfish endpoint {id} and does not hold it");
        return Err(fault(Kind::NoEffect, message));
    };
    if let Some(field) = differing(&now, wanted) {
        let message = format!("SMD accepted {field} of {id} and holds another");
        return Err(fault(Kind::NoEffect, message));
    }
    interfaces_stored(wanted, owners)?;
    Ok(now)
}

/// The fields that say something about the endpoint itself.
fn given(record: &RedfishEndpointBody) -> Map<String, Value> {
    let mut fields = match serde_json::to_value(record) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    for name in ["ID", "Type", "SchemaVersion", "Systems", "Managers"] {
        fields.shift_remove(name);
    }
    fields
}

/// The first given field that the endpoint does not have. Its value is not told: it may be the password.
fn differing(now: &RedfishEndpoint, wanted: &RedfishEndpointBody) -> Option<String> {
    let now = serde_json::to_value(now).unwrap_or_default();
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_lowercase)
    };
    given(wanted)
        .iter()
        .find(|(name, value)| {
            let has = now.get(name.as_str()).unwrap_or(&Value::Null);
            let empty = has.is_null() && value.as_str() == Some("");
            // A vault keeps the password, and SMD shows none.
            let kept = *name == "Password" && has.as_str() == Some("");
            !empty && !kept && text(has) != text(value)
        })
        .map(|(name, _)| name.clone())
}

/// Interfaces by their ID: whose they are.
type Owners<'a> = HashMap<&'a str, &'a str>;

/// Each interface of a discovery must now belong to the BMC or to one of its nodes.
fn interfaces_stored(record: &RedfishEndpointBody, owners: &Owners) -> Result<(), Fault> {
    let systems = record
        .systems
        .iter()
        .flatten()
        .flat_map(|s| &s.ethernet_interfaces);
    let managers = record
        .managers
        .iter()
        .flatten()
        .flat_map(|m| &m.ethernet_interfaces);
    let here = id(record);
    for nic in systems.chain(managers) {
        let mac = &nic.mac;
        let Some(owner) = owners.get(interface::id_of(mac)?.as_str()) else {
            let message = format!("SMD stored {here}, but not its interface {mac}");
            let hint = if nic.ip.is_empty() {
                "a discovery makes only interfaces with an address; smd.iface.add takes one without"
            } else {
                "smd.iface.add adds it"
            };
            return Err(fault(Kind::NoEffect, message).hint(hint));
        };
        let behind = owner.strip_prefix(here);
        if !behind.is_some_and(|rest| rest.is_empty() || rest.starts_with('n')) {
            let message = format!("interface {mac} of {here} belongs to {owner} already");
            let hint = format!("smd.iface.get \"{mac}\" shows it; which of the two is wrong?");
            return Err(fault(Kind::Conflict, message).hint(hint));
        }
    }
    Ok(())
}

fn unknown(id: &str, f: Fault) -> Fault {
    if f.kind != Kind::NotFound {
        return f;
    }
    Fault {
        message: format!("no Redfish endpoint {id}"),
        ..f
    }
    .hint("smd.rfe.list() shows them; their names are those of BMCs")
}
