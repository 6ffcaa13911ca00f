//! What a POST or PUT of a Redfish endpoint tells of the machines behind it, made into components, component endpoints
//! and interfaces.
//!
//! `SchemaVersion` decides the form. The present one (1) is what `ochami discover` and magellan send. SMD v2.20 adds the
//! interfaces of a manager twice, so each such POST answers 409 first and its success after it, in one body, though all
//! is stored; scripts that deal with SMD deal with this.
use super::{
    answer::Answer,
    interface::insert_refused,
    legacy,
    uri::{beside, local, path_of},
    wire,
};
use crate::services::smd::{
    store::{
        Store, Trouble,
        interface::{interface, moment},
        said, unless_empty,
    },
    types::{
        Action, Actions, CommandShell, Component, ComponentEndpoint, Info, IpAddress, Manager, Nic,
        NicInfo, OdataId, PowerControl, System,
    },
};
use serde::Deserialize;
use serde_json::Value;

/// Why a discovery stopped half-way.
#[derive(Debug)]
pub(super) enum Halt {
    Failed(String),
    /// SMD's handler fell over something it did not expect.
    Panicked,
}

/// Answers given so far: SMD goes on after the first.
#[derive(Default)]
pub(super) struct Sent(Option<Answer>);

impl Sent {
    pub(super) fn send(&mut self, answer: Answer) {
        self.0 = Some(match self.0.take() {
            Some(first) => first.and(answer),
            None => answer,
        });
    }

    /// Says that a discovery failed, if it did.
    pub(super) fn failure(&mut self, outcome: Result<(), Halt>) {
        if let Err(Halt::Failed(words)) = outcome {
            self.send(Answer::problem(500, words));
        }
    }

    pub(super) fn finish(self, last: Answer) -> Answer {
        match self.0 {
            Some(first) => first.and(last),
            None => last,
        }
    }
}

pub(super) fn words(trouble: Trouble) -> String {
    match trouble {
        Trouble::Said(words) => words.into(),
        Trouble::Database(words) => words,
        Trouble::Disk(fault) => fault.message,
    }
}

/// Takes in all that a body tells. `force`: what exists is replaced.
pub(super) fn all(
    store: &mut Store,
    sent: &mut Sent,
    value: &Value,
    force: bool,
    now: &str,
) -> Result<(), Halt> {
    let version = match value.get("SchemaVersion") {
        None => 0.0,
        Some(version) => version.as_f64().ok_or(Halt::Panicked)?,
    };
    let (outcome, which) = if version < 1.0 {
        (legacy::systems(store, sent, value), "")
    } else {
        let discovery = Discovery {
            store,
            sent,
            force,
            now,
        };
        (discovery.run(value), " (V2)")
    };
    outcome.map_err(|halt| match halt {
        Halt::Failed(words) => Halt::Failed(format!("failed parsing post data{which}: {words}")),
        Halt::Panicked => Halt::Panicked,
    })
}

/// The body as the present form has it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Root {
    #[serde(rename = "ID")]
    id: String,
    #[serde(rename = "UUID")]
    uuid: Option<String>,
    #[serde(rename = "DiscoveryInfo")]
    discovery_info: Attempt,
    #[serde(rename = "Systems")]
    systems: Vec<System>,
    #[serde(rename = "Managers")]
    managers: Vec<Manager>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Attempt {
    last_attempt: Option<String>,
}

impl Root {
    fn read(value: &Value) -> Result<Self, String> {
        let root: Self = wire::convert(value.clone())?;
        // unlike the endpoint itself, a discovery must give a UUID and a moment that are such
        if let Some(uuid) = &root.uuid {
            uuid::Uuid::try_parse(uuid).map_err(|error| error.to_string())?;
        }
        if let Some(at) = &root.discovery_info.last_attempt {
            let known = moment(at).ok().flatten();
            known.ok_or_else(|| format!("\"{at}\" is not a moment by RFC 3339"))?;
        }
        Ok(root)
    }
}

struct Discovery<'a> {
    store: &'a mut Store,
    sent: &'a mut Sent,
    force: bool,
    now: &'a str,
}

impl Discovery<'_> {
    fn run(mut self, value: &Value) -> Result<(), Halt> {
        let root = Root::read(value).map_err(|words| {
            let words = format!("failed to unmarshal Redfish data: {words}");
            self.sent.send(Answer::problem(500, words.clone()));
            Halt::Failed(words)
        })?;
        for manager in &root.managers {
            self.manager(&root.id, manager)?;
        }
        let mut known: Vec<&str> = Vec::new();
        for system in &root.systems {
            if !known.contains(&system.uuid.as_str()) {
                let fullest = fullest(&root.systems, system);
                self.system(&root.id, known.len(), fullest)?;
                known.push(&system.uuid);
            }
        }
        Ok(())
    }

    fn manager(&mut self, id: &str, manager: &Manager) -> Result<(), Halt> {
        self.component(Component {
            id: id.into(),
            kind: Some("NodeBMC".into()),
            enabled: Some(true),
            ..Component::default()
        })?;
        self.interfaces(id, &manager.ethernet_interfaces);
        let uri = local(&manager.uri);
        let entry = ComponentEndpoint {
            id: id.into(),
            kind: "NodeBMC".into(),
            redfish_type: "Manager".into(),
            odata_id: uri.clone(),
            redfish_endpoint_id: id.into(),
            component_endpoint_type: "ComponentEndpointManager".into(),
            redfish_manager_info: Some(Box::new(manager_info(manager, &uri))),
            ..ComponentEndpoint::default()
        };
        self.store
            .upsert_component_endpoint(entry)
            .map_err(|trouble| {
                let words = words(trouble);
                Halt::Failed(format!(
                    "failed to upsert 1 component endpoints(s): {words}"
                ))
            })?;
        // once more, as SMD does
        self.interfaces(id, &manager.ethernet_interfaces);
        Ok(())
    }

    fn system(&mut self, bmc: &str, number: usize, system: &System) -> Result<(), Halt> {
        let id = format!("{bmc}n{number}");
        let uri = local(&system.uri);
        self.interfaces(&id, &system.ethernet_interfaces);
        self.component(Component {
            id: id.clone(),
            kind: Some("Node".into()),
            state: Some("On".into()),
            enabled: Some(true),
            nid: i64::try_from(number + 1).ok(),
            ..Component::default()
        })?;
        let entry = ComponentEndpoint {
            id,
            kind: "Node".into(),
            redfish_type: "ComputerSystem".into(),
            redfish_subtype: system.system_type.clone(),
            uuid: unless_empty(system.uuid.clone()),
            odata_id: path_of(&uri),
            redfish_endpoint_id: bmc.into(),
            component_endpoint_type: "ComponentEndpointComputerSystem".into(),
            redfish_system_info: Some(Box::new(system_info(system, &uri))),
            ..ComponentEndpoint::default()
        };
        self.store
            .upsert_component_endpoint(entry)
            .map_err(|trouble| {
                let words = format!("failed to upsert component endpoint: {}", words(trouble));
                self.sent.send(Answer::problem(500, words.clone()));
                Halt::Failed(words)
            })
    }

    fn component(&mut self, component: Component) -> Result<(), Halt> {
        self.store.insert_component(component).map_err(|trouble| {
            let words = format!("failed to insert 0 component(s): {}", words(trouble));
            self.sent.send(Answer::problem(500, words.clone()));
            Halt::Failed(words)
        })
    }

    /// Adds interfaces, each for itself; what fails is told and the rest goes on.
    fn interfaces(&mut self, component: &str, nics: &[Nic]) {
        for nic in nics {
            let address = IpAddress {
                ip_address: nic.ip.clone(),
                network: None,
            };
            let made = interface(
                nic.description.clone(),
                &nic.mac,
                component,
                vec![address],
                self.now,
            );
            let new = match made {
                Ok(new) => new,
                Err(words) => {
                    self.sent.send(Answer::problem(400, words));
                    continue;
                }
            };
            let mut added = self.store.insert_interface(new.clone());
            if self.force && added == Err(said::DUPLICATE) {
                self.store.delete_interface(&new.id);
                added = self.store.insert_interface(new);
            }
            if let Err(trouble) = added {
                let hidden = "operation failed during store.";
                self.sent.send(insert_refused(trouble, hidden));
            }
        }
    }
}

/// Of the entries for one system the one that tells of its power.
fn fullest<'a>(systems: &'a [System], system: &'a System) -> &'a System {
    let tells = |s: &&System| {
        let power = s.power.as_ref();
        power.is_some_and(|power| !power.power_control_ids.is_empty())
    };
    if tells(&system) {
        return system;
    }
    let same = |s: &&System| s.uuid == system.uuid;
    systems.iter().filter(same).find(tells).unwrap_or(system)
}

fn reset(uri: &str, name: &str, values: Option<&Vec<String>>) -> Action {
    Action {
        allowable_values: values.cloned(),
        action_info: format!("{uri}/ResetActionInfo"),
        target: format!("{uri}/Actions/{name}"),
        title: None,
    }
}

fn manager_info(manager: &Manager, uri: &str) -> Info {
    let nic = |nic: &Nic| NicInfo {
        description: unless_empty(nic.description.clone()),
        hostname: unless_empty(nic.name.clone()),
        interface_enabled: Some(nic.enabled),
        mac_address: nic.mac.clone(),
        permanent_mac_address: unless_empty(nic.mac.clone()),
        ..NicInfo::default()
    };
    Info {
        name: unless_empty(manager.name.clone()),
        actions: Some(Actions {
            manager_reset: Some(reset(uri, "Manager.Reset", manager.actions.as_ref())),
            ..Actions::default()
        }),
        ethernet_nic_info: manager.ethernet_interfaces.iter().map(nic).collect(),
        command_shell: Some(CommandShell {
            service_enabled: true,
            max_concurrent_sessions: 65536,
            connect_types_supported: manager.command_shell.clone(),
        }),
        ..Info::default()
    }
}

fn system_info(system: &System, uri: &str) -> Info {
    let nic = |nic: &Nic| {
        let uri = local(&nic.uri);
        NicInfo {
            redfish_id: uri.clone(),
            odata_id: uri,
            description: unless_empty(nic.description.clone()),
            interface_enabled: Some(true),
            mac_address: nic.mac.clone(),
            ..NicInfo::default()
        }
    };
    let chassis = system
        .links
        .as_ref()
        .and_then(|links| links.chassis.first());
    let controls = system
        .power
        .iter()
        .flat_map(|power| &power.power_control_ids);
    let control = |chassis: &String, id: &String| PowerControl {
        odata_id: id.clone(),
        member_id: unless_empty(id.rsplit('/').next().unwrap_or_default().into()),
        name: Some("System Power Control".into()),
        related_item: [path_of(uri), chassis.clone()]
            .map(|odata_id| OdataId { odata_id })
            .into(),
    };
    Info {
        name: unless_empty(system.name.clone()),
        actions: Some(Actions {
            computer_system_reset: Some(reset(
                uri,
                "ComputerSystem.Reset",
                system.actions.as_ref(),
            )),
            ..Actions::default()
        }),
        ethernet_nic_info: system.ethernet_interfaces.iter().map(nic).collect(),
        power_url: chassis.map(|chassis| beside(chassis, "Power")),
        power_control: chassis.map_or_else(Vec::new, |chassis| {
            controls.map(|id| control(chassis, id)).collect()
        }),
        ..Info::default()
    }
}
