//! Service endpoints: the Redfish services of BMCs. SMD's own discovery makes them, and nothing else does.
use super::{Store, filter::Pick};
use crate::services::smd::types::ServiceEndpoint;

/// A filter over service endpoints that was found to make sense.
#[derive(Clone, Debug, Default)]
pub struct ServiceEndpointFilter {
    pub endpoint: Pick,
    pub service: Pick,
}

fn key(service: &str, endpoint: &str) -> String {
    format!("{endpoint} {service}")
}

impl Store {
    pub fn service_endpoints(&self, filter: &ServiceEndpointFilter) -> Vec<ServiceEndpoint> {
        let taken = |entry: &&ServiceEndpoint| {
            filter.endpoint.takes(&entry.redfish_endpoint_id)
                && filter.service.takes(&entry.redfish_type)
        };
        let all = self.service_endpoints.values().filter(taken);
        all.map(|entry| self.with_fqdn(entry)).collect()
    }

    /// A service endpoint with what its Redfish endpoint adds to it.
    fn with_fqdn(&self, entry: &ServiceEndpoint) -> ServiceEndpoint {
        let mut entry = entry.clone();
        if let Some(endpoint) = self.endpoints.get(&entry.redfish_endpoint_id) {
            entry.redfish_endpoint_fqdn.clone_from(&endpoint.fqdn);
        }
        entry.redfish_url = format!("{}{}", entry.redfish_endpoint_fqdn, entry.odata_id);
        entry
    }

    pub fn delete_service_endpoint(&mut self, service: &str, endpoint: &str) -> bool {
        self.service_endpoints
            .remove(&key(service, endpoint))
            .is_some()
    }

    pub fn delete_service_endpoints(&mut self) -> usize {
        self.service_endpoints.clear()
    }

    /// A Redfish endpoint takes its services along.
    pub(super) fn drop_services(&mut self, endpoint: &str) {
        let mine = |entry: &&ServiceEndpoint| entry.redfish_endpoint_id == endpoint;
        let services = self.service_endpoints.values().filter(mine);
        let services: Vec<_> = services.map(|entry| entry.redfish_type.clone()).collect();
        for service in services {
            self.service_endpoints.remove(&key(&service, endpoint));
        }
    }
}
