//! Interfaces and their addresses.
use super::Smd;
use serde_json::{Value, json};

const INTERFACES: &str = "/Inventory/EthernetInterfaces";

fn two(smd: &Smd) {
    for body in [
        json!({ "MACAddress": "02-00-00-00-00-0A", "ComponentID": "X0C0S0B0N0", "IPAddresses": [
            { "IPAddress": "10.0.0.1", "Network": "nmn" }, { "IPAddress": "10.0.0.2" },
        ] }),
        json!({ "macaddress": "0200.0000.000b", "Description": "alone", "IPAddresses": null }),
    ] {
        assert_eq!(smd.ask("POST", INTERFACES, &body).0, 201);
    }
}

#[test]
fn filters_select() {
    let smd = Smd::new();
    two(&smd);
    for (query, wanted) in [
        ("", 2),
        ("ID=02000000000A", 1),
        ("macaddress=02:00:00:00:00:0B", 1),
        ("MACAddress=02000000000b", 0),
        ("IPAddress=10.0.0.2", 1),
        ("IPAddress=10.0.0.2&IPAddress=10.0.0.1", 1),
        ("IPAddress=", 1),
        ("Network=nmn", 1),
        ("Network=", 2),
        ("ComponentID=", 1),
        ("ComponentID=x00c0s0b0n0&type=node", 1),
        ("OlderThan=1999-01-01T00:00:00Z", 0),
        ("NewerThan=1999-01-01T00:00:00%2B01:00", 2),
        ("newerthan=", 2),
    ] {
        let (status, list) = smd.get(&format!("{INTERFACES}?{query}"));
        assert_eq!(
            (status, list.as_array().map(Vec::len)),
            (200, Some(wanted)),
            "{query}"
        );
    }
    for (query, status, wanted) in [
        ("ID=", 400, "Invalid component ethernet interface ID."),
        (
            "MACAddress=",
            400,
            "Invalid component ethernet interface MAC address.",
        ),
        ("ComponentID=zip", 400, "Invalid CompID."),
        ("Type=", 400, "Invalid HMS type."),
        (
            "OlderThan=1999-01-01T00:00:00+01:00",
            400,
            "bad query param: Argument was not in a valid RFC3339 time format",
        ),
        ("IPAddress=10.0.0.1&Network=nmn", 500, "failed to query DB."),
    ] {
        assert_eq!(
            smd.get(&format!("{INTERFACES}?{query}")),
            (status, json!(wanted)),
            "{query}"
        );
    }
}

#[test]
fn ids_are_taken_in_any_case_where_smd_does() {
    let smd = Smd::new();
    two(&smd);
    let upper = format!("{INTERFACES}/02000000000A");
    assert_eq!(smd.get(&upper).0, 200);
    let unknown = json!("No such component ethernet interface: 02000000000A");
    assert_eq!(smd.get(&format!("{upper}/IPAddresses")), (404, unknown));
    let (status, nothing) = smd.ask("PATCH", &upper, &json!({ "Description": "x" }));
    assert_eq!(
        (status, &nothing["ID"], &nothing["IPAddresses"]),
        (200, &json!(""), &Value::Null)
    );
    let bad = json!("bad query param: Argument was not a valid xname ID");
    assert_eq!(
        smd.ask("PATCH", &upper, &json!({ "ComponentID": "" })),
        (400, bad)
    );
    assert_eq!(smd.ask("DELETE", &upper, &Value::Null).0, 200);
    assert_eq!(smd.ask("DELETE", &upper, &Value::Null).0, 404);
}

#[test]
fn addresses_come_and_go() {
    let smd = Smd::new();
    two(&smd);
    let base = format!("{INTERFACES}/02000000000a/IPAddresses");
    let add = |ip: &str| smd.ask("POST", &base, &json!({ "IPAddress": ip }));
    assert_eq!(add("10.0.0.3").0, 201);
    assert_eq!(add("10.0.0.3").0, 409);
    assert_eq!(add(""), (400, json!("Invalid CompEthInterface IP Address")));
    let stored = json!("operation 'POST' failed during store.");
    let elsewhere = format!("{INTERFACES}/0000/IPAddresses");
    assert_eq!(
        smd.ask("POST", &elsewhere, &json!({ "IPAddress": "1" })),
        (500, stored)
    );
    let network = json!({ "Network": "hsn" });
    let changed = json!({ "IPAddress": "10.0.0.2", "Network": "hsn" });
    assert_eq!(
        smd.ask("PATCH", &format!("{base}/10.0.0.2"), &network),
        (200, changed)
    );
    let unchanged = json!({ "IPAddress": "10.0.0.2" });
    assert_eq!(
        smd.ask(
            "PATCH",
            &format!("{base}/10.0.0.2"),
            &json!({ "Network": "" })
        ),
        (200, unchanged)
    );
    assert_eq!(
        smd.ask("PATCH", &format!("{base}/1.1.1.1"), &network).0,
        404
    );
    assert_eq!(
        smd.ask("DELETE", &format!("{base}/10.0.0.1"), &Value::Null)
            .0,
        200
    );
    assert_eq!(
        smd.ask("DELETE", &format!("{base}/10.0.0.1"), &Value::Null)
            .0,
        404
    );
    let (status, _, text) = smd.raw("PATCH", &format!("{base}/10.0.0.2"), "{}".into());
    assert_eq!((status, text.as_str()), (500, ""));
    assert_eq!(smd.get(&base), (200, json!([])));
}

#[test]
fn a_new_interface_of_everything_is_refused_and_a_change_to_it_is_not() {
    let smd = Smd::new();
    let base = "/Inventory/EthernetInterfaces";
    for (at, id) in ["all", "ALL", "all_comp", "all_svc"].iter().enumerate() {
        let body = json!({ "MACAddress": format!("52540000000{at}"), "ComponentID": id });
        let (status, answer) = smd.ask("POST", base, &body);
        let refused = (400, json!("Argument was not a valid HMS Type"));
        assert_eq!((status, answer), refused, "{id}");
    }
    let body = json!({ "MACAddress": "525400000009", "ComponentID": "s0" });
    assert_eq!(smd.ask("POST", base, &body).0, 201);
    let change = json!({ "ComponentID": "all" });
    let (status, changed) = smd.ask("PATCH", &format!("{base}/525400000009"), &change);
    assert_eq!((status, &changed["Type"]), (200, &json!("All")));
}
