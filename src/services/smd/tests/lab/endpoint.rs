//! Redfish endpoints and what discoveries make of them.
use super::Smd;
use serde_json::{Value, json};

const ENDPOINTS: &str = "/Inventory/RedfishEndpoints";

/// All documents of a body, one after another, each cut down to its detail or itself.
fn sequence(smd: &Smd, method: &str, path: &str, body: &Value) -> (u16, Vec<Value>) {
    let (status, _, text) = smd.raw(method, path, body.to_string());
    let documents = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
    let short = |document: Value| document.get("detail").cloned().unwrap_or(document);
    (status, documents.map(|d| short(d.expect("JSON"))).collect())
}

fn nic(mac: &str, ip: &str) -> Value {
    json!({ "mac": mac, "ip": ip, "description": "a port" })
}

/// A BMC with two nodes, the first of which is told of twice.
fn machine(id: &str) -> Value {
    json!({
        "ID": id, "Type": "NodeBMC", "SchemaVersion": 1,
        "Managers": [{ "uri": "https://h/redfish/v1/Managers/1", "ethernet_interfaces": [nic("02:00:00:00:00:01", "10.0.0.1")] }],
        "Systems": [
            { "uri": "/redfish/v1/Systems/1", "uuid": "a", "ethernet_interfaces": [nic("02:00:00:00:00:02", "10.0.0.2")] },
            {
                "uri": "/redfish/v1/Systems/1b", "uuid": "a", "links": { "chassis": ["/redfish/v1/Chassis/Self"] },
                "power": { "power_control_ids": ["/redfish/v1/Chassis/Self/Power/0"] },
            },
            { "uri": "/redfish/v1/Systems/2", "uuid": "b", "actions": ["On"] },
        ],
    })
}

const SAME_MAC: &str = "operation would conflict with an existing component ethernet interface that has the same MAC address.";

#[test]
fn a_discovery_makes_nodes_and_tells_of_its_manager_twice() {
    let smd = Smd::new();
    let (status, answers) = sequence(&smd, "POST", ENDPOINTS, &machine("x0c0s0b0"));
    let uri = json!([{ "URI": "/hsm/v2/Inventory/RedfishEndpoints/x0c0s0b0" }]);
    assert_eq!((status, answers), (409, vec![json!(SAME_MAC), uri]));
    assert_eq!(
        smd.ids("/State/Components"),
        ["x0c0s0b0", "x0c0s0b0n0", "x0c0s0b0n1"]
    );
    let (_, second) = smd.get("/State/Components/x0c0s0b0n1");
    let wanted =
        json!({ "ID": "x0c0s0b0n1", "Type": "Node", "State": "On", "Enabled": true, "NID": 2 });
    assert_eq!(second, wanted);
    // of the two descriptions of the first node the one with its power counts
    let (_, first) = smd.get("/Inventory/ComponentEndpoints/x0c0s0b0n0");
    assert_eq!(first["RedfishURL"], "x0c0s0b0/redfish/v1/Systems/1b");
    let info = &first["RedfishSystemInfo"];
    assert_eq!(info["PowerURL"], "/redfish/v1/Chassis/Power");
    assert_eq!(info["PowerControl"][0]["MemberId"], "0");
    assert_eq!(
        info["PowerControl"][0]["RelatedItem"][1]["@odata.id"],
        "/redfish/v1/Chassis/Self"
    );
    assert_eq!(info.get("EthernetNICInfo"), None);
    // a PUT puts everything anew and has nothing to complain of
    assert_eq!(
        smd.ask(
            "PUT",
            &format!("{ENDPOINTS}/x0c0s0b0"),
            &machine("x0c0s0b0")
        )
        .0,
        200
    );
    let interfaces = smd.get("/Inventory/EthernetInterfaces").1;
    assert_eq!(interfaces.as_array().map(Vec::len), Some(1));
}

#[test]
fn what_a_discovery_cannot_store_it_tells_and_goes_on() {
    let smd = Smd::new();
    let no_address = json!({
        "ID": "x0c0s0b0", "SchemaVersion": 1,
        "Systems": [{ "uuid": "a", "ethernet_interfaces": [{ "mac": "02:00:00:00:00:02" }, { "ip": "10.0.0.1" }] }],
    });
    let (status, answers) = sequence(&smd, "POST", ENDPOINTS, &no_address);
    assert_eq!(status, 400);
    assert_eq!(answers[0], "Invalid CompEthInterface IP Address");
    assert_eq!(answers[1], "Invalid CompEthInterface MAC Address");
    assert_eq!(smd.ids("/State/Components"), ["x0c0s0b0n0"]);
    // the body's own spelling of the id is what the reference is made from
    let (status, answers) = sequence(&smd, "POST", ENDPOINTS, &machine("X0C0S1B0"));
    assert_eq!(status, 500);
    let text = answers[0].as_str().expect("text");
    assert!(
        text.starts_with("failed parsing post data (V2): failed to upsert 1 component"),
        "{text}"
    );
    assert!(text.contains("violates foreign key"), "{text}");
    assert_eq!(smd.get(&format!("{ENDPOINTS}/x0c0s1b0")).0, 200);
    let bad_uuid = json!({ "ID": "x0c0s2b0", "SchemaVersion": 1, "UUID": "short" });
    let (status, answers) = sequence(&smd, "POST", ENDPOINTS, &bad_uuid);
    assert_eq!((status, answers.len()), (500, 3));
}

#[test]
fn the_older_form_falls_over_the_newer() {
    let smd = Smd::new();
    let mut newer = machine("x0c0s0b0");
    newer["SchemaVersion"] = json!(0);
    let (status, headers, text) = smd.raw("POST", ENDPOINTS, newer.to_string());
    assert_eq!(
        (status, text.as_str(), headers.get("content-type")),
        (500, "", None)
    );
    assert_eq!(smd.get(&format!("{ENDPOINTS}/x0c0s0b0")).0, 200);
    let older = json!({ "ID": "x0c0s1b0", "Systems": [{
        "Data": { "Status": { "State": "Enabled" }, "SystemType": "Physical", "@odata.id": "/redfish/v1/Systems/1" },
        "EthernetInterfaces": [
            { "InterfaceEnabled": true, "Id": "1", "@odata.id": "/e/1", "Description": "", "MACAddress": "02:AA:00:00:00:01" },
        ],
    }] });
    assert_eq!(smd.ask("POST", ENDPOINTS, &older).0, 201);
    let (_, entry) = smd.get("/Inventory/ComponentEndpoints/x0c0s1b0");
    assert_eq!(
        (&entry["Type"], &entry["RedfishSubtype"]),
        (&json!("Node"), &json!("Physical"))
    );
    assert_eq!(
        entry["RedfishSystemInfo"]["EthernetNICInfo"][0]["MACAddress"],
        "02:aa:00:00:00:01"
    );
}

#[test]
fn what_hangs_on_an_endpoint_goes_with_it() {
    let smd = Smd::new();
    let state = || smd.get("/State/Components/x0c0s0b0n0").1["State"].clone();
    sequence(&smd, "POST", ENDPOINTS, &machine("x0c0s0b0"));
    let path = format!("{ENDPOINTS}/x0c0s0b0");
    assert_eq!(smd.ask("PATCH", &path, &json!({ "Enabled": true })).0, 200);
    assert_eq!(state(), "On");
    assert_eq!(smd.ask("PATCH", &path, &json!({ "Enabled": false })).0, 200);
    assert_eq!(state(), "Empty");
    assert_eq!(
        smd.get("/Inventory/ComponentEndpoints/x0c0s0b0n0").1["Enabled"],
        false
    );
    let on = json!({ "State": "On", "Force": true });
    smd.ask("PATCH", "/State/Components/x0c0s0b0n0/StateData", &on);
    // disabled it is already: another change leaves the components alone
    assert_eq!(smd.ask("PATCH", &path, &json!({ "User": "root" })).0, 200);
    assert_eq!(state(), "On");
    assert_eq!(smd.ask("DELETE", &path, &Value::Null).0, 200);
    assert_eq!(state(), "Empty");
    assert_eq!(
        smd.get("/Inventory/ComponentEndpoints").1,
        json!({ "ComponentEndpoints": [] })
    );
}

#[test]
fn names_of_endpoints_are_their_own() {
    let smd = Smd::new();
    let post = |body: Value| smd.ask("POST", ENDPOINTS, &body).0;
    assert_eq!(post(json!({ "ID": "x0c0s0b0", "FQDN": "a.local" })), 201);
    assert_eq!(post(json!({ "ID": "x0c0s1b0", "FQDN": "a.local" })), 409);
    assert_eq!(
        post(
            json!({ "RedfishEndpoints": [{ "ID": "x0c0s2b0" }, { "ID": "x0c0s3b0", "FQDN": "a.local" }] })
        ),
        409
    );
    assert_eq!(smd.get(&format!("{ENDPOINTS}/x0c0s2b0")).0, 404);
    assert_eq!(post(json!({ "ID": "x0c0s1b0" })), 201);
    let put = json!({ "FQDN": "a.local" });
    let taken = json!("operation would conflict with an existing resource that has the same FQDN");
    assert_eq!(
        smd.ask("PUT", &format!("{ENDPOINTS}/x0c0s1b0"), &put),
        (409, taken)
    );
    // a name that was given up is free again
    assert_eq!(
        smd.ask(
            "PUT",
            &format!("{ENDPOINTS}/x0c0s0b0"),
            &json!({ "FQDN": "b.local" })
        )
        .0,
        200
    );
    assert_eq!(
        smd.ask("PUT", &format!("{ENDPOINTS}/x0c0s1b0"), &put).0,
        200
    );
}

#[test]
fn a_pdu_brings_its_outlets() {
    let smd = Smd::new();
    let outlet = |suffix: &str, state: &str| json!({ "id_suffix": suffix, "original_id": "AA1", "state": state });
    let pdu = |id: &str, outlets: Value| json!({ "ID": id, "FQDN": format!("{id}.lab"), "Enabled": true, "PDUInventory": { "Outlets": outlets } });
    let good = pdu("x0m0", json!([outlet("p0v1", "On"), outlet("p0v2", "Off")]));
    assert_eq!(smd.ask("POST", "/Inventory/RedfishEndpoints", &good).0, 201);
    let (_, found) = smd.get("/State/Components/x0m0p0v2");
    assert_eq!(
        (&found["State"], &found["Enabled"]),
        (&json!("Off"), &json!(false))
    );
    let (_, behind) = smd.get("/Inventory/ComponentEndpoints/x0m0p0v1");
    assert_eq!(behind["RedfishURL"], "x0m0.lab/jaws/monitor/outlets/AA1");
    let action = &behind["RedfishOutletInfo"]["Actions"]["#Outlet.PowerControl"];
    assert_eq!(
        action["PowerState@Redfish.AllowableValues"],
        json!(["On", "Off"])
    );
    let bad = pdu("x0m1", json!([outlet("odd", "On")]));
    let (status, _) = smd.ask("POST", "/Inventory/RedfishEndpoints", &bad);
    assert_eq!(status, 500);
    assert_eq!(
        smd.get("/Inventory/RedfishEndpoints/x0m1").0,
        200,
        "it is stored all the same"
    );
    assert_eq!(smd.get("/State/Components/x0m1").1["State"], "On");
}
