//! What `virt-install` makes of its options, for machines without a disk that boot over the network.
use super::table;
use crate::fault::{Fault, Kind};
use serde::Deserialize;
use serde_json::{Value, json};

/// `virsh.install{ … }`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Order {
    pub name: String,
    pub uuid: Option<String>,
    pub description: Option<String>,
    /// MiB as a number, or with a unit.
    pub memory: Option<Amount>,
    pub vcpus: Option<u32>,
    pub mac: Option<String>,
    pub network: Option<String>,
    pub bridge: Option<String>,
    pub model: Option<String>,
    /// Whether its network card brings a boot program of its own.
    pub rom: Option<bool>,
    /// What it boots from, in this order: `network,hd`.
    pub boot: Option<String>,
    /// Boots over the network, before all else.
    pub pxe: Option<bool>,
    pub firmware: Option<Firmware>,
    pub machine: Option<String>,
    pub arch: Option<String>,
    pub cpu: Option<String>,
    /// Where what its serial console shows is written as well.
    pub console_log: Option<String>,
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub autostart: Option<bool>,
    pub start: Option<bool>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Firmware {
    #[default]
    Bios,
    Uefi,
}

/// An amount of memory.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged, expecting = "a number of MiB, or text such as \"4GiB\"")]
pub enum Amount {
    Mib(u64),
    Text(String),
}

impl Amount {
    pub fn kib(&self) -> Result<u64, Fault> {
        let bytes = match self {
            Self::Mib(mib) => mib.checked_mul(1 << 20),
            Self::Text(text) => bytes(text),
        };
        let kib = bytes.map(|bytes| bytes / 1024).filter(|kib| *kib > 0);
        let shown = match self {
            Self::Mib(mib) => mib.to_string(),
            Self::Text(text) => format!("{text:?}"),
        };
        if kib.is_some_and(|kib| kib < LEAST) {
            let message = format!("{shown} is too little memory for any firmware to begin with");
            return Err(Fault::bad_argument(message)
                .hint("a number is MiB; one with its unit is clearer: \"4GiB\""));
        }
        kib.ok_or_else(|| {
            Fault::bad_argument(format!("{shown} is no amount of memory"))
                .hint("a number of MiB, 4096, or one with its unit, \"4GiB\"")
        })
    }
}

/// A size with its unit: `4GiB`, `512 MiB`, `10G`; a bare number is MiB, as in virt-install.
pub(crate) fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (count, unit) = text.split_at(end);
    let count: f64 = count.parse().ok()?;
    let scale: u64 = match unit.trim() {
        "b" | "B" => 1,
        "KiB" | "K" | "k" => 1 << 10,
        "" | "MiB" | "M" => 1 << 20,
        "GiB" | "G" => 1 << 30,
        "TiB" | "T" => 1 << 40,
        "KB" => 1000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => 1_000_000_000_000,
        _ => return None,
    };
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss
    )]
    let bytes = (count * scale as f64).round() as u64;
    (bytes < 1 << 60).then_some(bytes)
}

/// With less, in KiB, no firmware comes up: somebody meant another unit.
pub(crate) const LEAST: u64 = 16 << 10;

const DEVICES: &[&str] = &["network", "hd", "cdrom", "fd"];

impl Order {
    /// Fails where something is missing or makes no sense.
    fn checked(&self) -> Result<(), Fault> {
        if self.name.trim().is_empty() {
            let fault = Fault::bad_argument("a domain needs a name");
            return Err(fault.hint("virsh.install{ name = \"compute1\", memory = \"4GiB\", network = \"openchami-net\" }"));
        }
        if let Some(mac) = &self.mac {
            let fine = mac.split(':').count() == 6
                && mac
                    .split(':')
                    .all(|part| part.len() == 2 && part.bytes().all(|it| it.is_ascii_hexdigit()));
            if !fine {
                let fault = Fault::bad_argument(format!("{mac:?} is no MAC address"));
                return Err(fault.hint("six bytes, QEMU's own begin so: 52:54:00:be:ef:01"));
            }
            let group = u8::from_str_radix(&mac[..2], 16).is_ok_and(|first| first & 1 == 1);
            if group {
                let fault = Fault::bad_argument(format!("{mac} is a group's address, no card's"));
                return Err(fault.hint("its first byte is even: QEMU's own begin with 52:54:00"));
            }
        }
        if self.vcpus == Some(0) {
            return Err(Fault::bad_argument("a machine has at least one processor")
                .hint("vcpus = 1, or no vcpus"));
        }
        if self.network.is_some() && self.bridge.is_some() {
            return Err(Fault::bad_argument("network or bridge, not both"));
        }
        Ok(())
    }

    fn boot(&self) -> Result<Vec<&str>, Fault> {
        let said = self.boot.as_deref().unwrap_or("network,hd");
        let mut devices: Vec<&str> = said.split(',').map(str::trim).collect();
        if let Some(odd) = devices.iter().find(|it| !DEVICES.contains(it)) {
            let fault = Fault::bad_argument(format!("nothing boots from {odd:?}"));
            return Err(fault.did_you_mean(odd, DEVICES.iter().copied()));
        }
        if self.pxe == Some(true) && devices.first() != Some(&"network") {
            devices.retain(|it| *it != "network");
            devices.insert(0, "network");
        }
        if !devices.contains(&"network") {
            let message = format!("a machine without a disk boots from nothing of {said:?}");
            return Err(Fault::bad_argument(message)
                .hint("boot = \"network\", or \"network,hd\" for a disk that it gets later"));
        }
        Ok(devices)
    }

    fn interface(&self) -> Value {
        let (kind, source) = match (&self.network, &self.bridge) {
            (_, Some(bridge)) => ("bridge", json!({ "_bridge": bridge })),
            (network, None) => {
                let network = network.as_deref().unwrap_or("default");
                ("network", json!({ "_network": network }))
            }
        };
        let mut nic = json!({
            "_type": kind, "source": source,
            "model": { "_type": self.model.as_deref().unwrap_or("virtio") },
        });
        if let Some(mac) = &self.mac {
            nic["mac"] = json!({ "_address": mac.to_ascii_lowercase() });
        }
        if self.rom == Some(false) {
            nic["rom"] = json!({ "_enabled": "no" });
        }
        nic
    }

    fn os(&self) -> Result<Value, Fault> {
        let mut kind = json!({ "_": "hvm", "_arch": self.arch.as_deref().unwrap_or("x86_64") });
        if let Some(machine) = &self.machine {
            kind["_machine"] = machine.as_str().into();
        }
        let boot: Vec<Value> = self
            .boot()?
            .iter()
            .map(|it| json!({ "_dev": it }))
            .collect();
        let mut os = json!({ "type": kind, "boot": boot });
        match self.firmware.unwrap_or_default() {
            Firmware::Uefi => {
                os["_firmware"] = "efi".into();
                // Signed boot programs only would keep iPXE out.
                let no = |name: &str| json!({ "_enabled": "no", "_name": name });
                os["firmware"] = json!({ "feature": [no("enrolled-keys"), no("secure-boot")] });
            }
            // What the firmware and iPXE say goes to the serial console, or nobody sees it.
            Firmware::Bios => os["bios"] = json!({ "_useserial": "yes" }),
        }
        Ok(os)
    }

    fn cpu(&self, kind: &str) -> Value {
        match self.cpu.as_deref() {
            Some(model @ ("host-model" | "host-passthrough" | "maximum")) => {
                json!({ "_mode": model })
            }
            Some(model) => json!({ "_mode": "custom", "model": model }),
            None if kind == "kvm" => json!({ "_mode": "host-passthrough" }),
            // QEMU's usual one is too old for today's distributions.
            None => json!({ "_mode": "maximum" }),
        }
    }

    /// The document; `kind` is `kvm` or `qemu` where the order does not say.
    pub fn xml(&self, kind: &str) -> Result<String, Fault> {
        self.checked()?;
        let kind = self.kind.as_deref().unwrap_or(kind);
        let memory = self.memory.clone().unwrap_or(Amount::Mib(4096)).kib()?;
        let mut serial = json!({ "_type": "pty", "target": { "_port": 0 } });
        if let Some(path) = &self.console_log {
            if !path.starts_with('/') {
                let fault =
                    Fault::bad_argument(format!("console_log: {path:?} is no absolute path"));
                return Err(fault.hint("libvirt writes it, wherever libvirt runs"));
            }
            serial["log"] = json!({ "_file": path, "_append": "off" });
        }
        let mut domain = json!({
            "_type": kind,
            "name": self.name,
            "memory": { "_unit": "KiB", "_": memory },
            "vcpu": self.vcpus.unwrap_or(1),
            "os": self.os()?,
            "features": { "acpi": true, "apic": true },
            "cpu": self.cpu(kind),
            "clock": { "_offset": "utc" },
            "on_reboot": "restart",
            "devices": {
                "interface": [self.interface()],
                "serial": [serial],
                "console": [{ "_type": "pty", "target": { "_type": "serial", "_port": 0 } }],
                "rng": [{ "_model": "virtio", "backend": { "_model": "random", "_": "/dev/urandom" } }],
            },
        });
        for (key, value) in [("uuid", &self.uuid), ("description", &self.description)] {
            if let Some(value) = value {
                domain[key] = value.as_str().into();
            }
        }
        table::render("domain", &domain)
    }
}

/// How machines run where that is what it can: with the processor's help, or without.
pub(crate) fn kind_of(capabilities: &str, arch: Option<&str>) -> Result<&'static str, Fault> {
    let root = super::parse(capabilities).map_err(|fault| {
        Fault::new(
            Kind::Protocol,
            format!("libvirt's capabilities: {}", fault.message),
        )
    })?;
    let guests: Vec<_> = root
        .all("guest")
        .filter_map(|guest| guest.at("arch"))
        .collect();
    let name = |guest: &&super::Element| guest.attribute("name").unwrap_or_default().to_owned();
    if let Some(arch) = arch
        && !guests.iter().any(|it| name(it) == arch)
    {
        let mut known: Vec<String> = guests.iter().map(name).collect();
        known.dedup();
        let message = format!("this libvirt runs no machines of {arch:?}");
        return Err(Fault::bad_argument(message).hint(format!("it has {}", known.join(", "))));
    }
    let meant = guests
        .iter()
        .filter(|it| arch.is_none_or(|arch| name(it) == arch));
    let kinds: Vec<&str> = meant
        .flat_map(|arch| arch.elements().filter(|it| it.name == "domain"))
        .filter_map(|domain| domain.attribute("type"))
        .collect();
    let known = ["kvm", "qemu", "test"];
    let best = known.into_iter().find(|kind| kinds.contains(kind));
    Ok(best.unwrap_or("qemu"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::libvirt::xml::{domain, parse};

    fn order(value: Value) -> Order {
        serde_json::from_value(value).expect("an order")
    }

    #[test]
    fn the_tutorials_machine_needs_no_xml() {
        let order = order(json!({
            "name": "compute1", "memory": "4GiB", "vcpus": 1, "mac": "52:54:00:BE:EF:01",
            "network": "openchami-net", "pxe": true, "firmware": "uefi", "console_log": "/tmp/c.log",
        }));
        let text = order.xml("kvm").expect("a document");
        let root = parse(&text).expect("well-formed");
        assert_eq!(root.attribute("type"), Some("kvm"));
        assert_eq!(root.at("memory").and_then(domain::kib), Some(4 << 20));
        let os = root.at("os").expect("os");
        assert_eq!(os.attribute("firmware"), Some("efi"));
        let boot: Vec<_> = os
            .all("boot")
            .filter_map(|it| it.attribute("dev"))
            .collect();
        assert_eq!(boot, ["network", "hd"]);
        let nic = &domain::interfaces(&root)[0];
        assert_eq!(nic.mac.as_deref(), Some("52:54:00:be:ef:01"));
        assert_eq!(nic.source.as_deref(), Some("openchami-net"));
        let log = root.at("devices/serial/log").expect("a log");
        assert_eq!(log.attribute("file"), Some("/tmp/c.log"));
        assert!(root.at("devices/disk").is_none(), "no disk");
    }

    #[test]
    fn orders_that_make_no_sense_are_refused() {
        for (value, word) in [
            (json!({}), "name"),
            (json!({ "name": "n", "mac": "52:54:00:be:ef" }), "MAC"),
            (json!({ "name": "n", "mac": "53:54:00:be:ef:01" }), "group"),
            (json!({ "name": "n", "mac": "+2:00:00:00:00:00" }), "no MAC"),
            (json!({ "name": "n", "memory": "4 bananas" }), "memory"),
            (json!({ "name": "n", "memory": 0 }), "memory"),
            (json!({ "name": "n", "memory": 4 }), "memory"),
            (json!({ "name": "n", "memory": "2048KiB" }), "memory"),
            (json!({ "name": "n", "vcpus": 0 }), "processor"),
            (json!({ "name": "n", "boot": "cdrom" }), "without a disk"),
            (json!({ "name": "n", "boot": "netwrok" }), "netwrok"),
            (
                json!({ "name": "n", "network": "a", "bridge": "b" }),
                "both",
            ),
            (json!({ "name": "n", "console_log": "c.log" }), "absolute"),
        ] {
            let fault = order(value.clone())
                .xml("qemu")
                .expect_err(&value.to_string());
            assert_eq!(fault.kind, Kind::BadArgument);
            assert!(fault.message.contains(word), "{value}: {}", fault.message);
        }
    }

    #[test]
    fn sizes_are_read_as_written() {
        assert_eq!(bytes("4GiB"), Some(4 << 30));
        assert_eq!(bytes("1.5 GiB"), Some(3 << 29));
        assert_eq!(bytes("512"), Some(512 << 20));
        assert_eq!(bytes("10 GB"), Some(10_000_000_000));
        for wrong in ["", "GiB", "-1", "1e9", "4 bananas", "99999999999TiB"] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_processors_help_is_taken_where_it_is() {
        let guest = |kinds: &str| {
            format!(
                "<capabilities><guest><arch name='x86_64'>{kinds}</arch></guest></capabilities>"
            )
        };
        assert_eq!(
            kind_of(&guest("<domain type='qemu'/><domain type='kvm'/>"), None).ok(),
            Some("kvm")
        );
        let qemu = guest("<domain type='qemu'/>");
        assert_eq!(kind_of(&qemu, Some("x86_64")).ok(), Some("qemu"));
        let other = kind_of(&qemu, Some("aarch64")).expect_err("no such guests");
        assert_eq!(other.hint.as_deref(), Some("it has x86_64"));
    }
}
