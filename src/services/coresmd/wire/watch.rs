//! Looks at the DHCP that goes by on an interface, and says nothing itself.
use super::{frame, probe, socket::Raw};
use crate::{
    clock,
    fault::Fault,
    services::coresmd::packet::{self, Seen, arch_name},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// Where, and how long.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Look {
    pub interface: String,
    /// `"30s"`.
    #[serde(default)]
    pub span: Option<String>,
    /// So many packets are enough.
    #[serde(default)]
    pub count: Option<usize>,
    /// Only of this client.
    #[serde(default)]
    pub mac: Option<String>,
}

/// A packet that went by.
#[derive(Clone, Debug, Serialize)]
pub struct Sight {
    pub time: Timestamp,
    /// DISCOVER, OFFER, …
    pub kind: String,
    /// The client.
    pub mac: String,
    pub from: String,
    pub to: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boot_file: Option<String>,
    pub xid: String,
    pub options: Vec<Seen>,
}

/// A wait is that long at most before it is asked whether anybody still looks.
const SLICE: Duration = Duration::from_millis(200);
const ROOM: usize = 65_536;

/// Blocks its thread, until the time is over, enough was seen, or nobody looks any more; each sight is said at once.
pub fn watch(
    look: &Look,
    goes_on: &dyn Fn() -> bool,
    say: &dyn Fn(&str),
) -> Result<Vec<Sight>, Fault> {
    let span = look
        .span
        .as_deref()
        .map_or(Ok(Duration::from_secs(30)), clock::duration)?;
    let wrong = |message: String| Fault::bad_argument(format!("dhcp.watch: {message}"));
    let wanted = look.mac.as_deref().map(|text| {
        let none = || wrong(format!("{text:?} is no MAC address")).hint("as 52:54:00:be:ef:01");
        packet::mac(text).ok_or_else(none)
    });
    let wanted = wanted.transpose()?;
    if look.count == Some(0) {
        return Err(
            wrong("after no packet at all there is nothing to see".to_owned())
                .hint("count = 1 waits for one; without count it looks for all of its span"),
        );
    }
    let raw = Raw::open(&look.interface)?;
    let (begun, mut room, mut sights) = (Instant::now(), vec![0; ROOM], Vec::new());
    while goes_on() && sights.len() < look.count.unwrap_or(usize::MAX) {
        let Some(left) = span
            .checked_sub(begun.elapsed())
            .filter(|left| !left.is_zero())
        else {
            break;
        };
        let Some(bytes) = raw.receive(&mut room, left.min(SLICE))? else {
            continue;
        };
        let Some(seen) = frame::read(bytes) else {
            continue;
        };
        let client = seen.packet.mac();
        if wanted.is_some() && wanted != packet::mac(&client) {
            continue;
        }
        let sight = sight(&seen, client);
        say(&line(&sight));
        sights.push(sight);
    }
    Ok(sights)
}

fn sight(seen: &frame::Seen, mac: String) -> Sight {
    let packet = &seen.packet;
    let address = if packet.yiaddr.is_unspecified() {
        packet.ciaddr
    } else {
        packet.yiaddr
    };
    Sight {
        time: Timestamp::now(),
        kind: packet.kind().name(),
        mac,
        from: seen.from.to_string(),
        to: seen.to.to_string(),
        ip: (!address.is_unspecified()).then(|| address.to_string()),
        boot_file: probe::boot_file(packet),
        xid: format!("{:08x}", packet.xid),
        options: probe::options(packet),
    }
}

/// A sight in one line.
fn line(sight: &Sight) -> String {
    let option = |code: u16| sight.options.iter().find(|it| it.code == code);
    let mut parts = vec![format!(
        "{} {} {} > {}",
        sight.kind, sight.mac, sight.from, sight.to
    )];
    parts.extend(sight.ip.iter().map(|ip| format!("address {ip}")));
    parts.extend(
        sight
            .boot_file
            .iter()
            .map(|file| format!("boot file {file}")),
    );
    if let Some(class) = option(77) {
        parts.push(format!("user class {}", class.value));
    }
    if let Some(arch) = option(93) {
        let number = arch.value.split(' ').next().and_then(|it| it.parse().ok());
        parts.extend(number.map(|it| format!("for {}", arch_name(it))));
    }
    parts.join(", ")
}
