//! What is printed while a line is being typed: it goes above that line, which stays whole.
//!
//! One terminal, so one place to print to: whoever prints need not know whether somebody is typing.
use super::screen;
use crate::lua::print::{self, Sink};
use std::{
    io::{self, IsTerminal, Write},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Puts lines above the one being typed.
pub(super) type Printer = Box<dyn FnMut(String) + Send>;

/// The editor's, while it reads.
static PRINTER: Mutex<Option<Printer>> = Mutex::new(None);
static READING: Mutex<bool> = Mutex::new(false);

fn lock<T>(it: &'static Mutex<T>) -> MutexGuard<'static, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on this is how lines come above the prompt.
pub(super) fn install(printer: Printer) {
    *lock(&PRINTER) = Some(printer);
}

/// Reads a line, with whatever is printed meanwhile above it.
pub(super) fn reading<T>(read: impl FnOnce() -> T) -> T {
    *lock(&READING) = true;
    let out = read();
    *lock(&READING) = false;
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

/// Text for the terminal; the beginning of a line waits for its end while somebody types.
#[derive(Default)]
pub(super) struct Above {
    rest: Vec<u8>,
}

impl Write for Above {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let reading = lock(&READING);
        if !*reading && self.rest.is_empty() {
            return io::stdout().write(bytes);
        }
        self.rest.extend_from_slice(bytes);
        let whole = self.rest.iter().rposition(|byte| *byte == b'\n');
        if let Some(end) = whole
            && *reading
            && let Some(printer) = &mut *lock(&PRINTER)
        {
            let lines: Vec<u8> = self.rest.drain(..=end).collect();
            printer(String::from_utf8_lossy(&lines).into_owned());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let reading = *lock(&READING);
        if self.rest.is_empty() {
            return io::stdout().flush();
        }
        let text = String::from_utf8_lossy(&std::mem::take(&mut self.rest)).into_owned();
        match &mut *lock(&PRINTER) {
            Some(printer) if reading => {
                let end = if text.ends_with('\n') { "" } else { "\n" };
                printer(text + end);
            }
            _ => screen::show(text.trim_end_matches('\n')),
        }
        Ok(())
    }
}
