//! What is printed while a line is being typed: it goes above that line, which stays whole.
//!
//! One terminal, so one place to print to: whoever prints need not know whether somebody is typing. The editor takes one
//! message at a time and makes its sender wait, for ever once it has left its line. So whoever prints only puts lines
//! into a queue; a thread of its own hands them over, and what it has not handed over when the line ends is printed then.
use super::screen;
use crate::lua::print::{self, Sink};
use std::{
    io::{self, IsTerminal, Write},
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

/// Puts lines above the one being typed; may wait.
pub(super) type Printer = Box<dyn FnMut(String) + Send>;

/// Between two messages: what comes at once is drawn at once.
const PAUSE: Duration = Duration::from_millis(20);
/// From so many bytes on whoever prints is slowed down, for so long at most.
const MUCH: usize = 1 << 20;
const BRAKE: Duration = Duration::from_millis(50);

/// The terminal's.
static QUEUE: Mutex<Option<Arc<Queue>>> = Mutex::new(None);

fn queue() -> Arc<Queue> {
    let mut it = QUEUE.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(it.get_or_insert_default())
}

/// From now on this is how lines come above the prompt.
pub(super) fn install(printer: Printer) {
    Queue::feed(&queue(), printer);
}

/// Reads a line, with whatever is printed meanwhile above it.
pub(super) fn reading<T>(read: impl FnOnce() -> T) -> T {
    let queue = queue();
    queue.begin();
    let out = read();
    queue.end(|rest| screen::show(rest.trim_end_matches('\n')));
    out
}

/// Where a session at the prompt prints.
pub fn sink() -> Sink {
    if io::stdout().is_terminal() {
        Box::new(Above::default())
    } else {
        print::stdout()
    }
}

/// Lines that wait for the editor.
#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// There is a thread that hands over.
    fed: bool,
    reading: bool,
    lines: String,
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the thread; without one everything is printed at once.
    fn feed(it: &Arc<Self>, mut printer: Printer) {
        let queue = Arc::clone(it);
        let feeder = move || {
            loop {
                // The lock is free again before the printer is called.
                let lines = queue.next();
                printer(lines);
                thread::park_timeout(PAUSE);
            }
        };
        let started = thread::Builder::new()
            .name("above".to_owned())
            .spawn(feeder);
        it.state().fed = started.is_ok();
    }

    /// Waits until there are lines, and an editor to take them.
    fn next(&self) -> String {
        let nothing = |state: &mut State| !state.reading || state.lines.is_empty();
        let state = self.changed.wait_while(self.state(), nothing);
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        let lines = mem::take(&mut state.lines);
        self.changed.notify_all();
        lines
    }

    fn begin(&self) {
        let mut state = self.state();
        state.reading = state.fed;
        self.changed.notify_all();
    }

    /// Prints what was not handed over, before anything that comes later.
    fn end(&self, show: impl FnOnce(&str)) {
        let mut state = self.state();
        state.reading = false;
        self.changed.notify_all();
        show(&mem::take(&mut state.lines));
    }

    fn put(&self, mut state: MutexGuard<'_, State>, text: &str) {
        state.lines.push_str(text);
        self.changed.notify_all();
        if state.lines.len() > MUCH {
            let full = |state: &mut State| state.reading && state.lines.len() > MUCH;
            drop(self.changed.wait_timeout_while(state, BRAKE, full));
        }
    }
}

/// Text for the terminal; the beginning of a line waits for its end while somebody types.
pub(super) struct Above {
    queue: Arc<Queue>,
    rest: Vec<u8>,
}

impl Default for Above {
    fn default() -> Self {
        Self {
            queue: queue(),
            rest: Vec::new(),
        }
    }
}

impl Write for Above {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let state = self.queue.state();
        if !state.reading && self.rest.is_empty() {
            return io::stdout().write(bytes);
        }
        self.rest.extend_from_slice(bytes);
        if !state.reading {
            return io::stdout()
                .write_all(&mem::take(&mut self.rest))
                .map(|()| bytes.len());
        }
        if let Some(end) = self.rest.iter().rposition(|byte| *byte == b'\n') {
            let lines: Vec<u8> = self.rest.drain(..=end).collect();
            self.queue.put(state, &String::from_utf8_lossy(&lines));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let state = self.queue.state();
        if self.rest.is_empty() {
            return io::stdout().flush();
        }
        let text = String::from_utf8_lossy(&mem::take(&mut self.rest)).into_owned();
        if state.reading {
            let end = if text.ends_with('\n') { "" } else { "\n" };
            self.queue.put(state, &(text + end));
        } else {
            screen::show(text.trim_end_matches('\n'));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn a_printer_that_waits_for_ever_holds_nobody_up() {
        let queue = Arc::new(Queue::default());
        let (called, calls) = mpsc::channel();
        let printer = move |text: String| {
            let _ = called.send(text);
            loop {
                thread::park();
            }
        };
        Queue::feed(&queue, Box::new(printer));
        let mut above = Above {
            queue: Arc::clone(&queue),
            rest: Vec::new(),
        };
        queue.begin();
        above.write_all(b"one\n").expect("taken");
        assert_eq!(calls.recv().expect("handed over"), "one\n");
        above.write_all(b"two\nthr").expect("taken");
        above.write_all(b"ee\n").expect("taken");
        queue.end(|rest| assert_eq!(rest, "two\nthree\n"));
        queue.begin();
        let much = vec![b'x'; MUCH];
        above.write_all(&much).expect("taken");
        above.write_all(b"\n").expect("taken after a while");
        queue.end(|rest| assert_eq!(rest.len(), MUCH + 1));
    }
}
