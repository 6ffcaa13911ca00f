//! What comes next in a text, looked for once: as often as a name asks, no letter is passed twice for one kind of end.
use std::cell::Cell;

/// Where a value may end.
#[derive(Clone, Copy)]
pub(super) enum End {
    /// The line.
    Line,
    /// A word after `=`.
    Bare,
    /// The next quote of any kind.
    Quote,
    /// A value between braces.
    Flow,
    /// The next blank or line.
    Blank,
    /// `]]`
    Long,
}

const ENDS: usize = 6;

pub(super) struct Ahead<'a> {
    text: &'a str,
    /// For each kind from where was looked, and where the end stands.
    known: [Cell<(usize, usize)>; ENDS],
    /// The end of the line that was asked for last, and the end of what stands in it.
    line: Cell<(usize, usize)>,
    /// How many bytes were passed.
    #[cfg(test)]
    pub(super) work: Cell<usize>,
}

impl<'a> Ahead<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            known: [const { Cell::new((1, 0)) }; ENDS],
            line: Cell::new((usize::MAX, 0)),
            #[cfg(test)]
            work: Cell::new(0),
        }
    }

    /// The first end of this kind at or after `at`; the text's own where there is none.
    pub(super) fn next(&self, end: End, at: usize) -> usize {
        let known = &self.known[end as usize];
        let (from, to) = known.get();
        if from <= at && at <= to {
            return to;
        }
        let rest = &self.text[at..];
        let length = match end {
            End::Line => rest.find(['\n', '\r']),
            End::Bare => rest.find(|c: char| c.is_whitespace() || "&,;\"')}\\".contains(c)),
            End::Quote => rest.find(['"', '\'']),
            End::Flow => rest.find([',', '}']),
            End::Blank => rest.find(char::is_whitespace),
            End::Long => rest.find("]]"),
        };
        let to = at + length.unwrap_or(rest.len());
        #[cfg(test)]
        self.work.set(self.work.get() + to - at);
        known.set((at, to));
        to
    }

    /// The end of what stands in the line from `at` on, blanks at its end left out.
    pub(super) fn content(&self, at: usize) -> usize {
        let end = self.next(End::Line, at);
        let (line, content) = self.line.get();
        if line == end {
            return content.max(at);
        }
        let content = at + self.text[at..end].trim_end().len();
        self.line.set((end, content));
        content
    }
}
