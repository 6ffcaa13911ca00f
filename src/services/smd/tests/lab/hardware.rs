//! Hardware: forms that drop and fill, units that outlive their places, a query with its oddities.
use super::Smd;
use serde_json::{Value, json};

fn memory(id: &str, serial: &str) -> Value {
    json!({
        "ID": id,
        "MemoryLocationInfo": { "Id": "DIMM", "Odd": 1 },
        "PopulatedFRU": { "MemoryFRUInfo": { "manufacturer": "Sam", "SerialNumber": serial, "CapacityMiB": "8192" } },
    })
}

fn node(id: &str) -> Value {
    json!({
        "ID": id,
        "NodeLocationInfo": {},
        "PopulatedFRU": { "NodeFRUInfo": { "Manufacturer": "Acme", "PartNumber": "P", "SerialNumber": id } },
    })
}

fn post(smd: &Smd, hardware: &[Value]) -> (u16, Value) {
    smd.ask(
        "POST",
        "/Inventory/Hardware",
        &json!({ "Hardware": hardware }),
    )
}

fn ids(list: &Value) -> Vec<&str> {
    let all = list.as_array().into_iter().flatten();
    let mut ids: Vec<&str> = all.filter_map(|entry| entry["ID"].as_str()).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn a_form_drops_what_it_does_not_know_and_fills_what_is_missing() {
    let smd = Smd::new();
    let (status, _) = post(&smd, &[memory("X0c0s0b0n0d012", "7")]);
    assert_eq!(status, 200);
    let (_, place) = smd.get("/Inventory/Hardware/x0c0s0b0n0d12");
    assert_eq!(place["Ordinal"], 12);
    let slot = json!({ "Socket": 0, "MemoryController": 0, "Channel": 0, "Slot": 0 });
    let wanted = json!({ "Id": "DIMM", "Name": "", "Description": "", "MemoryLocation": slot });
    assert_eq!(place["MemoryLocationInfo"], wanted);
    let unit = &place["PopulatedFRU"];
    assert_eq!(unit["FRUID"], "Memory.Sam.7");
    assert_eq!(unit["MemoryFRUInfo"]["CapacityMiB"], 8192);
}

#[test]
fn what_cannot_be_read_or_lacks_a_part_is_refused_whole() {
    let smd = Smd::new();
    let wrong = json!({ "ID": "x0c0s0b0n0d0", "MemoryLocationInfo": { "Id": 1 } });
    for (entry, status, words) in [
        (wrong, 500, "error decoding JSON"),
        (
            json!({ "ID": "x0c0s0b0n0i0", "PopulatedFRU": {} }),
            400,
            "not supported",
        ),
        (
            json!({ "ID": "x0c0s0b0n0d0", "PopulatedFRU": {} }),
            400,
            "location info is empty",
        ),
        (
            json!({ "ID": "x0c0s0b0n0d0", "MemoryLocationInfo": {}, "PopulatedFRU": {} }),
            400,
            "FRU info is empty",
        ),
    ] {
        let (got, detail) = post(&smd, &[node("x0c0s0b0n0"), entry]);
        assert_eq!(got, status, "{detail}");
        assert!(
            detail.as_str().is_some_and(|d| d.contains(words)),
            "{detail}"
        );
    }
    assert_eq!(smd.get("/Inventory/Hardware").1, json!([]));
}

#[test]
fn a_unit_cannot_go_while_a_place_holds_it() {
    let smd = Smd::new();
    post(&smd, &[memory("x0c0s0b0n0d0", "7")]);
    let unit = "/Inventory/HardwareByFRU/Memory.Sam.7";
    assert_eq!(smd.ask("DELETE", unit, &Value::Null).0, 500);
    assert_eq!(
        smd.ask("DELETE", "/Inventory/HardwareByFRU", &Value::Null)
            .0,
        500
    );
    let place = "/Inventory/Hardware/x0c0s0b0n0d0";
    assert_eq!(smd.ask("DELETE", place, &Value::Null).0, 200);
    assert_eq!(smd.get(unit).0, 200);
    assert_eq!(smd.ask("DELETE", unit, &Value::Null).0, 200);
}

#[test]
fn history_tells_when_another_unit_came() {
    let smd = Smd::new();
    for serial in ["7", "7", "8", "7"] {
        post(&smd, &[memory("x0c0s0b0n0d0", serial)]);
    }
    let (_, history) = smd.get("/Inventory/Hardware/History/x0c0s0b0n0d0");
    let events = history["History"].as_array().expect("events");
    let units: Vec<_> = events.iter().map(|event| event["FRUID"].clone()).collect();
    assert_eq!(units, ["Memory.Sam.7", "Memory.Sam.8", "Memory.Sam.7"]);
    let (_, by_unit) = smd.get("/Inventory/HardwareByFRU/History?eventtype=detected");
    assert_eq!(by_unit["Components"].as_array().map(Vec::len), Some(2));
    let (status, _) = smd.get("/Inventory/Hardware/History?starttime=yesterday");
    assert_eq!(status, 500);
    let gone = smd.ask(
        "DELETE",
        "/Inventory/HardwareByFRU/History/Memory.Sam.7",
        &Value::Null,
    );
    assert_eq!(gone.1["message"], "deleted 2 entries");
    // two at one moment: the first counts as the last, so the second comes anew
    let place = "x0c0s1b0n0d0";
    post(&smd, &[memory(place, "7"), memory(place, "8")]);
    post(&smd, &[memory(place, "8")]);
    let (_, history) = smd.get(&format!("/Inventory/Hardware/History/{place}"));
    assert_eq!(history["History"].as_array().map(Vec::len), Some(3));
}

#[test]
fn a_query_nests_and_a_type_that_is_nowhere_finds_all() {
    let smd = Smd::new();
    let all = [
        node("x0c0s0b0n0"),
        memory("x0c0s0b0n0d0", "7"),
        memory("x0c0s0b0n1d0", "8"),
    ];
    post(&smd, &all);
    let (_, nested) = smd.get("/Inventory/Hardware/Query/x0c0");
    assert_eq!(ids(&nested["Nodes"]), ["x0c0s0b0n0"]);
    assert_eq!(ids(&nested["Nodes"][0]["Memory"]), ["x0c0s0b0n0d0"]);
    assert_eq!(
        ids(&nested["Memory"]),
        ["x0c0s0b0n1d0"],
        "its node is not there"
    );
    let (_, flat) = smd.get("/Inventory/Hardware/Query/x0c0?format=fullyflat&type=Node");
    assert_eq!(ids(&flat["Memory"]), ["x0c0s0b0n0d0"]);
    let (_, odd) = smd.get("/Inventory/Hardware/Query/x0c0s9?type=Cabinet&format=FullyFlat");
    assert_eq!(ids(&odd["Memory"]).len(), 2);
    let (_, up) = smd.get("/Inventory/Hardware/Query/x0c0s0b0n0d0?parents=true&format=FullyFlat");
    assert_eq!((ids(&up["Nodes"]).len(), ids(&up["Memory"]).len()), (1, 1));
    assert_eq!(smd.get("/Inventory/Hardware/Query/X0c0").0, 400, "capitals");
}

#[test]
fn partitions_hold_what_is_in_their_nodes() {
    let smd = Smd::new();
    smd.components(&json!([{ "ID": "x0c0s0b0n0", "State": "On" }]));
    let partition = json!({ "name": "p1", "members": { "ids": ["x0c0s0b0n0"] } });
    assert_eq!(smd.ask("POST", "/partitions", &partition).0, 201);
    post(
        &smd,
        &[memory("x0c0s0b0n0d0", "7"), memory("x0c0s0b0n1d0", "8")],
    );
    let (_, mine) = smd.get("/Inventory/Hardware?partition=P1");
    assert_eq!(ids(&mine), ["x0c0s0b0n0d0"]);
}
