//! `phone_home`: where the node reports that it is up. Who runs the node sends the report.
use crate::services::cloud_init::guest::{value, work::Work};
use serde_json::Value;

pub(super) fn phone_home(node: &mut Work) -> Result<(), String> {
    let config = match node.config.get("phone_home") {
        None => return Ok(()),
        Some(Value::Object(config)) => config,
        Some(other) => {
            return Err(format!(
                "phone_home is a {}, not a mapping",
                value::sort(other)
            ));
        }
    };
    let Some(url) = config.get("url").map(value::text) else {
        let told = "Skipping module named phone-home, no 'url' found in 'phone_home' configuration";
        node.warn("cc_phone_home.py", told);
        return Ok(());
    };
    let id = node.guest.instance_id.clone();
    let url = url
        .replace("${INSTANCE_ID}", &id)
        .replace("$INSTANCE_ID", &id);
    node.guest.phone_home = Some(url);
    Ok(())
}
