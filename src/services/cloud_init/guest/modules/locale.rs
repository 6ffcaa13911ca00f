//! The node's time zone and language.
use crate::services::cloud_init::guest::{value, work::Work};

pub(super) fn timezone(node: &mut Work) -> Result<(), String> {
    let Some(zone) = node.get("timezone").filter(value::full) else {
        return Ok(());
    };
    let zone = value::text(&zone);
    if zone.contains(char::is_whitespace) {
        return Err(format!(
            "Invalid timezone {zone}, no file found at /usr/share/zoneinfo/{zone}"
        ));
    }
    node.guest.timezone = Some(zone);
    Ok(())
}

#[allow(clippy::unnecessary_wraps)] // as every module
pub(super) fn locale(node: &mut Work) -> Result<(), String> {
    let Some(given) = node.get("locale") else {
        return Ok(());
    };
    if value::is_false(&given) {
        return Ok(());
    }
    let locale = value::text(&given);
    let line = format!("LANG={locale}\n");
    node.guest.write("/etc/locale.conf", line.as_bytes(), 0o644);
    node.guest.locale = Some(locale);
    Ok(())
}
