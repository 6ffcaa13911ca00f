//! Consoles: what a machine shows from the moment somebody looks. In memory, as a cable is.
use super::Lab;
use crate::{
    fault::Fault,
    services::libvirt::{
        types::{Chunk, Opened, unknown},
        xml::domain as document,
    },
    world::Power,
};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

#[derive(Default)]
pub(super) struct Consoles(Mutex<Open>);

#[derive(Default)]
struct Open {
    last: u64,
    all: HashMap<u64, Cable>,
}

/// Whose console it is, and what was shown so far.
struct Cable {
    domain: String,
    shown: String,
}

/// More at once nobody looks at: the oldest are forgotten.
const MOST: usize = 1000;

impl Consoles {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn close(&self, console: u64) -> bool {
        self.open().all.remove(&console).is_some()
    }
}

impl Lab {
    pub(super) fn console_open(&self, asked: &str) -> Result<Opened, Fault> {
        let (id, seen) = self.machine(asked)?;
        let domain = seen.machine.name.clone();
        if id.is_none() {
            return Err(unknown::not_running(&domain));
        }
        if !document::has_serial(&self.definition(&seen)?) {
            let message = format!("domain {domain} has no serial console to look at");
            return Err(unknown::state(
                message,
                format!(
                    "its definition wants <console type='pty'/>: virsh.dumpxml {domain:?} shows what it has"
                ),
            ));
        }
        // What stands there in the moment of switching on takes a real firmware a while.
        let just_now = seen.started.is_some_and(|at| self.clock.now() == at);
        let shown = if just_now {
            String::new()
        } else {
            self.rack.console(&domain)
        };
        let earlier = screen(&shown).to_owned();
        let mut open = self.consoles.open();
        open.last += 1;
        let console = open.last;
        open.all.insert(console, Cable { domain, shown });
        if open.all.len() > MOST {
            let oldest = open.all.keys().min().copied();
            open.all.remove(&oldest.unwrap_or_default());
        }
        Ok(Opened {
            console,
            live: false,
            earlier,
        })
    }

    pub(super) fn console_read(&self, console: u64) -> Result<Chunk, Fault> {
        let mut open = self.consoles.open();
        let cable = open.all.get_mut(&console).ok_or_else(|| {
            Fault::not_found("this console is closed, or the lab was taken over by another process")
                .hint("virsh.console(NAME) opens it anew")
        })?;
        let now = self.rack.console(&cable.domain);
        let text = news(&cable.shown, &now).to_owned();
        cable.shown = now;
        let ended = match self.machine(&cable.domain) {
            Ok((_, seen)) => seen.machine.power == Power::Off,
            Err(_) => true,
        };
        Ok(Chunk { text, ended })
    }
}

/// So many lines a screen has.
const ROWS: usize = 20;

/// The last lines of a text.
fn screen(text: &str) -> &str {
    let text = text.trim_end_matches('\n');
    let begin = text.rmatch_indices('\n').nth(ROWS - 1);
    begin.map_or(text, |(at, _)| &text[at + 1..])
}

/// What is shown now and was not before: a stage that is tried again is told anew, from where it differs.
fn news<'a>(before: &str, now: &'a str) -> &'a str {
    let same = before.char_indices().zip(now.char_indices());
    let same = same.take_while(|(a, b)| a == b).last();
    let end = same.map_or(0, |(_, (at, letter))| at + letter.len_utf8());
    let line = now[..end].rfind('\n').map_or(0, |at| at + 1);
    // All of a line that differs, unless it only went on.
    if end == before.len() {
        &now[end..]
    } else {
        &now[line..]
    }
}

#[cfg(test)]
mod tests {
    use super::{news, screen};

    #[test]
    fn whoever_comes_late_sees_the_last_lines() {
        let lines: Vec<String> = (0..30).map(|n| n.to_string()).collect();
        let text = lines.join("\n") + "\n\n";
        assert_eq!(screen(&text), lines[10..].join("\n"));
        assert_eq!(screen("a\nb\n"), "a\nb");
        assert_eq!(screen(""), "");
    }

    #[test]
    fn only_what_is_new_is_told() {
        assert_eq!(news("a\nb\n", "a\nb\nc\n"), "c\n");
        assert_eq!(news("a\nb", "a\nbc\n"), "c\n");
        assert_eq!(news("a\n(2 times)\n", "a\n(3 times)\n"), "(3 times)\n");
        assert_eq!(news("a\nb\n", ""), "");
        assert_eq!(news("", "über\n"), "über\n");
        assert_eq!(news("a\nb\n", "a\nb\n"), "");
    }
}
