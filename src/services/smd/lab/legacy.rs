//! The older form of a discovery, from before `SchemaVersion`: `Systems` with Redfish's own `Data`.
//!
//! SMD takes every member for granted; where one is missing its handler falls over, the endpoint being stored by then.
use super::{
    answer::Answer,
    discover::{Halt, Sent, words},
};
use crate::services::smd::{
    store::{Store, unless_empty},
    types::{Component, ComponentEndpoint, Info, NicInfo},
};
use serde_json::Value;

pub(super) fn systems(store: &mut Store, sent: &mut Sent, value: &Value) -> Result<(), Halt> {
    let systems = match value.get("Systems") {
        None | Some(Value::Null) => return Ok(()),
        Some(systems) => systems.as_array().ok_or(Halt::Panicked)?,
    };
    for system in systems {
        one(store, sent, value, system)?;
    }
    Ok(())
}

fn text(value: &Value, name: &str) -> Result<String, Halt> {
    let text = value.get(name).and_then(Value::as_str);
    text.map(str::to_owned).ok_or(Halt::Panicked)
}

fn one(store: &mut Store, sent: &mut Sent, body: &Value, system: &Value) -> Result<(), Halt> {
    let data = system.get("Data").filter(|data| data.is_object());
    let data = data.ok_or(Halt::Panicked)?;
    let status = data.get("Status").filter(|status| status.is_object());
    let state = status.ok_or(Halt::Panicked)?.get("State");
    let enabled = state.and_then(Value::as_str) == Some("Enabled");
    let id = text(body, "ID")?;
    let component = Component {
        id: id.clone(),
        kind: Some("Node".into()),
        enabled: Some(enabled),
        ..Component::default()
    };
    let mut failed = |what: &str, words: String| {
        let words_sent = format!("failed to {what}: {words}");
        sent.send(Answer::problem(500, words_sent));
        Halt::Failed(words)
    };
    store
        .insert_component(component)
        .map_err(|trouble| failed("insert component", words(trouble)))?;
    let uuid = match data.get("UUID") {
        None => String::new(),
        Some(uuid) => uuid.as_str().ok_or(Halt::Panicked)?.to_owned(),
    };
    let redfish_subtype = text(data, "SystemType")?;
    text(data, "@odata.id")?;
    let entry = ComponentEndpoint {
        id: id.clone(),
        kind: "Node".into(),
        redfish_type: "ComputerSystem".into(),
        redfish_subtype,
        uuid: unless_empty(uuid),
        redfish_endpoint_id: id,
        component_endpoint_type: "ComponentEndpointComputerSystem".into(),
        redfish_system_info: Some(Box::new(Info {
            ethernet_nic_info: nics(system)?,
            ..Info::default()
        })),
        ..ComponentEndpoint::default()
    };
    store
        .upsert_component_endpoint(entry)
        .map_err(|trouble| failed("upsert component endpoint", words(trouble)))
}

fn nics(system: &Value) -> Result<Vec<NicInfo>, Halt> {
    let Some(nics) = system.get("EthernetInterfaces") else {
        return Ok(Vec::new());
    };
    let nic = |nic: &Value| {
        let enabled = nic.get("InterfaceEnabled").and_then(Value::as_bool);
        Ok(NicInfo {
            interface_enabled: Some(enabled.ok_or(Halt::Panicked)?),
            redfish_id: text(nic, "Id")?,
            odata_id: text(nic, "@odata.id")?,
            description: unless_empty(text(nic, "Description")?),
            mac_address: text(nic, "MACAddress")?.to_lowercase(),
            ..NicInfo::default()
        })
    };
    nics.as_array()
        .ok_or(Halt::Panicked)?
        .iter()
        .map(nic)
        .collect()
}
