//! `packages`: what is to be installed. No repository is asked: a package counts as installed, its unit as there.
use crate::services::cloud_init::guest::{image, types::Guest, value, work::Work};
use serde_json::Value;

pub(super) fn install(node: &mut Work) -> Result<(), String> {
    if value::flag(&node.config, "package_upgrade", false) {
        node.note("package_upgrade: noted, not simulated".to_owned());
    }
    let Some(given) = node.get("packages").filter(value::full) else {
        return Ok(());
    };
    let Value::Array(items) = given else {
        return Err(format!("packages is a {}, not a list", value::sort(&given)));
    };
    for item in items {
        let name = match &item {
            Value::Array(pair) => pair.first().map(value::text).unwrap_or_default(),
            other => value::text(other),
        };
        if node.guest.has_package(&name) {
            continue;
        }
        node.note(format!(
            "packages: {name} counts as installed; no repository was asked for it"
        ));
        let unit = image::PACKAGES.iter().find(|(package, _)| *package == name);
        if let Some((_, unit)) = unit {
            let unit = format!("{unit}.service");
            node.guest.services.entry(unit).or_default();
        }
        node.guest.packages.push(name);
    }
    Ok(())
}

impl Guest {
    /// Whether a package is installed, by the image or since.
    pub(in crate::services::cloud_init::guest) fn has_package(&self, name: &str) -> bool {
        let carried = image::PACKAGES.iter().find(|(package, _)| *package == name);
        let carried =
            carried.is_some_and(|(_, unit)| self.services.contains_key(&format!("{unit}.service")));
        carried || self.packages.iter().any(|package| package == name)
    }
}
