//! Rough figures at size, for whoever works on the store: `cargo test --lib smd::tests::lab::size -- --ignored
//! --nocapture`. The figures that count are made by tests/bench.
use super::Smd;
use serde_json::{Value, json};
use std::time::Instant;

fn node(number: usize) -> String {
    let (cabinet, rest) = (number / 1024, number % 1024);
    let (chassis, rest) = (rest / 128, rest % 128);
    format!(
        "x{cabinet}c{chassis}s{}b{}n{}",
        rest / 8,
        rest / 4 % 2,
        rest % 4
    )
}

#[test]
#[ignore = "a measurement"]
#[allow(clippy::print_stdout)] // the figures
fn many_components() {
    let smd = Smd::new();
    let timed = |what: &str, run: &dyn Fn()| {
        let start = Instant::now();
        run();
        println!("{what}: {:?}", start.elapsed());
    };
    for batch in 0..10 {
        let ids = batch * 10_000..(batch + 1) * 10_000;
        let component = |n| json!({ "ID": node(n), "State": "On", "NID": n, "Role": "Compute" });
        let list: Vec<Value> = ids.map(component).collect();
        timed("post 10,000 components", &|| smd.components(&json!(list)));
    }
    timed("list 100,000 components", &|| {
        assert_eq!(smd.raw("GET", "/State/Components", String::new()).0, 200);
    });
    timed("list some of 100,000 components", &|| {
        let path = "/State/Components?type=Node&state=Ready&nid=7";
        assert_eq!(smd.raw("GET", path, String::new()).0, 200);
    });
    timed("descendants in 100,000 components", &|| {
        let query = json!({ "ComponentIDs": ["x1", "x2c0"], "type": ["Node"] });
        assert_eq!(smd.ask("POST", "/State/Components/Query", &query).0, 200);
    });
    timed("memberships of 100,000 components", &|| {
        assert_eq!(smd.raw("GET", "/memberships", String::new()).0, 200);
    });
    let ids: Vec<String> = (0..10_000).map(node).collect();
    timed("a group of 10,000", &|| {
        let group = json!({ "label": "g", "members": { "ids": ids } });
        assert_eq!(smd.ask("POST", "/groups", &group).0, 201);
    });
    timed("100 discoveries", &|| {
        for n in 0..100 {
            let bmc = format!("x{}c0s0b0", 5000 + n);
            let nic = json!([{ "mac": format!("02:00:00:00:00:{n:02x}"), "ip": "10.0.0.1" }]);
            let endpoint = json!({
                "ID": bmc, "SchemaVersion": 1,
                "Systems": [{ "uuid": "u", "uri": "/redfish/v1/Systems/1", "ethernet_interfaces": nic }],
                "Managers": [{ "uri": "/redfish/v1/Managers/1" }],
            });
            assert_eq!(
                smd.ask("POST", "/Inventory/RedfishEndpoints", &endpoint).0,
                201
            );
        }
    });
}
