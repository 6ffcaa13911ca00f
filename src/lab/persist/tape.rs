//! The journal's file: whole lines only, whatever the disk says.
use crate::{fault::Fault, lab::dirs::not_stored};
use std::{
    fs::File,
    io::{self, Write},
    path::PathBuf,
};

/// A file that can be shortened again.
pub(crate) trait Out: Write + Send {
    fn cut(&mut self, length: u64) -> io::Result<()>;
    fn sync(&mut self) -> io::Result<()>;
}

impl Out for File {
    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_all()
    }
}

pub(crate) struct Tape {
    path: PathBuf,
    out: Box<dyn Out>,
    /// Where the last whole line ends.
    length: u64,
    /// A line was begun and could not be taken back yet.
    torn: bool,
}

impl Tape {
    pub(crate) fn new(path: PathBuf, out: Box<dyn Out>, length: u64) -> Self {
        Self {
            path,
            out,
            length,
            torn: false,
        }
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Adds a line with one system call. If the disk refuses, nothing of it stays.
    pub(crate) fn append(&mut self, line: &str) -> Result<(), Fault> {
        let outcome = self
            .mend()
            .and_then(|()| self.out.write_all(line.as_bytes()));
        match outcome {
            Ok(()) => {
                self.length += line.len() as u64;
                Ok(())
            }
            Err(error) => {
                self.torn = true;
                // Tried again before the next line: a full disk may refuse this as well.
                let _ = self.mend();
                Err(not_stored(&self.path, &error, line.len()))
            }
        }
    }

    pub(crate) fn sync(&mut self) -> Result<(), Fault> {
        let done = self.mend().and_then(|()| self.out.sync());
        done.map_err(|error| Fault::io(&self.path, &error))
    }

    fn mend(&mut self) -> io::Result<()> {
        if self.torn {
            self.out.cut(self.length)?;
            self.torn = false;
        }
        Ok(())
    }
}
