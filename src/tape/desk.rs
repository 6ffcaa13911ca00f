//! What one session has of all this: who listens, what is recorded, what is kept for a report.
use super::{
    diary::Diary, entry::Head, line, record::Recorder, ring::Ring, scope::Row, scope::Scopes,
    verbose::Verbose,
};
use crate::{
    clock::Clock,
    fault::Fault,
    http::{Exchange, Http, Watch, Watcher},
    progress,
};
use serde::Serialize;
use std::{
    io::{self, Write},
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// Where messages go: standard error, a buffer in tests.
pub(super) struct Ear(Mutex<Box<dyn Write + Send>>);

impl Ear {
    /// A whole line, or several. When nobody reads any more there is nobody to tell.
    pub(super) fn say(&self, text: &str) {
        progress::hide();
        let mut out = lock(&self.0);
        let _ = out.write_all(format!("{text}\n").as_bytes());
        let _ = out.flush();
    }
}

fn lock<T: ?Sized>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is being recorded, or was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recording {
    pub path: String,
    pub exchanges: usize,
}

/// What a further part of a report says: `Desk::also`.
type Part = Box<dyn Fn() -> String + Send + Sync>;

pub struct Desk {
    watch: Watch,
    clock: Arc<dyn Clock>,
    http: Http,
    target: String,
    ear: Arc<Ear>,
    tape: Mutex<Option<(u64, Arc<Recorder>)>>,
    scopes: Arc<Scopes>,
    watching_scopes: Mutex<Option<u64>>,
    ring: Arc<Ring>,
    diary: Diary,
    aside: AtomicBool,
    parts: Mutex<Vec<(&'static str, Part)>>,
}

impl Desk {
    /// The desk of a session on this target; it keeps the last exchanges from now on.
    pub fn new(http: &Http, clock: Arc<dyn Clock>, target: &str) -> Self {
        let watch = http.options().watch.clone();
        let ring = Arc::new(Ring::default());
        watch.add(ring.clone());
        Self {
            watch,
            clock,
            http: http.clone(),
            target: target.to_owned(),
            ear: Arc::new(Ear(Mutex::new(Box::new(io::stderr())))),
            tape: Mutex::default(),
            scopes: Arc::default(),
            watching_scopes: Mutex::default(),
            ring,
            diary: Diary::default(),
            aside: AtomicBool::new(false),
            parts: Mutex::default(),
        }
    }

    /// Messages go there from now on.
    pub fn hear(&self, out: Box<dyn Write + Send>) {
        *lock(&self.ear.0) = out;
    }

    /// Tells each exchange from now on: 1 in a line, 2 with headers and bodies; 0 not at all.
    pub fn verbose(&self, level: u8) {
        if level > 0 {
            self.watch.add(Arc::new(Verbose {
                ear: self.ear.clone(),
                whole: level > 1,
            }));
        }
    }

    /// Has a further one listen; the number takes it off again.
    pub fn listen(&self, watcher: Arc<dyn Watcher>) -> u64 {
        self.watch.add(watcher)
    }

    pub fn deafen(&self, number: u64) {
        self.watch.remove(number);
    }

    /// A line for who is taught what calls do.
    pub fn say(&self, text: &str) {
        if !self.aside.load(Ordering::Relaxed) {
            self.ear.say(text);
        }
    }

    /// What is called from now on is chami's own doing, which teaches nothing; or no more.
    pub fn aside(&self, so: bool) {
        self.aside.store(so, Ordering::Relaxed);
    }

    /// Records into a new file; what was recorded before ends.
    pub fn record(&self, path: &Path) -> Result<Recording, Fault> {
        let ear = self.ear.clone();
        let recorder = Recorder::create(
            path,
            &Head::new(&self.target, self.clock.now(), self.http.options()),
            self.clock.clone(),
            Box::new(move |text| ear.say(text)),
        )?;
        // If that one had failed, it was said when it did.
        let _ = self.stop();
        let recorder = Arc::new(recorder);
        let number = self.watch.add(recorder.clone());
        *lock(&self.tape) = Some((number, recorder));
        Ok(Recording {
            path: path.display().to_string(),
            exchanges: 0,
        })
    }

    /// What is being recorded.
    pub fn recording(&self) -> Option<Recording> {
        let tape = lock(&self.tape);
        tape.as_ref().map(|(_, recorder)| Recording {
            path: recorder.path.display().to_string(),
            exchanges: recorder.count(),
        })
    }

    /// Ends the recording, if there is one.
    pub fn stop(&self) -> Result<Option<Recording>, Fault> {
        let Some((number, recorder)) = lock(&self.tape).take() else {
            return Ok(None);
        };
        self.watch.remove(number);
        let exchanges = recorder.finish()?;
        Ok(Some(Recording {
            path: recorder.path.display().to_string(),
            exchanges,
        }))
    }

    /// Begins to list what calls in the scope it returns ask.
    pub fn open(&self, around: u64) -> u64 {
        let mut watching = lock(&self.watching_scopes);
        let (number, _) = self.scopes.open(around);
        if watching.is_none() {
            *watching = Some(self.watch.add(self.scopes.clone()));
        }
        number
    }

    /// The scope around it, and what was asked within; `told` on standard error as well.
    pub fn close(&self, number: u64, told: bool) -> (u64, Vec<Row>) {
        let mut watching = lock(&self.watching_scopes);
        let (around, rows, last) = self.scopes.close(number);
        if last && let Some(number) = watching.take() {
            self.watch.remove(number);
        }
        if told && !rows.is_empty() {
            let lines: Vec<String> = rows.iter().map(line::row).collect();
            self.ear.say(&lines.join("\n"));
        }
        (around, rows)
    }

    /// A further part of each report, asked for when one is made: the journal's last entries.
    pub fn also(&self, title: &'static str, part: impl Fn() -> String + Send + Sync + 'static) {
        lock(&self.parts).push((title, Box::new(part)));
    }

    pub fn diary(&self) -> &Diary {
        &self.diary
    }

    pub fn target(&self) -> &str {
        &self.target
    }

    /// The last exchanges, the oldest first.
    pub fn last(&self) -> Vec<Exchange> {
        self.ring.all()
    }

    pub(super) fn parts(&self) -> Vec<(&'static str, String)> {
        let parts = lock(&self.parts);
        parts.iter().map(|(title, part)| (*title, part())).collect()
    }
}
