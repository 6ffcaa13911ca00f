//! What calls may say in their last table. A size may be written with its unit.
use crate::{
    fault::Fault,
    services::libvirt::{client::Options, types::Nvram, xml::install},
};
use serde::Deserialize;
use serde_json::Value;

/// Which are listed; none of both: those that run.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Listing {
    pub(super) all: bool,
    pub(super) inactive: bool,
    pub(super) uri: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Dump {
    /// As it will be started next, where that differs from how it runs.
    pub(super) inactive: bool,
    pub(super) uri: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Addresses {
    pub(super) source: Option<String>,
    pub(super) uri: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Undefining {
    pub(super) nvram: Nvram,
    pub(super) uri: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Autostarting {
    pub(super) disable: bool,
    pub(super) uri: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Changing {
    pub(super) config: bool,
    pub(super) live: bool,
    pub(super) maximum: bool,
    pub(super) uri: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Keys {
    /// How long they are held, in milliseconds.
    pub(super) holdtime: u32,
    pub(super) uri: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Screen {
    pub(super) screen: u32,
    pub(super) uri: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Naming {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) uri: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Leases {
    pub(super) mac: Option<String>,
    pub(super) uri: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Opening {
    /// Takes it from whoever has it open.
    pub(super) force: bool,
    pub(super) uri: Option<String>,
}

/// A volume as `virsh vol-create-as` takes it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Volume {
    pub(super) name: String,
    pub(super) capacity: Value,
    pub(super) allocation: Value,
    pub(super) format: Option<String>,
}

/// Only which libvirt is asked.
pub(super) fn at(uri: Option<String>) -> Options {
    Options { uri }
}

/// Bytes from a number of them, or from text with a unit.
pub(super) fn bytes(value: &Value) -> Result<u64, Fault> {
    let found = match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok().or_else(|| install::bytes(text)),
        _ => None,
    };
    found.ok_or_else(|| {
        Fault::bad_argument(format!("{value} is no size"))
            .hint("a number of bytes, or one with its unit: \"10GiB\"")
    })
}

/// KiB from a number of them, as virsh counts memory, or from text with a unit.
pub(super) fn kib(value: &Value) -> Result<u64, Fault> {
    let found = match value {
        Value::Number(number) => number.as_u64().or_else(|| {
            let whole = number.as_f64().filter(|it| it.fract() == 0.0 && *it >= 0.0);
            whole.and_then(|it| format!("{it:.0}").parse().ok())
        }),
        // Without a unit it means what the number does.
        Value::String(text) => text
            .parse()
            .ok()
            .or_else(|| install::bytes(text).map(|bytes| bytes / 1024)),
        _ => None,
    };
    let hint = "a number is KiB, as virsh setmem has it; one with its unit is clearer: \"2GiB\"";
    let found = found
        .filter(|kib| *kib > 0)
        .ok_or_else(|| Fault::bad_argument(format!("{value} is no amount of memory")).hint(hint))?;
    if found < install::LEAST {
        let message = format!("{value} is {found} KiB, too little for any machine");
        return Err(Fault::bad_argument(message).hint(hint));
    }
    Ok(found)
}
