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

/// The other libvirt of the same machine, and what it has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Other {
    pub uri: String,
    pub names: Vec<String>,
}

/// The user's own libvirt beside the machine's, and the other way round; none: it has no other.
pub fn other_uri(uri: &str) -> Option<String> {
    let (path, rest) = uri.split_at(uri.find(['?', '#']).unwrap_or(uri.len()));
    let (head, other) = match path.strip_suffix("/session") {
        Some(head) => (head, "system"),
        None => (path.strip_suffix("/system")?, "session"),
    };
    Some(format!("{head}/{other}{rest}"))
}

/// No such name at `uri`, where there are these.
pub fn unknown(sort: Sort, asked: &str, known: &[String], uri: &str) -> Fault {
    unknown_beside(sort, asked, known, uri, None)
}

/// The same where the other libvirt was looked into.
pub fn unknown_beside(
    sort: Sort,
    asked: &str,
    known: &[String],
    uri: &str,
    other: Option<&Other>,
) -> Fault {
    let message = format!("{uri} has no {} \"{asked}\"", sort.word());
    let near =
        |names: &[String]| nearest(asked, names.iter().map(String::as_str)).map(str::to_owned);
    let hint = match (other, near(known)) {
        (Some(other), _) if other.names.iter().any(|it| it == asked) => {
            let uri = &other.uri;
            format!("it is in {uri}: virsh.connect {uri:?}, or {{ uri = {uri:?} }} in the call")
        }
        (_, Some(name)) => format!("did you mean {name}?"),
        (Some(other), None) => match near(&other.names) {
            Some(name) => {
                let uri = &other.uri;
                format!("did you mean {name}, which is in {uri}? virsh.connect {uri:?}")
            }
            None => elsewhere(sort, known, uri, &other.names),
        },
        (None, None) => elsewhere(sort, known, uri, &[]),
    };
    Fault::not_found(message).hint(hint)
}

/// Of more names only so many are told.
const TOLD: usize = 5;

/// Each user has a libvirt of their own beside the machine's, and what is in one is not in the other.
fn elsewhere(sort: Sort, known: &[String], uri: &str, others: &[String]) -> String {
    let lists = sort.listed_by();
    let path = uri.split(['?', '#']).next().unwrap_or(uri);
    let of_a_uri = matches!(sort, Sort::Domain | Sort::Network | Sort::Pool);
    if path.ends_with("/session")
        && of_a_uri
        && let Some(system) = other_uri(uri)
    {
        let there = match others {
            [] => "the tutorial's among them".to_owned(),
            few if few.len() <= TOLD => few.join(", "),
            many => format!("{} and {} more", many[..TOLD].join(", "), many.len() - TOLD),
        };
        return format!(
            "{uri} is your user's own libvirt; those of the machine, {there}, are in {system}: virsh.connect {system:?}"
        );
    }
    if known.is_empty() {
        return format!("there are none at all: {lists} is empty");
    }
    format!("{lists} shows those there are")
}

/// It is in another state than that wants.
pub fn state(message: impl Into<String>, hint: impl Into<String>) -> Fault {
    Fault::new(Kind::Conflict, message).hint(hint)
}

/// There is one of this name already, and it is another.
pub fn defined(domain: &str, uuid: impl std::fmt::Display) -> Fault {
    state(
        format!("domain {domain} already exists with uuid {uuid}"),
        "leave <uuid> out, and it is replaced; another <name> is another one",
    )
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
        let with = |asked: &str, known: &[String], uri: &str, other: Option<&Other>| {
            let fault = unknown_beside(Sort::Domain, asked, known, uri, other);
            fault.hint.unwrap_or_default()
        };
        let hint = |asked: &str, known: &[String], uri: &str| with(asked, known, uri, None);
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
        // The other one was looked into.
        let names = (1..8).map(|n| format!("compute{n}")).collect();
        let uri = "qemu:///system".to_owned();
        let other = Other { uri, names };
        let there =
            |asked: &str, known: &[String]| with(asked, known, "qemu:///session", Some(&other));
        assert!(there("compute2", &known[..1]).starts_with("it is in qemu:///system"));
        assert_eq!(there("compte1", &known), "did you mean compute1?");
        assert!(
            there("compte1", &[]).starts_with("did you mean compute1, which is in qemu:///system?")
        );
        let told = there("login", &[]);
        assert!(
            told.contains("compute4, compute5 and 2 more, are in qemu:///system"),
            "{told}"
        );
        assert_eq!(
            other_uri("qemu:///system").as_deref(),
            Some("qemu:///session")
        );
        assert_eq!(other_uri("test:///default"), None);
    }
}
