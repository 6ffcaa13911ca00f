//! Faults that helper and twin word alike: names nobody knows, and states in which something cannot be done.
use crate::fault::{Fault, Kind, nearest};

/// What a name is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Domain,
    Network,
    Pool,
    Vol,
    Snapshot,
}

impl Sort {
    fn word(self) -> &'static str {
        match self {
            Self::Domain => "domain",
            Self::Network => "network",
            Self::Pool => "storage pool",
            Self::Vol => "volume",
            Self::Snapshot => "snapshot",
        }
    }

    fn listed_by(self) -> &'static str {
        match self {
            Self::Domain => "virsh.list{ all = true }",
            Self::Network => "virsh.net_list{ all = true }",
            Self::Pool => "virsh.pool_list{ all = true }",
            Self::Vol => "virsh.vol_list(POOL)",
            Self::Snapshot => "virsh.snapshot_list(DOMAIN)",
        }
    }
}

/// No such name at `uri`, where there are these.
pub fn unknown(sort: Sort, asked: &str, known: &[String], uri: &str) -> Fault {
    let near = nearest(asked, known.iter().map(String::as_str));
    let hint = match near {
        Some(name) => format!("did you mean {name}?"),
        None => elsewhere(sort, known.is_empty(), uri),
    };
    let message = format!("{uri} has no {} \"{asked}\"", sort.word());
    Fault::not_found(message).hint(hint)
}

/// Each user has a libvirt of their own beside the machine's, and what is in one is not in the other.
fn elsewhere(sort: Sort, nothing: bool, uri: &str) -> String {
    let lists = sort.listed_by();
    let path = uri.split(['?', '#']).next().unwrap_or(uri);
    if path.ends_with("/session") && matches!(sort, Sort::Domain | Sort::Network | Sort::Pool) {
        let system = uri.replacen("/session", "/system", 1);
        return format!(
            "{uri} is your user's own libvirt; those of the machine, the tutorial's among them, are in {system}: \
             virsh.connect {system:?}"
        );
    }
    if nothing {
        return format!("there are none at all: {lists} is empty");
    }
    format!("{lists} shows those there are")
}

/// It is in another state than that wants.
pub fn state(message: impl Into<String>, hint: impl Into<String>) -> Fault {
    Fault::new(Kind::Conflict, message).hint(hint)
}

/// It runs already.
pub fn running(domain: &str) -> Fault {
    state(
        format!("domain {domain} is already running"),
        format!("virsh.reset {domain:?} boots it anew, virsh.destroy {domain:?} pulls its plug"),
    )
}

/// It does not run.
pub fn not_running(domain: &str) -> Fault {
    state(
        format!("domain {domain} is not running"),
        format!("virsh.start {domain:?} switches it on"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_seen_and_a_session_is_told_from_the_system() {
        let known = ["compute1".to_owned(), "compute2".to_owned()];
        let hint = |asked: &str, known: &[String], uri: &str| {
            let fault = unknown(Sort::Domain, asked, known, uri);
            fault.hint.unwrap_or_default()
        };
        assert_eq!(hint("compte1", &known, "lab:///"), "did you mean compute1?");
        let there = hint("login", &known, "lab:///");
        assert!(
            there.starts_with("virsh.list{ all = true } shows"),
            "{there}"
        );
        let session = hint("compute1", &[], "qemu:///session");
        assert!(
            session.contains("virsh.connect \"qemu:///system\""),
            "{session}"
        );
        let remote = hint("x", &[], "qemu+ssh://h/session?keyfile=k");
        assert!(remote.contains("qemu+ssh://h/system?keyfile=k"), "{remote}");
        assert!(hint("x", &[], "qemu:///system").contains("none at all"));
    }
}
