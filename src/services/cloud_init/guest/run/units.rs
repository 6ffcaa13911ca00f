//! `systemctl` as it looks at units; it is good if one of them is.
use super::{Answer, not_simulated};
use crate::services::cloud_init::guest::{
    commands::unit_name,
    types::{Guest, Ran, UnitFile},
};
use std::fmt::Write as _;

pub(super) fn systemctl(guest: &Guest, command: &str, words: &[&str]) -> Answer {
    let quiet = words.iter().any(|word| matches!(*word, "-q" | "--quiet"));
    let words: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| !matches!(*word, "-q" | "--quiet"))
        .collect();
    let Some((verb, names)) = words.split_first() else {
        return Err(not_simulated(command));
    };
    if names.is_empty() || names.iter().any(|name| name.starts_with('-')) {
        return Err(not_simulated(command));
    }
    let mut ran = Ran {
        status: match *verb {
            "is-active" => 3,
            "is-enabled" | "is-failed" => 1,
            _ => return Err(not_simulated(command)),
        },
        output: String::new(),
    };
    for name in names {
        let name = unit_name(name);
        let unit = guest.services.get(&name);
        let (told, good) = match (*verb, unit) {
            ("is-active", Some(unit)) if unit.active => ("active".to_owned(), true),
            // Nothing fails here by itself.
            ("is-failed", Some(unit)) if unit.active => ("active".to_owned(), false),
            ("is-active" | "is-failed", _) => ("inactive".to_owned(), false),
            (_, Some(unit)) => (unit.file.name().to_owned(), unit.file == UnitFile::Enabled),
            (_, None) => (
                format!("Failed to get unit file state for {name}: No such file or directory"),
                false,
            ),
        };
        if !quiet {
            _ = writeln!(ran.output, "{told}");
        }
        if good {
            ran.status = 0;
        }
    }
    Ok(ran)
}
