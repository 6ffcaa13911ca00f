//! The sorts of hardware SMD keeps an inventory of: what each is called where, and how its units are told apart.
use super::form::{self, Form};
use serde_json::{Map, Value};

/// A sort of hardware.
pub struct Sort {
    pub kind: &'static str,
    /// What names start with: `Node` of `NodeLocationInfo`, `HWInvByLocNode`, `HWInvByFRUNode`.
    pub stem: &'static str,
    /// Where an inventory lists it.
    pub list: &'static str,
    place: Form,
    unit: Form,
}

const fn sort(
    kind: &'static str,
    stem: &'static str,
    list: &'static str,
    (place, unit): (Form, Form),
) -> Sort {
    Sort {
        kind,
        stem,
        list,
        place,
        unit,
    }
}

const CHASSIS: (Form, Form) = (form::CHASSIS_PLACE, form::CHASSIS);
const PROCESSOR: (Form, Form) = (form::PROCESSOR_PLACE, form::PROCESSOR);
const OUTLET: (Form, Form) = (form::OUTLET_PLACE, form::OUTLET);
const SUPPLY: (Form, Form) = (form::SUPPLY_PLACE, form::SUPPLY);
const MANAGER: (Form, Form) = (form::MANAGER_PLACE, form::MANAGER);

/// In the order in which an inventory lists them.
pub const SORTS: &[Sort] = &[
    sort("Node", "Node", "Nodes", (form::NODE_PLACE, form::NODE)),
    sort("Cabinet", "Cabinet", "Cabinets", CHASSIS),
    sort("Chassis", "Chassis", "Chassis", CHASSIS),
    sort("ComputeModule", "ComputeModule", "ComputeModules", CHASSIS),
    sort("RouterModule", "RouterModule", "RouterModules", CHASSIS),
    sort("NodeEnclosure", "NodeEnclosure", "NodeEnclosures", CHASSIS),
    sort("HSNBoard", "HSNBoard", "HSNBoards", CHASSIS),
    sort("Processor", "Processor", "Processors", PROCESSOR),
    sort(
        "Memory",
        "Memory",
        "Memory",
        (form::MEMORY_PLACE, form::MEMORY),
    ),
    sort("Drive", "Drive", "Drives", (form::NAMED_PLACE, form::DRIVE)),
    sort(
        "CabinetPDU",
        "PDU",
        "CabinetPDUs",
        (form::PDU_PLACE, form::PDU),
    ),
    sort("CabinetPDUOutlet", "Outlet", OUTLETS, OUTLET),
    sort("CabinetPDUPowerConnector", "Outlet", OUTLETS, OUTLET),
    sort("CMMRectifier", "CMMRectifier", "CMMRectifiers", SUPPLY),
    sort("NodeAccel", "NodeAccel", "NodeAccels", PROCESSOR),
    sort(
        "NodeAccelRiser",
        "NodeAccelRiser",
        "NodeAccelRisers",
        (form::RISER_PLACE, form::RISER),
    ),
    sort(
        "NodeEnclosurePowerSupply",
        "NodeEnclosurePowerSupply",
        "NodeEnclosurePowerSupplies",
        SUPPLY,
    ),
    sort(
        "NodeHsnNic",
        "NodeHsnNic",
        "NodeHsnNics",
        (form::NAMED_PLACE, form::ADAPTER),
    ),
    sort("NodeBMC", "NodeBMC", "NodeBMCs", MANAGER),
    sort("RouterBMC", "RouterBMC", "RouterBMCs", MANAGER),
    sort("MgmtSwitch", "MgmtSwitch", "MgmtSwitches", CHASSIS),
    sort("MgmtHLSwitch", "MgmtHLSwitch", "MgmtHLSwitches", CHASSIS),
    sort("CDUMgmtSwitch", "CDUMgmtSwitch", "CDUMgmtSwitches", CHASSIS),
];

/// Where outlets are listed, whichever of the two they are.
pub const OUTLETS: &str = "CabinetPDUPowerConnectors";

/// What stands inside a node, in a nested inventory.
pub const IN_NODES: [&str; 6] = [
    "Processors",
    "Memory",
    "Drives",
    "NodeAccels",
    "NodeAccelRisers",
    "NodeHsnNics",
];

impl Sort {
    /// The sort of a type of component, if SMD keeps an inventory of it.
    pub fn of(kind: &str) -> Option<&'static Self> {
        SORTS.iter().find(|sort| sort.kind == kind)
    }

    /// The sort that a member such as `NodeLocationInfo` speaks of.
    fn by_stem(name: &str, end: &str) -> Option<&'static Self> {
        let named = |sort: &&Self| name.eq_ignore_ascii_case(&format!("{}{end}", sort.stem));
        SORTS.iter().find(named)
    }

    /// The form of a member that says what Redfish knows of a place.
    pub fn place_member(name: &str, info: &Map<String, Value>) -> Option<Result<Value, String>> {
        let sort = Self::by_stem(name, "LocationInfo")?;
        Some(form::fill(sort.place, info).map(Value::Object))
    }

    /// The form of a member that says what Redfish knows of a unit.
    pub fn unit_member(name: &str, info: &Map<String, Value>) -> Option<Result<Value, String>> {
        let sort = Self::by_stem(name, "FRUInfo")?;
        Some(form::fill(sort.unit, info).map(Value::Object))
    }

    /// The name of a unit: its sort, maker, part and serial number. What has too little of these is called after its
    /// place and cannot be followed elsewhere.
    pub fn fruid(&self, id: &str, unit: &Value, given: &str) -> String {
        let untracked = || format!("FRUIDfor{id}");
        if self.stem == "Outlet" {
            // an outlet's maker is its PDU's
            let named = (!given.is_empty()).then(|| given.to_owned());
            return named.unwrap_or_else(untracked);
        }
        let field = |name: &str| {
            let text = unit.get(name).and_then(Value::as_str).unwrap_or_default();
            let kept = text.chars().filter(char::is_ascii_alphanumeric);
            kept.collect::<String>()
        };
        let (maker, part) = match self.kind {
            "NodeAccelRiser" => (field("Producer"), field("PartNumber")),
            "CMMRectifier" | "NodeEnclosurePowerSupply" => (field("Manufacturer"), String::new()),
            _ => (field("Manufacturer"), field("PartNumber")),
        };
        let serial = field("SerialNumber");
        if serial.is_empty() || (maker.is_empty() && part.is_empty()) {
            return untracked();
        }
        let words = [self.kind.to_owned(), maker, part, serial];
        let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
        let name = words.join(".");
        if name.len() > 255 { untracked() } else { name }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_unit_is_named_by_what_moves_with_it() {
        let name = |kind: &str, unit: Value, given: &str| {
            Sort::of(kind).expect("known").fruid("x0c0", &unit, given)
        };
        let unit = json!({ "Manufacturer": "A-B C", "PartNumber": "P/1", "SerialNumber": "7" });
        assert_eq!(name("Node", unit.clone(), "mine"), "Node.ABC.P1.7");
        assert_eq!(name("CMMRectifier", unit.clone(), ""), "CMMRectifier.ABC.7");
        assert_eq!(name("NodeAccelRiser", unit, ""), "NodeAccelRiser.P1.7");
        assert_eq!(
            name("Node", json!({ "Manufacturer": "A" }), ""),
            "FRUIDforx0c0"
        );
        assert_eq!(name("CabinetPDUOutlet", json!({}), "mine"), "mine");
        assert_eq!(name("CabinetPDUOutlet", json!({}), ""), "FRUIDforx0c0");
    }

    #[test]
    fn a_form_keeps_what_it_knows_and_fills_the_rest() {
        let info = json!({ "name": "DIMM 0", "Odd": 1, "MemoryLocation": { "Slot": "4" } });
        let info = info.as_object().expect("an object");
        let read = Sort::place_member("memorylocationinfo", info).expect("known");
        let wanted = json!({
            "Id": "", "Name": "DIMM 0", "Description": "",
            "MemoryLocation": { "Socket": 0, "MemoryController": 0, "Channel": 0, "Slot": 4 },
        });
        assert_eq!(read, Ok(wanted));
        let wrong = json!({ "Name": 1 });
        let wrong = wrong.as_object().expect("an object");
        assert!(Sort::place_member("MemoryLocationInfo", wrong).is_some_and(|r| r.is_err()));
        assert!(Sort::place_member("OddLocationInfo", wrong).is_none());
    }
}
