//! The control API of the machines: `/lab/v1/nodes`, `boots`, `power`, `conditions`, `artifacts`, `events`.
use super::{
    Machines,
    conditions::{Condition, Happenings},
    guest,
    power::{Action, find},
    wire,
};
use crate::{
    fault::{Fault, Kind},
    lab::{page::OnlyLooks, problem::Problem},
    services::site::Console,
    world::{Artifact, Boot, Evidence, Inside, Machine, Power, Stage, World, kernel_of},
};
use axum::{
    Extension, Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{collections::HashSet, sync::Arc};

type Shared = State<Arc<Machines>>;
type Answer<T> = Result<Json<T>, Problem>;

/// How a machine is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Node {
    pub name: String,
    pub xname: String,
    pub power: Power,
    /// How far it is: ready when it is up, else the first stage that did not go well, or the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// Whether that stage went well.
    pub ok: bool,
    /// The stages that did not go well, of one that is up as well: what it lacks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<Stage>,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// When something happens next; none: it is up, off, or stands still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    pub mac: String,
    pub bmc_mac: String,
    pub uuid: String,
    /// It is real, and came by the wire.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub wire: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot: Option<Timeline>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guest: Option<Value>,
}

/// A boot as it is told.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Timeline {
    pub number: u64,
    pub started: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cmdline: Option<String>,
    pub stages: Vec<Evidence>,
}

/// What a command on a node gave.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ran {
    pub status: u8,
    pub output: String,
}

/// An artifact as it is listed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stored {
    pub path: String,
    pub bytes: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dracut: Option<Vec<String>>,
}

/// The routes; `consoles` are the services' own, of which those below `/conditions/` are asked here.
pub(crate) fn routes(machines: &Arc<Machines>, consoles: &[(&'static str, Console)]) -> Router {
    let happening = |(path, command): &(&'static str, Console)| {
        let name = path.strip_prefix("/conditions/")?;
        Some((name.to_owned(), command.clone()))
    };
    let happenings: Happenings = consoles.iter().filter_map(happening).collect();
    let set = move |State(machines): Shared, bytes: Bytes| {
        let happenings = happenings.clone();
        async move { set_condition(&machines, &bytes, &happenings) }
    };
    Router::new()
        .route("/nodes", get(nodes))
        .route("/nodes/{node}", get(node))
        .route("/boots", get(boots))
        .route("/nodes/{node}/console", get(console))
        .route("/nodes/{node}/run", post(run))
        .route("/power", post(power))
        .route("/release", post(release))
        .route("/conditions", get(conditions).post(set))
        .route("/artifacts", get(artifacts).post(put_artifact))
        .route("/artifacts/{*path}", delete(remove_artifact))
        .route("/events", get(events).post(mark))
        .with_state(machines.clone())
}

fn short(machine: &Machine, boot: Option<&Boot>) -> Node {
    let on = machine.power == Power::On;
    let reached = boot.filter(|_| on).and_then(Boot::reached);
    let running = boot.filter(|_| on);
    Node {
        name: machine.name.clone(),
        xname: machine.xname.clone(),
        mac: machine.mac.clone(),
        bmc_mac: machine.bmc_mac.clone(),
        uuid: machine.uuid.to_string(),
        wire: machine.wire,
        ip: running.and_then(|boot| boot.ip.clone()),
        power: machine.power,
        stage: reached.map(|it| it.stage),
        ok: reached.is_some_and(|it| it.ok),
        failed: running.map(Boot::failed).unwrap_or_default(),
        since: reached.map(|it| it.at),
        due: running
            .filter(|boot| boot.next.is_some())
            .map(|boot| boot.due),
        boot: None,
        guest: None,
    }
}

fn whole(world: &World, machine: &Machine) -> Node {
    Node {
        guest: world.inside(&machine.name).map(|it| it.guest.clone()),
        ..timed(world, machine)
    }
}

/// With its timeline, and without what runs on it.
fn timed(world: &World, machine: &Machine) -> Node {
    let boot = world.boot(&machine.name);
    let timeline = boot.map(|boot| Timeline {
        number: boot.number,
        started: boot.started,
        cmdline: boot.cmdline.clone(),
        stages: boot.stages.clone(),
    });
    Node {
        boot: timeline,
        ..short(machine, boot)
    }
}

async fn nodes(State(machines): Shared) -> Json<Vec<Node>> {
    let all = machines.world.read(|world| {
        let each = world.machines();
        each.map(|machine| short(machine, world.boot(&machine.name)))
            .collect()
    });
    Json(all)
}

/// All that are on with their timelines; what runs on them is told of one alone, and is much.
async fn boots(State(machines): Shared) -> Json<Vec<Node>> {
    let all = machines.world.read(|world| {
        let running = world.machines().filter(|it| it.power == Power::On);
        running.map(|machine| timed(world, machine)).collect()
    });
    Json(all)
}

async fn node(
    State(machines): Shared,
    looks: Option<Extension<OnlyLooks>>,
    Path(node): Path<String>,
) -> Answer<Node> {
    let mut found = machines
        .world
        .read(|world| Ok::<_, Fault>(whole(world, find(world, &node)?)))?;
    // What cloud-init wrote on a node may be secret, and the page does not show it.
    if looks.is_some() {
        found.guest = None;
    }
    Ok(Json(found))
}

async fn console(State(machines): Shared, Path(node): Path<String>) -> Result<Response, Problem> {
    let name = machines.world.read(|world| {
        let machine = find(world, &node)?;
        if machine.wire {
            return Err(wire::real(machine, "show its console"));
        }
        Ok(machine.name.clone())
    })?;
    let text = machines.console(&name);
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    Ok((kind, text).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Command {
    command: String,
}

async fn run(State(machines): Shared, Path(node): Path<String>, bytes: Bytes) -> Answer<Ran> {
    let Command { command } = crate::lab::control::body(&bytes)?;
    let inside = machines.world.read(|world| {
        let machine = find(world, &node)?;
        if machine.wire {
            return Err(wire::real(machine, "run a command on it"));
        }
        let inside: Option<Inside> = world.inside(&machine.name).cloned();
        inside.ok_or_else(|| not_up(machine))
    })?;
    let (status, output) = guest::run(&inside, &command)?;
    Ok(Json(Ran { status, output }))
}

fn not_up(machine: &Machine) -> Fault {
    let name = &machine.name;
    let (message, hint) = match machine.power {
        Power::Off => (
            format!("{name} is off: nothing runs on it"),
            format!("node.boot \"{name}\" switches it on"),
        ),
        Power::On => (
            format!("{name} is not up yet: there is nobody to take a command"),
            format!("node.trace \"{name}\" shows how far it is"),
        ),
    };
    Fault::new(Kind::Conflict, message).hint(hint)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Switch {
    nodes: Vec<String>,
    action: Action,
}

async fn power(State(machines): Shared, bytes: Bytes) -> Answer<Vec<Node>> {
    let Switch { nodes, action } = crate::lab::control::body(&bytes)?;
    let meant = machines.switch(&nodes, action).await?;
    let told = machines.world.read(|world| {
        let machines = meant.iter().filter_map(|name| world.machine(name));
        machines
            .map(|machine| short(machine, world.boot(&machine.name)))
            .collect()
    });
    Ok(Json(told))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Released {
    /// None: all that are real.
    nodes: Option<Vec<String>>,
}

async fn release(State(machines): Shared, bytes: Bytes) -> Answer<Vec<Node>> {
    let Released { nodes } = crate::lab::control::body(&bytes)?;
    let machines = machines.release(nodes.as_deref()).await?;
    Ok(Json(machines.iter().map(|it| short(it, None)).collect()))
}

async fn conditions(State(machines): Shared) -> Json<Vec<Condition>> {
    Json(machines.conditions())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    name: String,
    on: bool,
}

fn set_condition(
    machines: &Machines,
    bytes: &Bytes,
    happenings: &Happenings,
) -> Answer<Vec<Condition>> {
    let Named { name, on } = crate::lab::control::body(bytes)?;
    machines.set_condition(&name, on, happenings)?;
    Ok(Json(machines.conditions()))
}

fn listed(path: &str, artifact: &Artifact) -> Stored {
    Stored {
        path: path.to_owned(),
        bytes: artifact.bytes,
        kernel: artifact.kernel.clone(),
        private: artifact.private,
        dracut: artifact.dracut.clone(),
    }
}

async fn artifacts(State(machines): Shared) -> Answer<Vec<Stored>> {
    let this = Arc::clone(&machines);
    // A folder may be large, or far away.
    let files = tokio::task::spawn_blocking(move || this.all_files()).await;
    let mut all = files.map_err(|_| Fault::internal("the folder's reader failed"))?;
    let real: HashSet<String> = all.iter().map(|file| file.path.clone()).collect();
    machines.world.read(|world| {
        let made = world.artifacts().filter(|(path, _)| !real.contains(*path));
        all.extend(made.map(|(path, artifact)| listed(path, artifact)));
    });
    all.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Json(all))
}

async fn put_artifact(State(machines): Shared, bytes: Bytes) -> Answer<Stored> {
    let asked: Stored = crate::lab::control::body(&bytes)?;
    let path = asked.path.trim_start_matches('/').to_owned();
    let whole = path
        .split_once('/')
        .is_some_and(|(bucket, key)| !bucket.is_empty() && !key.is_empty());
    if !whole {
        let fault = Fault::bad_argument(format!("\"{path}\" names no object in a bucket"));
        return Err(Problem(fault.hint(
            "such as boot-images/compute/base/rocky9.5-compute-base-9.5",
        )));
    }
    let artifact = Artifact {
        bytes: asked.bytes,
        kernel: asked.kernel.or_else(|| kernel_of(&path)),
        private: asked.private,
        dracut: asked.dracut,
    };
    let told = listed(&path, &artifact);
    machines.world.write(|world| {
        world.put_artifact(&path, artifact);
        Ok::<_, Fault>(())
    })?;
    Ok(Json(told))
}

async fn remove_artifact(State(machines): Shared, Path(path): Path<String>) -> Answer<Stored> {
    if !matches!(machines.file(&path).await, Ok(None)) {
        let fault = Fault::bad_argument(format!("{path} is a file of the folder that is served"));
        return Err(Problem(fault.hint("remove it there")));
    }
    let gone = machines.world.write(|world| {
        world.remove_artifact(&path).ok_or_else(|| {
            let message = format!("the artifact server has no {path}");
            Fault::not_found(message).hint("lab.artifacts() lists what it has")
        })
    })?;
    Ok(Json(listed(&path, &gone)))
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    mark: String,
}

/// Puts a mark among the events: whoever comes to it has heard all that happened before.
async fn mark(State(machines): Shared, bytes: Bytes) -> Answer<Mark> {
    let mark: Mark = crate::lab::control::body(&bytes)?;
    machines.events.mark(&mark.mark);
    Ok(Json(mark))
}

async fn events(State(machines): Shared) -> impl IntoResponse {
    machines.events.stream()
}
