//! What Redfish says of hardware, as far as SMD keeps it: which members each sort of thing has, and of which type.
//!
//! SMD reads into structs and writes these back, so that unknown members fall away, missing ones appear empty, and a wrong
//! type is refused. The same here, with the structs as tables.
use serde_json::{Map, Value};

/// The type of a member.
#[derive(Clone, Copy)]
pub(super) enum Type {
    Text,
    /// A number, or its digits in a string.
    Number,
    Whole,
    Flag,
    /// Anything.
    Any,
    /// A form inside, which is always there.
    Part(Form),
    /// A form inside, which may be missing.
    Maybe(Form),
    /// A flag that may be missing.
    MaybeFlag,
}

/// A member: its name, its type, and whether it is left out when it is empty.
pub(super) type Member = (&'static str, Type, bool);

/// The members of a sort of thing, in SMD's order.
pub(super) type Form = &'static [Member];

use Type::{Any, Flag, Maybe, MaybeFlag, Number, Part, Text, Whole};

const fn text(name: &'static str) -> Member {
    (name, Text, false)
}

const fn number(name: &'static str) -> Member {
    (name, Number, false)
}

/// Left out when empty.
const fn rare(name: &'static str, kind: Type) -> Member {
    (name, kind, true)
}

/// Reads a member's value; `None`: it is left out.
fn read(kind: Type, rare: bool, given: Option<&Value>) -> Result<Option<Value>, String> {
    let given = given.filter(|value| !value.is_null());
    let wrong = |value: &Value| format!("{value} is of the wrong type");
    let always = |value: Value| Ok(Some(value));
    match (kind, given) {
        (Text, Some(Value::String(text))) if rare && text.is_empty() => Ok(None),
        (Text, Some(Value::String(_)))
        | (Flag | MaybeFlag, Some(Value::Bool(_)))
        | (Any, Some(_))
        | (Number, Some(Value::Number(_))) => Ok(given.cloned()),
        (Number, Some(Value::String(digits))) => {
            let number: serde_json::Number =
                digits.parse().map_err(|_| wrong(&digits[..].into()))?;
            always(Value::Number(number))
        }
        (Whole, Some(value)) => value
            .as_i64()
            .map(|number| Some(number.into()))
            .ok_or_else(|| wrong(value)),
        (Part(form) | Maybe(form), Some(Value::Object(members))) => {
            always(Value::Object(fill(form, members)?))
        }
        (_, Some(value)) => Err(wrong(value)),
        (Part(form), None) => always(Value::Object(fill(form, &Map::new())?)),
        (_, None) if rare => Ok(None),
        (Text, None) => always("".into()),
        (Number | Whole, None) => always(0.into()),
        (Flag, None) => always(false.into()),
        (Any | Maybe(_) | MaybeFlag, None) => always(Value::Null),
    }
}

/// A member by its name in any case; of several spellings the last counts.
pub fn member<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let found = members
        .iter()
        .rfind(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value)
}

/// What is given, in this form. `Err` says what is of the wrong type.
pub(super) fn fill(form: Form, given: &Map<String, Value>) -> Result<Map<String, Value>, String> {
    let mut filled = Map::new();
    for (name, kind, rare) in form {
        let spelled = given
            .iter()
            .filter(|(key, value)| key.eq_ignore_ascii_case(name) && !value.is_null());
        let mut value = read(*kind, *rare, None);
        for (_, given) in spelled {
            // every spelling must be of the right type
            value =
                Ok(read(*kind, *rare, Some(given)).map_err(|words| format!("{name}: {words}"))?);
        }
        if let Some(value) = value? {
            filled.insert((*name).into(), value);
        }
    }
    Ok(filled)
}

pub(super) const CHASSIS_PLACE: Form = &[
    text("Id"),
    text("Name"),
    text("Description"),
    text("HostName"),
];

pub(super) const CHASSIS: Form = &[
    text("AssetTag"),
    text("ChassisType"),
    text("Model"),
    text("Manufacturer"),
    text("PartNumber"),
    text("SerialNumber"),
    text("SKU"),
];

pub(super) const NODE_PLACE: Form = &[
    text("Id"),
    text("Name"),
    text("Description"),
    text("HostName"),
    (
        "ProcessorSummary",
        Part(&[number("Count"), text("Model")]),
        false,
    ),
    (
        "MemorySummary",
        Part(&[number("TotalSystemMemoryGiB")]),
        false,
    ),
];

pub(super) const NODE: Form = &[
    text("AssetTag"),
    text("BiosVersion"),
    text("Model"),
    text("Manufacturer"),
    text("PartNumber"),
    text("SerialNumber"),
    text("SKU"),
    text("SystemType"),
    text("UUID"),
];

pub(super) const PROCESSOR_PLACE: Form = &[
    text("Id"),
    text("Name"),
    text("Description"),
    text("Socket"),
];

const PROCESSOR_ID: Form = &[
    text("EffectiveFamily"),
    text("EffectiveModel"),
    text("IdentificationRegisters"),
    text("MicrocodeInfo"),
    text("Step"),
    text("VendorID"),
];

const PROCESSOR_OEM: Form = &[rare(
    "GBTProcessorOemProperty",
    Maybe(&[rare("Processor Serial Number", Text)]),
)];

pub(super) const PROCESSOR: Form = &[
    text("InstructionSet"),
    text("Manufacturer"),
    number("MaxSpeedMHz"),
    text("Model"),
    text("SerialNumber"),
    text("PartNumber"),
    text("ProcessorArchitecture"),
    ("ProcessorId", Part(PROCESSOR_ID), false),
    text("ProcessorType"),
    number("TotalCores"),
    number("TotalThreads"),
    ("Oem", Maybe(PROCESSOR_OEM), false),
];

const SLOT: Form = &[
    number("Socket"),
    number("MemoryController"),
    number("Channel"),
    number("Slot"),
];

pub(super) const MEMORY_PLACE: Form = &[
    text("Id"),
    text("Name"),
    text("Description"),
    ("MemoryLocation", Part(SLOT), false),
];

pub(super) const MEMORY: Form = &[
    rare("BaseModuleType", Text),
    rare("BusWidthBits", Number),
    number("CapacityMiB"),
    rare("DataWidthBits", Number),
    rare("ErrorCorrection", Text),
    rare("Manufacturer", Text),
    rare("MemoryType", Text),
    rare("MemoryDeviceType", Text),
    number("OperatingSpeedMhz"),
    rare("PartNumber", Text),
    rare("RankCount", Number),
    text("SerialNumber"),
];

/// Drives and network adapters are placed alike.
pub(super) const NAMED_PLACE: Form = &[text("Id"), text("Name"), text("Description")];

pub(super) const DRIVE: Form = &[
    text("Manufacturer"),
    text("SerialNumber"),
    text("PartNumber"),
    text("Model"),
    text("SKU"),
    number("CapacityBytes"),
    text("Protocol"),
    text("MediaType"),
    number("RotationSpeedRPM"),
    number("BlockSizeBytes"),
    number("CapableSpeedGbs"),
    ("FailurePredicted", Flag, false),
    text("EncryptionAbility"),
    text("EncryptionStatus"),
    number("NegotiatedSpeedGbs"),
    number("PredictedMediaLifeLeftPercent"),
];

pub(super) const ADAPTER: Form = &[
    text("Manufacturer"),
    text("Model"),
    text("PartNumber"),
    rare("SKU", Text),
    text("SerialNumber"),
];

const CONTACT: Form = &[
    text("ContactName"),
    text("EmailAddress"),
    rare("PhoneNumber", Text),
];

const PART_LOCATION: Form = &[
    rare("LocationOrdinalValue", Number),
    text("LocationType"),
    text("Orientation"),
    text("Reference"),
    text("ServiceLabel"),
];

const PLACEMENT: Form = &[
    rare("AdditionalInfo", Text),
    rare("Rack", Text),
    rare("RackOffset", Number),
    rare("RackOffsetUnits", Text),
    rare("Row", Text),
];

const ADDRESS: Form = &[
    text("Country"),
    text("Territory"),
    text("City"),
    text("Street"),
    text("Name"),
    text("PostalCode"),
    text("Building"),
    text("Floor"),
    text("Room"),
];

const LOCATION: Form = &[
    rare("ContactInfo", Maybe(CONTACT)),
    rare("Latitude", Number),
    rare("Longitude", Number),
    rare("PartLocation", Maybe(PART_LOCATION)),
    rare("Placement", Maybe(PLACEMENT)),
    rare("PostalAddress", Maybe(ADDRESS)),
];

pub(super) const PDU_PLACE: Form = &[
    text("Id"),
    text("Description"),
    text("Name"),
    text("UUID"),
    ("Location", Maybe(LOCATION), false),
];

const CIRCUITS: Form = &[
    rare("ControlledOutlets", Number),
    rare("MonitoredBranches", Number),
    rare("MonitoredOutlets", Number),
    rare("MonitoredPhases", Number),
    rare("TotalBranches", Number),
    rare("TotalOutlets", Number),
    rare("TotalPhases", Number),
];

pub(super) const PDU: Form = &[
    text("AssetTag"),
    rare("DateOfManufacture", Text),
    text("EquipmentType"),
    text("FirmwareVersion"),
    text("HardwareRevision"),
    text("Manufacturer"),
    text("Model"),
    text("PartNumber"),
    text("SerialNumber"),
    ("CircuitSummary", Part(CIRCUITS), false),
];

pub(super) const OUTLET_PLACE: Form = &[text("Id"), text("Description"), text("Name")];

const HEALTH: Form = &[
    text("Health"),
    rare("HealthRollUp", Text),
    rare("State", Text),
];

const SENSOR: Form = &[
    text("DataSourceUri"),
    text("Name"),
    rare("PeakReading", Number),
    rare("PhysicalContext", Text),
    rare("PhysicalSubContext", Text),
    rare("Reading", Number),
    rare("ReadingUnits", Text),
    ("Status", Part(HEALTH), false),
];

pub(super) const OUTLET: Form = &[
    rare("NominalVoltage", Text),
    text("OutletType"),
    rare("EnergySensor", Maybe(SENSOR)),
    rare("FrequencySensor", Maybe(SENSOR)),
    rare("PhaseWiringType", Text),
    rare("PowerEnabled", MaybeFlag),
    rare("RatedCurrentAmps", Number),
    rare("VoltageType", Text),
];

pub(super) const SUPPLY_PLACE: Form = &[text("Name"), text("FirmwareVersion")];

pub(super) const SUPPLY: Form = &[
    text("Manufacturer"),
    text("SerialNumber"),
    text("Model"),
    text("PartNumber"),
    ("PowerCapacityWatts", Whole, false),
    ("PowerInputWatts", Whole, false),
    ("PowerOutputWatts", Any, false),
    text("PowerSupplyType"),
];

pub(super) const MANAGER_PLACE: Form = &[
    text("DateTime"),
    text("DateTimeLocalOffset"),
    text("Description"),
    text("FirmwareVersion"),
    text("Id"),
    text("Name"),
];

pub(super) const MANAGER: Form = &[
    text("ManagerType"),
    text("Model"),
    text("Manufacturer"),
    text("PartNumber"),
    text("SerialNumber"),
];

pub(super) const RISER_PLACE: Form = &[text("Name"), text("Description")];

pub(super) const RISER: Form = &[
    text("PhysicalContext"),
    text("Producer"),
    text("SerialNumber"),
    text("PartNumber"),
    text("Model"),
    text("ProductionDate"),
    text("Version"),
    text("EngineeringChangeLevel"),
    rare("Oem", Maybe(&[text("PCBSerialNumber")])),
];
