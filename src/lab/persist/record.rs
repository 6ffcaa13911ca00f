//! What the lab's files say: the shapes of a journal line and of the whole state.
use crate::{
    table::{Change, Shelved},
    world::Machines,
};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};
use std::sync::Arc;

/// The records of all services and of the world: service → table → key → record.
pub(crate) type Stores = Map<String, Value>;

/// What was decided when the lab was made; it holds as long as its state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Config {
    pub(crate) auth: bool,
    pub(crate) seed: u64,
    pub(crate) nodes: Machines,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            auth: true,
            seed: 0,
            nodes: Machines::default(),
        }
    }
}

/// Everything a lab holds at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Whole {
    pub(crate) stores: Stores,
    /// All advances of the clock so far, in nanoseconds.
    pub(crate) advanced: u64,
    /// The snapshot that `diff` starts from; none: the empty lab.
    #[serde(default)]
    pub(crate) since: Option<String>,
}

/// The same as `Whole`, as it is written: from the stores themselves, which may be larger than their copy has room for.
#[derive(Serialize)]
pub(crate) struct Live<'a> {
    #[serde(serialize_with = "by_service")]
    pub(crate) stores: &'a [Arc<dyn Shelved>],
    pub(crate) advanced: u64,
    pub(crate) since: Option<String>,
}

fn by_service<S: Serializer>(stores: &[Arc<dyn Shelved>], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(stores.iter().map(|store| (store.service(), store.as_ref())))
}

/// `state.json`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct State {
    /// Counts the rewritings, so that a journal is never applied to a state that holds it already.
    pub(crate) generation: u64,
    pub(crate) config: Config,
    pub(crate) whole: Whole,
}

/// The same, as it is written.
#[derive(Serialize)]
pub(super) struct Written<'a, W> {
    pub(super) generation: u64,
    pub(super) config: &'a Config,
    pub(super) whole: &'a W,
}

/// One line of `journal.jsonl`, as it is read.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(crate) enum Entry {
    /// The first line: the generation of the state these lines go on from.
    Begin { generation: u64 },
    /// One acknowledged write: table, key, the record or null.
    Write {
        service: String,
        changes: Vec<(String, String, Option<Value>)>,
    },
    /// The clock was advanced, to this sum of all advances.
    Clock { advanced: u64 },
    /// Everything was replaced: a reset or restore.
    Whole(Whole),
}

/// The same line, as it is written.
#[derive(Serialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(crate) enum Line<'a> {
    Begin {
        generation: u64,
    },
    Write {
        service: &'a str,
        changes: &'a [Change],
    },
    Clock {
        advanced: u64,
    },
    Whole(&'a Whole),
}
