//! One step of a boot while it is done: what was seen, and what comes next.
use super::network::{Got, Lost};
use crate::world::{Boot, Evidence, Inside, Machine, Next, Owner, Stage};
use jiff::Timestamp;
use std::time::Duration;

/// What a firmware, and what a system, get over the wire in a second.
const FIRMWARE: u64 = 48 << 20;
const SYSTEM: u64 = 104 << 20;

/// A round of a script that goes round takes at least that long, so that time passes.
pub(super) const ROUND: Duration = Duration::from_secs(1);
/// What is tried more often in one boot goes round.
const OFTEN: u32 = 3;

pub(super) struct Turn {
    pub(super) machine: Machine,
    pub(super) boot: Boot,
    /// When the step began, and how late it is by now.
    pub(super) begun: Timestamp,
    pub(super) now: Timestamp,
    pub(super) pause: Duration,
    /// What the machine is from now on.
    pub(super) inside: Option<Inside>,
    /// The stages that this step told of.
    pub(super) told: Vec<Stage>,
}

/// What an answer was worth: the evidence of one request.
pub(super) struct Seen<'a> {
    pub(super) stage: Stage,
    pub(super) owner: Owner,
    pub(super) request: String,
    pub(super) got: Result<&'a Got, &'a Lost>,
}

impl Turn {
    pub(super) fn new(machine: &Machine, boot: &Boot, now: Timestamp) -> Self {
        Self {
            machine: machine.clone(),
            boot: boot.clone(),
            begun: now,
            now,
            pause: Duration::ZERO,
            inside: None,
            told: Vec::new(),
        }
    }

    /// Whether the firmware does over and over what this step did: a script that chains itself, or loads in a circle.
    fn goes_round(&self) -> bool {
        let is_script = matches!(
            self.boot.next,
            Some(Next::Offer | Next::Script { .. } | Next::Run { .. })
        );
        let often = |stage: &Stage| {
            self.boot
                .evidence(*stage)
                .is_some_and(|it| it.tries > OFTEN)
        };
        is_script && self.told.iter().any(often)
    }

    /// What goes round takes its time.
    pub(super) fn slow_down(&mut self) {
        if self.goes_round() {
            self.pause = self.pause.max(ROUND);
        }
    }

    /// Time passes until what comes next.
    pub(super) fn pass(&mut self) {
        self.now = super::later(self.now, self.pause);
        self.pause = Duration::ZERO;
    }

    pub(super) fn ip(&self) -> &str {
        self.boot.ip.as_deref().unwrap_or_default()
    }

    /// What is to be done next, so many seconds later, more or less.
    pub(super) fn then(&mut self, next: Next, seconds: f64) {
        self.boot.next = Some(next);
        self.pause = self.about(seconds);
    }

    /// The same, after exactly that time.
    pub(super) fn then_after(&mut self, next: Next, pause: Duration) {
        self.boot.next = Some(next);
        self.pause = pause;
    }

    /// No machine is as fast as its neighbour: up to a tenth more or less, the same each time.
    fn about(&self, seconds: f64) -> Duration {
        let text = format!(
            "{}/{}/{}",
            self.machine.mac,
            self.boot.number,
            self.boot.stages.len()
        );
        let mix = |sum: u32, byte: u8| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        let sum = text.bytes().fold(0x811c_9dc5, mix);
        let share = f64::from(sum >> 16) / 65536.0;
        // Milliseconds are enough, and read well.
        let millis = (seconds * 1000.0 * (0.9 + 0.2 * share)).round();
        Duration::from_secs_f64(millis / 1000.0)
    }

    pub(super) fn tell(&mut self, stage: Stage, owner: Owner, ok: bool, what: impl Into<String>) {
        self.evidence(Evidence {
            stage,
            at: self.now,
            since: None,
            ok,
            owner,
            what: what.into(),
            request: None,
            status: None,
            bytes: None,
            tries: 1,
        });
    }

    /// Tells of a request.
    pub(super) fn saw(&mut self, seen: Seen<'_>, ok: bool, what: impl Into<String>) {
        self.evidence(Evidence {
            stage: seen.stage,
            at: self.now,
            since: None,
            ok,
            owner: seen.owner,
            what: what.into(),
            request: Some(seen.request),
            status: seen.got.ok().map(|got| got.status),
            bytes: seen.got.ok().map(|got| got.bytes),
            tries: 1,
        });
    }

    pub(super) fn evidence(&mut self, evidence: Evidence) {
        self.told.push(evidence.stage);
        self.boot.tell(evidence);
    }
}

/// How long a file takes on its way.
#[allow(clippy::cast_precision_loss)] // no file is that long
pub(super) fn download(bytes: u64, firmware: bool) -> f64 {
    let rate = if firmware { FIRMWARE } else { SYSTEM };
    0.3 + bytes as f64 / rate as f64
}
