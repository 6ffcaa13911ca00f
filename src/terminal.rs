//! The user's terminal, handed to something that takes every key: raw, and as it was again whatever happens.
//!
//! One terminal, so one place that knows how it was: who runs code puts it back when the code is over, for what was
//! interrupted may not have come to its end yet (`restore`). Output is still processed, so that a line that ends as files
//! have it begins the next one at the left.
use crate::fault::{Fault, Kind};
use rustix::{
    event::{PollFd, PollFlags, poll},
    io::Errno,
    stdio,
    termios::{OptionalActions, OutputModes, Termios, tcgetattr, tcsetattr},
};
use std::{
    io::{self, IsTerminal as _, Write as _},
    os::unix::net::UnixStream,
    process,
    sync::{Mutex, Once, PoisonError},
    thread::{self, JoinHandle},
};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::mpsc,
};

/// How it was, while it is raw.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);
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

/// The terminal as it was.
pub fn restore() {
    let mut before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(before) = before.take() {
        // A terminal that has gone needs nothing.
        let _ = tcsetattr(stdio::stdin(), OptionalActions::Now, &before);
    }
}

/// The terminal while it is raw; its keys.
pub struct Raw {
    keys: mpsc::UnboundedReceiver<Vec<u8>>,
    /// Hung up, it ends the listener.
    bell: Option<UnixStream>,
    listener: Option<JoinHandle<()>>,
}

impl Raw {
    /// Within a runtime.
    pub fn begin() -> Result<Self, Fault> {
        let refused = |error: io::Error| Fault::new(Kind::Io, format!("the terminal: {error}"));
        let mut raw = tcgetattr(stdio::stdin()).map_err(|error| refused(error.into()))?;
        let mut before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner);
        before.get_or_insert_with(|| raw.clone());
        drop(before);
        // From here on whatever goes wrong puts it back.
        let (sender, keys) = mpsc::unbounded_channel();
        let mut it = Self {
            keys,
            bell: None,
            listener: None,
        };
        raw.make_raw();
        raw.output_modes |= OutputModes::OPOST | OutputModes::ONLCR;
        tcsetattr(stdio::stdin(), OptionalActions::Now, &raw)
            .map_err(|error| refused(error.into()))?;
        let (bell, end) = UnixStream::pair().map_err(refused)?;
        it.bell = Some(bell);
        let listener = thread::Builder::new().name("keys".to_owned());
        let listener = listener.spawn(move || listen(&sender, &end));
        it.listener = Some(listener.map_err(refused)?);
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
        self.bell.take();
        if let Some(listener) = self.listener.take() {
            // It ends at once, and takes no key any more that is the prompt's.
            let _ = listener.join();
        }
        restore();
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
    restore();
    process::exit(status);
}
