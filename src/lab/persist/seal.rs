//! One record in a file: a line of JSON that carries the checksum of its own body.
//!
//! A record torn by a crash or changed on disk is seen as such; nothing else in the lab needs to know how.
use aws_lc_rs::digest::{Context, Digest, SHA256, digest};
use std::{
    fmt::Write as _,
    io::{self, BufWriter, Seek, SeekFrom, Write},
};

const HEAD: &str = "{\"sum\":\"";
const MIDDLE: &str = "\",\"body\":";
const SUM: usize = 16;
const BUFFER: usize = 1 << 18;

fn sum(body: &str) -> String {
    digits(&digest(&SHA256, body.as_bytes()))
}

fn digits(digest: &Digest) -> String {
    let mut text = String::with_capacity(SUM);
    for byte in digest.as_ref().iter().take(SUM / 2) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The same line on its way to a file: the sum is put in front when the body is whole.
pub(crate) struct Sealed<F: Write + Seek> {
    out: BufWriter<F>,
    begin: u64,
    context: Context,
    length: usize,
}

impl<F: Write + Seek> Sealed<F> {
    pub(crate) fn begin(mut file: F) -> io::Result<Self> {
        let begin = file.stream_position()?;
        let mut out = BufWriter::with_capacity(BUFFER, file);
        write!(out, "{HEAD}{}{MIDDLE}", "-".repeat(SUM))?;
        Ok(Self {
            out,
            begin,
            context: Context::new(&SHA256),
            length: 0,
        })
    }

    /// How long the body is so far.
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    pub(crate) fn end(mut self) -> io::Result<()> {
        self.out.write_all(b"}\n")?;
        let place = self.begin + HEAD.len() as u64;
        self.out.seek(SeekFrom::Start(place))?;
        let sum = digits(&self.context.clone().finish());
        self.out.write_all(sum.as_bytes())?;
        self.out.flush()
    }
}

/// Takes the body.
impl<F: Write + Seek> Write for Sealed<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write_all(bytes)?;
        self.context.update(bytes);
        self.length += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The line for a body of JSON, newline included.
pub(crate) fn seal(body: &str) -> String {
    format!("{HEAD}{}{MIDDLE}{body}}}\n", sum(body))
}

/// The body of a whole line; `None` if it is not the line that was written.
pub(crate) fn unseal(line: &str) -> Option<&str> {
    let rest = line.strip_suffix('\n')?.strip_prefix(HEAD)?;
    let (found, rest) = rest.split_at_checked(SUM)?;
    let body = rest.strip_prefix(MIDDLE)?.strip_suffix('}')?;
    (sum(body) == found).then_some(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn a_line_on_its_way_to_a_file_is_the_same_line() {
        for body in ["{}".to_owned(), format!("\"{}\"", "ä".repeat(BUFFER))] {
            let mut file = Cursor::new(Vec::new());
            let mut sealed = Sealed::begin(&mut file).expect("begun");
            for part in body.as_bytes().chunks(1000) {
                sealed.write_all(part).expect("written");
            }
            assert_eq!(sealed.length(), body.len());
            sealed.end().expect("ended");
            let line = String::from_utf8(file.into_inner()).expect("text");
            assert_eq!(line, seal(&body));
            assert_eq!(unseal(&line), Some(body.as_str()));
        }
    }
}
