//! The way back: what a part or a typed line has written is taken back, and the whole exercise set to its beginning.
//!
//! On a lab each input begins with a snapshot, kept only if something differs afterwards; a second one is kept then of how
//! the input left things. A snapshot is the whole lab, so what others did since is looked for before one is put back. On a
//! real cluster the journal's entries that this session made meanwhile are taken back one by one.
use super::{Guide, Show, WORDS, say};
use crate::{
    fault::{Fault, Kind},
    learn::{
        prepare,
        progress::{Ground, Undo, Way},
        session::Difference,
    },
    secret,
    shell::{Reply, Report},
};
use jiff::Timestamp;
use std::process;

/// So many inputs can be taken back.
const DEPTH: usize = 20;
/// Of a typed line so many characters name it.
const SHOWN: usize = 60;
/// Stands for a line that is not to be kept.
const VEILED: &str = "a line of yours (it may hold a secret)";
/// So many changes of others are named.
const NAMED: usize = 3;

/// Where things stand before an input.
pub(super) enum Before {
    Snapshot(String),
    /// The newest entry of the journal.
    Entry(Option<u64>),
    /// Nobody could look: what comes cannot be taken back.
    Unknown,
}

impl Guide<'_> {
    /// Runs an input that was typed, so that it can be taken back.
    pub fn typed(&mut self, input: &str, run: impl FnOnce() -> Reply) -> Reply {
        if let Some(word) = WORDS.iter().find(|word| word.name == input.trim()) {
            let what = format!(
                "{} alone is a word of the course, and wants a colon",
                word.name
            );
            let hint = format!(":{}", word.name);
            return Reply::Failed(Fault::bad_argument(what).hint(hint).into());
        }
        let before = match self.before() {
            Ok(before) => before,
            Err(report) => return Reply::Failed(report),
        };
        let reply = run();
        self.after(before, &named(input));
        reply
    }

    /// Looks where things stand. Only Ctrl-C is a failure: who pressed it means what was to come.
    pub(super) fn before(&self) -> Result<Before, Report> {
        let looked = match self.desk.site.ground {
            Ground::Lab => {
                let name = fresh_name();
                let kept = self.session.keep(&name);
                kept.map(|()| Before::Snapshot(name))
            }
            Ground::Cluster => {
                let newest = self.session.entries(None, &self.desk.site.target);
                newest.map(|ids| Before::Entry(ids.first().copied()))
            }
        };
        match looked {
            Err(report) if report.kind == Some(Kind::Interrupted) => Err(report),
            looked => Ok(looked.unwrap_or(Before::Unknown)),
        }
    }

    /// Remembers an input that changed something.
    pub(super) fn after(&mut self, before: Before, what: &str) {
        let mut left = None;
        let way = match before {
            Before::Unknown => return,
            Before::Snapshot(name) => {
                if self
                    .session
                    .changes(&name)
                    .is_ok_and(|changes| changes.is_empty())
                {
                    // What cannot be forgotten only takes room.
                    let _ = self.session.forget(&name);
                    return;
                }
                let now = fresh_name();
                left = self.session.keep(&now).is_ok().then_some(now);
                Way::Snapshot(name)
            }
            Before::Entry(last) => {
                let target = &self.desk.site.target;
                let ids = self.session.entries(Some(last.unwrap_or(0)), target);
                match ids {
                    Ok(ids) if !ids.is_empty() => Way::Entries(ids),
                    _ => return,
                }
            }
        };
        self.place.undo.push(Undo {
            what: what.to_owned(),
            next: self.place.next,
            way,
            left,
        });
        if self.place.undo.len() > DEPTH {
            let oldest = self.place.undo.remove(0);
            self.drop_marks(&oldest);
        }
        self.keep_place();
    }

    fn drop_marks(&self, undo: &Undo) {
        let before = match &undo.way {
            Way::Snapshot(name) => Some(name),
            Way::Entries(_) => None,
        };
        for name in before.into_iter().chain(&undo.left) {
            // What cannot be forgotten only takes room.
            let _ = self.session.forget(name);
        }
    }

    /// Refuses to lose what was changed in the lab since an input left it so.
    fn nothing_else(&self, undo: &Undo) -> Result<(), Report> {
        let Some(left) = &undo.left else {
            return Ok(());
        };
        let others = self.session.changes(left)?;
        if others.is_empty() {
            return Ok(());
        }
        let message = format!(
            "more was changed in this lab since \"{}\", in another session or as time went on, and would be lost: {}",
            undo.what,
            listed(&others)
        );
        let hint =
            format!(":undo all takes that back as well; lab.diff \"{left}\" lists all of it");
        Err(Fault::new(Kind::Conflict, message).hint(hint).into())
    }

    /// Takes back the newest input that wrote something; `rest` is `all` where others' work in the lab may go with it.
    pub(super) fn undo(&mut self, rest: &str, show: &mut Show) -> Result<(), Report> {
        let all = rest == "all";
        if !all && !rest.is_empty() {
            let what = format!(":undo takes nothing behind it, or all; got \"{rest}\"");
            let hint = ":undo takes back your last input, :undo all also what others changed in this lab since";
            return Err(Fault::bad_argument(what).hint(hint).into());
        }
        let Some(last) = self.place.undo.last().cloned() else {
            say(
                show,
                "Nothing to take back: neither a part nor a line of yours has written anything.",
            );
            return Ok(());
        };
        let mut more = String::new();
        match &last.way {
            Way::Snapshot(name) => {
                if all {
                    let undone = self.mark("undone");
                    self.session.keep(&undone)?;
                    more = format!(
                        " So is all that was changed since; lab.restore \"{undone}\" brings it back."
                    );
                } else {
                    self.nothing_else(&last)?;
                }
                self.session.back(name)?;
            }
            Way::Entries(_) if all => {
                let what = "what others wrote on a real cluster is not taken back here";
                let hint = ":undo takes back what this input wrote; journal() lists the rest";
                return Err(Fault::new(Kind::Unsupported, what).hint(hint).into());
            }
            Way::Entries(ids) => self.session.undo(ids)?,
        }
        self.place.undo.pop();
        self.drop_marks(&last);
        self.place.next = last.next;
        self.keep_place();
        let next = match self.script.parts.get(self.place.next) {
            Some(next) => format!(
                " :next is {} {}, {}.",
                next.kind.name(),
                self.place.next + 1,
                next.title
            ),
            None => String::new(),
        };
        say(show, format!("Taken back: {}.{more}{next}", last.what));
        Ok(())
    }

    /// Sets the lab to the beginning; that can be taken back as well.
    pub(super) fn reset(&mut self, show: &mut Show) -> Result<(), Report> {
        if self.desk.site.ground == Ground::Cluster {
            let what = "a real cluster cannot be set back";
            let hint = ":undo takes back one thing after the other; without -C or -u this exercise has a lab of its own";
            return Err(Fault::new(Kind::Unsupported, what).hint(hint).into());
        }
        let before = self.before()?;
        let start = self.mark("start");
        if self.session.has(&start)? {
            self.session.back(&start)?;
        } else {
            prepare::build(self.desk.course, &self.session, &self.opened.header.needs)?;
            self.session.keep(&start)?;
        }
        self.after(before, "the reset");
        self.place.next = 0;
        self.keep_place();
        self.set_scene()?;
        say(
            show,
            "Everything is as this exercise begins; :undo takes that back. :next is the first part.",
        );
        Ok(())
    }
}

/// The name of a snapshot that no other session takes.
fn fresh_name() -> String {
    let now = Timestamp::now().as_microsecond();
    format!("learn-{now}-{}", process::id())
}

/// What a typed line is called: its beginning, unless that may be nobody's to keep.
fn named(input: &str) -> String {
    if secret::may_hold(input) {
        return VEILED.to_owned();
    }
    let input = input.trim();
    let line = input.lines().next().unwrap_or_default();
    let mut what: String = line.chars().take(SHOWN).collect();
    if what.len() < input.len() {
        what.push('…');
    }
    what
}

/// `smd components x1000c0s0b0n0 (changed), and 3 more`.
fn listed(changes: &[Difference]) -> String {
    let one = |it: &Difference| format!("{} {} {} ({})", it.service, it.table, it.key, it.change);
    let first: Vec<String> = changes.iter().take(NAMED).map(one).collect();
    let more = match changes.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    first.join(", ") + &more
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_named_by_its_beginning_unless_it_may_hold_a_secret() {
        assert_eq!(named(" smd.group.add 'a' \n"), "smd.group.add 'a'");
        assert_eq!(named("for i = 1, 2 do\nend"), "for i = 1, 2 do…");
        let long = format!("smd.group.add '{}'", "a b ".repeat(20));
        assert_eq!(named(&long).chars().count(), SHOWN + 1);
        let hidden = "local password = 'sesame99'\nsmd.group.add 'a'";
        assert_eq!(named(hidden), VEILED);
        // The secret stands behind what would be kept: the line is veiled as a whole all the same.
        assert_eq!(named("smd.group.add 'a'\nlogin 'abc'"), VEILED);
    }
}
