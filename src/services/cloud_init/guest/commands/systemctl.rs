//! `systemctl` as it changes units: messages and statuses are those of systemd 252.
use super::Done;
use crate::services::cloud_init::guest::{
    types::{Unit, UnitFile},
    work::Work,
};

/// A unit's whole name.
pub(in crate::services::cloud_init::guest) fn full(name: &str) -> String {
    const KINDS: &[&str] = &[
        "service",
        "socket",
        "target",
        "timer",
        "mount",
        "automount",
        "path",
        "slice",
        "swap",
    ];
    let kind = name.rsplit_once('.').map(|(_, kind)| kind);
    if kind.is_some_and(|kind| KINDS.contains(&kind)) {
        name.to_owned()
    } else {
        format!("{name}.service")
    }
}

pub(super) fn execute(node: &mut Work, words: &[&str]) -> Option<Done> {
    let mut at_once = false;
    let mut rest = Vec::new();
    for word in words {
        match *word {
            "--now" => at_once = true,
            "--no-block" | "-q" | "--quiet" | "--no-reload" | "--system" => {}
            word if word.starts_with('-') => return None,
            word => rest.push(word),
        }
    }
    let (verb, names) = rest.split_first()?;
    if matches!(*verb, "daemon-reload" | "daemon-reexec" | "reset-failed") {
        return Some(Done::default());
    }
    let known = [
        "enable",
        "disable",
        "start",
        "stop",
        "restart",
        "reload",
        "reload-or-restart",
        "try-restart",
        "mask",
        "unmask",
    ];
    if !known.contains(verb) || names.is_empty() {
        return None;
    }
    let mut done = Done::default();
    for name in names {
        let one = act(node, verb, &full(name), at_once);
        if one.status != 0 {
            done.status = one.status;
        }
        done.errors += &one.errors;
    }
    Some(done)
}

fn act(node: &mut Work, verb: &str, name: &str, at_once: bool) -> Done {
    let there = node.guest.services.get(name).copied();
    match verb {
        "mask" => {
            let unit = node.guest.services.entry(name.to_owned()).or_default();
            unit.file = UnitFile::Masked;
            unit.active &= !at_once;
            message(format!(
                "Created symlink /etc/systemd/system/{name} → /dev/null."
            ))
        }
        "unmask" => {
            if let Some(unit) = node.guest.services.get_mut(name)
                && unit.file == UnitFile::Masked
            {
                unit.file = UnitFile::Disabled;
                return message(format!("Removed \"/etc/systemd/system/{name}\"."));
            }
            Done::default()
        }
        "enable" | "disable" => {
            let done = file(node, verb, name, there);
            if done.status == 0 && at_once {
                let run = running(node, if verb == "enable" { "start" } else { "stop" }, name);
                return Done {
                    status: run.status,
                    errors: done.errors + &run.errors,
                    ..Done::default()
                };
            }
            done
        }
        verb => running(node, verb, name),
    }
}

/// Whether it starts with the machine.
fn file(node: &mut Work, verb: &str, name: &str, there: Option<Unit>) -> Done {
    match there {
        None => Done::failed(
            1,
            format!("Failed to {verb} unit: Unit file {name} does not exist."),
        ),
        Some(unit) if unit.file == UnitFile::Masked => {
            if verb == "disable" {
                return Done::default();
            }
            Done::failed(
                1,
                format!("Failed to enable unit: Unit file /etc/systemd/system/{name} is masked."),
            )
        }
        Some(unit) => {
            let wanted = if verb == "enable" {
                UnitFile::Enabled
            } else {
                UnitFile::Disabled
            };
            if let Some(it) = node.guest.services.get_mut(name) {
                it.file = wanted;
            }
            let link = format!("/etc/systemd/system/multi-user.target.wants/{name}");
            match (unit.file == wanted, verb) {
                (true, _) => Done::default(),
                (false, "enable") => message(format!(
                    "Created symlink {link} → /usr/lib/systemd/system/{name}."
                )),
                _ => message(format!("Removed \"{link}\".")),
            }
        }
    }
}

/// Whether it runs.
fn running(node: &mut Work, verb: &str, name: &str) -> Done {
    let Some(unit) = node.guest.services.get_mut(name) else {
        let message = match verb {
            "stop" => format!("Failed to stop {name}: Unit {name} not loaded."),
            "reload" => format!("Failed to reload {name}: Unit {name} not found."),
            verb => format!("Failed to {verb} {name}: Unit {name} not found."),
        };
        return Done::failed(5, message);
    };
    let starts = matches!(verb, "start" | "restart" | "reload-or-restart");
    if starts && unit.file == UnitFile::Masked {
        let verb = if verb == "start" { "start" } else { "restart" };
        return Done::failed(
            1,
            format!("Failed to {verb} {name}: Unit {name} is masked."),
        );
    }
    match verb {
        "stop" => unit.active = false,
        _ if starts => unit.active = true,
        "reload" if !unit.active => {
            return Done::failed(1, format!("{name} is not active, cannot reload."));
        }
        _ => {}
    }
    Done::default()
}

/// A message of what was done; it goes to stderr, as all of systemctl's do.
fn message(text: String) -> Done {
    Done {
        errors: text + "\n",
        ..Done::default()
    }
}
