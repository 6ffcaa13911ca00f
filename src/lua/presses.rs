//! Ctrl-C as something one can wait for: presses arrive in a pipe, so that they are counted outside the signal handler.
//!
//! The handler is installed at the first run of code and stays; between two runs presses have no effect.
use super::interrupt;
use std::{
    io::{self, Read, Write},
    os::unix::net::UnixStream,
    sync::OnceLock,
    time::Duration,
};

/// What a wait ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    Pressed,
    /// The run is over.
    Ended,
    /// Neither happened within the time given.
    Nothing,
}

/// The presses during one run.
pub struct Presses {
    reader: &'static UnixStream,
    writer: &'static UnixStream,
}

const PRESS: u8 = 1;
const END: u8 = 0;

impl Presses {
    /// Begins to listen; forgets earlier presses.
    pub fn begin() -> io::Result<Self> {
        static PIPE: OnceLock<Option<(UnixStream, UnixStream)>> = OnceLock::new();
        let pipe = PIPE.get_or_init(|| pipe().ok()).as_ref();
        let (reader, writer) = pipe.ok_or_else(|| io::Error::other("no pipe for Ctrl-C"))?;
        let presses = Self { reader, writer };
        // Not by a short wait: the kernel rounds that up to some milliseconds, at each start.
        reader.set_nonblocking(true)?;
        while (&mut &*reader)
            .read(&mut [0; 64])
            .is_ok_and(|count| count > 0)
        {}
        reader.set_nonblocking(false)?;
        Ok(presses)
    }

    /// Waits for a press or the end, no longer than `patience`.
    pub fn wait(&self, patience: Option<Duration>) -> Press {
        let mut byte = [END];
        let told = self.reader.set_read_timeout(patience);
        match told.and_then(|()| (&mut &*self.reader).read(&mut byte)) {
            Ok(_) if byte[0] == PRESS => Press::Pressed,
            Ok(_) => Press::Ended,
            Err(_) => Press::Nothing,
        }
    }

    /// Says that the run is over.
    pub fn end(&self) {
        // A full pipe is read by a waiter that then sees presses enough.
        let _ = (&mut &*self.writer).write(&[END]);
    }
}

fn pipe() -> io::Result<(UnixStream, UnixStream)> {
    let (reader, writer) = UnixStream::pair()?;
    writer.set_nonblocking(true)?;
    let handler = writer.try_clone()?;
    interrupt::on_interrupt(move || {
        let _ = (&mut &handler).write(&[PRESS]);
    })?;
    Ok((reader, writer))
}
