//! What a survey means for a head node: enough of everything, or what is missing and how to get it.
mod ports;

use super::Survey;
use serde::{Deserialize, Serialize};

const GIB: u64 = 1 << 30;
/// A node's image and what is written over it live in its memory.
const NODE_MEMORY: u64 = 4 * GIB;
/// Containers, images and what they are built in.
const DISK: u64 = 30 * GIB;
/// Quadlets came with 4.4.
const PODMAN: u64 = 4;

/// What is wanted, and the packages that bring it, where dnf and where apt installs.
const WANTED: [(&str, &[&str], &[&str]); 3] = [
    (
        "libvirt",
        &["libvirt", "libvirt-daemon"],
        &["libvirt-daemon-system"],
    ),
    ("QEMU", &["qemu-kvm"], &["qemu-system-x86"]),
    ("UEFI for machines", &["edk2-ovmf"], &["ovmf"]),
];

/// One thing that a head node needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub what: String,
    /// `ok`; `note`: it works, less well; `missing`.
    pub level: String,
    pub found: String,
    /// What to type or to change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

fn check(what: &str, level: &str, found: String, fix: impl Into<String>) -> Check {
    Check {
        what: what.to_owned(),
        level: level.to_owned(),
        found,
        fix: (level != "ok").then(|| fix.into()),
    }
}

fn level(fine: bool) -> &'static str {
    if fine { "ok" } else { "missing" }
}

/// `15.4 GiB`, and no fraction where there is none.
pub(super) fn gib(bytes: u64) -> String {
    let tenths = bytes.saturating_mul(10) / GIB;
    match tenths % 10 {
        0 => format!("{} GiB", tenths / 10),
        rest => format!("{}.{rest} GiB", tenths / 10),
    }
}

/// The names of the packages that may be asked for.
pub fn packages() -> Vec<&'static str> {
    let mut all = vec!["podman"];
    for (_, rpm, deb) in WANTED {
        all.extend(rpm);
        all.extend(deb);
    }
    all
}

impl Survey {
    fn is_debian(&self) -> bool {
        matches!(self.os_id.as_str(), "debian" | "ubuntu")
    }

    fn kept_silent(&self, what: &str) -> bool {
        self.silent.iter().any(|it| it == what)
    }

    fn install(&self, package: &str) -> String {
        let tool = if self.is_debian() { "apt" } else { "dnf" };
        format!("sudo {tool} install {package}")
    }
}

/// What this machine has of what a head node needs for so many nodes.
pub fn checks(survey: &Survey, nodes: u64) -> Vec<Check> {
    let mut out = vec![
        os(survey),
        memory(survey, nodes),
        disk(survey),
        kvm(survey),
        podman(survey),
    ];
    let manager = if survey.is_debian() {
        "dpkg-query"
    } else {
        "rpm"
    };
    for (what, rpm, deb) in WANTED {
        let names = if survey.is_debian() { deb } else { rpm };
        let there = names
            .iter()
            .find_map(|name| Some((name, survey.packages.get(*name)?)));
        out.push(match there {
            Some((name, version)) => check(what, "ok", format!("{name} {version}"), ""),
            None if survey.kept_silent(manager) => silent(what, manager),
            None => check(
                what,
                "missing",
                "not installed".to_owned(),
                survey.install(names[0]),
            ),
        });
    }
    out.push(ports::ports(survey));
    out
}

/// What is not known, for its program hangs.
fn silent(what: &str, program: &str) -> Check {
    let found = format!("not known: {program} does not answer");
    let fix = format!(
        "ps -C {program} shows what it waits for; a hung mount or a lock is the usual reason"
    );
    check(what, "note", found, fix)
}

fn os(survey: &Survey) -> Check {
    let major = survey.os_version.split('.').next().unwrap_or_default();
    let fine = matches!(
        survey.os_id.as_str(),
        "rocky" | "almalinux" | "rhel" | "centos"
    ) && major == "9";
    let level = if fine { "ok" } else { "note" };
    let fix = "the release's package is made for Enterprise Linux 9; elsewhere its quadlets are installed by hand";
    check("system", level, survey.os.clone(), fix)
}

fn memory(survey: &Survey, nodes: u64) -> Check {
    let want = nodes.saturating_mul(NODE_MEMORY);
    let found = format!(
        "{}, and {nodes} nodes want {}",
        gib(survey.memory),
        gib(want)
    );
    let room = survey.memory / NODE_MEMORY;
    let fix = format!("start no more than {room} at a time, or take a larger machine");
    check("memory", level(survey.memory >= want), found, fix)
}

fn disk(survey: &Survey) -> Check {
    let most = survey.disks.iter().max_by_key(|disk| disk.free);
    let Some(most) = most else {
        return check("disk", "note", "nothing is known of it".to_owned(), "df -h");
    };
    let found = format!(
        "{} free of {} at {}",
        gib(most.free),
        gib(most.size),
        most.path
    );
    let hung: Vec<&str> = survey.silent.iter().map(String::as_str).collect();
    let hung: Vec<&str> = hung.into_iter().filter(|it| it.starts_with('/')).collect();
    if !hung.is_empty() {
        let found = format!("{found}; no answer from {}", hung.join(", "));
        let fix =
            "findmnt shows what is mounted there: a file server that is gone hangs whoever asks";
        return check("disk", "note", found, fix);
    }
    let fix = format!(
        "images and containers want {}: make room, or mount a larger disk at /data",
        gib(DISK)
    );
    check("disk", level(most.free >= DISK), found, fix)
}

fn kvm(survey: &Survey) -> Check {
    match &survey.no_kvm {
        None => check("KVM", "ok", survey.virtualization.clone(), ""),
        Some(why) => check(
            "KVM",
            "note",
            format!("{why}: machines are emulated, many times slower"),
            "a metal instance, or nested virtualization; ls -l /dev/kvm, and the group kvm",
        ),
    }
}

fn podman(survey: &Survey) -> Check {
    let Some(version) = &survey.podman else {
        if survey.kept_silent("podman") {
            return silent("podman", "podman");
        }
        return check(
            "podman",
            "missing",
            "not installed".to_owned(),
            survey.install("podman"),
        );
    };
    let major = version
        .split('.')
        .next()
        .and_then(|it| it.parse::<u64>().ok());
    let fix = "quadlets need podman 4.4 or newer";
    check("podman", level(major >= Some(PODMAN)), version.clone(), fix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_answer_is_not_said_to_be_missing() {
        let survey = Survey {
            os_id: "rocky".to_owned(),
            silent: vec!["podman".to_owned(), "rpm".to_owned(), "/srv".to_owned()],
            disks: vec![crate::services::head::types::Disk {
                path: "/".to_owned(),
                size: 100 * GIB,
                free: 90 * GIB,
            }],
            ..Survey::default()
        };
        for check in checks(&survey, 1) {
            if ["disk", "podman", "libvirt", "QEMU"].contains(&check.what.as_str()) {
                assert_eq!(check.level, "note", "{check:?}");
                assert!(check.found.contains("answer"), "{check:?}");
            }
        }
    }
}
