//! Redfish endpoints, and the component endpoints reached through them.
use super::{
    Store, Trouble,
    filter::Pick,
    fits,
    names::{Names, trimmed},
    said, unless_empty,
};
use crate::services::smd::{
    types::{ComponentEndpoint, DiscoveryInfo, RedfishEndpoint, RedfishEndpointBody},
    xname,
};
use std::collections::HashSet;

/// A filter over Redfish endpoints that was found to make sense.
#[derive(Clone, Debug, Default)]
pub struct EndpointFilter {
    pub id: Pick,
    pub fqdn: Pick,
    pub uuid: Pick,
    pub kind: Pick,
    pub mac: Pick,
    pub address: Pick,
    pub status: Pick,
}

impl EndpointFilter {
    fn takes(&self, endpoint: &RedfishEndpoint) -> bool {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        self.id.takes(&endpoint.id)
            && self.fqdn.takes(&endpoint.fqdn)
            && self.uuid.takes(&text(&endpoint.uuid))
            && self.kind.takes(&endpoint.kind)
            && self.mac.takes(&text(&endpoint.mac_addr))
            && self.address.takes(&text(&endpoint.ip_address))
            && self
                .status
                .takes(&endpoint.discovery_info.last_discovery_status)
    }
}

/// A filter over component endpoints that was found to make sense.
#[derive(Clone, Debug, Default)]
pub struct ComponentEndpointFilter {
    pub id: Pick,
    pub endpoint: Pick,
    /// SMD looks for a Redfish type among the subtypes.
    pub subtype: Pick,
    pub kind: Pick,
}

impl ComponentEndpointFilter {
    fn takes(&self, entry: &ComponentEndpoint) -> bool {
        self.id.takes(&entry.id)
            && self.endpoint.takes(&entry.redfish_endpoint_id)
            && self.subtype.takes(&entry.redfish_subtype)
            && self.kind.takes(&entry.kind)
    }
}

impl Store {
    pub fn endpoint(&self, id: &str) -> Option<&RedfishEndpoint> {
        self.endpoints.get(id)
    }

    pub fn endpoints<'a>(
        &'a self,
        filter: &'a EndpointFilter,
    ) -> impl Iterator<Item = &'a RedfishEndpoint> {
        self.endpoints.values().filter(|entry| filter.takes(entry))
    }

    /// Adds endpoints, all or none. Of two with one id the first counts.
    pub fn insert_endpoints(&mut self, given: Vec<RedfishEndpoint>) -> Result<(), Trouble> {
        let mut mine = HashSet::new();
        for endpoint in given {
            if !mine.insert(endpoint.id.clone()) {
                continue;
            }
            fit(&endpoint)?;
            if self.endpoints.contains(&endpoint.id) || self.fqdns.contains_key(&endpoint.fqdn) {
                return Err(said::DUPLICATE);
            }
            self.put_endpoint(endpoint);
        }
        Ok(())
    }

    fn put_endpoint(&mut self, endpoint: RedfishEndpoint) {
        let id = endpoint.id.clone();
        if let Some(old) = self.endpoints.get(&id) {
            self.fqdns.remove(&old.fqdn);
        }
        self.fqdns.insert(endpoint.fqdn.clone(), id.clone());
        self.endpoints.put(&id, endpoint);
    }

    /// Replaces an endpoint but for what its discovery left; `false`: there is none.
    pub fn update_endpoint(&mut self, new: RedfishEndpoint) -> Result<bool, Trouble> {
        let Some(old) = self.endpoints.get(&new.id) else {
            return Ok(false);
        };
        fit(&new)?;
        if self.fqdns.get(&new.fqdn).is_some_and(|id| *id != new.id) {
            return Err(said::DUPLICATE);
        }
        let discovery_info = old.discovery_info.clone();
        self.put_endpoint(RedfishEndpoint {
            discovery_info,
            ..new
        });
        Ok(true)
    }

    pub fn endpoint_ids(&self) -> Vec<String> {
        self.endpoints.keys().map(str::to_owned).collect()
    }

    /// Marks endpoints as being asked, unless they are so already or disabled; which those are. An endpoint named in two
    /// spellings confuses SMD, and it asks none.
    pub fn begin_discovery(&mut self, ids: &[String], force: bool, now: &str) -> Vec<String> {
        let mut named: Vec<String> = ids.iter().map(|id| xname::normalize(id)).collect();
        let enabled = |id: &String| self.endpoints.get(id).is_some_and(|e| e.enabled);
        named.retain(enabled);
        let distinct: HashSet<&String> = named.iter().collect();
        let exact: HashSet<&String> = ids.iter().collect();
        if distinct.len() < named.len() && exact.len() > distinct.len() {
            return Vec::new();
        }
        let mut asked = Vec::new();
        for id in named {
            let under_way =
                |e: &RedfishEndpoint| e.discovery_info.last_discovery_status == "DiscoveryStarted";
            if !asked.contains(&id)
                && self
                    .endpoints
                    .get(&id)
                    .is_some_and(|e| force || !under_way(e))
            {
                asked.push(id);
            }
        }
        self.end_discovery(&asked, "DiscoveryStarted", now);
        asked
    }

    /// Notes where the discovery of endpoints stands.
    pub fn end_discovery(&mut self, ids: &[String], status: &str, now: &str) {
        for id in ids {
            self.endpoints.update(id, |endpoint| {
                let info = &mut endpoint.discovery_info;
                status.clone_into(&mut info.last_discovery_status);
                info.last_discovery_attempt = Some(now.to_owned());
            });
        }
    }

    /// What hangs on an endpoint that someone disables counts as gone.
    pub fn empty_endpoint(&mut self, id: &str) {
        self.empty_under(|entry| entry.redfish_endpoint_id == id);
    }

    /// Removes an endpoint and its component endpoints; the components stay, empty.
    pub fn delete_endpoint(&mut self, id: &str) -> bool {
        let Some(endpoint) = self.endpoints.get(id) else {
            return false;
        };
        let fqdn = endpoint.fqdn.clone();
        for child in self.empty_under(|entry| entry.redfish_endpoint_id == id) {
            self.component_endpoints.remove(&child);
        }
        self.drop_services(id);
        self.fqdns.remove(&fqdn);
        self.endpoints.remove(id).is_some()
    }

    pub fn delete_endpoints(&mut self) -> usize {
        if self.endpoints.is_empty() {
            return 0;
        }
        self.empty_under(|_| true);
        self.component_endpoints.clear();
        self.service_endpoints.clear();
        self.fqdns.clear();
        self.endpoints.clear()
    }

    /// Empties the components of some component endpoints, and says which these are.
    fn empty_under(&mut self, which: impl Fn(&ComponentEndpoint) -> bool) -> Vec<String> {
        let found = self.component_endpoints.values().filter(|e| which(e));
        let ids: Vec<String> = found.map(|entry| entry.id.clone()).collect();
        self.empty_components(&ids);
        ids
    }

    /// A component endpoint with what its Redfish endpoint adds to it.
    fn joined(&self, entry: &ComponentEndpoint) -> ComponentEndpoint {
        let mut entry = entry.clone();
        if let Some(endpoint) = self.endpoints.get(&entry.redfish_endpoint_id) {
            entry.enabled = endpoint.enabled;
            entry.redfish_endpoint_fqdn.clone_from(&endpoint.fqdn);
        }
        entry.redfish_url = format!("{}{}", entry.redfish_endpoint_fqdn, entry.odata_id);
        entry
    }

    pub fn component_endpoint(&self, id: &str) -> Option<ComponentEndpoint> {
        let entry = self.component_endpoints.get(id)?;
        Some(self.joined(entry))
    }

    pub fn component_endpoints<'a>(
        &'a self,
        filter: &'a ComponentEndpointFilter,
    ) -> impl Iterator<Item = ComponentEndpoint> + 'a {
        let all = self.component_endpoints.values();
        all.filter(|entry| filter.takes(entry))
            .map(|entry| self.joined(entry))
    }

    /// Adds or replaces a component endpoint; its type stays what it was.
    pub fn upsert_component_endpoint(&mut self, new: ComponentEndpoint) -> Result<(), Trouble> {
        let id = xname::valid(&new.id).ok_or(said::BAD_ID)?;
        fits(&id, 63)?;
        fits(&new.redfish_subtype, 63)?;
        fits(&new.odata_id, 512)?;
        fits(new.uuid.as_deref().unwrap_or_default(), 64)?;
        if !self.endpoints.contains(&new.redfish_endpoint_id) {
            let words = "pq: insert or update on table \"comp_endpoints\" violates foreign key \
                         constraint \"comp_endpoints_rf_endpoint_id_fkey\" (23503)";
            return Err(Trouble::Database(words.into()));
        }
        let kind = match self.component_endpoints.get(&id) {
            Some(old) => old.kind.clone(),
            None => new.kind,
        };
        let entry = ComponentEndpoint {
            id: id.clone(),
            kind,
            ..new
        };
        self.component_endpoints.put(&id, entry);
        Ok(())
    }

    pub fn delete_component_endpoint(&mut self, id: &str) -> bool {
        if !self.component_endpoints.contains(id) {
            return false;
        }
        self.empty_components(&[id.to_owned()]);
        self.component_endpoints.remove(id).is_some()
    }

    pub fn delete_component_endpoints(&mut self) -> usize {
        self.empty_under(|_| true);
        self.component_endpoints.clear()
    }
}

fn fit(endpoint: &RedfishEndpoint) -> Result<(), Trouble> {
    fits(&endpoint.id, 63)?;
    fits(&endpoint.hostname, 63)?;
    fits(&endpoint.domain, 192)?;
    fits(&endpoint.fqdn, 255)?;
    fits(endpoint.uuid.as_deref().unwrap_or_default(), 64)?;
    fits(&endpoint.user, 128)?;
    fits(&endpoint.password, 128)?;
    fits(endpoint.mac_addr.as_deref().unwrap_or_default(), 32)?;
    fits(endpoint.ip_address.as_deref().unwrap_or_default(), 64)
}

/// An endpoint from what a client says of it: id, host name, domain and FQDN are worked out from each other and must
/// agree. The template a client names is not kept.
pub fn endpoint(raw: RedfishEndpointBody) -> Result<RedfishEndpoint, String> {
    let names = Names::of(raw.hostname, raw.domain, raw.fqdn.as_deref())?;
    let id = match raw.id.and_then(unless_empty) {
        Some(id) => trimmed(&id),
        None => names.hostname.clone(),
    };
    if id.is_empty() {
        return Err("No xname ID found".into());
    }
    let id = xname::normalize(&id);
    let kind = controller(&id)?;
    let fqdn = names.fqdn(&id, &raw.fqdn.unwrap_or_default())?;
    let ip_address = names.address(raw.ip_address.and_then(unless_empty))?;
    Ok(RedfishEndpoint {
        id,
        kind: kind.into(),
        name: raw.name.and_then(unless_empty),
        hostname: names.hostname,
        domain: names.domain,
        fqdn,
        enabled: raw.enabled.unwrap_or(true),
        uuid: raw.uuid.and_then(unless_empty),
        user: raw.user.unwrap_or_default(),
        password: raw.password.unwrap_or_default(),
        use_ssdp: raw.use_ssdp.filter(|yes| *yes),
        mac_required: raw.mac_required.filter(|yes| *yes),
        mac_addr: raw.mac_addr.and_then(unless_empty),
        ip_address,
        rediscover_on_update: raw.rediscover_on_update.unwrap_or(false),
        template_id: None,
        discovery_info: DiscoveryInfo {
            last_discovery_status: "NotYetQueried".into(),
            ..DiscoveryInfo::default()
        },
    })
}

fn controller(id: &str) -> Result<&'static str, String> {
    match xname::kind(id) {
        None => Err(format!("{id} is not a valid locational xname ID")),
        Some(kind) if xname::is_controller(kind) => Ok(kind),
        Some(kind) => Err(format!(
            "xname ID {id} has wrong type for RF endpoint: {kind}"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(raw: RedfishEndpointBody) -> Result<(String, String, String, String), String> {
        endpoint(raw).map(|e| (e.id, e.hostname, e.domain, e.fqdn))
    }

    fn named(id: &str, hostname: &str, domain: &str, fqdn: &str) -> RedfishEndpointBody {
        let text = |word: &str| unless_empty(word.to_owned());
        RedfishEndpointBody {
            id: text(id),
            hostname: text(hostname),
            domain: text(domain),
            fqdn: text(fqdn),
            ..RedfishEndpointBody::default()
        }
    }

    #[test]
    fn id_host_domain_and_fqdn_are_worked_out_from_each_other() {
        let four =
            |a: &str, b: &str, c: &str, d: &str| Ok((a.into(), b.into(), c.into(), d.into()));
        assert_eq!(
            from(named("X1C0S1B0", "", "", "")),
            four("x1c0s1b0", "", "", "x1c0s1b0")
        );
        assert_eq!(
            from(named("x1c0s1b0", "bmc1", "cluster.local", "")),
            four("x1c0s1b0", "bmc1", "cluster.local", "bmc1.cluster.local")
        );
        assert_eq!(
            from(named("", "", "", "x1c0s1b0.foo.bar")),
            four("x1c0s1b0", "x1c0s1b0", "foo.bar", "x1c0s1b0.foo.bar")
        );
        assert_eq!(
            from(named("x1c0s1b0", "", "", "172.16.0.103")),
            four("x1c0s1b0", "172.16.0.103", "", "172.16.0.103")
        );
    }

    #[test]
    fn names_that_disagree_are_refused() {
        let text = |raw| from(raw).expect_err("refused");
        assert!(text(named("x1c0s1b0", "bmc", "", "other.local")).contains("conflicts with FQDN"));
        assert!(text(named("x1c0s1b0", "bmc.local", "", "")).contains("not a basename"));
        assert!(text(named("x1c0s1b0n0", "", "", "")).contains("wrong type"));
        assert_eq!(text(named("", "", "", "")), "No xname ID found");
    }
}
