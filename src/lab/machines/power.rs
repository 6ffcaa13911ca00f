//! Switching machines, and the State in SMD that goes with it.
use super::{Machines, Ticket, turn::Turn};
use crate::{
    fault::{Fault, Item, Kind},
    world::{Boot, Machine, Next, Owner, Power, Stage, World},
};
use axum::{
    body::Body,
    http::{Request, header},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    cell::OnceCell,
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// Firmware takes so long before it looks for its network. With the rest, a node asks cloud-init who it is more than a
/// minute after it was switched on, by which time cloud-init has read in SMD whatever was there before.
const FIRMWARE: f64 = 32.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Action {
    On,
    Off,
    Reset,
}

impl Action {
    fn concerns(self, machine: &Machine) -> bool {
        match self {
            Self::On => machine.power == Power::Off,
            Self::Off => machine.power == Power::On,
            Self::Reset => true,
        }
    }

    fn leaves(self) -> Power {
        match self {
            Self::Off => Power::Off,
            Self::On | Self::Reset => Power::On,
        }
    }
}

/// The machine that somebody means, by name, xname or MAC.
pub(super) fn find<'a>(world: &'a World, asked: &str) -> Result<&'a Machine, Fault> {
    let asked = asked.trim();
    if let Some(machine) = world.machine(asked) {
        return Ok(machine);
    }
    let is = |machine: &&Machine| {
        let names = [&machine.name, &machine.xname, &machine.mac];
        names.iter().any(|name| name.eq_ignore_ascii_case(asked))
    };
    let also = |machine: &&Machine| machine.has_mac(asked);
    world
        .machines()
        .find(is)
        .or_else(|| world.machines().find(also))
        .ok_or_else(|| unknown(world, asked))
}

/// The machines that are meant, each once, in the order they were named. Many names are looked up in one index.
pub(super) fn meant(world: &World, asked: &[String]) -> Result<Vec<Machine>, Fault> {
    let index: OnceCell<HashMap<String, &Machine>> = OnceCell::new();
    let mut seen = HashSet::new();
    let mut meant = Vec::new();
    for name in asked {
        let name = name.trim();
        let machine = world.machine(name).or_else(|| {
            let index = index.get_or_init(|| indexed(world));
            index.get(&name.to_ascii_lowercase()).copied()
        });
        let machine = machine.ok_or_else(|| unknown(world, name))?;
        if seen.insert(machine.name.as_str()) {
            meant.push(machine.clone());
        }
    }
    Ok(meant)
}

/// All machines by each of their names; of two with the same name the first, as `find` has it.
fn indexed(world: &World) -> HashMap<String, &Machine> {
    let mut index = HashMap::new();
    for machine in world.machines() {
        for name in [&machine.name, &machine.xname, &machine.mac] {
            index.entry(name.to_ascii_lowercase()).or_insert(machine);
        }
    }
    for machine in world.machines() {
        for mac in &machine.nics {
            index.entry(mac.to_ascii_lowercase()).or_insert(machine);
        }
    }
    index
}

fn unknown(world: &World, asked: &str) -> Fault {
    let near = world
        .machines()
        .flat_map(|machine| [&machine.name, &machine.xname, &machine.mac])
        .map(|name| (strsim::damerau_levenshtein(name, asked), name))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= 3);
    let hint = match near {
        Some((_, name)) => format!("did you mean {name}?"),
        None => "lab.machines() lists those there are".to_owned(),
    };
    Fault::not_found(format!("no machine \"{asked}\" stands in this lab")).hint(hint)
}

impl Machines {
    /// Switches machines; one that is as wanted already stays as it is, and of those that are real none is switched. The
    /// names of all that were meant.
    pub(super) async fn switch(
        self: &Arc<Self>,
        names: &[String],
        action: Action,
    ) -> Result<Vec<String>, Fault> {
        let now = self.clock.moment();
        let (meant, turns, real) = self.world.write(|world| {
            let machines = meant(world, names)?;
            let (real, ours): (Vec<Machine>, Vec<Machine>) =
                machines.iter().cloned().partition(|it| it.wire);
            let concerned = ours.iter().filter(|it| action.concerns(it));
            let turns: Vec<Turn> = concerned.map(|it| turn(world, it, action, now)).collect();
            let names: Vec<String> = machines.into_iter().map(|it| it.name).collect();
            Ok::<_, Fault>((names, turns, real))
        })?;
        let macs = turns.iter().map(|turn| turn.machine.mac.clone()).collect();
        for turn in &turns {
            self.events.power(&turn.machine, action.leaves());
            self.events.stages(turn);
            if turn.boot.next.is_some() {
                let name = turn.machine.name.clone();
                self.schedule(name, Ticket::of(&turn.boot), turn.pause);
            }
        }
        self.tell_smd(&macs, action.leaves()).await;
        refused(&real, meant.len()).map_or(Ok(meant), Err)
    }

    /// As whoever watches the BMCs tells SMD.
    pub(super) async fn tell_smd(&self, macs: &HashSet<String>, power: Power) {
        // A node that is reset has been off in between, and SMD lets none that is Ready be just On.
        let states: &[&str] = match power {
            Power::On => &["Off", "On"],
            Power::Off => &["Off"],
        };
        self.tell_states(macs, states).await;
    }

    /// Tells SMD one state after the other; it knows the nodes by the MACs of their interfaces.
    pub(super) async fn tell_states(&self, macs: &HashSet<String>, states: &[&str]) {
        if macs.is_empty() {
            return;
        }
        let nics = self.interfaces().await.unwrap_or_default();
        let nics = nics.into_iter().filter(|nic| macs.contains(&nic.mac));
        let ids: Vec<String> = nics.map(|nic| nic.id).filter(|id| !id.is_empty()).collect();
        if ids.is_empty() {
            return;
        }
        for state in states {
            let body = json!({ "ComponentIDs": ids, "State": state, "Flag": "OK" });
            let _ = self
                .patch("/hsm/v2/State/Components/BulkStateData", &body)
                .await;
        }
    }

    async fn patch(&self, path: &str, body: &Value) -> Result<u16, Fault> {
        let head = Request::patch(path).header(header::CONTENT_TYPE, "application/json");
        let (status, _) = self.peers.ask(head, Body::from(body.to_string())).await?;
        Ok(status)
    }

    /// The node's heartbeat, as HBTD passes it on: SMD is told, and asked what it says now.
    pub(super) async fn ready(&self, turn: &mut Turn) {
        let cmdline = turn.boot.cmdline.clone().unwrap_or_default();
        let Some(xname) = super::told::argument(&cmdline, "xname").map(str::to_owned) else {
            let what = "the kernel's arguments have no xname=: the node does not know who it is";
            turn.tell(Stage::Ready, Owner::Node, false, what);
            return;
        };
        let path = format!("/hsm/v2/State/Components/{xname}");
        let body = json!({ "State": "Ready", "Flag": "OK" });
        let patched = self.patch(&format!("{path}/StateData"), &body).await;
        let says = match self.peers.get(&path).await {
            Ok((200, body)) => serde_json::from_slice::<Value>(&body).ok(),
            _ => None,
        };
        let says = says
            .as_ref()
            .and_then(|it| it.get("State"))
            .and_then(Value::as_str);
        let (ok, what) = match (says, &patched) {
            (Some("Ready"), _) => (true, format!("SMD says that {xname} is Ready")),
            (Some(state), _) => (false, format!("SMD goes on saying that {xname} is {state}")),
            (None, Ok(status)) => (
                false,
                format!(
                    "SMD has no {xname} to say it of: {}",
                    super::told::status(*status)
                ),
            ),
            (None, Err(fault)) => (false, fault.message.clone()),
        };
        turn.tell(Stage::Ready, Owner::Smd, ok, what);
        let place = turn
            .boot
            .stages
            .iter_mut()
            .find(|it| it.stage == Stage::Ready);
        if let Some(evidence) = place {
            evidence.request = Some(format!("PATCH {path}/StateData"));
            evidence.status = patched.ok();
        }
    }
}

/// Of so many that were meant these are real, and nobody here switches them.
fn refused(real: &[Machine], meant: usize) -> Option<Fault> {
    let first = super::wire::real(real.first()?, "switch it");
    if meant == 1 {
        return Some(first);
    }
    let message = format!(
        "{} of {meant} not switched, the first: {}",
        real.len(),
        first.message
    );
    let item = |machine: &Machine| Item {
        node: machine.xname.clone(),
        fault: super::wire::real(machine, "switch it"),
    };
    let mut fault = Fault::new(Kind::Partial, message)
        .hint("_err.items names each with its fault; the others are as they were wanted");
    fault.items = real.iter().map(item).collect();
    Some(fault)
}

/// Switches one machine.
fn turn(world: &mut World, machine: &Machine, action: Action, now: jiff::Timestamp) -> Turn {
    let last = world.boot(&machine.name).cloned();
    world.set_power(&machine.name, action.leaves());
    let boot = match action {
        Action::Off => {
            let mut boot = last.unwrap_or_else(|| Boot::new(0, now));
            boot.next = None;
            boot
        }
        Action::On | Action::Reset => Boot::new(last.map_or(1, |it| it.number + 1), now),
    };
    let mut turn = Turn::new(machine, &boot, now);
    turn.machine.power = action.leaves();
    if action != Action::Off {
        let what = match action {
            Action::Reset if machine.power == Power::On => "it was reset",
            _ => "it was switched on",
        };
        turn.tell(Stage::Power, Owner::Power, true, what);
        turn.then(Next::Offer, FIRMWARE);
        turn.boot.due = super::later(now, turn.pause);
    }
    world.put_boot(&machine.name, turn.boot.clone());
    turn
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Machines as Rack;

    #[test]
    fn many_are_found_by_each_of_their_names_once() {
        let world = World::new(&Rack::default(), 0);
        let all: Vec<&Machine> = world.machines().collect();
        let asked: Vec<String> = all
            .iter()
            .rev()
            .flat_map(|it| {
                [
                    it.mac.to_uppercase(),
                    format!(" {} ", it.xname),
                    it.name.clone(),
                ]
            })
            .collect();
        let found = meant(&world, &asked).expect("all are there");
        let names: Vec<&str> = found.iter().map(|it| it.name.as_str()).collect();
        let wanted: Vec<&str> = all.iter().rev().map(|it| it.name.as_str()).collect();
        assert_eq!(names, wanted);
        for name in &asked {
            let one = find(&world, name).expect("it is there");
            let same = meant(&world, std::slice::from_ref(name)).expect("it is there");
            assert_eq!(same[0].name, one.name);
        }
        let fault = meant(&world, &["compute1".to_owned(), "compute9".to_owned()]);
        assert_eq!(
            fault.expect_err("no such machine").kind,
            crate::fault::Kind::NotFound
        );
    }
}
