//! What SMD knows: components, Redfish endpoints and what is behind them, interfaces, groups, partitions, locks, hardware,
//! maps of nodes and their power, subscriptions.
//!
//! One struct of tables stands in for SMD's database, with the rules its SQL holds: keys, references, column widths, and
//! the refusals in the words SMD gives them. Pure: no HTTP, no JSON, no clock; the caller says what time it is.
pub mod component;
pub mod endpoint;
pub mod filter;
pub mod form;
pub mod group;
pub mod hardware;
pub mod interface;
pub mod lock;
pub mod map;
pub mod names;
mod news;
pub mod partition;
pub mod reservation;
pub mod service_endpoint;
mod sets;
pub mod sort;
pub mod subscription;
pub mod words;

use super::types::{
    ComponentEndpoint, EthernetInterface, HardwareEvent, NodeMap, Notification, PowerMap,
    RedfishEndpoint, ServiceEndpoint, Subscription,
};
use crate::{
    fault::Fault,
    table::{self, Rows, Table},
};
use std::collections::HashMap;

/// Why the store did not do as it was asked.
#[derive(Debug, PartialEq)]
pub enum Trouble {
    /// SMD tells the client, in these words.
    Said(&'static str),
    /// The database refused (a value too wide, a reference to nothing). SMD keeps its words to itself but in discovery.
    Database(String),
    /// The lab could not write its journal.
    Disk(Fault),
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Disk(fault)
    }
}

/// SMD's words for what its database refuses.
pub mod said {
    use super::Trouble;

    macro_rules! words {
        ($($name:ident = $text:literal;)*) => { $(pub const $name: Trouble = Trouble::Said($text);)* };
    }

    words! {
        BAD_ARGUMENT = "Argument was not valid";
        BAD_ARCH = "Argument was not a valid HMS Arch";
        BAD_CLASS = "Argument was not a valid HMS Class";
        BAD_FLAG = "Argument was not a valid HMS Flag";
        BAD_ID = "Argument was not a valid xname ID";
        BAD_RANGE = "An argument was out of range";
        BAD_REDFISH_TYPE = "Argument was not a valid Redfish type";
        BAD_ROLE = "Argument was not a valid HMS Role";
        BAD_STATE = "Argument was not a valid HMS State";
        BAD_SUBROLE = "Argument was not a valid HMS SubRole";
        BAD_SUBTYPE = "Argument was not a valid HMS Subtype";
        BAD_TIME = "Argument was not in a valid RFC3339 time format";
        BAD_TYPE = "Argument was not a valid HMS Type";
        DUPLICATE = "Would create a duplicate key or non-unique field";
        EXCLUSIVE_GROUP = "Would create a duplicate key in another exclusive group";
        EXCLUSIVE_PARTITION = "Would create a duplicate key in another partition";
        GROUP_AND_PARTITION = "group and partition cannot both have more than one value";
        MISSING = "a required argument was missing";
        MISSING_NID = "NID value missing.  Use NID < 0 to unset.";
        NEED_FORCE = "operation not allowed and not forced.";
        NO_COMPONENT = "linked component does not exist";
        NO_GROUP = "no such group";
        NO_MATCH = "a required argument did not match any valid input";
        NO_PARTITION = "no such partition";
        NOT_AN_INT = "a required argument was not an integer";
        NULL_GROUP = "NULL group and non-NULL partition arg not permitted";
        NULL_IN_GROUPS = "NULL and non-NULL group arguments not permitted";
        NULL_IN_PARTITIONS = "NULL and non-NULL partrition arguments not permitted";
        NULL_PARTITION = "NULL partition and non-NULL group arg not permitted";

        LOCK_DEPUTY_KEY = "Deputy Key required for operation";
        LOCK_DISABLED = "Component reservations are disabled";
        LOCK_LOCKED = "Component is Locked";
        LOCK_NOT_FOUND = "Component not found";
        LOCK_RESERVATION_KEY = "Reservation Key required for operation";
        LOCK_RESERVED = "Component is Reserved";
        LOCK_UNLOCKED = "Component is Unlocked";
        UNSUPPORTED_TYPE = "HMSType value not supported for this operation";
    }
}

/// SMD's database.
pub struct Store {
    components: Table<component::Row>,
    endpoints: Table<RedfishEndpoint>,
    component_endpoints: Table<ComponentEndpoint>,
    interfaces: Table<EthernetInterface>,
    groups: Table<group::Row>,
    /// Who is in which group, by `"label xname"`.
    members: Table<group::Member>,
    partitions: Table<partition::Row>,
    /// Who is in which partition, by xname: in one at most.
    seats: Table<partition::Seat>,
    /// By xname: a component has one at most.
    reservations: Table<reservation::Row>,
    /// Hardware: places, units by FRU ID, and events by their number.
    places: Table<hardware::Place>,
    units: Table<hardware::Unit>,
    events: Table<HardwareEvent>,
    node_maps: Table<NodeMap>,
    power_maps: Table<PowerMap>,
    subscriptions: Table<Subscription>,
    service_endpoints: Table<ServiceEndpoint>,
    /// The numbers given out last, by what they number.
    counters: Table<u64>,
    /// Which endpoint has which FQDN; they are unique.
    fqdns: HashMap<String, String>,
    /// Counts writes of components: a changed row moves to the end of what a query finds.
    turn: u64,
    /// What subscribers are to be told of the change under way.
    news: Vec<Notification>,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            components: Table::new("components"),
            endpoints: Table::new("redfish_endpoints"),
            component_endpoints: Table::new("component_endpoints"),
            interfaces: Table::new("ethernet_interfaces"),
            groups: Table::new("groups"),
            members: Table::new("group_members"),
            partitions: Table::new("partitions"),
            seats: Table::new("partition_members"),
            reservations: Table::new("reservations"),
            places: Table::new("hardware"),
            units: Table::new("hardware_frus"),
            events: Table::new("hardware_history"),
            node_maps: Table::new("node_maps"),
            power_maps: Table::new("power_maps"),
            subscriptions: Table::new("subscriptions"),
            service_endpoints: Table::new("service_endpoints"),
            counters: Table::new("counters"),
            fqdns: HashMap::new(),
            turn: 0,
            news: Vec::new(),
        }
    }
}

impl table::Store for Store {
    fn tables(&self) -> Vec<&dyn Rows> {
        vec![
            &self.components,
            &self.endpoints,
            &self.component_endpoints,
            &self.interfaces,
            &self.groups,
            &self.members,
            &self.partitions,
            &self.seats,
            &self.reservations,
            &self.places,
            &self.units,
            &self.events,
            &self.node_maps,
            &self.power_maps,
            &self.subscriptions,
            &self.service_endpoints,
            &self.counters,
        ]
    }

    fn tables_mut(&mut self) -> Vec<&mut dyn Rows> {
        vec![
            &mut self.components,
            &mut self.endpoints,
            &mut self.component_endpoints,
            &mut self.interfaces,
            &mut self.groups,
            &mut self.members,
            &mut self.partitions,
            &mut self.seats,
            &mut self.reservations,
            &mut self.places,
            &mut self.units,
            &mut self.events,
            &mut self.node_maps,
            &mut self.power_maps,
            &mut self.subscriptions,
            &mut self.service_endpoints,
            &mut self.counters,
        ]
    }

    fn loaded(&mut self) {
        let name = |(id, endpoint): (&str, &RedfishEndpoint)| (endpoint.fqdn.clone(), id.into());
        self.fqdns = self.endpoints.iter().map(name).collect();
    }
}

impl Store {
    /// The next number of a sequence; the first is 1.
    fn count(&mut self, sequence: &str) -> u64 {
        let next = self.counters.get(sequence).map_or(1, |last| last + 1);
        self.counters.put(sequence, next);
        next
    }
}

/// What SMD leaves out of its answers when it is empty.
pub fn unless_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// Holds a value against the width of its column.
fn fits(text: &str, width: usize) -> Result<(), Trouble> {
    // most values are short, and bytes are counted faster than characters
    if text.len() <= width || text.chars().count() <= width {
        Ok(())
    } else {
        let wide = format!("pq: value too long for type character varying({width}) (22001)");
        Err(Trouble::Database(wide))
    }
}
