//! `chami lab …`: a lab for others, and what can be done to one from outside.
use super::{
    Outcome,
    output::{self, Format},
    target::TargetArgs,
};
use crate::{
    fault::Fault,
    lab::{self, Control, Lab, Listen, Machines, Options, Served, Status},
    repl::screen,
};
use clap::{Subcommand, ValueEnum};
use std::{
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
};

#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Serve a lab until it is told to end
    Serve(Serve),
    /// Tell who serves the lab and what it holds
    Status,
    /// Set the lab back: every store empty, every machine off
    Reset {
        /// What to begin with; `tutorial` is what exercise 301 leaves
        #[arg(value_enum, default_value_t = State::Empty)]
        state: State,
    },
    /// Keep everything the lab holds under a name
    Snapshot { name: String },
    /// List the snapshots
    Snapshots,
    /// Remove a snapshot
    Discard { name: String },
    /// Put back what a snapshot holds
    Restore { name: String },
    /// List what is not as it was: since a snapshot, or since the last reset or restore
    Diff { name: Option<String> },
    /// Make another lab of yours that holds all this one holds
    Fork { name: String },
    /// List your labs
    List,
    /// Remove another lab of yours, with all that it holds
    Remove { name: String },
}

impl Verb {
    /// Changes what a lab holds, or which labs there are.
    fn writes(&self) -> bool {
        match self {
            Self::Serve(flags) => flags.empty,
            Self::Status | Self::Snapshots | Self::Diff { .. } | Self::List => false,
            _ => true,
        }
    }

    /// Makes no sense for a lab that is not there yet: a name mistyped must not make one.
    fn wants_one(&self) -> bool {
        !matches!(
            self,
            Self::Serve(_) | Self::Status | Self::Reset { .. } | Self::List | Self::Remove { .. }
        )
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum State {
    Empty,
    Tutorial,
}

#[derive(Clone, Copy, ValueEnum)]
enum Auth {
    On,
    Off,
}

#[derive(clap::Args)]
struct Serve {
    /// The address to listen on; other than loopback closes the control API [default: 127.0.0.1, or the interface's]
    #[arg(long, value_name = "ADDR")]
    listen: Option<IpAddr>,
    /// An interface to answer DHCP and TFTP on, for real machines: the nodes' bridge; not where another DHCP server answers
    #[arg(long, value_name = "IF")]
    interface: Option<String>,
    /// Serve the interface even where another DHCP server answers or may answer, or with the default route on it
    #[arg(long, requires = "interface")]
    beside_another_server: bool,
    /// A folder of buckets, DIR/boot-images/…, whose files the artifact server has: what real machines boot; links that lead
    /// out of it are not followed
    #[arg(long, value_name = "DIR")]
    artifacts: Option<PathBuf>,
    /// The port for http; 0 picks a free one
    #[arg(long, value_name = "PORT", default_value_t = 8081)]
    http: u16,
    /// The port for https; 0 picks a free one
    #[arg(long, value_name = "PORT", default_value_t = 8443)]
    https: u16,
    /// Whether services want tokens [default: on, or as stored]
    #[arg(long, value_enum)]
    auth: Option<Auth>,
    /// What everything random comes from [default: 0, or as stored]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// The machines: how many, or a nodes file that lists them [default: 5, or as stored]
    #[arg(long, value_name = "N|FILE", value_parser = machines)]
    nodes: Option<Machines>,
    /// Begin anew and forget a stored state
    #[arg(long)]
    empty: bool,
    /// Where the state is kept
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
}

/// clap tells a mistake by its text alone.
fn machines(text: &str) -> Result<Machines, String> {
    lab::machines(text).map_err(|fault| fault.message)
}

pub(super) fn run(target: &TargetArgs, args: Args, format: Option<Format>) -> Outcome {
    let options = Options {
        name: target.lab_name()?,
        ..Options::default()
    };
    let format = format.unwrap_or(Format::Table);
    let lab = Lab::new(options.clone());
    if args.verb.writes() {
        target.may_write("the change of the lab")?;
    }
    if args.verb.wants_one() {
        lab.must_exist()?;
    }
    match args.verb {
        Verb::Serve(flags) => serve(options, flags),
        Verb::Status => status(&lab, format),
        Verb::Reset { state } => reset(&lab, state),
        Verb::List => show(&lab.list()?, format),
        Verb::Remove { name } => show(&lab.remove(&name)?, format),
        verb => ask(&lab, verb, format),
    }
}

/// What the lab itself is asked: whoever serves it, or for a moment this process.
fn ask(lab: &Lab, verb: Verb, format: Format) -> Outcome {
    let control = Control::new(lab.clone());
    match verb {
        Verb::Snapshot { name } => show(&wait(control.snapshot(&name))?, format),
        Verb::Snapshots => show(&wait(control.snapshots())?, format),
        Verb::Discard { name } => show(&wait(control.discard(&name))?, format),
        Verb::Diff { name } => show(&wait(control.diff(name.as_deref()))?, format),
        Verb::Fork { name } => show(&wait(control.fork(&name))?, format),
        Verb::Restore { name } => {
            let status = wait(control.restore(&name))?;
            match format {
                Format::Table => output::print(&account(&status)),
                format => show(&status, format),
            }
        }
        _ => Ok(()),
    }?;
    Ok(lab.close()?)
}

fn show(value: &impl serde::Serialize, format: Format) -> Outcome {
    output::print(&output::data(value, format)?)
}

fn serve(options: Options, flags: Serve) -> Outcome {
    let listen = match (flags.listen, &flags.interface) {
        (Some(listen), _) => listen,
        (None, Some(interface)) => IpAddr::V4(lab::address_of(interface)?),
        (None, None) => IpAddr::V4(Ipv4Addr::LOCALHOST),
    };
    let options = Options {
        auth: flags.auth.map(|auth| matches!(auth, Auth::On)),
        seed: flags.seed,
        nodes: flags.nodes,
        empty: flags.empty,
        state: flags.state,
        listen: Listen {
            address: Some(listen),
            http: Some(flags.http),
            https: Some(flags.https),
            open: listen.is_loopback(),
        },
        interface: flags.interface,
        beside_another_server: flags.beside_another_server,
        artifacts: flags.artifacts.as_deref().map(folder).transpose()?,
        ..options
    };
    let say = |line: &str| screen::say(&format!("{line}\n"));
    Ok(wait(lab::serve(options, say, announce))?)
}

/// A folder that is there.
fn folder(path: &Path) -> Result<PathBuf, Fault> {
    let whole = path.canonicalize().map_err(|e| Fault::io(path, &e))?;
    if whole.is_dir() {
        return Ok(whole);
    }
    let fault = Fault::bad_argument(format!("{} is no folder", path.display()));
    Err(fault.hint("a folder with one folder for each bucket: DIR/boot-images/vmlinuz"))
}

/// Where it is, for people and for scripts that wait for these lines.
fn announce(served: &Served) {
    let Served { http, https, .. } = served;
    let (ca, state) = (served.ca.display(), served.state.display());
    let text = format!("http {http}\nhttps {https}\nca {ca}\nstate {state}\n");
    // First: who waits for the lines may end this at any moment after them.
    if let Some(notice) = &served.notice {
        screen::say(&format!("{notice}\n"));
    }
    // A reader that went away does not end the lab.
    let _ = output::print(&text);
}

/// Starts no lab.
fn status(lab: &Lab, format: Format) -> Outcome {
    let running = lab.is_running()?;
    if !running && format != Format::Table {
        let state = lab.state()?.unwrap_or_default();
        return show(
            &serde_json::json!({ "running": false, "state": state }),
            format,
        );
    }
    if !running {
        let state = lab.state()?.unwrap_or_default();
        let what = if state.join("state.json").exists() {
            "state"
        } else {
            "no state yet in"
        };
        return output::print(&format!("served by nobody\n{what} {}\n", state.display()));
    }
    let status = wait(Control::new(lab.clone()).status())?;
    lab.close()?;
    match format {
        Format::Table => output::print(&account(&status)),
        format => show(&status, format),
    }
}

fn account(status: &Status) -> String {
    let mut lines = vec![
        format!("served by process {}", status.pid),
        format!("http {}", status.http),
    ];
    if let (Some(https), Some(ca)) = (&status.https, &status.ca) {
        lines.push(format!("https {https}\nca {}", ca.display()));
    }
    let auth = if status.auth { "on" } else { "off" };
    lines.push(format!("state {}\nauth {auth}", status.state.display()));
    lines.push(format!(
        "time {}\nmachines {}",
        status.now,
        status.machines.len()
    ));
    for (service, tables) in &status.services {
        let count = |(table, count): (&String, &usize)| format!("{count} {table}");
        let counts: Vec<String> = tables.iter().map(count).collect();
        lines.push(format!("{service} {}", counts.join(", ")));
    }
    lines.extend(
        status
            .notice
            .iter()
            .map(|notice| format!("notice {notice}")),
    );
    lines.join("\n") + "\n"
}

/// Whoever serves it, or for a moment this process.
fn reset(lab: &Lab, state: State) -> Outcome {
    let name = match state {
        State::Empty => "empty",
        State::Tutorial => "tutorial",
    };
    let status = wait(Control::new(lab.clone()).reset(Some(name)))?;
    lab.close()?;
    let machines = status.machines.len();
    output::print(&format!(
        "{} is {name} again: {machines} machines, all off\n",
        status.state.display()
    ))
}

/// A lab lives on threads of tokio's.
fn wait<T>(work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Fault::internal(format!("no threads for I/O: {e}")))?;
    runtime.block_on(work)
}
