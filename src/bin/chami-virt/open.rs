//! What stays open from one question to the next: consoles, each read by a thread of its own, and events.
use crate::{blame, domain, shim};
use chami::{
    fault::{Fault, Kind},
    services::libvirt::types::{Chunk, Event, Opened, Watching},
};
use std::{
    collections::HashMap,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};
use virt::{connect::Connect, stream::Stream};

/// Of a console that nobody reads so much is kept, the newest.
const KEPT: usize = 1 << 20;

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn span(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

/// What came over a console and was not asked for yet.
#[derive(Default)]
struct Pipe {
    state: Mutex<State>,
    news: Condvar,
}

#[derive(Default)]
struct State {
    bytes: Vec<u8>,
    ended: bool,
}

struct Cable {
    stream: Stream,
    pipe: Arc<Pipe>,
}

#[derive(Default)]
pub(crate) struct Consoles {
    open: Mutex<(u64, HashMap<u64, Cable>)>,
}

impl Consoles {
    pub(crate) fn open(&self, connect: &Connect, name: &str, force: bool) -> Result<Opened, Fault> {
        let found = domain::find(connect, name)?;
        let stream = Stream::new(connect, 0).map_err(blame::plain)?;
        let flags = if force {
            virt_sys::VIR_DOMAIN_CONSOLE_FORCE
        } else {
            0
        };
        let opened = found.open_console(None, &stream, flags);
        opened.map_err(|error| in_use(name, blame::of_domain(name)(error)))?;
        let pipe = Arc::new(Pipe::default());
        let (its, end) = (stream.clone(), Arc::clone(&pipe));
        thread::spawn(move || listen(&its, &end));
        let mut open = held(&self.open);
        open.0 += 1;
        let console = open.0;
        open.1.insert(console, Cable { stream, pipe });
        Ok(Opened {
            console,
            live: true,
            earlier: String::new(),
        })
    }

    fn pipe(&self, console: u64) -> Result<Arc<Pipe>, Fault> {
        let open = held(&self.open);
        let cable = open
            .1
            .get(&console)
            .ok_or_else(|| closed("this console is closed", "virsh.console(NAME)"))?;
        Ok(Arc::clone(&cable.pipe))
    }

    pub(crate) fn read(&self, console: u64, wait: f64) -> Result<Chunk, Fault> {
        let pipe = self.pipe(console)?;
        let state = held(&pipe.state);
        let nothing = |state: &mut State| state.bytes.is_empty() && !state.ended;
        let waited = pipe.news.wait_timeout_while(state, span(wait), nothing);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let whole = if state.ended {
            state.bytes.len()
        } else {
            whole_letters(&state.bytes)
        };
        let bytes: Vec<u8> = state.bytes.drain(..whole).collect();
        Ok(Chunk {
            text: String::from_utf8_lossy(&bytes).into_owned(),
            ended: state.ended,
        })
    }

    pub(crate) fn send(&self, console: u64, text: &str) -> Result<usize, Fault> {
        let stream = {
            let open = held(&self.open);
            let cable = open
                .1
                .get(&console)
                .ok_or_else(|| closed("this console is closed", "virsh.console(NAME)"))?;
            cable.stream.clone()
        };
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            let sent = stream.send(rest).map_err(blame::plain)?;
            match usize::try_from(sent) {
                Ok(count) if count > 0 => rest = &rest[count.min(rest.len())..],
                _ => {
                    return Err(Fault::new(
                        Kind::Unreachable,
                        "the console takes nothing any more",
                    ));
                }
            }
        }
        Ok(text.len())
    }

    pub(crate) fn close(&self, console: u64) -> bool {
        let cable = held(&self.open).1.remove(&console);
        // Its reader ends with the stream.
        cable.is_some_and(|cable| cable.stream.abort().is_ok())
    }
}

/// Reads until there is nothing more: the domain is off, or the console was closed.
fn listen(stream: &Stream, pipe: &Pipe) {
    let mut buffer = [0; 4096];
    loop {
        let came = stream
            .recv(&mut buffer)
            .ok()
            .and_then(|count| usize::try_from(count).ok());
        let mut state = held(&pipe.state);
        match came {
            Some(count) if count > 0 => {
                state
                    .bytes
                    .extend_from_slice(&buffer[..count.min(buffer.len())]);
                let more = state.bytes.len().saturating_sub(KEPT);
                state.bytes.drain(..more);
            }
            _ => {
                state.ended = true;
                pipe.news.notify_all();
                return;
            }
        }
        pipe.news.notify_all();
    }
}

/// How many bytes hold whole letters: of the last one some may still be on their way.
fn whole_letters(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => bytes.len(),
    }
}

fn in_use(name: &str, fault: Fault) -> Fault {
    if fault.message.contains("Active console session") {
        let message = format!("somebody has the console of {name} open");
        return Fault::new(Kind::Conflict, message).hint(format!(
            "virsh.console({name:?}, {{ force = true }}) takes it from them"
        ));
    }
    fault
}

fn closed(what: &str, anew: &str) -> Fault {
    Fault::not_found(format!("{what}, or the helper was started anew"))
        .hint(format!("{anew} opens it anew"))
}

#[derive(Default)]
pub(crate) struct Watches {
    open: Mutex<(u64, HashMap<u64, shim::Watch>)>,
}

impl Watches {
    pub(crate) fn open(&self, connect: &Connect, name: Option<&str>) -> Result<Watching, Fault> {
        let found = name.map(|name| domain::find(connect, name)).transpose()?;
        let watch = shim::watch(connect, found.as_ref()).map_err(blame::plain)?;
        let mut open = held(&self.open);
        open.0 += 1;
        let events = open.0;
        open.1.insert(events, watch);
        Ok(Watching { events, live: true })
    }

    pub(crate) fn read(&self, events: u64, wait: f64) -> Result<Vec<Event>, Fault> {
        let queue = {
            let open = held(&self.open);
            let watch = open
                .1
                .get(&events)
                .ok_or_else(|| closed("nobody listens here", "virsh.events()"))?;
            Arc::clone(&watch.queue)
        };
        Ok(queue.take(span(wait)))
    }

    pub(crate) fn close(&self, events: u64) -> bool {
        held(&self.open).1.remove(&events).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::whole_letters;

    #[test]
    fn a_letter_waits_until_it_is_whole() {
        let text = "für".as_bytes();
        assert_eq!(whole_letters(&text[..2]), 1);
        assert_eq!(whole_letters(text), text.len());
        assert_eq!(
            whole_letters(b"a\xffb"),
            3,
            "what is no letter goes as it is"
        );
    }
}
