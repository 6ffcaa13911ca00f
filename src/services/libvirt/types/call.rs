//! The seam: what can be asked of libvirt, whoever answers. A question and its answer are a line of JSON each.
use crate::fault::Fault;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Comes back with the answer, for several may be under way.
    pub id: u64,
    /// Which libvirt; none: the one libvirt itself chooses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    #[serde(flatten)]
    pub call: Call,
}

/// Its answer: a result or a fault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    pub id: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
}

/// What is asked, named as `virsh` names it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "call", content = "arguments", rename_all = "snake_case")]
pub enum Call {
    List {
        all: bool,
        inactive: bool,
    },
    Dominfo {
        domain: String,
    },
    Domiflist {
        domain: String,
    },
    Domifaddr {
        domain: String,
        source: String,
    },
    Dumpxml {
        domain: String,
        inactive: bool,
    },
    Domstats {
        domain: Option<String>,
    },
    Define {
        xml: String,
        /// Only where there is none of its name: it replaces nothing. No word of the command.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        new: bool,
    },
    Create {
        xml: String,
    },
    Start {
        domain: String,
    },
    Shutdown {
        domain: String,
    },
    Reboot {
        domain: String,
    },
    Reset {
        domain: String,
    },
    Destroy {
        domain: String,
    },
    Suspend {
        domain: String,
    },
    Resume {
        domain: String,
    },
    Undefine {
        domain: String,
        nvram: Nvram,
    },
    Autostart {
        domain: String,
        disable: bool,
    },
    Setmem {
        domain: String,
        kib: u64,
        change: Change,
    },
    Setvcpus {
        domain: String,
        count: u32,
        change: Change,
    },
    SendKey {
        domain: String,
        keys: Vec<u32>,
        holdtime: u32,
    },
    Screenshot {
        domain: String,
        path: String,
        screen: u32,
    },
    SnapshotCreate {
        domain: String,
        xml: String,
    },
    SnapshotList {
        domain: String,
    },
    SnapshotRevert {
        domain: String,
        snapshot: String,
    },
    SnapshotDelete {
        domain: String,
        snapshot: String,
    },
    NetList {
        all: bool,
        inactive: bool,
    },
    NetDefine {
        xml: String,
    },
    NetStart {
        network: String,
    },
    NetDestroy {
        network: String,
    },
    NetUndefine {
        network: String,
    },
    NetAutostart {
        network: String,
        disable: bool,
    },
    NetDumpxml {
        network: String,
        inactive: bool,
    },
    NetInfo {
        network: String,
    },
    NetDhcpLeases {
        network: String,
        mac: Option<String>,
    },
    PoolList {
        all: bool,
        inactive: bool,
    },
    PoolDefine {
        xml: String,
    },
    PoolBuild {
        pool: String,
    },
    PoolAutostart {
        pool: String,
        disable: bool,
    },
    PoolRefresh {
        pool: String,
    },
    PoolStart {
        pool: String,
    },
    PoolDestroy {
        pool: String,
    },
    PoolUndefine {
        pool: String,
    },
    PoolInfo {
        pool: String,
    },
    VolList {
        pool: String,
    },
    VolCreate {
        pool: String,
        xml: String,
    },
    VolDelete {
        pool: String,
        vol: String,
    },
    VolInfo {
        pool: String,
        vol: String,
    },
    Nodeinfo,
    Capabilities,
    Version,
    Uri,
    ConsoleOpen {
        domain: String,
        force: bool,
    },
    ConsoleRead {
        console: u64,
        wait: f64,
    },
    ConsoleSend {
        console: u64,
        text: String,
    },
    ConsoleClose {
        console: u64,
    },
    EventsOpen {
        domain: Option<String>,
    },
    EventsRead {
        events: u64,
        wait: f64,
    },
    EventsClose {
        events: u64,
    },
}

/// What becomes of the firmware's variables when a domain is undefined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nvram {
    /// They go, if there are any.
    #[default]
    Remove,
    Keep,
}

/// Which of a domain's two definitions is changed; neither: the one it runs by, or the kept one of one that does not run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Change {
    /// The kept one, from the next start on.
    pub config: bool,
    /// The one it runs by.
    pub live: bool,
    /// The most there may be, in the kept one.
    pub maximum: bool,
}

impl Call {
    /// As virsh spells it: `net-define`, `start compute1`; a document is not shown.
    pub fn spelled(&self) -> (String, Option<Value>) {
        let told = serde_json::to_value(self).unwrap_or_default();
        let name = told["call"].as_str().unwrap_or_default().replace('_', "-");
        let mut words = vec![name];
        let (mut document, whose) = (None, ["domain", "network", "pool", "vol", "snapshot"]);
        if let Some(arguments) = told["arguments"].as_object() {
            let named = whose.iter().filter_map(|key| arguments.get(*key)?.as_str());
            words.extend(named.map(str::to_owned));
            let rest = arguments
                .iter()
                .filter(|(key, _)| !whose.contains(&key.as_str()) && *key != "new");
            let rest: serde_json::Map<String, Value> = rest
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect();
            document = (!rest.is_empty()).then(|| Value::Object(rest));
        }
        (words.join(" "), document)
    }

    /// Whether it leaves everything as it is.
    pub fn reads(&self) -> bool {
        use Call as C;
        matches!(
            self,
            C::List { .. }
                | C::Dominfo { .. }
                | C::Domiflist { .. }
                | C::Domifaddr { .. }
                | C::Dumpxml { .. }
                | C::Domstats { .. }
                | C::SnapshotList { .. }
                | C::NetList { .. }
                | C::NetDumpxml { .. }
                | C::NetInfo { .. }
                | C::NetDhcpLeases { .. }
                | C::PoolList { .. }
                | C::PoolInfo { .. }
                | C::VolList { .. }
                | C::VolInfo { .. }
                | C::Nodeinfo
                | C::Capabilities
                | C::Version
                | C::Uri
                | C::ConsoleOpen { .. }
                | C::ConsoleRead { .. }
                | C::ConsoleClose { .. }
                | C::EventsOpen { .. }
                | C::EventsRead { .. }
                | C::EventsClose { .. }
        )
    }

    /// How long it waits on the other side, in seconds, beside what an answer takes.
    pub fn waits(&self) -> f64 {
        match self {
            Self::ConsoleRead { wait, .. } | Self::EventsRead { wait, .. } => *wait,
            _ => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_question_is_one_line_of_json() {
        let question = Question {
            id: 7,
            uri: Some("test:///default".into()),
            call: Call::Start {
                domain: "compute1".into(),
            },
        };
        let text = serde_json::to_value(&question).expect("JSON");
        let wanted = json!({ "id": 7, "uri": "test:///default", "call": "start", "arguments": { "domain": "compute1" } });
        assert_eq!(text, wanted);
        assert_eq!(
            serde_json::from_value::<Question>(wanted).ok(),
            Some(question)
        );
        let bare: Question =
            serde_json::from_value(json!({ "id": 1, "call": "uri" })).expect("read");
        assert_eq!(bare.call, Call::Uri);
    }

    #[test]
    fn a_plan_shows_what_virsh_would_be_told() {
        let call = Call::Undefine {
            domain: "compute1".into(),
            nvram: Nvram::Keep,
        };
        let (words, rest) = call.spelled();
        assert_eq!(words, "undefine compute1");
        assert_eq!(rest, Some(json!({ "nvram": "keep" })));
        assert!(!call.reads());
        let read = Call::NetInfo {
            network: "n".into(),
        };
        assert_eq!(read.spelled(), ("net-info n".to_owned(), None));
        assert!(read.reads());
    }
}
