//! What stays open: consoles and events.
use super::{
    Said, ask,
    options::{Opening, at},
    with,
};
use crate::{
    call,
    clock::Span,
    fault::{Fault, Kind},
    lua::Natives,
    services::libvirt::{
        client::{Client, Visit},
        types::{Call, Chunk, Event, Opened, Watching},
    },
    terminal,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How long something is waited for where nothing is said.
const PATIENCE: f64 = 60.0;

/// How long is waited, and for what sort of pattern.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Waiting {
    timeout: Option<Span>,
    plain: bool,
}

/// How long only.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Until {
    timeout: Option<Span>,
}

fn seconds(said: Option<Span>) -> f64 {
    said.map_or(PATIENCE, |span| span.0.as_secs_f64())
}

#[derive(Serialize)]
struct Patience {
    timeout: f64,
    plain: bool,
}

pub(super) fn natives(n: &mut Natives, virsh: &Client) {
    n.sync("patience", |(said,): (Option<Waiting>,)| {
        let Waiting { timeout, plain } = said.unwrap_or_default();
        let timeout = seconds(timeout);
        Ok(Patience { timeout, plain })
    });
    n.sync("next_patience", |(said,): (Option<Until>,)| {
        let timeout = said.unwrap_or_default().timeout;
        let (timeout, plain) = (seconds(timeout), true);
        Ok(Patience { timeout, plain })
    });
    terminals(n, virsh);
    n.read(
        "console_open",
        with(
            virsh,
            |virsh, (domain, said): (String, Option<Opening>)| async move {
                let Opening { force, uri } = said.unwrap_or_default();
                ask::<Opened>(virsh.at(at(uri)), Call::ConsoleOpen { domain, force }).await
            },
        ),
    );
    n.read(
        "console_read",
        with(
            virsh,
            |virsh, (console, wait, said): (u64, f64, Said)| async move {
                ask::<Chunk>(virsh.at(said), Call::ConsoleRead { console, wait }).await
            },
        ),
    );
    n.write(
        "console_send",
        with(
            virsh,
            |virsh, (console, text, said): (u64, String, Said)| async move {
                ask::<Value>(virsh.at(said), Call::ConsoleSend { console, text }).await
            },
        ),
    );
    n.read(
        "console_close",
        with(virsh, |virsh, (console, said): (u64, Said)| async move {
            virsh.at(said).close(Call::ConsoleClose { console }).await
        }),
    );
    events(n, virsh);
}

/// Whether whoever asks can have the terminal.
fn typed_on() -> Result<(), Fault> {
    let refused = |kind, message| {
        Err(Fault::new(kind, message)
            .hint(":expect waits for what it shows, :send types, :log gives all of it"))
    };
    if !terminal::is_there() {
        let message = "a console is typed on at a terminal, and here is none";
        return refused(Kind::Unsupported, message);
    }
    // Its keys would be taken from whoever types at the prompt.
    if call::current().is_some_and(|call| call.behind) {
        let message = "a console is typed on at the prompt, and a background job has none";
        return refused(Kind::Conflict, message);
    }
    terminal::is_free()
}

/// A console with a person at it.
fn terminals(n: &mut Natives, virsh: &Client) {
    n.read("terminal", |(): ()| async { typed_on() });
    n.sync("announce", |(text,): (String,)| {
        terminal::show(&format!("{text}\n"));
        Ok(())
    });
    n.write(
        "console_interact",
        with(
            virsh,
            |virsh, (console, live, said): (u64, bool, Said)| async move {
                let visit: Visit = virsh.at(said).interact(console, live, true).await?;
                Ok(visit)
            },
        ),
    );
    // Without a key that would go there.
    n.read(
        "console_look",
        with(
            virsh,
            |virsh, (console, live, said): (u64, bool, Said)| async move {
                let visit: Visit = virsh.at(said).interact(console, live, false).await?;
                Ok(visit)
            },
        ),
    );
}

fn events(n: &mut Natives, virsh: &Client) {
    n.read(
        "events_open",
        with(
            virsh,
            |virsh, (domain, said): (Option<String>, Said)| async move {
                ask::<Watching>(virsh.at(said), Call::EventsOpen { domain }).await
            },
        ),
    );
    n.read(
        "events_read",
        with(
            virsh,
            |virsh, (events, wait, said): (u64, f64, Said)| async move {
                ask::<Vec<Event>>(virsh.at(said), Call::EventsRead { events, wait }).await
            },
        ),
    );
    n.read(
        "events_close",
        with(virsh, |virsh, (events, said): (u64, Said)| async move {
            virsh.at(said).close(Call::EventsClose { events }).await
        }),
    );
}
