//! What this machine is made of. What cannot be learned is left out: a survey never fails.
use super::{
    Here,
    patient::{LIMIT, Told, begin, end, output},
};
use crate::services::head::types::{Disk, Survey, packages};
use nix::{sys::statvfs::statvfs, unistd::Uid};
use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    os::unix::fs::MetadataExt as _,
    thread::available_parallelism,
    time::Instant,
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
        let mut silent = Vec::new();
        let well = |status| status == 0;
        let podman = output("podman", &["--version"], well, LIMIT).or_note("podman", &mut silent);
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
            disks: self.disks(&mut silent),
            virtualization: kvm.to_owned(),
            no_kvm,
            selinux: self.selinux(),
            podman: podman.and_then(|text| Some(text.split_whitespace().last()?.to_owned())),
            packages: installed(&mut silent),
            ports: self.ports(),
            silent,
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

    /// One for each file system; one whose server is gone hangs whoever asks, and none is waited for twice.
    fn disks(&self, silent: &mut Vec<String>) -> Vec<Disk> {
        let ask = |path: &'static str| {
            let at = self.at(path);
            let work = begin(move || {
                let device = fs::metadata(&at).ok()?.dev();
                let stat = statvfs(&at).ok()?;
                let unit = stat.fragment_size();
                Some((device, stat.blocks() * unit, stat.blocks_available() * unit))
            });
            (path, work)
        };
        let asked = PLACES.map(ask);
        let until = Instant::now() + LIMIT;
        let (mut seen, mut disks) = (BTreeSet::new(), Vec::new());
        for (path, work) in &asked {
            let told = end(work, until).or_note(path, silent);
            if let Some((_, size, free)) = told.filter(|(device, ..)| seen.insert(*device)) {
                let path = (*path).to_owned();
                disks.push(Disk { path, size, free });
            }
        }
        disks
    }
}

/// Versions of the packages that matter, by the package manager that is there.
fn installed(silent: &mut Vec<String>) -> BTreeMap<String, String> {
    let names = packages();
    let ask = |program: &str, words: &[&str]| -> Told<String> {
        let words: Vec<&str> = words.iter().chain(&names).copied().collect();
        // Both tell of those that are not there by their status, rpm by how many these are.
        output(program, &words, |status| status >= 0, LIMIT)
    };
    let rpm = ["-q", "--qf", "%{NAME}\\t%{VERSION}-%{RELEASE}\\tii\\n"];
    let dpkg = [
        "-W",
        "-f",
        "${Package}\\t${Version}\\t${db:Status-Abbrev}\\n",
    ];
    let mut text = String::new();
    for (program, words) in [("rpm", &rpm), ("dpkg-query", &dpkg)] {
        let told = ask(program, words).or_note(program, silent);
        text += &told.unwrap_or_default();
    }
    let line = |line: &str| {
        let mut fields = line.split('\t');
        let (name, version, state) = (fields.next()?, fields.next()?, fields.next()?);
        let there = state.starts_with("ii") && names.contains(&name);
        there.then(|| (name.to_owned(), version.to_owned()))
    };
    text.lines().filter_map(line).collect()
}
