//! Locks: who can be locked, what SMD says when nobody can, and its odd corners.
use super::Smd;
use serde_json::{Value, json};

pub(super) const N: [&str; 4] = ["x0c0s0b0n0", "x0c0s0b0n1", "x0c0s0b0n2", "x0c0s0b0n3"];

pub(super) fn nodes(smd: &Smd) {
    let node = |id: &&str| json!({ "ID": id, "State": "On" });
    smd.components(&json!(N.iter().map(node).collect::<Vec<_>>()));
}

fn flexible(ids: &[&str]) -> Value {
    json!({ "ComponentIDs": ids, "ProcessingModel": "Flexible" })
}

/// Failures as `(id, reason)`.
pub(super) fn failures(result: &Value) -> Vec<(&str, &str)> {
    let list = result["Failure"].as_array().expect("a list").iter();
    let text = |value: &'_ Value, name: &str| value[name].as_str().map(ToOwned::to_owned);
    list.map(|failure| {
        assert!(text(failure, "ID").is_some(), "{failure}");
        let id = failure["ID"].as_str().unwrap_or_default();
        (id, failure["Reason"].as_str().unwrap_or_default())
    })
    .collect()
}

#[test]
fn each_that_can_be_is_locked_or_none() {
    let smd = Smd::new();
    nodes(&smd);
    let post = |path: &str, body: &Value| smd.ask("POST", &format!("/locks/{path}"), body);
    assert_eq!(post("lock", &json!({ "ComponentIDs": [N[0]] })).0, 200);
    assert_eq!(post("disable", &json!({ "ComponentIDs": [N[1]] })).0, 200);
    let reserved = json!({ "ComponentIDs": [N[2]], "ReservationDuration": 1 });
    assert_eq!(post("service/reservations", &reserved).0, 200);
    let rigid = json!({ "ComponentIDs": [N[3], N[2]] });
    assert_eq!(post("lock", &rigid), (400, json!("Component is Reserved")));
    let locked = smd.get("/State/Components?locked=true").1["Components"].clone();
    assert_eq!(locked.as_array().map(Vec::len), Some(1), "{locked}");
    let (status, result) = post("lock", &flexible(&N));
    assert_eq!(status, 200);
    assert_eq!(result["Success"]["ComponentIDs"], json!([N[3]]));
    assert_eq!(
        result["Counts"],
        json!({ "Total": 4, "Success": 1, "Failure": 3 })
    );
    let why = [(N[0], "Locked"), (N[1], "Disabled"), (N[2], "Reserved")];
    assert_eq!(failures(&result), why);
    // where nobody is left SMD always says this
    let nobody = post("lock", &flexible(&N[..2]));
    assert_eq!(nobody, (400, json!("Component is Reserved")));
    let unlocked = post("unlock", &json!({ "Locked": ["true"] }));
    assert_eq!(unlocked.1["Counts"]["Success"], 2);
    let component = smd.get(&format!("/State/Components/{}", N[1])).1;
    assert_eq!(component["ReservationDisabled"], true);
    assert_eq!(component.get("Locked"), None);
}

#[test]
fn a_request_is_checked_before_anything_else() {
    let smd = Smd::new();
    nodes(&smd);
    for (body, status, words) in [
        (
            json!({ "ProcessingModel": "x" }),
            400,
            "Invalid Processing Model",
        ),
        (
            json!({ "ReservationDuration": 16 }),
            400,
            "Invalid Reservation Duration",
        ),
        (
            json!({ "Type": ["x"] }),
            400,
            "Argument was not a valid HMS Type",
        ),
        (
            json!({ "Locked": ["x"] }),
            500,
            "operation 'POST' failed during store.",
        ),
        (json!({ "Group": ["g"] }), 400, "Component not found"),
    ] {
        assert_eq!(
            smd.ask("POST", "/locks/lock", &body),
            (status, json!(words))
        );
    }
    assert_eq!(
        smd.ask("POST", "/locks/lock", &json!({ "Locked": "true" }))
            .0,
        500
    );
}

#[test]
fn the_status_tells_whom_it_does_not_know() {
    let smd = Smd::new();
    nodes(&smd);
    let status = |body: &Value| smd.ask("POST", "/locks/status", body);
    let (_, list) = status(&json!({ "ComponentIDs": ["X9c0", N[0], "X0C0S0B0N1"] }));
    assert_eq!(list["NotFound"], json!(["x9c0"]));
    assert_eq!(list["Components"].as_array().map(Vec::len), Some(2));
    let (_, list) = status(&json!({ "ComponentIDs": [N[0], N[0]] }));
    assert_eq!(list.get("NotFound"), None);
    let none = json!("Component not found");
    assert_eq!(
        status(&json!({ "Reserved": ["true"] })),
        (400, none.clone())
    );
    assert_eq!(
        status(&json!({ "Reserved": ["x"] })),
        (400, json!("Argument was not valid"))
    );
    let (code, _, body) = smd.raw("POST", "/locks/status", r#"{"Reserved":[]}"#.into());
    assert_eq!((code, body.as_str()), (500, ""), "SMD's handler panics");
    assert_eq!(smd.get("/locks/status?reserved=0&reserved=1").0, 200);
    let odd = json!("bad 'Reserved' query parameter: x");
    assert_eq!(smd.get("/locks/status?Reserved=x"), (400, odd));
    let database = json!("operation 'GET' failed during query.");
    assert_eq!(smd.get("/locks/status?locked=x"), (500, database));
    assert_eq!(Smd::new().get("/locks/status"), (400, none));
}
