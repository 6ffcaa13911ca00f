//! The way back: what a part or a typed line has written is taken back, and the whole exercise set to its beginning.
//!
//! On a lab each input begins with a snapshot, kept only if something differs afterwards. On a real cluster the journal's
//! entries made meanwhile are taken back one by one.
use super::{Guide, Show, WORDS, enter::START, say};
use crate::{
    fault::{Fault, Kind},
    learn::{
        prepare,
        progress::{Ground, Undo, Way},
    },
    shell::{Reply, Report},
};
use jiff::Timestamp;
use std::process;

/// So many inputs can be taken back.
const DEPTH: usize = 20;
/// Of a typed line so many characters name it.
const SHOWN: usize = 60;

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
        let line = input.trim().lines().next().unwrap_or_default();
        let mut what: String = line.chars().take(SHOWN).collect();
        if what.len() < input.trim().len() {
            what.push('…');
        }
        self.after(before, &what);
        reply
    }

    /// Looks where things stand. Only Ctrl-C is a failure: who pressed it means what was to come.
    pub(super) fn before(&self) -> Result<Before, Report> {
        let looked = match self.desk.site.ground {
            Ground::Lab => {
                let name = format!(
                    "learn-{}-{}",
                    Timestamp::now().as_microsecond(),
                    process::id()
                );
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
        });
        if self.place.undo.len() > DEPTH {
            let oldest = self.place.undo.remove(0);
            self.drop_way(&oldest.way);
        }
        self.keep_place();
    }

    fn drop_way(&self, way: &Way) {
        if let Way::Snapshot(name) = way {
            // What cannot be forgotten only takes room.
            let _ = self.session.forget(name);
        }
    }

    pub(super) fn undo(&mut self, show: &mut Show) -> Result<(), Report> {
        let Some(last) = self.place.undo.last().cloned() else {
            say(
                show,
                "Nothing to take back: neither a part nor a line of yours has written anything.",
            );
            return Ok(());
        };
        match &last.way {
            Way::Snapshot(name) => self.session.back(name)?,
            Way::Entries(ids) => self.session.undo(ids)?,
        }
        self.place.undo.pop();
        self.drop_way(&last.way);
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
        say(show, format!("Taken back: {}.{next}", last.what));
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
        if self.session.has(START)? {
            self.session.back(START)?;
        } else {
            prepare::build(self.desk.course, &self.session, &self.opened.header.needs)?;
            self.session.keep(START)?;
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
