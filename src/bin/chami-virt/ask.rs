//! From a question to its answer.
use crate::{
    connections::Connections,
    domain, name_of, network,
    open::{Consoles, Watches},
    say, snapshot, storage,
};
use chami::{
    fault::{Fault, Kind},
    services::libvirt::types::{Answer, Call, Nodeinfo, Question, Version},
};
use serde::Serialize;
use serde_json::Value;
use std::panic::{AssertUnwindSafe, catch_unwind};
use virt::connect::Connect;

/// All that lasts from one question to the next.
#[derive(Default)]
pub(crate) struct Helper {
    connections: Connections,
    pub(crate) consoles: Consoles,
    pub(crate) watches: Watches,
}

/// A record as it is told.
pub(crate) fn told<T: Serialize>(record: T) -> Result<Value, Fault> {
    serde_json::to_value(record).map_err(|e| Fault::internal(format!("a record: {e}")))
}

pub(crate) fn failed(id: u64, why: &str) -> Answer {
    Answer {
        id,
        result: None,
        fault: Some(Fault::internal(format!("chami-virt: {why}"))),
    }
}

impl Helper {
    pub(crate) fn answer(&self, question: Question) {
        let id = question.id;
        let name = name_of(&question.call);
        // The binding panics where it cannot let go of something; that is no reason to end.
        let result = catch_unwind(AssertUnwindSafe(|| self.result(question)));
        let answer = match result {
            Ok(Ok(result)) => Answer {
                id,
                result: Some(result),
                fault: None,
            },
            Ok(Err(fault)) => Answer {
                id,
                result: None,
                fault: Some(fault),
            },
            Err(_) => failed(id, &format!("{name} broke off")),
        };
        say(&answer);
    }

    fn result(&self, question: Question) -> Result<Value, Fault> {
        // What is open already needs no connection of its own.
        match question.call {
            Call::ConsoleRead { console, wait } => return told(self.consoles.read(console, wait)?),
            Call::ConsoleSend { console, text } => {
                return told(self.consoles.send(console, &text)?);
            }
            Call::ConsoleClose { console } => return told(self.consoles.close(console)),
            Call::EventsRead { events, wait } => return told(self.watches.read(events, wait)?),
            Call::EventsClose { events } => return told(self.watches.close(events)),
            _ => {}
        }
        let connect = self.connections.at(question.uri.as_deref())?;
        match question.call {
            Call::ConsoleOpen { domain, force } => {
                told(self.consoles.open(&connect, &domain, force)?)
            }
            Call::EventsOpen { domain } => told(self.watches.open(&connect, domain.as_deref())?),
            Call::Nodeinfo => told(nodeinfo(&connect)?),
            Call::Capabilities => told(connect.capabilities().map_err(crate::blame::plain)?),
            Call::Version => told(version(&connect)?),
            Call::Uri => told(crate::connections::uri(&connect)),
            call => others(&connect, call),
        }
    }
}

fn others(connect: &Connect, call: Call) -> Result<Value, Fault> {
    let name = name_of(&call);
    let word = name.split(' ').next().unwrap_or_default().to_owned();
    let answer = match word.split('-').next().unwrap_or_default() {
        "net" => network::answer(connect, call),
        "snapshot" => snapshot::answer(connect, call),
        "pool" | "vol" => storage::answer(connect, call),
        _ => domain::answer(connect, call),
    };
    answer.unwrap_or_else(|| {
        let message = format!("chami-virt does not do {word}");
        Err(Fault::new(Kind::Unsupported, message))
    })
}

fn nodeinfo(connect: &Connect) -> Result<Nodeinfo, Fault> {
    let info = connect.node_info().map_err(crate::blame::plain)?;
    Ok(Nodeinfo {
        cpu_model: info.model,
        cpus: info.cpus,
        cpu_frequency: info.mhz,
        cpu_sockets: info.sockets,
        cores_per_socket: info.cores,
        threads_per_core: info.threads,
        numa_cells: info.nodes,
        memory_size: info.memory,
    })
}

/// libvirt counts 9.0.0 as 9000000.
fn dotted(version: u32) -> String {
    format!(
        "{}.{}.{}",
        version / 1_000_000,
        version / 1000 % 1000,
        version % 1000
    )
}

fn version(connect: &Connect) -> Result<Version, Fault> {
    let plain = crate::blame::plain;
    Ok(Version {
        library: dotted(connect.lib_version().map_err(plain)?),
        hypervisor: connect.driver_type().map_err(plain)?,
        hypervisor_version: connect.hyp_version().map(dotted).unwrap_or_default(),
    })
}
