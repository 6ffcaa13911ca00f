//! Where `print` and `io.write` go: standard output, standard error under `-F`, a buffer in tests.
use std::{
    cell::RefCell,
    io::{self, BufWriter, IsTerminal, Write},
    sync::{Arc, Mutex, PoisonError},
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
}

impl Printer {
    pub(crate) fn new(sink: Sink) -> Self {
        Self {
            sink: RefCell::new(sink),
            broken: RefCell::new(None),
        }
    }

    pub(crate) fn write(&self, bytes: &[u8]) {
        self.keep(|sink| sink.write_all(bytes));
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
