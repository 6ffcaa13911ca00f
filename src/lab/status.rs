//! A lab's own account of itself, as the control API gives it and `lab.status()` shows it.
use super::card::Card;
use crate::world::Machine;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::PathBuf};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Status {
    /// The process that owns it.
    pub pid: u32,
    pub http: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub https: Option<String>,
    /// The CA that signed the https certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca: Option<PathBuf>,
    pub state: PathBuf,
    /// Private: gone with its process.
    pub fresh: bool,
    pub auth: bool,
    pub seed: u64,
    /// The lab's time.
    pub now: String,
    pub snapshots: Vec<String>,
    /// Damage that was found and mended when it was opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// How many records each service has, by table.
    pub services: BTreeMap<String, BTreeMap<String, usize>>,
    pub machines: Vec<Machine>,
}

impl Status {
    /// Adds where it is served.
    pub(crate) fn at(mut self, card: Option<Card>) -> Self {
        if let Some(card) = card {
            self.http = card.http;
            if !card.https.is_empty() {
                self.https = Some(card.https);
                self.ca = Some(card.ca);
            }
        }
        self
    }
}

/// A lab's time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Time {
    pub now: String,
    /// All advances so far, in seconds.
    pub advanced: f64,
    /// Whether it passes by itself.
    pub moves: bool,
}

/// A snapshot that was taken.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Snapshot {
    pub name: String,
    pub bytes: u64,
    /// When, by the machine's clock.
    pub taken: String,
    pub path: PathBuf,
}
