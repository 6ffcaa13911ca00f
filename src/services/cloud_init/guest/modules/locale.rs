//! The node's time zone and language.
use crate::services::cloud_init::guest::{value, work::Work};

pub(super) fn timezone(work: &mut Work) -> Result<(), String> {
    let Some(zone) = work.get("timezone").filter(value::full) else {
        return Ok(());
    };
    let zone = value::text(&zone);
    if zone.contains(char::is_whitespace) {
        return Err(format!(
            "Invalid timezone {zone}, no file found at /usr/share/zoneinfo/{zone}"
        ));
    }
    work.guest.timezone = Some(zone);
    Ok(())
}

pub(super) fn locale(work: &mut Work) -> Result<(), String> {
    let Some(given) = work.get("locale") else {
        return Ok(());
    };
    if value::is_false(&given) {
        return Ok(());
    }
    let locale = value::text(&given);
    let line = format!("LANG={locale}\n");
    work.guest.write("/etc/locale.conf", line.as_bytes(), 0o644);
    work.guest.locale = Some(locale);
    Ok(())
}
