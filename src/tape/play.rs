//! Answers from a tape, in place of any network.
//!
//! Each request takes the first exchange of its kind that was not taken yet, of its own call if there is one: tasks
//! do not come in the same order twice. Time is the tape's: it goes to where an
//! exchange was recorded, and sleeping makes it pass at once.
use super::{
    entry::{End, Entry},
    key::Key,
    read::Tape,
};
use crate::{
    call,
    clock::{Clock, Pending},
    fault::{Fault, Kind, nearest},
    http::{Base, Body, Http, Locate, Loss, Options, Outcome, Play},
};
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// So much longer than the recorded session somebody waits for an answer that never came.
const PATIENCE: Duration = Duration::from_secs(1);

pub struct Player {
    tape: Tape,
    base: Base,
    state: Mutex<State>,
}

struct State {
    /// What is left of each kind, by line.
    left: BTreeMap<Key, VecDeque<usize>>,
    /// How many there were.
    all: BTreeMap<Key, usize>,
    now: Timestamp,
}

impl Player {
    pub fn new(tape: Tape) -> Self {
        let mut left: BTreeMap<Key, VecDeque<usize>> = BTreeMap::new();
        for (at, entry) in tape.entries.iter().enumerate() {
            left.entry(Key::of(entry)).or_default().push_back(at);
        }
        let all = left.iter().map(|(key, its)| (key.clone(), its.len()));
        // What went elsewhere before a lab had started knows of none.
        let mut urls = tape.entries.iter().map(|entry| &entry.base);
        let url = urls.find(|url| !url.is_empty()).cloned();
        let state = Mutex::new(State {
            all: all.collect(),
            left,
            now: tape.head.start,
        });
        Self {
            base: Base {
                url: url.unwrap_or_else(|| "http://tape.invalid".to_owned()),
                variable: tape.entries.iter().find_map(|entry| entry.variable.clone()),
                ..Base::default()
            },
            tape,
            state,
        }
    }

    /// The name of the target it was recorded on.
    pub fn target(&self) -> &str {
        &self.tape.head.target
    }

    /// The way of its requests.
    pub fn http(self: &Arc<Self>) -> Http {
        let options = Options {
            services: self.tape.head.services.clone(),
            retries: self.tape.head.retries,
            guarded: true,
            play: Some(self.clone()),
            ..Options::default()
        };
        Http::new(self.clone(), options)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, key: &Key) -> Result<&Entry, Fault> {
        let mut state = self.state();
        let call = call::current();
        let native = call.as_ref().map(|call| call.native.as_str());
        let its = |at: &usize| self.tape.entries[*at].call.as_deref() == native;
        let left = state.left.get_mut(key);
        let taken = left.and_then(|left| left.remove(left.iter().position(its).unwrap_or(0)));
        let Some(at) = taken else {
            return Err(missing(key, &state));
        };
        let entry = &self.tape.entries[at];
        state.now = state.now.max(entry.at);
        Ok(entry)
    }
}

/// Says what the tape has instead.
fn missing(key: &Key, state: &State) -> Fault {
    let line = key.line();
    if let Some(times) = state.all.get(key) {
        let times = match times {
            1 => "once".to_owned(),
            more => format!("{more} times"),
        };
        let message = format!("{line}: the tape holds it {times}, and this is one more");
        return Fault::not_found(message)
            .service("tape")
            .hint("the recorded session asked less often: does the script do the same?");
    }
    if key.path().starts_with("/lab/v1/") {
        let message = format!("{line}: a tape is no lab, and this was not recorded");
        return Fault::new(Kind::Unsupported, message)
            .service("tape")
            .hint("chami --lab=fresh gives a session on a lab of its own");
    }
    let fault = Fault::not_found(format!("{line} is not on the tape")).service("tape");
    let mut alike: Vec<&Key> = state
        .all
        .keys()
        .filter(|k| k.path() == key.path())
        .collect();
    alike.sort_by_key(|k| (k.method != key.method, k.query() != key.query()));
    if let Some(near) = alike.first() {
        let differs = if near.method != key.method {
            "whose method differs".to_owned()
        } else if near.query() == key.query() {
            format!("whose body differs: {}", difference(&near.body, &key.body))
        } else {
            let difference = difference(near.query(), key.query());
            format!("whose query differs: {difference}")
        };
        return fault.hint(format!("the nearest is {}, {differs}", near.line()));
    }
    let lines: Vec<String> = state.all.keys().map(Key::line).collect();
    match nearest(&line, lines.iter().map(String::as_str)) {
        Some(near) => fault.hint(format!("the nearest is {near}, whose path differs")),
        None if lines.is_empty() => fault.hint("the tape holds no exchange at all"),
        None => fault.hint("nothing like it was recorded"),
    }
}

/// Where two texts part, with a few letters around.
fn difference(recorded: &str, asked: &str) -> String {
    let same = recorded.chars().zip(asked.chars());
    let same = same.take_while(|(a, b)| a == b).count();
    let part = |text: &str| {
        let from = same.saturating_sub(12);
        let part: String = text.chars().skip(from).take(40).collect();
        if part.is_empty() {
            "nothing".to_owned()
        } else {
            format!("`{part}`")
        }
    };
    format!("{} was recorded, {} is asked", part(recorded), part(asked))
}

impl Play for Player {
    fn answer<'a>(
        &'a self,
        method: &'a str,
        place: &'a str,
        body: &'a [u8],
    ) -> Pending<'a, Outcome> {
        Box::pin(async move {
            let key = Key::asked(method, place, body);
            let entry = match self.take(&key) {
                Ok(entry) => entry,
                Err(fault) => return lost(fault, Loss::Unknown),
            };
            match &entry.end {
                End::Answer { status, message } => match message.body() {
                    Ok(bytes) => Outcome::Answer {
                        status: *status,
                        headers: message.headers.clone(),
                        body: Body::cut(&bytes, bytes.len()),
                    },
                    Err(why) => lost(left_out(&key, &why), Loss::Unknown),
                },
                End::Fault { fault, loss } => lost(fault.clone(), *loss),
                // Whoever asked then gave up first; who does not is told so.
                End::Abandoned => {
                    tokio::time::sleep(Duration::from_micros(entry.us) + PATIENCE).await;
                    lost(abandoned(&key), Loss::Unknown)
                }
            }
        })
    }
}

fn lost(fault: Fault, loss: Loss) -> Outcome {
    Outcome::Fault { fault, loss }
}

fn left_out(key: &Key, why: &str) -> Fault {
    let message = format!("{}: the tape does not hold the answer: {why}", key.line());
    Fault::new(Kind::Io, message)
}

fn abandoned(key: &Key) -> Fault {
    let message = format!("{}: the recorded session stopped waiting here", key.line());
    Fault::new(Kind::Interrupted, message)
}

impl Locate for Player {
    fn base(&self) -> Pending<'_, Result<Base, Fault>> {
        Box::pin(async { Ok(self.base.clone()) })
    }

    fn at_hand(&self) -> Option<Base> {
        Some(self.base.clone())
    }

    /// The recorded session asked a second time where its tape says so.
    fn again<'a>(&'a self, _: &'a Base) -> Pending<'a, Result<Option<Base>, Fault>> {
        let mut fronts = self.state().left.values().cloned().collect::<Vec<_>>();
        let again = fronts.iter_mut().any(|its| {
            let next = its.pop_front().map(|at| &self.tape.entries[at]);
            next.is_some_and(|entry| entry.attempt > 1)
        });
        Box::pin(async move { Ok(again.then(|| self.base.clone())) })
    }
}

impl Clock for Player {
    fn now(&self) -> Timestamp {
        self.state().now
    }

    fn sleep(&self, span: Duration) -> Pending<'_, Result<(), Fault>> {
        let mut state = self.state();
        let span = SignedDuration::try_from(span).unwrap_or(SignedDuration::MAX);
        state.now = state.now.checked_add(span).unwrap_or(Timestamp::MAX);
        Box::pin(async { Ok(()) })
    }

    fn jumps(&self) -> bool {
        true
    }
}
