//! The client against the twin, over a rack of three machines.
mod helper;
mod networks;
mod twin;

use super::{
    client::{At, Client, Options},
    lab,
};
use crate::{
    clock::{Pending, Wall},
    fault::Fault,
    http::{Base, Http},
    services::{
        rack::{Action, Rack, Seen, Wanted},
        site::{NoSigner, NoTimer, Open, Site, Sound},
    },
    table::Forget,
    world::{Machines, Power, World},
};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// Machines that say on their consoles what was done to them, and are up when a test says so.
struct Stand {
    world: Mutex<World>,
    log: Mutex<String>,
    up: Mutex<bool>,
}

impl Stand {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            world: Mutex::new(World::new(&Machines::Count(3), 0)),
            log: Mutex::default(),
            up: Mutex::default(),
        })
    }

    fn say(&self, line: &str) {
        self.log.lock().expect("unpoisoned").push_str(line);
    }
}

impl Rack for Stand {
    fn all(&self) -> Vec<Seen> {
        let world = self.world.lock().expect("unpoisoned");
        let up = *self.up.lock().expect("unpoisoned");
        let seen = |machine: &crate::world::Machine| Seen {
            machine: machine.clone(),
            boots: 0,
            started: None,
            ip: (machine.power == Power::On && up).then(|| "172.16.0.1".to_owned()),
            is_up: machine.power == Power::On && up,
        };
        world.machines().map(seen).collect()
    }

    fn console(&self, _: &str) -> String {
        self.log.lock().expect("unpoisoned").clone()
    }

    fn put(&self, wanted: Wanted) -> Result<(), Fault> {
        let mut world = self.world.lock().expect("unpoisoned");
        world.install(&wanted.name, &wanted.mac, wanted.uuid);
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<(), Fault> {
        self.world.lock().expect("unpoisoned").scrap(name);
        Ok(())
    }

    fn switch<'a>(&'a self, name: &'a str, action: Action) -> Pending<'a, Result<(), Fault>> {
        Box::pin(async move {
            let power = match action {
                Action::Off => Power::Off,
                Action::On | Action::Reset => Power::On,
            };
            let mut world = self.world.lock().expect("unpoisoned");
            world.set_power(name, power);
            drop(world);
            self.say(&format!("{name} {action:?}\n"));
            Ok(())
        })
    }
}

/// A session on a lab with these machines.
async fn session(stand: &Arc<Stand>) -> Client {
    let front = lab::front(&Site {
        clock: Arc::new(Wall),
        journal: Arc::new(Forget),
        timer: Arc::new(NoTimer),
        peers: Arc::default(),
        guard: Arc::new(Open),
        signer: Arc::new(NoSigner),
        ailments: Arc::new(Sound),
        rack: stand.clone(),
        seed: 0,
    });
    let control = front.control.expect("a part of the control API");
    let routes = axum::Router::new().nest("/lab/v1", control);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Client::new(&Http::at(Base {
        url: format!("http://{address}"),
        address: Some(address.ip()),
        ..Base::default()
    }))
}

async fn twin(stand: &Arc<Stand>) -> At {
    session(stand).await.at(None)
}

fn uri(uri: &str) -> Options {
    Options {
        uri: Some(uri.to_owned()),
    }
}
