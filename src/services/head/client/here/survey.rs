//! What this machine is made of. What cannot be learned is left out: a survey never fails.
use super::Here;
use crate::services::head::types::{Disk, Survey, packages};
use nix::{sys::statvfs::statvfs, unistd::Uid};
use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    os::unix::fs::MetadataExt as _,
    process::{Command, Stdio},
    thread::available_parallelism,
};

/// Where something of OpenCHAMI's may be on a disk of its own.
const PLACES: [&str; 6] = ["/", "/data", "/opt", "/srv", "/var", "/var/lib/containers"];

impl Here {
    pub(super) fn survey(&self) -> Survey {
        let release = self.pairs("/etc/os-release", '=');
        let of = |key: &str| {
            release
                .get(key)
                .map(|it| it.trim_matches('"').to_owned())
                .unwrap_or_default()
        };
        let memory = self.pairs("/proc/meminfo", ':');
        let bytes = |key: &str| {
            let kib = memory
                .get(key)
                .and_then(|it| it.split(' ').next()?.parse::<u64>().ok());
            kib.unwrap_or(0) * 1024
        };
        let (kvm, no_kvm) = self.kvm();
        Survey {
            hostname: self.line("/proc/sys/kernel/hostname"),
            os: of("PRETTY_NAME"),
            os_id: of("ID"),
            os_version: of("VERSION_ID"),
            kernel: self.line("/proc/sys/kernel/osrelease"),
            arch: env::consts::ARCH.to_owned(),
            user: crate::journal::user(),
            root: Uid::effective().is_root(),
            cpus: available_parallelism().map_or(1, |count| count.get() as u64),
            memory: bytes("MemTotal"),
            memory_available: bytes("MemAvailable"),
            disks: self.disks(),
            virtualization: kvm.to_owned(),
            no_kvm,
            selinux: self.selinux(),
            podman: output("podman", &["--version"])
                .and_then(|text| Some(text.split_whitespace().last()?.to_owned())),
            packages: installed(),
            ports: self.ports(),
            checks: Vec::new(),
        }
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.at(path)).unwrap_or_default()
    }

    fn line(&self, path: &str) -> String {
        self.text(path).trim().to_owned()
    }

    fn pairs(&self, path: &str, between: char) -> BTreeMap<String, String> {
        let text = self.text(path);
        let pairs = text.lines().filter_map(|line| line.split_once(between));
        pairs
            .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
            .collect()
    }

    fn kvm(&self) -> (&'static str, Option<String>) {
        let device = self.at("/dev/kvm");
        let opened = fs::OpenOptions::new().read(true).write(true).open(&device);
        match opened {
            Ok(_) => ("kvm", None),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                ("emulation", Some("this machine has no /dev/kvm".to_owned()))
            }
            // libvirt's system instance opens it as another user, who may.
            Err(e) => ("emulation", Some(format!("/dev/kvm: {e}"))),
        }
    }

    fn selinux(&self) -> Option<String> {
        let mode = match self.line("/sys/fs/selinux/enforce").as_str() {
            "1" => "enforcing",
            "0" => "permissive",
            _ => return None,
        };
        Some(mode.to_owned())
    }

    /// One for each file system.
    fn disks(&self) -> Vec<Disk> {
        let mut seen = BTreeSet::new();
        let disk = |path: &&str| {
            let at = self.at(path);
            let device = fs::metadata(&at).ok()?.dev();
            let stat = statvfs(&at).ok().filter(|_| seen.insert(device))?;
            let unit = stat.fragment_size();
            Some(Disk {
                path: (*path).to_owned(),
                size: stat.blocks() * unit,
                free: stat.blocks_available() * unit,
            })
        };
        PLACES.iter().filter_map(disk).collect()
    }
}

/// What a program says, when it is there and ends well.
fn output(program: &str, words: &[&str]) -> Option<String> {
    let done = Command::new(program)
        .args(words)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    let done = done.ok()?;
    Some(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// Versions of the packages that matter, by the package manager that is there.
fn installed() -> BTreeMap<String, String> {
    let names = packages();
    let ask = |program: &str, words: &[&str]| {
        let words: Vec<&str> = words.iter().chain(&names).copied().collect();
        output(program, &words).unwrap_or_default()
    };
    // Both tell of those that are not there on the same way out, in other words.
    let mut text = ask(
        "rpm",
        &["-q", "--qf", "%{NAME}\\t%{VERSION}-%{RELEASE}\\tii\\n"],
    );
    text += &ask(
        "dpkg-query",
        &[
            "-W",
            "-f",
            "${Package}\\t${Version}\\t${db:Status-Abbrev}\\n",
        ],
    );
    let line = |line: &str| {
        let mut fields = line.split('\t');
        let (name, version, state) = (fields.next()?, fields.next()?, fields.next()?);
        let there = state.starts_with("ii") && names.contains(&name);
        there.then(|| (name.to_owned(), version.to_owned()))
    };
    text.lines().filter_map(line).collect()
}
