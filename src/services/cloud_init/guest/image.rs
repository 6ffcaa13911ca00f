//! What the tutorial's images hold before cloud-init comes: Rocky Linux, root in memory, nothing of a node's own.
use super::types::{Group, Guest, Mount, Unit, UnitFile, User};
use serde_json::{Map, Value, json};

pub(super) const KERNEL: &str = "5.14.0-503.38.1.el9_5.x86_64";

/// A unit the image carries: its name, whether it starts by itself, and in which images it is (part of their name).
const UNITS: &[(&str, bool, &[&str])] = &[
    // Without these nobody gets in, no clock is right, and cloud-init does not run at all.
    ("sshd", true, &[]),
    ("chronyd", true, &[]),
    ("cloud-init", true, &[]),
    ("NetworkManager", true, &[]),
    ("rsyslog", true, &[]),
    ("dbus-broker", true, &[]),
    // Diskless nodes fetch no packages while they boot, so the image carries what any role of the course turns on.
    // Off by itself: the image does not know which role the node will have.
    ("nfs-server", false, &[]),
    ("munge", false, &[]),
    ("slurmd", false, &[]),
    ("firewalld", false, &[]),
    // A Kubernetes worker has an image of its own.
    ("containerd", false, &["k8s", "kubernetes"]),
    ("kubelet", false, &["k8s", "kubernetes"]),
];

/// Packages by which the units come, and the commonest others.
pub(super) const PACKAGES: &[(&str, &str)] = &[
    ("openssh-server", "sshd"),
    ("chrony", "chronyd"),
    ("cloud-init", "cloud-init"),
    ("NetworkManager", "NetworkManager"),
    ("rsyslog", "rsyslog"),
    ("nfs-utils", "nfs-server"),
    ("munge", "munge"),
    ("slurm-slurmd", "slurmd"),
    ("slurm-slurmd-ohpc", "slurmd"),
    ("firewalld", "firewalld"),
    ("containerd", "containerd"),
    ("containerd.io", "containerd"),
    ("kubelet", "kubelet"),
    ("httpd", "httpd"),
    ("nginx", "nginx"),
    ("podman", "podman"),
    ("autofs", "autofs"),
];

/// Accounts of the image: name, number of user and group, what it is, home, shell.
const ACCOUNTS: &[(&str, u32, &str, &str, &str)] = &[
    ("root", 0, "root", "/root", "/bin/bash"),
    ("bin", 1, "bin", "/bin", "/sbin/nologin"),
    ("daemon", 2, "daemon", "/sbin", "/sbin/nologin"),
    (
        "nobody",
        65534,
        "Kernel Overflow User",
        "/",
        "/sbin/nologin",
    ),
    (
        "sshd",
        74,
        "Privilege-separated SSH",
        "/usr/share/empty.sshd",
        "/usr/sbin/nologin",
    ),
    (
        "chrony",
        997,
        "chrony system user",
        "/var/lib/chrony",
        "/sbin/nologin",
    ),
    (
        "munge",
        996,
        "Runs Uid 'N' Gid Emporium",
        "/run/munge",
        "/sbin/nologin",
    ),
    ("slurm", 995, "SLURM resource manager", "/", "/sbin/nologin"),
    (
        "rpcuser",
        29,
        "RPC Service User",
        "/var/lib/nfs",
        "/sbin/nologin",
    ),
];

/// Groups of the image that are nobody's own.
const GROUPS: &[(&str, u32)] = &[
    ("adm", 4),
    ("wheel", 10),
    ("video", 39),
    ("users", 100),
    ("systemd-journal", 190),
    ("ssh_keys", 101),
];

/// Directories that every image has; what cloud-init makes besides them is known as a whole.
pub(super) const DIRECTORIES: &[&str] = &[
    "/",
    "/boot",
    "/dev",
    "/etc",
    "/home",
    "/media",
    "/mnt",
    "/opt",
    "/proc",
    "/root",
    "/run",
    "/srv",
    "/sys",
    "/tmp",
    "/usr",
    "/var",
    "/etc/cron.d",
    "/etc/exports.d",
    "/etc/modprobe.d",
    "/etc/modules-load.d",
    "/etc/munge",
    "/etc/nfs.conf.d",
    "/etc/profile.d",
    "/etc/slurm",
    "/etc/ssh",
    "/etc/ssh/sshd_config.d",
    "/etc/sudoers.d",
    "/etc/sysconfig",
    "/etc/sysctl.d",
    "/etc/systemd",
    "/etc/systemd/system",
    "/etc/yum.repos.d",
    "/usr/bin",
    "/usr/lib",
    "/usr/lib/systemd",
    "/usr/lib/systemd/system",
    "/usr/local",
    "/usr/local/bin",
    "/usr/local/sbin",
    "/usr/sbin",
    "/usr/share",
    "/var/lib",
    "/var/log",
    "/var/spool",
    "/var/tmp",
];

/// The name of the root file system: the last part of `root=`.
fn name(cmdline: &str) -> String {
    let root = cmdline
        .split_whitespace()
        .find_map(|word| word.strip_prefix("root="));
    let last = root.and_then(|root| root.rsplit(['/', ':']).next());
    last.unwrap_or_default().to_owned()
}

/// The system's version, from the image's name (`rocky9.5-compute-base-9.5`); the tutorial's where it has none.
pub(super) fn version(image: &str) -> String {
    let version = image.strip_prefix("rocky").unwrap_or_default();
    let end = version.find(|c: char| !c.is_ascii_digit() && c != '.');
    match version[..end.unwrap_or(version.len())].trim_end_matches('.') {
        "" => "9.5".to_owned(),
        version => version.to_owned(),
    }
}

/// The name the release has.
pub(super) fn code_name(version: &str) -> &'static str {
    match version.split('.').next() {
        Some("8") => "Green Obsidian",
        Some("10") => "Red Quartz",
        _ => "Blue Onyx",
    }
}

/// The node before cloud-init.
pub(super) fn boot(cmdline: &str, kernel: &str) -> Guest {
    let image = name(cmdline);
    let mut guest = Guest {
        hostname: "localhost".to_owned(),
        kernel: if kernel.is_empty() { KERNEL } else { kernel }.to_owned(),
        cmdline: cmdline.to_owned(),
        mounts: vec![root(cmdline)],
        ..Guest::default()
    };
    for (unit, on, only) in UNITS {
        if !only.is_empty() && !only.iter().any(|part| image.contains(part)) {
            continue;
        }
        let file = if *on {
            UnitFile::Enabled
        } else {
            UnitFile::Disabled
        };
        let unit = (format!("{unit}.service"), Unit { file, active: *on });
        guest.services.insert(unit.0, unit.1);
    }
    // The image to look for faults with lets somebody in by password.
    if image.contains("debug") {
        guest.users.push(User {
            name: "testuser".to_owned(),
            uid: 1000,
            gid: 1000,
            home: "/home/testuser".to_owned(),
            shell: "/bin/bash".to_owned(),
            groups: vec!["wheel".to_owned()],
            has_password: true,
            ..User::default()
        });
    }
    guest.image = image;
    guest
}

/// Where root comes from.
fn root(cmdline: &str) -> Mount {
    let root = cmdline
        .split_whitespace()
        .find_map(|word| word.strip_prefix("root="));
    let (source, fstype, options) = match root.and_then(|root| root.strip_prefix("nfs:")) {
        Some(from) => (
            from.trim_end_matches(','),
            "nfs",
            "rw,relatime,vers=3,nolock,proto=tcp",
        ),
        None => (
            "LiveOS_rootfs",
            "overlay",
            "rw,relatime,lowerdir=/run/rootfsbase,upperdir=/run/overlayfs,workdir=/run/ovlwork",
        ),
    };
    Mount {
        source: source.to_owned(),
        target: "/".to_owned(),
        fstype: fstype.to_owned(),
        options: options.to_owned(),
        mounted: true,
    }
}

/// The image's accounts.
pub(super) fn accounts() -> impl Iterator<Item = User> {
    ACCOUNTS.iter().map(|(name, id, gecos, home, shell)| User {
        name: (*name).to_owned(),
        uid: *id,
        gid: *id,
        gecos: (*gecos).to_owned(),
        home: (*home).to_owned(),
        shell: (*shell).to_owned(),
        lock_passwd: true,
        ..User::default()
    })
}

/// The image's groups.
pub(super) fn groups() -> impl Iterator<Item = Group> {
    let own = ACCOUNTS.iter().map(|(name, id, ..)| (*name, *id));
    own.chain(GROUPS.iter().copied()).map(|(name, gid)| Group {
        name: name.to_owned(),
        gid,
        members: Vec::new(),
    })
}

/// What the image's own `/etc/cloud/cloud.cfg` says.
pub(super) fn config() -> Map<String, Value> {
    let config = json!({
        "users": ["default"],
        "disable_root": true,
        "preserve_hostname": false,
        "vendor_data": { "enabled": true, "prefix": [] },
        "mount_default_fields": [null, null, "auto", "defaults,nofail,x-systemd.requires=cloud-init.service,_netdev", "0", "2"],
    });
    match config {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// Whom `default` means.
pub(super) fn default_user() -> Map<String, Value> {
    let user = json!({
        "name": "rocky", "lock_passwd": true, "gecos": "rocky Cloud User",
        "groups": ["adm", "systemd-journal"], "sudo": ["ALL=(ALL) NOPASSWD:ALL"], "shell": "/bin/bash",
    });
    match user {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// Facts about the node that templates can ask for.
pub(super) fn facts(guest: &Guest) -> Map<String, Value> {
    let version = version(&guest.image);
    let code = code_name(&version);
    let facts = json!({
        "distro": "rocky", "distro_version": version, "distro_release": code, "variant": "rocky",
        "kernel_release": guest.kernel, "machine": "x86_64", "python_version": "3.9.21",
        "system_platform": format!("Linux-{}-x86_64-with-glibc2.34", guest.kernel),
    });
    match facts {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// `/etc/os-release`.
pub(super) fn os_release(image: &str) -> String {
    let version = version(image);
    let (code, major) = (
        code_name(&version),
        version.split('.').next().unwrap_or("9"),
    );
    format!(
        "NAME=\"Rocky Linux\"\nVERSION=\"{version} ({code})\"\nID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n\
         VERSION_ID=\"{version}\"\nPLATFORM_ID=\"platform:el{major}\"\nPRETTY_NAME=\"Rocky Linux {version} ({code})\"\n"
    )
}
