//! Redfish endpoints, and the component endpoints behind them.
//!
//! What a discovery told is turned back into the discovery. Its interfaces go without their addresses: such are not
//! stored, so that the interfaces of SMD stay as they are. What discovery writes into components on its way is put back.
use super::{
    super::{
        client::Filter,
        types::{
            ComponentEndpoint, Info, Links, Manager, Nic, Power, RedfishEndpoint,
            RedfishEndpointBody, System,
        },
    },
    COMPEP, Inventory, RFE, among, by_name, filter, typed, unsupported,
};
use crate::{
    fault::Fault,
    journal::{Records, Touch},
    nodeset::natural,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Above so many names a list is fetched whole: URLs have an end.
const NAMES_IN_URL: usize = 100;

impl Inventory {
    pub(super) async fn endpoints(&self, touch: &Touch) -> Result<Records, Fault> {
        let found = self
            .0
            .endpoints(touch.ids.as_deref(), Filter::default())
            .await?;
        let mut records = by_name(found, |endpoint| endpoint.id.clone());
        for record in records.values_mut() {
            if let Value::Object(fields) = record {
                // How far discovery is moves by itself.
                fields.shift_remove("DiscoveryInfo");
            }
        }
        Ok(records)
    }

    /// The component endpoints of that name, or those behind the endpoints.
    pub(super) async fn component_endpoints(&self, touch: &Touch) -> Result<Records, Fault> {
        let name = |entry: &ComponentEndpoint| entry.id.clone();
        let Some(ids) = touch.ids.as_ref().filter(|_| touch.below) else {
            let ids = touch.ids.as_deref();
            let found = self.0.component_endpoints(ids, &Filter::default()).await?;
            return Ok(by_name(found, name));
        };
        let narrow = match ids.len() {
            0..=NAMES_IN_URL => filter("redfish_ep", ids),
            _ => Filter::default(),
        };
        let mut found = self.0.component_endpoints(None, &narrow).await?;
        let among = among(Some(ids));
        found.retain(|entry| among(&entry.redfish_endpoint_id));
        Ok(by_name(found, name))
    }

    pub(super) async fn put_endpoints(&self, records: &Records) -> Result<(), Fault> {
        let endpoints: Vec<RedfishEndpoint> = typed(records);
        let ids: Vec<String> = endpoints
            .iter()
            .map(|endpoint| endpoint.id.clone())
            .collect();
        let bodies = endpoints.into_iter().map(body).collect();
        self.keeping(&ids, self.0.restore_endpoints(bodies)).await
    }

    pub(super) async fn put_component_endpoints(&self, records: &Records) -> Result<(), Fault> {
        let entries: Vec<ComponentEndpoint> = typed(records);
        let bmcs: BTreeSet<String> = entries
            .iter()
            .map(|entry| entry.redfish_endpoint_id.clone())
            .collect();
        let bmcs: Vec<String> = bmcs.into_iter().collect();
        self.keeping(&bmcs, self.discover_again(&bmcs, records))
            .await
    }

    /// Tells SMD again what discoveries of these endpoints told, with these component endpoints as they were.
    pub(super) async fn discover_again(
        &self,
        bmcs: &[String],
        records: &Records,
    ) -> Result<(), Fault> {
        let endpoints = self.0.endpoints(Some(bmcs), Filter::default()).await?;
        let behind = Touch::of(COMPEP, bmcs).and_below();
        let mut known = self.component_endpoints(&behind).await?;
        known.extend(records.clone());
        let mut by_bmc: BTreeMap<String, Vec<ComponentEndpoint>> = BTreeMap::new();
        for entry in typed::<ComponentEndpoint>(&known) {
            let bmc = entry.redfish_endpoint_id.clone();
            by_bmc.entry(bmc).or_default().push(entry);
        }
        let mut bodies = Vec::new();
        for endpoint in endpoints {
            let entries = by_bmc.remove(&endpoint.id).unwrap_or_default();
            if !entries.is_empty() {
                bodies.push(discovery(endpoint, entries)?);
            }
        }
        self.0.restore_endpoints(bodies).await
    }

    /// Removes endpoints of either sort; SMD empties the components behind them, which is undone.
    pub(super) async fn take_endpoints(&self, resource: &str, ids: &[String]) -> Result<(), Fault> {
        let named = ids.to_vec();
        self.keeping(ids, async {
            match resource {
                RFE => self.0.delete_endpoints(named).await.map(drop),
                _ => self.0.delete_component_endpoints(named).await.map(drop),
            }
        })
        .await
    }
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// The body that makes an endpoint what it was. A password SMD does not show is left out.
fn body(endpoint: RedfishEndpoint) -> RedfishEndpointBody {
    RedfishEndpointBody {
        id: Some(endpoint.id),
        kind: Some(endpoint.kind),
        name: endpoint.name,
        // Of an endpoint without a host name SMD makes the FQDN itself; told of it, it would make a host name.
        fqdn: some(endpoint.fqdn).filter(|_| !endpoint.hostname.is_empty()),
        hostname: some(endpoint.hostname),
        domain: some(endpoint.domain),
        enabled: Some(endpoint.enabled),
        uuid: endpoint.uuid,
        user: some(endpoint.user),
        password: some(endpoint.password),
        use_ssdp: endpoint.use_ssdp,
        mac_required: endpoint.mac_required,
        mac_addr: endpoint.mac_addr,
        ip_address: endpoint.ip_address,
        rediscover_on_update: Some(endpoint.rediscover_on_update),
        template_id: endpoint.template_id,
        ..RedfishEndpointBody::default()
    }
}

/// An endpoint with the discovery of what is behind it. SMD numbers the nodes itself, from n0 on without a gap.
fn discovery(
    endpoint: RedfishEndpoint,
    mut entries: Vec<ComponentEndpoint>,
) -> Result<RedfishEndpointBody, Fault> {
    entries.sort_by(|a, b| natural(&a.id, &b.id));
    let bmc = endpoint.id.clone();
    let (mut systems, mut managers) = (Vec::new(), Vec::new());
    for entry in entries {
        let node = format!("{bmc}n{}", systems.len());
        match entry.kind.as_str() {
            "NodeBMC" if entry.id == bmc => managers.push(manager(entry)),
            "Node" if entry.id == node => systems.push(system(entry)),
            "Node" => {
                let message = format!("{node} is missing, and SMD would number {} anew", entry.id);
                return Err(unsupported(message));
            }
            kind => {
                let message = format!("{}: only BMCs tell SMD of a {kind}", entry.id);
                return Err(unsupported(message).hint("smd.discovery.start asks them again"));
            }
        }
    }
    Ok(RedfishEndpointBody {
        schema_version: Some(1),
        systems: Some(systems),
        managers: Some(managers),
        ..body(endpoint)
    })
}

fn system(entry: ComponentEndpoint) -> System {
    let info = entry
        .redfish_system_info
        .map(|info| *info)
        .unwrap_or_default();
    let reset = info
        .actions
        .and_then(|actions| actions.computer_system_reset);
    let controls = info.power_control.iter();
    // The chassis stands beside the system in what a control is for; else where its power is read.
    let chassis = controls
        .clone()
        .find_map(|control| {
            control
                .related_item
                .get(1)
                .map(|item| item.odata_id.clone())
        })
        .or_else(|| info.power_url.as_deref().map(chassis_of));
    let nic = |nic: super::super::types::NicInfo| Nic {
        uri: nic.odata_id,
        mac: nic.mac_address,
        description: nic.description.unwrap_or_default(),
        ..Nic::default()
    };
    System {
        uri: entry.odata_id,
        uuid: entry.uuid.unwrap_or_default(),
        name: info.name.unwrap_or_default(),
        system_type: entry.redfish_subtype,
        actions: reset.and_then(|reset| reset.allowable_values),
        power: Some(Power {
            power_control_ids: controls.map(|control| control.odata_id.clone()).collect(),
            ..Power::default()
        })
        .filter(|power| !power.power_control_ids.is_empty()),
        links: chassis.map(|chassis| Links {
            chassis: vec![chassis],
            ..Links::default()
        }),
        ethernet_interfaces: info.ethernet_nic_info.into_iter().map(nic).collect(),
    }
}

/// `…/Chassis/Power` was made of `…/Chassis/Self`; the last word does not matter.
fn chassis_of(power: &str) -> String {
    let folder = power.rsplit_once('/').map_or("", |(folder, _)| folder);
    format!("{folder}/Self")
}

fn manager(entry: ComponentEndpoint) -> Manager {
    let info: Info = entry
        .redfish_manager_info
        .map(|info| *info)
        .unwrap_or_default();
    let reset = info.actions.and_then(|actions| actions.manager_reset);
    let nic = |nic: super::super::types::NicInfo| Nic {
        mac: nic.mac_address,
        name: nic.hostname.unwrap_or_default(),
        description: nic.description.unwrap_or_default(),
        enabled: nic.interface_enabled.unwrap_or_default(),
        ..Nic::default()
    };
    Manager {
        uri: entry.odata_id,
        name: info.name.unwrap_or_default(),
        kind: entry.kind,
        actions: reset.and_then(|reset| reset.allowable_values),
        command_shell: info
            .command_shell
            .map(|shell| shell.connect_types_supported)
            .unwrap_or_default(),
        ethernet_interfaces: info.ethernet_nic_info.into_iter().map(nic).collect(),
        ..Manager::default()
    }
}
