//! A console with a person at it: what it shows goes to the screen, every key to the machine, until Ctrl-].
//!
//! Nobody asked for the single looks and keys, so no watcher is told of them and no tape has them. On a lab whose clock
//! stands still time passes as it does for whoever looks.
use super::At;
use crate::{
    call,
    fault::{Fault, Kind},
    services::libvirt::types::{Call, Chunk},
    terminal::{self, Raw},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{future, pin::Pin, time::Duration};

/// The key that leaves: Ctrl-], as virsh has it.
const LEAVE: u8 = 0x1d;
/// How long one look waits for news, in seconds.
const LOOK: f64 = 0.25;
/// How often a lab's console, which does not wait, is looked at.
const PAUSE: Duration = Duration::from_millis(100);
/// So much of what was shown is kept for whoever asks later, the newest.
const KEPT: usize = 1 << 20;
/// What is on its way when somebody leaves may take so long.
const LAST: Duration = Duration::from_secs(1);

/// What was shown meanwhile, and whether more can come.
#[derive(Debug, Default, Serialize)]
pub struct Visit {
    pub text: String,
    pub ended: bool,
}

#[derive(Deserialize)]
struct Time {
    moves: bool,
}

/// What was typed and makes no whole letter yet.
#[derive(Default)]
struct Typed(Vec<u8>);

impl Typed {
    /// Takes keys up to the one that leaves; whether that was among them.
    fn take(&mut self, keys: &[u8]) -> bool {
        let end = keys.iter().position(|key| *key == LEAVE);
        self.0.extend_from_slice(&keys[..end.unwrap_or(keys.len())]);
        end.is_some()
    }

    /// The letters that are whole; what can be none goes as a sign that something was there.
    fn whole(&mut self) -> String {
        let end = match std::str::from_utf8(&self.0) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.0.len(),
        };
        let bytes: Vec<u8> = self.0.drain(..end).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Visit {
    fn show(&mut self, chunk: &Chunk) {
        terminal::show(&chunk.text);
        self.text.push_str(&chunk.text);
        self.ended = chunk.ended;
        let more = self.text.len().saturating_sub(KEPT);
        if more > 0 {
            let from = (more..self.text.len()).find(|at| self.text.is_char_boundary(*at));
            self.text.drain(..from.unwrap_or(self.text.len()));
        }
    }
}

/// An open console, and how it is looked at.
struct Cable<'a> {
    at: &'a At,
    console: u64,
    live: bool,
    /// The lab's clock stands still.
    stands: bool,
}

impl Cable<'_> {
    async fn look(&self) -> Result<Chunk, Fault> {
        let (console, wait) = (self.console, if self.live { LOOK } else { 0.0 });
        if !self.live {
            tokio::time::sleep(PAUSE).await;
        }
        if self.stands {
            let body = json!({ "advance": PAUSE.as_secs_f64() });
            let clock = self.at.client.http.url("POST", "/lab/v1/clock");
            clock.control().untold().json(&body).nothing().await?;
        }
        self.at.aside(Call::ConsoleRead { console, wait }).await
    }

    /// Whether it takes keys at all.
    async fn press(&self, text: String) -> Result<bool, Fault> {
        if text.is_empty() {
            return Ok(true);
        }
        let console = self.console;
        match self
            .at
            .aside::<Value>(Call::ConsoleSend { console, text })
            .await
        {
            Ok(_) => Ok(true),
            Err(fault) if fault.kind == Kind::Unsupported => Ok(false),
            Err(fault) => Err(fault),
        }
    }
}

/// Whether a console takes keys, once they are there.
type Sending<'a> = Pin<Box<dyn Future<Output = Result<bool, Fault>> + Send + 'a>>;

/// Keys that are on their way there. Of a machine that hangs nobody waits for them: the key that leaves comes first.
struct Keys<'a> {
    cable: &'a Cable<'a>,
    typed: Typed,
    sending: Option<Sending<'a>>,
    /// It takes none, or is to get none.
    deaf: bool,
}

impl Keys<'_> {
    /// Sends what waits, unless something is on its way: keys keep their order.
    fn go_on(&mut self) {
        if self.sending.is_some() {
            return;
        }
        let text = self.typed.whole();
        if !self.deaf && !text.is_empty() {
            self.sending = Some(Box::pin(self.cable.press(text)));
        }
    }

    /// Until what is on its way has come; for ever when nothing is.
    async fn sent(&mut self) -> Result<(), Fault> {
        let Some(sending) = &mut self.sending else {
            return future::pending().await;
        };
        let takes = sending.await;
        self.sending = None;
        if !takes? {
            self.deaf = true;
            terminal::show(
                "\n(a lab's machine takes no keys, it only shows what it does; Ctrl-] leaves)\n",
            );
        }
        self.go_on();
        Ok(())
    }

    /// The last keys, for a moment.
    async fn last(&mut self) -> Result<(), Fault> {
        self.go_on();
        let all = async {
            while self.sending.is_some() {
                self.sent().await?;
            }
            Ok(())
        };
        if let Ok(sent) = tokio::time::timeout(LAST, all).await {
            return sent;
        }
        terminal::show("\n(libvirt did not take the last keys)\n");
        Ok(())
    }
}

impl At {
    /// Hands the terminal to an open console until somebody leaves it, or it ends; with `keys` what is typed goes there.
    pub async fn interact(&self, console: u64, live: bool, keys: bool) -> Result<Visit, Fault> {
        if self.client.http.options().play.is_some() {
            let message = "a tape has no console to type on";
            return Err(Fault::new(Kind::Unsupported, message)
                .hint(":expect and :log give what was recorded"));
        }
        if keys && call::current().is_some_and(|call| call.plan.is_some()) {
            let message = "what is typed on a console cannot be planned";
            return Err(Fault::new(Kind::Refused, message)
                .hint(":expect and :log look at it without typing"));
        }
        let stands = !live && !self.time().await?.moves;
        let at = self;
        let cable = Cable {
            at,
            console,
            live,
            stands,
        };
        let mut raw = Raw::begin()?;
        let visit = attend(&cable, &mut raw, !keys).await;
        drop(raw);
        // What is told of it stands on a line of its own.
        terminal::show("\n");
        visit
    }

    async fn time(&self) -> Result<Time, Fault> {
        let clock = self.client.http.url("GET", "/lab/v1/clock");
        clock.control().untold().send().await
    }
}

async fn attend(cable: &Cable<'_>, raw: &mut Raw, deaf: bool) -> Result<Visit, Fault> {
    let mut visit = Visit::default();
    let mut keys = Keys {
        cable,
        typed: Typed::default(),
        sending: None,
        deaf,
    };
    let mut look = Box::pin(cable.look());
    while !visit.ended {
        tokio::select! {
            chunk = &mut look => {
                visit.show(&chunk?);
                look.set(cable.look());
            }
            sent = keys.sent() => sent?,
            pressed = raw.keys() => {
                // A terminal that has gone leaves as well.
                let pressed = pressed.unwrap_or_default();
                if keys.typed.take(&pressed) || pressed.is_empty() {
                    keys.last().await?;
                    break;
                }
                keys.go_on();
            }
        }
    }
    // So that nothing is missing in what is kept.
    if !visit.ended
        && let Ok(Ok(chunk)) = tokio::time::timeout(LAST, look).await
    {
        visit.show(&chunk);
    }
    Ok(visit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_goes_there_but_the_one_that_leaves() {
        let mut typed = Typed::default();
        assert!(!typed.take(b"ls\x03\x1b[A\xc3"));
        assert_eq!(typed.whole(), "ls\x03\x1b[A", "Ctrl-C is the machine's");
        assert!(!typed.take(b"\xbc"));
        assert_eq!(typed.whole(), "ü");
        assert!(typed.take(b"exit\r\x1drm"));
        assert_eq!(typed.whole(), "exit\r");
        assert!(!typed.take(b"a\xff"));
        assert_eq!(typed.whole(), "a\u{fffd}");
    }

    #[test]
    fn of_much_that_was_shown_the_newest_is_kept() {
        let mut visit = Visit::default();
        let chunk = |text: String| Chunk { text, ended: false };
        visit.text = "ü".repeat(KEPT / 2);
        visit.show(&chunk("\rend\r".to_owned()));
        assert!(visit.text.len() <= KEPT && visit.text.ends_with("\rend\r"));
    }
}
