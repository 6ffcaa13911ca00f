//! Node maps and power maps; what a node map does to the nodes that come after it.
use super::Smd;
use serde_json::json;

#[test]
fn a_node_gets_from_its_map_what_it_comes_without() {
    let smd = Smd::new();
    let maps = json!({ "NodeMaps": [
        { "ID": "x0c0s0b0n0", "NID": 5, "Role": "service", "SubRole": "worker" },
        { "ID": "x0c0s1b0n0", "NID": 6 },
    ] });
    assert_eq!(smd.ask("POST", "/Defaults/NodeMaps", &maps).0, 200);
    smd.components(&json!([
        { "ID": "x0c0s0b0n0", "State": "On", "Role": "Compute" },
        { "ID": "x0c0s1b0n0", "State": "On" },
        { "ID": "x0c0s2b0n0", "State": "On" },
    ]));
    let (_, first) = smd.get("/State/Components/x0c0s0b0n0");
    assert_eq!(
        (&first["NID"], &first["Role"]),
        (&json!(5), &json!("Compute"))
    );
    assert_eq!(first["SubRole"], "Worker", "of the map, whatever the role");
    let (_, second) = smd.get("/State/Components/x0c0s1b0n0");
    assert_eq!(
        (&second["NID"], &second["Role"]),
        (&json!(6), &json!("Compute"))
    );
    let (_, third) = smd.get("/State/Components/x0c0s2b0n0");
    assert_eq!(third["NID"], 16384 + 64);
}

#[test]
fn no_two_node_maps_have_one_nid() {
    let smd = Smd::new();
    let two =
        json!({ "NodeMaps": [{ "ID": "x0c0s0b0n0", "NID": 5 }, { "ID": "x0c0s1b0n0", "NID": 5 }] });
    assert_eq!(smd.ask("POST", "/Defaults/NodeMaps", &two).0, 409);
    assert_eq!(
        smd.get("/Defaults/NodeMaps").1,
        json!({ "NodeMaps": [] }),
        "all or none"
    );
    let one = json!({ "NID": 5, "NodeInfo": { "rack": 1 } });
    assert_eq!(smd.ask("PUT", "/Defaults/NodeMaps/X0c0s0b0n0", &one).0, 200);
    assert_eq!(smd.ask("PUT", "/Defaults/NodeMaps/x0c0s1b0n0", &one).0, 409);
    assert_eq!(
        smd.get("/Defaults/NodeMaps/x0c0s0b0n0").1["NodeInfo"]["rack"],
        1
    );
    assert_eq!(
        smd.ask("PUT", "/Defaults/NodeMaps/x0c0s0b0n0", &one).0,
        200,
        "the same again"
    );
}

#[test]
fn a_power_map_names_what_supplies() {
    let smd = Smd::new();
    let maps = json!([{ "id": "x0c0s0b0n0", "poweredBy": ["X0m0p0v01"] }, { "id": "x0c0s0b0n0", "poweredBy": ["x0m0p0v2"] }]);
    let (status, said) = smd.ask("POST", "/sysinfo/powermaps", &maps);
    assert_eq!(
        (status, &said["message"]),
        (200, &json!("Created or modified 2 entries"))
    );
    let (_, map) = smd.get("/sysinfo/powermaps/x0c0s0b0n0");
    assert_eq!(
        map,
        json!({ "id": "x0c0s0b0n0", "poweredBy": ["x0m0p0v2"] }),
        "the last counts"
    );
    let (status, words) = smd.ask("PUT", "/sysinfo/powermaps/x0", &json!({}));
    assert_eq!(
        (status, words),
        (400, json!("poweredby is required in PUT body"))
    );
}
