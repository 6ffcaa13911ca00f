//! Where `print` and `io.write` go: standard output, standard error under `-F`, a buffer in tests.
use crate::progress;
use std::{
    cell::RefCell,
    io::{self, BufWriter, IsTerminal, Write},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

/// Takes what scripts print. Flushed at the end of a run and whenever Lua is about to wait.
pub type Sink = Box<dyn Write + Send>;

/// Standard output: by lines on a terminal, by blocks into a pipe.
pub fn stdout() -> Sink {
    let stdout = io::stdout();
    if stdout.is_terminal() {
        Box::new(stdout)
    } else {
        Box::new(BufWriter::with_capacity(32 * 1024, stdout))
    }
}

/// Standard error, unbuffered.
pub fn stderr() -> Sink {
    Box::new(io::stderr())
}

/// The terminal a session is shown on, if any.
#[derive(Debug, Default)]
pub struct Screen {
    /// Its lines; 0: there is none.
    rows: AtomicUsize,
    /// Whether what nobody asked for goes to standard error: where the values go to a file, or to another program.
    notes_apart: AtomicBool,
    pages: Mutex<Vec<String>>,
}

impl Screen {
    /// How many lines it has now; 0: none, what is shown goes to a file or a pipe.
    pub fn rows(&self) -> usize {
        self.rows.load(Ordering::Relaxed)
    }

    pub fn set_rows(&self, rows: usize) {
        self.rows.store(rows, Ordering::Relaxed);
    }

    pub fn set_notes_apart(&self) {
        self.notes_apart.store(true, Ordering::Relaxed);
    }

    /// What is to be read page by page, once the line that asked for it has run.
    pub fn take_pages(&self) -> Vec<String> {
        std::mem::take(&mut *self.pages.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn add_page(&self, text: String) {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.push(text);
    }
}

/// A sink that keeps what was printed.
#[derive(Clone, Debug, Default)]
pub struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    /// Another end of the same buffer, to be given to a shell.
    pub fn sink(&self) -> Sink {
        Box::new(self.clone())
    }

    /// Takes out what was printed so far.
    pub fn take(&self) -> String {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut buffer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        buffer.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The VM's end of a sink. The first error is kept: there is nobody to tell while a line is half written.
pub(crate) struct Printer {
    sink: RefCell<Sink>,
    broken: RefCell<Option<io::Error>>,
    /// What is printed while somebody holds it back.
    held: RefCell<Option<Vec<u8>>>,
    pub(crate) screen: Arc<Screen>,
}

impl Printer {
    pub(crate) fn new(sink: Sink, screen: Arc<Screen>) -> Self {
        Self {
            sink: RefCell::new(sink),
            broken: RefCell::new(None),
            held: RefCell::new(None),
            screen,
        }
    }

    /// Holds back what is printed from now on.
    pub(crate) fn hold(&self) {
        *self.held.borrow_mut() = Some(Vec::new());
    }

    /// Gives what was held back, and holds no more.
    pub(crate) fn release(&self) -> Vec<u8> {
        self.held.borrow_mut().take().unwrap_or_default()
    }

    pub(crate) fn write(&self, bytes: &[u8]) {
        if let Some(held) = &mut *self.held.borrow_mut() {
            return held.extend_from_slice(bytes);
        }
        progress::hide();
        self.keep(|sink| sink.write_all(bytes));
    }

    /// A word that no value is: among what is printed, or beside it.
    pub(crate) fn note(&self, text: &str) {
        let line = format!("{text}\n");
        if !self.screen.notes_apart.load(Ordering::Relaxed) {
            return self.write(line.as_bytes());
        }
        self.flush();
        // When nobody reads it there is nobody to tell.
        let _ = io::stderr().write_all(line.as_bytes());
    }

    pub(crate) fn flush(&self) {
        self.keep(Write::flush);
    }

    /// Why writing failed, once.
    pub(crate) fn trouble(&self) -> Option<io::Error> {
        self.broken.borrow_mut().take()
    }

    fn keep(&self, act: impl FnOnce(&mut Sink) -> io::Result<()>) {
        if let Err(error) = act(&mut self.sink.borrow_mut()) {
            self.broken.borrow_mut().get_or_insert(error);
        }
    }
}
