//! A POST of a Redfish endpoint that tells of a PDU's outlets (`PDUInventory`): what magellan sends of PDUs.
use super::{
    answer::Answer,
    discover::{Halt, Sent, words},
    wire,
};
use crate::services::smd::{
    store::{Store, said, unless_empty},
    types::{Actions, Component, ComponentEndpoint, Info, OutletAction},
    xname,
};
use serde::Deserialize;
use serde_json::Value;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Root {
    #[serde(rename = "ID")]
    id: String,
    #[serde(rename = "Enabled")]
    enabled: bool,
    #[serde(rename = "PDUInventory")]
    inventory: Inventory,
}

#[derive(Default, Deserialize)]
#[serde(default)]
#[allow(dead_code)] // of some only their types matter
struct Inventory {
    #[serde(rename = "Model")]
    model: String,
    #[serde(rename = "SerialNumber")]
    serial_number: String,
    #[serde(rename = "FirmwareVersion")]
    firmware_version: String,
    #[serde(rename = "Outlets")]
    outlets: Vec<Outlet>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Outlet {
    original_id: String,
    id_suffix: String,
    name: String,
    state: String,
    socket_type: String,
}

/// Takes in the outlets, if there are any. Their state is kept as it is told; what fails is told twice.
pub(super) fn outlets(store: &mut Store, sent: &mut Sent, value: &Value) -> Result<(), Halt> {
    let root: Root = wire::convert(value.clone()).map_err(|words| {
        sent.send(Answer::problem(
            500,
            format!("failed to unmarshal PDU data: {words}"),
        ));
        Halt::Failed(format!("failed parsing PDU data: {words}"))
    })?;
    if root.inventory.outlets.is_empty() {
        return Ok(());
    }
    let controller = Component {
        id: root.id.clone(),
        kind: Some("CabinetPDUController".into()),
        state: Some("On".into()),
        enabled: Some(root.enabled),
        ..Component::default()
    };
    let mut failed = |what: &str, why: String| {
        let words = format!("failed to upsert PDU {what} for {}: {why}", root.id);
        sent.send(Answer::problem(500, words.clone()));
        Halt::Failed(format!("failed parsing PDU data: {words}"))
    };
    add(store, vec![controller]).map_err(|why| failed("controller component", why))?;
    let component = |outlet: &Outlet| Component {
        id: format!("{}{}", root.id, outlet.id_suffix),
        kind: Some("CabinetPDUPowerConnector".into()),
        state: unless_empty(outlet.state.clone()),
        enabled: Some(outlet.state == "On"),
        ..Component::default()
    };
    let components = root.inventory.outlets.iter().map(component).collect();
    add(store, components).map_err(|why| failed("outlet components", why))?;
    let mut endpoints = vec![controller_endpoint(&root.id)];
    let outlets = root.inventory.outlets.iter();
    endpoints.extend(outlets.map(|outlet| outlet_endpoint(&root.id, outlet)));
    for endpoint in endpoints {
        // SMD writes into its log which of these it could not keep, and goes on
        drop(store.upsert_component_endpoint(endpoint));
    }
    Ok(())
}

/// Adds those components that are not there, all or none.
fn add(store: &mut Store, components: Vec<Component>) -> Result<(), String> {
    let mut new = Vec::new();
    for component in components {
        let id = xname::valid(&component.id).ok_or_else(|| words(said::BAD_ID))?;
        new.push(Component { id, ..component });
    }
    new.retain(|component| !store.has_component(&component.id));
    let mut known: Vec<String> = Vec::new();
    for component in new {
        if !known.contains(&component.id) {
            known.push(component.id.clone());
            store.insert_component(component).map_err(words)?;
        }
    }
    Ok(())
}

fn controller_endpoint(id: &str) -> ComponentEndpoint {
    ComponentEndpoint {
        id: id.to_owned(),
        kind: "CabinetPDUController".into(),
        redfish_type: "Manager".into(),
        odata_id: "/jaws".into(),
        redfish_endpoint_id: id.to_owned(),
        component_endpoint_type: "ComponentEndpointManager".into(),
        redfish_manager_info: Some(Box::new(Info {
            name: Some("JAWS".into()),
            ..Info::default()
        })),
        ..ComponentEndpoint::default()
    }
}

fn outlet_endpoint(id: &str, outlet: &Outlet) -> ComponentEndpoint {
    let switch = OutletAction {
        allowable_values: ["On", "Off"].map(str::to_owned).into(),
        target: format!("/jaws/control/outlets/{}", outlet.original_id),
        title: None,
    };
    ComponentEndpoint {
        id: format!("{id}{}", outlet.id_suffix),
        kind: "CabinetPDUPowerConnector".into(),
        redfish_type: "Outlet".into(),
        redfish_subtype: outlet.socket_type.clone(),
        odata_id: format!("/jaws/monitor/outlets/{}", outlet.original_id),
        redfish_endpoint_id: id.to_owned(),
        component_endpoint_type: "ComponentEndpointOutlet".into(),
        redfish_outlet_info: Some(Box::new(Info {
            name: unless_empty(outlet.name.clone()),
            actions: Some(Actions {
                outlet_power_control: Some(switch),
                ..Actions::default()
            }),
            ..Info::default()
        })),
        ..ComponentEndpoint::default()
    }
}
