//! Directories that a machine cannot do without: they are neither removed nor given another owner or mode.
use crate::fault::{Fault, Kind};

/// Each of them, and not what is in it.
const THEMSELVES: [&str; 22] = [
    "/",
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/home",
    "/lib",
    "/lib32",
    "/lib64",
    "/proc",
    "/root",
    "/run",
    "/sbin",
    "/sys",
    "/tmp",
    "/usr",
    "/usr/local",
    "/var",
    "/var/cache",
    "/var/lib",
    "/var/log",
    "/var/tmp",
];
/// With all that is in them.
const WHOLE: [&str; 9] = [
    "/boot",
    "/dev",
    "/proc",
    "/sys",
    "/usr/bin",
    "/usr/lib",
    "/usr/lib64",
    "/usr/sbin",
    "/usr/share",
];

/// Whether a directory is the system's own.
pub fn is_system(path: &str) -> bool {
    let within = |dir: &&str| {
        path.strip_prefix(*dir)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    THEMSELVES.contains(&path) || WHOLE.iter().any(within)
}

/// The refusal of what would take such a directory away from the system.
pub fn stays(path: &str) -> Fault {
    let message = format!("{path} is the system's own, and stays as it is");
    Fault::new(Kind::Refused, message)
        .hint("make a directory of your own in it, or elsewhere, as /opt/workdir")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_in_the_systems_is_ones_own() {
        for system in ["/", "/etc", "/usr/lib/systemd", "/tmp", "/var/lib"] {
            assert!(is_system(system), "{system}");
        }
        for own in [
            "/etc/openchami",
            "/var/lib/mine",
            "/opt",
            "/srv/nfs",
            "/usr/local/etc",
            "/libexec",
        ] {
            assert!(!is_system(own), "{own}");
        }
    }
}
