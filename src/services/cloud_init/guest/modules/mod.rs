//! cloud-init's modules, in the order of Rocky Linux's `/etc/cloud/cloud.cfg`. Those that a diskless node's simulation
//! has nothing to do for are not in the list; their keys are noted.
mod files;
mod hostname;
mod keys;
mod locale;
mod mounts;
mod ntp;
mod packages;
mod phone_home;
mod scripts;
mod users;

pub(super) use files::own;
pub(super) use hostname::set as first_name;

use super::work::Work;

/// Why a module failed: what Python would raise.
type Module = fn(&mut Work) -> Result<(), String>;

pub(super) const STAGES: &[(&str, &[(&str, Module)])] = &[
    (
        "init",
        &[
            ("bootcmd", scripts::bootcmd),
            ("write-files", files::write_files),
            ("mounts", mounts::mounts),
            ("set_hostname", hostname::set),
            ("update_etc_hosts", hostname::hosts),
            ("users-groups", users::users_groups),
            ("ssh", keys::ssh),
        ],
    ),
    (
        "config",
        &[
            ("locale", locale::locale),
            ("set-passwords", users::set_passwords),
            ("ntp", ntp::ntp),
            ("timezone", locale::timezone),
            // Makes the script that scripts-user runs.
            ("runcmd", scripts::runcmd_form),
        ],
    ),
    (
        "final",
        &[
            ("package-update-upgrade-install", packages::install),
            ("write-files-deferred", files::write_files_deferred),
            ("scripts-user", scripts::runcmd),
            ("phone-home", phone_home::phone_home),
        ],
    ),
];

/// Keys that a module here reads, or that say something about others.
const KEYS: &[&str] = &[
    "allow_public_ssh_keys",
    "bootcmd",
    "chpasswd",
    "disable_root",
    "disable_root_opts",
    "fqdn",
    "groups",
    "hostname",
    "locale",
    "locale_configfile",
    "manage_etc_hosts",
    "mount_default_fields",
    "mounts",
    "no_ssh_fingerprints",
    "ntp",
    "package_update",
    "package_upgrade",
    "package_reboot_if_required",
    "packages",
    "password",
    "phone_home",
    "prefer_fqdn_over_hostname",
    "preserve_hostname",
    "runcmd",
    "ssh_authorized_keys",
    "ssh_pwauth",
    "timezone",
    "user",
    "users",
    "vendor_data",
    "write_files",
    "final_message",
    "ssh_deletekeys",
    "ssh_genkeytypes",
];

/// Notes what no module here reads.
pub(super) fn unknown_keys(node: &mut Work) {
    let keys: Vec<String> = node
        .config
        .keys()
        .filter(|key| !KEYS.contains(&key.as_str()))
        .cloned()
        .collect();
    for key in keys {
        node.note(format!("{key}: noted, not simulated"));
    }
}
