//! bootloop's data base: one table, read and never written.
use super::{Held, Source};
use crate::fault::{Fault, Kind};
use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, Row, types::ValueRef};
use std::path::Path;

pub(super) fn read(path: &Path, now: Timestamp) -> Result<Vec<Held>, Fault> {
    let wrong = |error: rusqlite::Error| {
        let message = format!("{}: {error}", path.display());
        let hint = "bootloop's file has a table leases4; in the container: podman cp coresmd-coredhcp:/tmp/coredhcp.db .";
        Fault::new(Kind::Protocol, message).hint(hint)
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let base = Connection::open_with_flags(path, flags).map_err(wrong)?;
    let mut rows = base
        .prepare("select mac, ip, expiry, hostname from leases4 order by rowid")
        .map_err(wrong)?;
    let found = rows
        .query_map((), |row| Ok(lease(row, now)))
        .map_err(wrong)?;
    found.collect::<Result<_, _>>().map_err(wrong)
}

/// A row, whatever stands in it: its types are hints to SQLite.
fn lease(row: &Row<'_>, now: Timestamp) -> Held {
    let text = |at: usize| match row.get_ref(at) {
        Ok(ValueRef::Text(bytes) | ValueRef::Blob(bytes)) => {
            String::from_utf8_lossy(bytes).into_owned()
        }
        Ok(ValueRef::Integer(number)) => number.to_string(),
        _ => String::new(),
    };
    let held = Held::new(Source::Bootloop, text(0), text(1));
    held.named(&text(3))
        .until(row.get(2).unwrap_or_default(), now)
}
