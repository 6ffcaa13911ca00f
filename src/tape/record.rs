//! Writes a tape: each exchange is on its way to the disk, as a whole line, before its answer reaches the script.
use super::entry::{Entry, Head, LONGEST};
use crate::{
    clock::Clock,
    fault::{Fault, Kind},
    http::{Exchange, Watcher},
};
use serde::Serialize;
use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// Told once, when a recording ends by itself.
pub(super) type Tell = Box<dyn Fn(&str) + Send + Sync>;

/// Where a tape is written to.
pub(super) trait Reel: Write + Send {
    /// Takes away what is beyond this length.
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

impl Reel for File {
    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }
}

pub(super) struct Recorder {
    pub(super) path: PathBuf,
    clock: Arc<dyn Clock>,
    tell: Tell,
    state: Mutex<State>,
}

struct State {
    out: Box<dyn Reel>,
    /// The bytes of whole lines.
    whole: u64,
    count: usize,
    broken: Option<io::Error>,
}

impl Recorder {
    /// Opens a new file, for its user alone, and writes the head.
    pub(super) fn create(
        path: &Path,
        head: &Head,
        clock: Arc<dyn Clock>,
        tell: Tell,
    ) -> Result<Self, Fault> {
        let mut options = OpenOptions::new();
        options.append(true).mode(0o600);
        let is_device = path.metadata().is_ok_and(|it| !it.is_file());
        if !is_device {
            options.create_new(true);
        }
        let file = options.open(path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Fault::new(
                Kind::Conflict,
                format!(
                    "{}: that file exists, and a tape begins a new one",
                    path.display()
                ),
            )
            .hint("another name, or fs.remove takes it away"),
            _ => Fault::io(path, &error),
        })?;
        Self::on(path, Box::new(file), head, clock, tell)
    }

    pub(super) fn on(
        path: &Path,
        mut out: Box<dyn Reel>,
        head: &Head,
        clock: Arc<dyn Clock>,
        tell: Tell,
    ) -> Result<Self, Fault> {
        let whole = write(&mut out, head).map_err(|error| Fault::io(path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            clock,
            tell,
            state: Mutex::new(State {
                out,
                whole,
                count: 0,
                broken: None,
            }),
        })
    }

    /// How many exchanges are on it.
    pub(super) fn count(&self) -> usize {
        self.state().count
    }

    /// The end: what went wrong meanwhile is said here as well.
    pub(super) fn finish(&self) -> Result<usize, Fault> {
        let mut state = self.state();
        if state.broken.is_none() {
            state.broken = state.out.flush().err();
        }
        match &state.broken {
            Some(error) => Err(Fault::io(&self.path, error).hint(format!(
                "the tape holds the {} exchanges before that",
                state.count
            ))),
            None => Ok(state.count),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many bytes it took.
fn write(out: &mut impl Write, line: &impl Serialize) -> io::Result<u64> {
    let mut text = serde_json::to_vec(line).map_err(io::Error::other)?;
    text.push(b'\n');
    out.write_all(&text)?;
    Ok(text.len() as u64)
}

impl Watcher for Recorder {
    fn bodies(&self) -> usize {
        LONGEST
    }

    fn saw(&self, exchange: &Exchange) {
        let entry = Entry::of(exchange, self.clock.now());
        let mut state = self.state();
        if state.broken.is_some() {
            return;
        }
        match write(&mut state.out, &entry) {
            Ok(bytes) => {
                state.whole += bytes;
                state.count += 1;
            }
            Err(error) => {
                // Half a line would spoil the tape. A device has no length, and no use for one.
                let whole = state.whole;
                let _ = state.out.cut(whole);
                let said = format!(
                    "recording into {} ended: {error}; the session goes on",
                    self.path.display()
                );
                state.broken = Some(error);
                drop(state);
                (self.tell)(&said);
            }
        }
    }
}
