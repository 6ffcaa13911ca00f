//! A question as the command that somebody would type instead, with all its words.
use super::{Call, Change, Nvram};

/// A word as a shell takes it.
fn word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:=@,%+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// The file that a document would be read from: it is called as what it defines.
fn file(xml: &str, sort: &str) -> String {
    let name = xml
        .split_once("<name>")
        .and_then(|(_, rest)| rest.split_once("</name>"));
    let name = name
        .map(|(name, _)| name.trim())
        .filter(|it| !it.is_empty() && it.len() < 64);
    word(&format!("{}.xml", name.unwrap_or(sort)))
}

/// A command under way.
struct Words(Vec<String>);

impl Words {
    fn of(verb: &str) -> Self {
        Self(vec![verb.to_owned()])
    }

    fn about(verb: &str, name: &str) -> Self {
        Self::of(verb).with(name)
    }

    fn file(self, xml: &str, sort: &str) -> Self {
        let file = file(xml, sort);
        self.flag(&file, true)
    }

    fn with(mut self, text: &str) -> Self {
        self.0.push(word(text));
        self
    }

    fn flag(mut self, flag: &str, on: bool) -> Self {
        if on {
            self.0.push(flag.to_owned());
        }
        self
    }

    /// A flag with what stands behind it.
    fn pair(self, flag: &str, value: &str) -> Self {
        self.flag(flag, true).with(value)
    }

    fn listed(self, all: bool, inactive: bool) -> Self {
        self.flag("--all", all).flag("--inactive", inactive && !all)
    }

    fn changed(self, change: Change) -> Self {
        self.flag("--config", change.config)
            .flag("--live", change.live)
    }

    fn text(self) -> String {
        self.0.join(" ")
    }
}

impl Call {
    /// The words behind `virsh`. What goes on with something open is no command, and stands in brackets.
    pub fn command(&self) -> String {
        let words = self.of_domain().or_else(|| self.of_screen());
        words
            .or_else(|| self.of_rest())
            .map_or_else(|| self.plain(), Words::text)
    }

    fn of_domain(&self) -> Option<Words> {
        use Call as C;
        Some(match self {
            C::List { all, inactive } => Words::of("list").listed(*all, *inactive),
            C::Domifaddr { domain, source } if source != "any" => {
                Words::about("domifaddr", domain).pair("--source", source)
            }
            C::Domifaddr { domain, .. } => Words::about("domifaddr", domain),
            C::Dumpxml { domain, inactive } => {
                Words::about("dumpxml", domain).flag("--inactive", *inactive)
            }
            C::Define { xml, .. } => Words::of("define").file(xml, "domain"),
            C::Create { xml } => Words::of("create").file(xml, "domain"),
            C::Undefine { domain, nvram } => {
                let keeps = *nvram == Nvram::Keep;
                let words = Words::about("undefine", domain);
                words.flag("--nvram", !keeps).flag("--keep-nvram", keeps)
            }
            C::Autostart { domain, disable } => {
                Words::about("autostart", domain).flag("--disable", *disable)
            }
            C::Setmem {
                domain,
                kib,
                change,
            } => {
                let verb = if change.maximum {
                    "setmaxmem"
                } else {
                    "setmem"
                };
                Words::about(verb, domain)
                    .with(&kib.to_string())
                    .changed(*change)
            }
            C::Setvcpus {
                domain,
                count,
                change,
            } => {
                let words = Words::about("setvcpus", domain).with(&count.to_string());
                words.flag("--maximum", change.maximum).changed(*change)
            }
            _ => return None,
        })
    }

    fn of_screen(&self) -> Option<Words> {
        use Call as C;
        Some(match self {
            C::Screenshot {
                domain,
                path,
                screen,
            } => {
                let words = Words::about("screenshot", domain).with(path);
                if *screen == 0 {
                    words
                } else {
                    words.pair("--screen", &screen.to_string())
                }
            }
            C::SendKey {
                domain,
                keys,
                holdtime,
            } => {
                let words = Words::about("send-key", domain).pair("--codeset", "linux");
                let hold = holdtime.to_string();
                let words = if *holdtime == 0 {
                    words
                } else {
                    words.pair("--holdtime", &hold)
                };
                keys.iter()
                    .fold(words, |words, key| words.with(&key.to_string()))
            }
            C::SnapshotCreate { domain, xml } => {
                Words::about("snapshot-create", domain).file(xml, "snapshot")
            }
            C::SnapshotRevert { domain, snapshot } => {
                Words::about("snapshot-revert", domain).with(snapshot)
            }
            C::SnapshotDelete { domain, snapshot } => {
                Words::about("snapshot-delete", domain).with(snapshot)
            }
            C::ConsoleOpen { domain, force } => {
                Words::about("console", domain).flag("--force", *force)
            }
            C::EventsOpen { domain } => {
                let words = Words::of("event").flag("--all --loop", true);
                domain
                    .iter()
                    .fold(words, |words, domain| words.with(domain))
            }
            _ => return None,
        })
    }

    fn of_rest(&self) -> Option<Words> {
        use Call as C;
        Some(match self {
            C::NetList { all, inactive } => Words::of("net-list").listed(*all, *inactive),
            C::NetDefine { xml } => Words::of("net-define").file(xml, "network"),
            C::NetAutostart { network, disable } => {
                Words::about("net-autostart", network).flag("--disable", *disable)
            }
            C::NetDumpxml { network, inactive } => {
                Words::about("net-dumpxml", network).flag("--inactive", *inactive)
            }
            C::NetDhcpLeases { network, mac } => {
                let words = Words::about("net-dhcp-leases", network);
                mac.iter()
                    .fold(words, |words, mac| words.pair("--mac", mac))
            }
            C::PoolList { all, inactive } => Words::of("pool-list").listed(*all, *inactive),
            C::PoolAutostart { pool, disable } => {
                Words::about("pool-autostart", pool).flag("--disable", *disable)
            }
            C::PoolDefine { xml } => Words::of("pool-define").file(xml, "pool"),
            C::VolCreate { pool, xml } => Words::about("vol-create", pool).file(xml, "vol"),
            C::VolDelete { pool, vol } => Words::of("vol-delete").pair("--pool", pool).with(vol),
            C::VolInfo { pool, vol } => Words::of("vol-info").pair("--pool", pool).with(vol),
            _ => return None,
        })
    }

    /// All others are a verb and a name, if any.
    fn plain(&self) -> String {
        match self {
            Self::ConsoleRead { console, .. } => format!("(console {console}: read)"),
            Self::ConsoleSend { console, .. } => format!("(console {console}: send)"),
            Self::ConsoleClose { console } => format!("(console {console}: close)"),
            Self::EventsRead { events, .. } => format!("(events {events}: read)"),
            Self::EventsClose { events } => format!("(events {events}: close)"),
            other => match other.spelled().0.split_once(' ') {
                Some((verb, name)) => Words::about(verb, name).text(),
                None => other.spelled().0,
            },
        }
    }

    /// What goes along and is no word of the command: a document, or what is typed on a console. That may be a password, so
    /// only its length is told.
    pub fn along(&self) -> serde_json::Value {
        use Call as C;
        match self {
            C::Define { xml, .. }
            | C::Create { xml }
            | C::SnapshotCreate { xml, .. }
            | C::NetDefine { xml }
            | C::PoolDefine { xml }
            | C::VolCreate { xml, .. } => xml.as_str().into(),
            C::ConsoleSend { text, .. } => format!("({} letters)", text.chars().count()).into(),
            _ => serde_json::Value::Null,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each question as it comes over the seam, and its command.
    const COMMANDS: &[(&str, &str)] = &[
        (
            r#"{"call":"list","arguments":{"all":true,"inactive":false}}"#,
            "list --all",
        ),
        (r#"{"call":"uri"}"#, "uri"),
        (
            r#"{"call":"start","arguments":{"domain":"compute1"}}"#,
            "start compute1",
        ),
        (
            r#"{"call":"start","arguments":{"domain":"my vm"}}"#,
            "start 'my vm'",
        ),
        (
            r#"{"call":"define","arguments":{"xml":"<domain>\n <name> login</name></domain>"}}"#,
            "define login.xml",
        ),
        (
            r#"{"call":"net_define","arguments":{"xml":"<network/>"}}"#,
            "net-define network.xml",
        ),
        (
            r#"{"call":"undefine","arguments":{"domain":"c1","nvram":"remove"}}"#,
            "undefine c1 --nvram",
        ),
        (
            r#"{"call":"setmem","arguments":{"domain":"c1","kib":1024,"change":{"config":true}}}"#,
            "setmem c1 1024 --config",
        ),
        (
            r#"{"call":"snapshot_revert","arguments":{"domain":"c1","snapshot":"a b"}}"#,
            "snapshot-revert c1 'a b'",
        ),
        (
            r#"{"call":"send_key","arguments":{"domain":"c1","keys":[29,46],"holdtime":0}}"#,
            "send-key c1 --codeset linux 29 46",
        ),
        (
            r#"{"call":"vol_info","arguments":{"pool":"p","vol":"v"}}"#,
            "vol-info --pool p v",
        ),
        (
            r#"{"call":"domstats","arguments":{"domain":null}}"#,
            "domstats",
        ),
        (
            r#"{"call":"console_read","arguments":{"console":3,"wait":1.0}}"#,
            "(console 3: read)",
        ),
    ];

    #[test]
    fn a_question_is_the_command_it_replaces() {
        for (call, words) in COMMANDS {
            let call: Call = serde_json::from_str(call).expect(call);
            assert_eq!(call.command(), *words);
        }
        let (console, text) = (1, "hunter2\n".to_owned());
        let typed = Call::ConsoleSend { console, text };
        assert_eq!(typed.along(), "(8 letters)", "it may be a password");
    }
}
