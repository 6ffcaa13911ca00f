//! How far a machine has come since it was switched on, with the evidence of each stage, and what it does next.
//!
//! Everything a boot needs to go on is here, so that one that was under way goes on when a lab is opened again.
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The stages of a boot, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    Power,
    /// An address and a way to a script, from coresmd.
    Offer,
    /// What to boot, from BSS.
    Script,
    Kernel,
    Initrd,
    Rootfs,
    MetaData,
    UserData,
    VendorData,
    /// The files that vendor-data includes, one for each group.
    Groups,
    /// All of it rendered, merged and applied on the node.
    Config,
    PhoneHome,
    /// SMD says Ready.
    Ready,
}

/// Whose work a stage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Owner {
    Power,
    Coresmd,
    Bss,
    Artifacts,
    CloudInit,
    Node,
    Smd,
}

/// One stage on a machine's timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub stage: Stage,
    /// When it was tried last.
    pub at: Timestamp,
    /// When it went well first, where it has gone well each time since and was gone through again for a later one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    pub ok: bool,
    pub owner: Owner,
    /// One plain sentence.
    pub what: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// How often it was tried.
    pub tries: u32,
}

/// What a machine does next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum Next {
    /// Its firmware asks for an address.
    Offer,
    /// Its firmware fetches a script from there.
    Script {
        url: String,
    },
    /// The script goes on at this line.
    Run {
        line: usize,
    },
    Rootfs,
    /// cloud-init asks who the node is, for the so-manieth time.
    MetaData {
        tries: u32,
    },
    UserData,
    VendorData,
    Groups,
    Config,
    PhoneHome,
    Ready,
}

/// A file that the firmware loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    pub url: String,
    pub bytes: u64,
    /// Which kernel it is or is made for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel: Option<String>,
    /// The arguments that stand behind it in the script.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub args: String,
}

/// What cloud-init on the node has fetched so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seed {
    /// Where it fetches from, with a slash at the end.
    pub base: String,
    pub meta_data: String,
    pub user_data: String,
    pub vendor_data: String,
    /// What vendor-data includes: address and text.
    pub parts: Vec<(String, String)>,
}

/// One boot of a machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boot {
    /// Counts the boots of this machine.
    pub number: u64,
    pub started: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// Addresses of the other interfaces of a real one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<String>,
    /// The file that a real one was offered to boot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cmdline: Option<String>,
    pub stages: Vec<Evidence>,
    /// None: it is up, or stands still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Next>,
    /// When that is due.
    pub due: Timestamp,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub script: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel: Option<Image>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initrd: Option<Image>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<Seed>,
}

/// What a machine is once it is up: the services' own record of it, and what cloud-init said on the console.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Inside {
    pub guest: Value,
    pub lines: Vec<String>,
}

impl Boot {
    pub fn new(number: u64, now: Timestamp) -> Self {
        Self {
            number,
            started: now,
            ip: None,
            others: Vec::new(),
            file: None,
            cmdline: None,
            stages: Vec::new(),
            next: None,
            due: now,
            script: String::new(),
            kernel: None,
            initrd: None,
            seed: None,
        }
    }

    pub fn evidence(&self, stage: Stage) -> Option<&Evidence> {
        self.stages.iter().find(|it| it.stage == stage)
    }

    /// Whether a stage was reached and went well.
    pub fn has(&self, stage: Stage) -> bool {
        self.evidence(stage).is_some_and(|it| it.ok)
    }

    /// Puts a stage in its place; one that was tried before counts on.
    pub fn tell(&mut self, mut evidence: Evidence) {
        match self
            .stages
            .binary_search_by_key(&evidence.stage, |it| it.stage)
        {
            Ok(place) => {
                let before = &self.stages[place];
                evidence.tries += before.tries;
                if evidence.ok && before.ok {
                    evidence.since = before.since.or(Some(before.at));
                }
                self.stages[place] = evidence;
            }
            Err(place) => self.stages.insert(place, evidence),
        }
    }

    /// Forgets what came after a stage: it starts over from there.
    pub fn back_to(&mut self, stage: Stage) {
        self.stages.retain(|it| it.stage <= stage);
    }

    /// The stage that says how far it is: Ready when it is up, else the first that did not go well, or the last.
    pub fn reached(&self) -> Option<&Evidence> {
        let up = self.evidence(Stage::Ready).filter(|it| it.ok);
        let first = || self.stages.iter().find(|it| !it.ok);
        up.or_else(first).or_else(|| self.stages.last())
    }

    /// The stages that did not go well, of one that is up as well: what it lacks.
    pub fn failed(&self) -> Vec<Stage> {
        let failed = self.stages.iter().filter(|it| !it.ok);
        failed.map(|it| it.stage).collect()
    }

    /// When something of it was seen last.
    pub fn last(&self) -> Timestamp {
        let each = self.stages.iter().map(|it| it.at);
        each.max().unwrap_or(self.started)
    }

    /// Whether it is up and known to be.
    pub fn is_up(&self) -> bool {
        self.has(Stage::Ready)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(stage: Stage, ok: bool) -> Evidence {
        Evidence {
            stage,
            at: Timestamp::UNIX_EPOCH,
            since: None,
            ok,
            owner: Owner::Node,
            what: String::new(),
            request: None,
            status: None,
            bytes: None,
            tries: 1,
        }
    }

    #[test]
    fn a_stage_tried_again_counts_and_stays_in_its_place() {
        let mut boot = Boot::new(1, Timestamp::UNIX_EPOCH);
        for (stage, ok) in [
            (Stage::Power, true),
            (Stage::Script, true),
            (Stage::Kernel, false),
            (Stage::Script, true),
            (Stage::Offer, true),
        ] {
            boot.tell(evidence(stage, ok));
        }
        let seen: Vec<_> = boot.stages.iter().map(|it| (it.stage, it.tries)).collect();
        assert_eq!(
            seen,
            [
                (Stage::Power, 1),
                (Stage::Offer, 1),
                (Stage::Script, 2),
                (Stage::Kernel, 1)
            ]
        );
        let since = |stage| boot.evidence(stage).and_then(|it| it.since);
        assert_eq!(since(Stage::Script), Some(Timestamp::UNIX_EPOCH));
        assert_eq!((since(Stage::Offer), since(Stage::Kernel)), (None, None));
        assert_eq!(boot.reached().map(|it| it.stage), Some(Stage::Kernel));
        boot.back_to(Stage::Script);
        assert_eq!(boot.reached().map(|it| it.stage), Some(Stage::Script));
    }

    #[test]
    fn one_that_is_up_is_up_whatever_it_lacks() {
        let mut boot = Boot::new(1, Timestamp::UNIX_EPOCH);
        boot.tell(evidence(Stage::Power, true));
        boot.tell(evidence(Stage::Config, false));
        boot.tell(evidence(Stage::PhoneHome, true));
        assert_eq!(boot.reached().map(|it| it.stage), Some(Stage::Config));
        boot.tell(evidence(Stage::Ready, true));
        assert_eq!(boot.reached().map(|it| it.stage), Some(Stage::Ready));
        assert_eq!(boot.failed(), [Stage::Config]);
        boot.tell(evidence(Stage::Ready, false));
        assert_eq!(boot.reached().map(|it| it.stage), Some(Stage::Config));
    }

    #[test]
    fn stages_are_spelled_as_everywhere() {
        let text = serde_json::to_string(&[Stage::MetaData, Stage::PhoneHome]).expect("JSON");
        assert_eq!(text, r#"["meta-data","phone-home"]"#);
        let next = serde_json::to_string(&Next::MetaData { tries: 2 }).expect("JSON");
        assert_eq!(next, r#"{"step":"meta-data","tries":2}"#);
    }
}
