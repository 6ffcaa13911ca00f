//! `chami-virt`: speaks to libvirt for chami, which starts it when it is first needed.
//!
//! A question is a line of JSON on standard input, its answer a line on standard output (`services::libvirt::types`).
//! Each question is asked on a thread of its own, so that one that hangs keeps no other from being answered. It ends with
//! its standard input. This is a program of its own so that chami needs no libvirt to be built or started, and so that
//! what goes wrong in a C library, or its licence (LGPL, as the binding's), concerns nobody else.
mod ask;
mod blame;
mod connections;
mod domain;
mod elsewhere;
mod network;
mod open;
mod shim;
mod snapshot;
mod storage;

use chami::services::libvirt::types::{Answer, Call, Question};
use std::{
    io::{self, BufRead as _, Write as _},
    process::ExitCode,
    sync::Arc,
    thread,
};

fn main() -> ExitCode {
    if std::env::args().nth(1).is_some() {
        let _ = writeln!(
            io::stderr(),
            "chami-virt {}: started by chami, which asks it about libvirt; it has no arguments",
            env!("CARGO_PKG_VERSION")
        );
        return ExitCode::from(2);
    }
    // Without this libvirt prints each error as well.
    virt::error::clear_error_callback();
    shim::start_events();
    let helper = Arc::new(ask::Helper::default());
    for line in io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        match serde_json::from_str::<Question>(&line) {
            Ok(question) => {
                let helper = Arc::clone(&helper);
                let id = question.id;
                let started = thread::Builder::new().spawn(move || helper.answer(question));
                if let Err(error) = started {
                    say(&ask::failed(id, &format!("no thread for it: {error}")));
                }
            }
            Err(error) => say(&not_understood(&line, &error)),
        }
    }
    ExitCode::SUCCESS
}

/// A question of a newer chami, or of nobody's.
fn not_understood(line: &str, error: &serde_json::Error) -> Answer {
    let id = serde_json::from_str::<serde_json::Value>(line)
        .ok()
        .and_then(|value| value.get("id")?.as_u64());
    let fault = chami::fault::Fault::new(
        chami::fault::Kind::Unsupported,
        format!("this chami-virt does not know that call: {error}"),
    );
    Answer {
        id: id.unwrap_or_default(),
        result: None,
        fault: Some(fault.hint("chami and chami-virt of one version belong together")),
    }
}

/// One line, whole, whoever else speaks.
fn say(answer: &Answer) {
    let Ok(mut line) = serde_json::to_string(answer) else {
        return;
    };
    line.push('\n');
    let mut out = io::stdout().lock();
    // Nobody listens any more: then it ends soon.
    let _ = out.write_all(line.as_bytes()).and_then(|()| out.flush());
}

/// The name of a call, for messages.
fn name_of(call: &Call) -> String {
    call.spelled().0
}
