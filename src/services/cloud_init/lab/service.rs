//! The server of itself: its version, and a document of its routes.
use super::{Lab, answer::Answer, body, route::Place};
use crate::services::cloud_init::types::Version;
use jiff::SignedDuration;
use serde_json::{Value, json};

/// The measured server was built without saying from what.
const BUILD: &str = "Version: , Git Commit: , Build Time: , Git Branch: , Git Tag: , Git State: , Build Host: , \
    Go Version: , Build User: ";
/// The machine all simulated services stand on.
const HOST: &str = "vm";

pub(super) fn version(lab: &Lab) -> Answer {
    let mut document = body::json(&Version {
        process_name: "cloud-init-server".into(),
        build_info: BUILD.into(),
        uptime: spelt(lab.clock.now().duration_since(lab.began())),
        runtime_host: HOST.into(),
        bytes_allocated: lab.shelf.read(super::Store::size),
    });
    document.push(b'\n');
    Answer::of("application/json", document)
}

/// `1h2m3.5s`, as Go writes a duration.
fn spelt(span: SignedDuration) -> String {
    let (seconds, nanos) = (
        span.as_secs().unsigned_abs(),
        span.subsec_nanos().unsigned_abs(),
    );
    let decimal = |whole: u64, part: u32, width: usize, unit: &str| {
        let part = format!("{part:0width$}");
        match part.trim_end_matches('0') {
            "" => format!("{whole}{unit}"),
            part => format!("{whole}.{part}{unit}"),
        }
    };
    match (seconds, nanos) {
        (0, 0) => "0s".into(),
        (0, ..1_000) => format!("{nanos}ns"),
        (0, ..1_000_000) => decimal((nanos / 1_000).into(), nanos % 1_000, 3, "µs"),
        (0, _) => decimal((nanos / 1_000_000).into(), nanos % 1_000_000, 6, "ms"),
        _ => {
            let tail = decimal(seconds % 60, nanos, 9, "s");
            match (seconds / 3600, seconds / 60 % 60) {
                (0, 0) => tail,
                (0, minutes) => format!("{minutes}m{tail}"),
                (hours, minutes) => format!("{hours}h{minutes}m{tail}"),
            }
        }
    }
}

/// The paths there are, for tools that draw or call them.
const PATHS: &[(&str, Place)] = {
    use super::route::Asker;
    const NOBODY: Asker = Asker {
        impersonated: false,
        id: "",
    };
    &[
        ("/admin/cluster-defaults", Place::Defaults),
        ("/admin/groups", Place::Groups),
        ("/admin/groups/{id}", Place::Group("")),
        (
            "/admin/impersonation/{id}/meta-data",
            Place::MetaData(NOBODY),
        ),
        (
            "/admin/impersonation/{id}/user-data",
            Place::UserData(NOBODY),
        ),
        (
            "/admin/impersonation/{id}/vendor-data",
            Place::VendorData(NOBODY),
        ),
        (
            "/admin/impersonation/{id}/{group}.yaml",
            Place::File(NOBODY, ""),
        ),
        ("/admin/instance-info/{id}", Place::Instance("")),
        ("/meta-data", Place::MetaData(NOBODY)),
        ("/openapi.json", Place::Document),
        ("/phone-home/{id}", Place::PhoneHome),
        ("/user-data", Place::UserData(NOBODY)),
        ("/vendor-data", Place::VendorData(NOBODY)),
        ("/version", Place::Version),
        ("/wg-init", Place::Tunnel),
        ("/{group}.yaml", Place::File(NOBODY, "")),
    ]
};

/// An OpenAPI document of what the lab serves: paths, methods and parameters, without the bodies' shapes.
pub(super) fn document() -> Answer {
    let parameters = |path: &str| -> Vec<Value> {
        let names = path
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split('}').next());
        let parameter =
            |name| json!({ "name": name, "in": "path", "type": "string", "required": true });
        names.map(parameter).collect()
    };
    let methods = |(path, place): &(&str, Place)| {
        let one = json!({ "parameters": parameters(path), "responses": { "default": { "description": "see the path" } } });
        let method = |m: &axum::http::Method| (m.as_str().to_ascii_lowercase(), one.clone());
        (
            (*path).to_owned(),
            place.methods().iter().map(method).collect::<Value>(),
        )
    };
    let document = json!({
        "swagger": "2.0",
        "info": { "title": "OpenCHAMI Cloud-Init Server API", "version": "1.0.0" },
        "paths": PATHS.iter().map(methods).collect::<Value>(),
    });
    Answer::guessed(body::indented(&document))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_spelt_as_in_go() {
        for (nanos, text) in [
            (0, "0s"),
            (5, "5ns"),
            (1_500, "1.5µs"),
            (101_708_402, "101.708402ms"),
            (1_000_000_000, "1s"),
            (61_500_000_000, "1m1.5s"),
            (3_600_000_000_000, "1h0m0s"),
        ] {
            assert_eq!(spelt(SignedDuration::from_nanos(nanos)), text);
        }
    }
}
