//! The user's terminal, handed to something that takes every key: raw, and as it was again whatever happens.
//!
//! One terminal, so one place that knows how it was and who reads its keys: the editor while a line is typed, else one
//! console at a time. Who runs code takes it back when the code is over, for what was interrupted may not have come to its
//! end yet (`restore`). Output is still processed, so that a line that ends as files have it begins the next one at the
//! left.
use crate::fault::{Fault, Kind};
use rustix::{
    event::{PollFd, PollFlags, poll},
    io::Errno,
    stdio,
    termios::{OptionalActions, OutputModes, Termios, tcgetattr, tcsetattr},
};
use std::{
    io::{self, IsTerminal as _, Write as _},
    mem,
    os::unix::net::UnixStream,
    process,
    sync::{
        Mutex, MutexGuard, Once, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::mpsc,
};

/// How it was when the process began, before anybody changed it.
static FIRST: OnceLock<Termios> = OnceLock::new();
/// How it was, while it is raw.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);
/// Who reads its keys.
static READER: Mutex<Reader> = Mutex::new(Reader::Nobody);
/// The status of a process that was told to end.
const TERMINATED: i32 = 143;

/// Whether somebody sits there.
pub fn is_there() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Shows what came from elsewhere, at once and as it is.
pub fn show(text: &str) {
    let mut out = io::stdout().lock();
    // When nobody looks any more there is nobody to tell.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Who reads the keys: two at once would each get some of them.
enum Reader {
    Nobody,
    Editor,
    Console {
        /// Which one, of all there ever were.
        turn: u64,
        /// Hung up, it ends the listener.
        bell: Option<UnixStream>,
        listener: Option<JoinHandle<()>>,
    },
}

impl Reader {
    /// Who reads from now on; a console that did is through: its keys are somebody else's now.
    fn becomes(&mut self, next: Self) {
        if let Self::Console { bell, listener, .. } = mem::replace(self, next) {
            drop(bell);
            if let Some(listener) = listener {
                // It ends at once, and takes no key any more.
                let _ = listener.join();
            }
            as_before();
        }
    }
}

fn reader() -> MutexGuard<'static, Reader> {
    READER.lock().unwrap_or_else(PoisonError::into_inner)
}

fn as_before() {
    let mut before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(before) = before.take() {
        // A terminal that has gone needs nothing.
        let _ = tcsetattr(stdio::stdin(), OptionalActions::Now, &before);
    }
}

/// Keeps how it is now, at the begin of the process: that is how it is left.
pub fn remember() {
    if let Ok(now) = tcgetattr(stdio::stdin()) {
        FIRST.get_or_init(|| now);
    }
}

/// The terminal as it was; a console that still has it is through.
pub fn restore() {
    reader().becomes(Reader::Nobody);
}

/// Reads a line at the prompt: meanwhile the keys are the editor's.
pub fn edited<T>(read: impl FnOnce() -> T) -> T {
    reader().becomes(Reader::Editor);
    let out = read();
    reader().becomes(Reader::Nobody);
    out
}

/// Whether a console may have it.
pub fn is_free() -> Result<(), Fault> {
    free(&reader())
}

fn free(reader: &Reader) -> Result<(), Fault> {
    let (message, hint) = match reader {
        Reader::Nobody => return Ok(()),
        Reader::Editor => (
            "the terminal is the prompt's: what runs in the background cannot have its keys",
            "type it at the prompt; in the background :expect, :send and :log drive a console",
        ),
        Reader::Console { .. } => (
            "another console has the terminal",
            "one at a time: Ctrl-] leaves; :expect, :send and :log need no terminal",
        ),
    };
    Err(Fault::new(Kind::Conflict, message).hint(hint))
}

/// The terminal while it is raw; its keys.
pub struct Raw {
    keys: mpsc::UnboundedReceiver<Vec<u8>>,
    turn: u64,
}

impl Raw {
    /// Within a runtime. Of several who want it the first has it.
    pub fn begin() -> Result<Self, Fault> {
        static TURNS: AtomicU64 = AtomicU64::new(0);
        let refused = |error: io::Error| Fault::new(Kind::Io, format!("the terminal: {error}"));
        let mut reader = reader();
        free(&reader)?;
        let mut raw = tcgetattr(stdio::stdin()).map_err(|error| refused(error.into()))?;
        let before = raw.clone();
        let (bell, end) = UnixStream::pair().map_err(refused)?;
        let (sender, keys) = mpsc::unbounded_channel();
        raw.make_raw();
        raw.output_modes |= OutputModes::OPOST | OutputModes::ONLCR;
        tcsetattr(stdio::stdin(), OptionalActions::Now, &raw)
            .map_err(|error| refused(error.into()))?;
        *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = Some(before);
        let listener = thread::Builder::new().name("keys".to_owned());
        let listener = listener.spawn(move || listen(&sender, &end));
        let turn = TURNS.fetch_add(1, Ordering::Relaxed);
        let failed = listener.as_ref().err().map(ToString::to_string);
        *reader = Reader::Console {
            turn,
            bell: Some(bell),
            listener: listener.ok(),
        };
        drop(reader);
        // From here on whatever goes wrong puts it back.
        let it = Self { keys, turn };
        if let Some(why) = failed {
            return Err(Fault::new(Kind::Io, format!("the terminal: {why}")));
        }
        end_tidily();
        Ok(it)
    }

    /// What is typed next; none: the terminal has gone.
    pub async fn keys(&mut self) -> Option<Vec<u8>> {
        self.keys.recv().await
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        let mut reader = reader();
        // It may be somebody else's by now.
        if matches!(*reader, Reader::Console { turn, .. } if turn == self.turn) {
            reader.becomes(Reader::Nobody);
        }
    }
}

/// Hands keys on until nobody wants them any more, or the terminal has gone.
fn listen(keys: &mpsc::UnboundedSender<Vec<u8>>, end: &UnixStream) {
    let (input, mut bytes) = (stdio::stdin(), [0; 256]);
    loop {
        let mut both = [
            PollFd::new(&input, PollFlags::IN),
            PollFd::new(end, PollFlags::IN),
        ];
        match poll(&mut both, None) {
            Ok(_) if !both[1].revents().is_empty() => return,
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(_) => return,
        }
        match rustix::io::read(input, &mut bytes) {
            Ok(0) => return,
            Ok(count) if keys.send(bytes[..count].to_vec()).is_err() => return,
            Ok(_) | Err(Errno::INTR | Errno::AGAIN) => {}
            Err(_) => return,
        }
    }
}

/// A process that is told to end leaves no raw terminal behind. From the first time on it ends so itself: the handler stays.
fn end_tidily() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tokio::spawn(async {
            if let Ok(mut told) = signal(SignalKind::terminate())
                && told.recv().await.is_some()
            {
                leave(TERMINATED);
            }
        });
    });
}

/// Ends the process where it stands. What hangs cannot be waited for; what was typed is saved before it runs, and what the
/// lab acknowledged is on disk.
#[allow(clippy::disallowed_methods)] // as the signal itself would, but for the terminal
pub fn leave(status: i32) {
    as_before();
    // The editor changes it as well, and does not come to change it back.
    if let Some(first) = FIRST.get() {
        let _ = tcsetattr(stdio::stdin(), OptionalActions::Now, first);
    }
    process::exit(status);
}
