//! `findmnt`, as a table with columns as wide as they must be.
use super::{Answer, good, not_simulated};
use crate::services::cloud_init::guest::types::{Guest, Mount, Ran};
use std::fmt::Write;

pub(super) fn findmnt(guest: &Guest, command: &str, words: &[&str]) -> Answer {
    let found: Vec<&Mount> = match words {
        [path] if !path.starts_with('-') => {
            let path = if path.len() > 1 {
                path.trim_end_matches('/')
            } else {
                path
            };
            let fits = |it: &&Mount| it.mounted && (it.target == path || it.source == path);
            guest.mounts.iter().filter(fits).collect()
        }
        _ => return Err(not_simulated(command)),
    };
    if found.is_empty() {
        return Ok(Ran {
            status: 1,
            output: String::new(),
        });
    }
    let rows = found
        .iter()
        .map(|it| [&it.target, &it.source, &it.fstype, &it.options]);
    good(table(rows.map(|row| row.map(String::as_str)).collect()))
}

fn table(rows: Vec<[&str; 4]>) -> String {
    let mut all = vec![["TARGET", "SOURCE", "FSTYPE", "OPTIONS"]];
    all.extend(rows);
    let width = |at: usize| {
        all.iter()
            .map(|row| row[at].chars().count())
            .max()
            .unwrap_or(0)
    };
    let (first, second, third) = (width(0), width(1), width(2));
    let mut out = String::new();
    for [target, source, fstype, options] in all {
        let _ = writeln!(
            out,
            "{target:first$} {source:second$} {fstype:third$} {options}"
        );
    }
    out
}
