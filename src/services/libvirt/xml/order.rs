//! What the table form must know of libvirt's schemas: which elements may stand several times, and which come first.
//! Neither is needed for truth: what is not listed here is kept all the same.

/// Elements that are a list even where one stands alone: parent and child; `*` for any child but those behind it.
const LISTS: &[(&str, &str, &[&str])] = &[
    ("devices", "*", &["emulator"]),
    ("os", "boot", &[]),
    ("os", "acpi", &[]),
    ("firmware", "feature", &[]),
    ("cpu", "feature", &[]),
    ("clock", "timer", &[]),
    ("cputune", "vcpupin", &[]),
    ("network", "ip", &[]),
    ("network", "route", &[]),
    ("network", "portgroup", &[]),
    ("dhcp", "range", &[]),
    ("dhcp", "host", &[]),
    ("dns", "host", &[]),
    ("dns", "srv", &[]),
    ("dns", "txt", &[]),
    ("dns", "forwarder", &[]),
    ("forward", "interface", &[]),
    ("qemu:commandline", "*", &[]),
];

/// Children in the order libvirt writes them; others follow by name.
const ORDER: &[(&str, &[&str])] = &[
    (
        "domain",
        &[
            "name",
            "uuid",
            "title",
            "description",
            "metadata",
            "memory",
            "currentMemory",
            "vcpu",
            "os",
            "features",
            "cpu",
            "clock",
            "on_poweroff",
            "on_reboot",
            "on_crash",
            "pm",
            "devices",
        ],
    ),
    (
        "os",
        &["type", "firmware", "loader", "nvram", "boot", "bios"],
    ),
    (
        "devices",
        &[
            "emulator",
            "disk",
            "controller",
            "filesystem",
            "interface",
            "serial",
            "console",
            "channel",
            "input",
            "graphics",
            "video",
        ],
    ),
    (
        "interface",
        &["mac", "source", "target", "model", "boot", "rom"],
    ),
    (
        "network",
        &[
            "name",
            "uuid",
            "title",
            "description",
            "metadata",
            "forward",
            "bridge",
            "mtu",
            "mac",
            "domain",
            "dns",
            "ip",
            "route",
        ],
    ),
    ("ip", &["tftp", "dhcp"]),
    (
        "pool",
        &[
            "name",
            "uuid",
            "capacity",
            "allocation",
            "available",
            "source",
            "target",
        ],
    ),
    (
        "volume",
        &["name", "key", "capacity", "allocation", "target"],
    ),
];

/// Whether `child` may stand several times in `parent`.
pub(super) fn is_list(parent: &str, child: &str) -> bool {
    LISTS.iter().any(|(of, name, but)| {
        *of == parent && (*name == child || (*name == "*" && !but.contains(&child)))
    })
}

/// Where `child` comes in `parent`.
pub(super) fn rank(parent: &str, child: &str) -> usize {
    let known = ORDER.iter().find(|(of, _)| *of == parent);
    let place = known.and_then(|(_, names)| names.iter().position(|name| *name == child));
    place.unwrap_or(usize::MAX)
}
