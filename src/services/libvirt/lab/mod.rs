//! libvirt's twin in the lab: its domains are the lab's machines, its network is the one they stand on.
//!
//! A domain that runs is a machine that is on, whoever switched it; defining one puts a machine into the rack. What would
//! need a guest's insides, its memory or a disk (snapshots, keys, screens, storage, suspending) is not simulated, and says
//! so by name. It stands under the lab's control API, for libvirt's wire is nobody's to speak.
mod built;
mod console;
mod define;
mod domain;
mod events;
mod network;
mod power;

use super::{
    store::Store,
    types::{Call, Nodeinfo, Version},
};
use crate::{
    clock::Clock,
    fault::{Fault, Kind},
    services::{
        rack::{Rack, Seen},
        site::{Front, Site, problem},
    },
    table::Shelf,
};
use axum::{
    Router,
    body::Bytes,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use console::Consoles;
use events::Watches;
use serde::Serialize;
use serde_json::Value;
use std::{
    future::ready,
    sync::{Arc, Mutex},
};

/// What the twin calls itself.
const URI: &str = super::types::LAB;

struct Lab {
    shelf: Shelf<Store>,
    rack: Arc<dyn Rack>,
    clock: Arc<dyn Clock>,
    seed: u64,
    consoles: Consoles,
    watches: Watches,
    /// Held while a definition is looked up and written.
    defining: Mutex<()>,
}

/// libvirt for a lab.
pub fn front(site: &Site) -> Front {
    let shelf = Shelf::new("libvirt", Store::default(), Arc::clone(&site.journal));
    let lab = Arc::new(Lab {
        shelf: shelf.clone(),
        rack: Arc::clone(&site.rack),
        clock: Arc::clone(&site.clock),
        seed: site.seed,
        consoles: Consoles::default(),
        watches: Watches::default(),
        defining: Mutex::default(),
    });
    site.rack.plug(built::builds(&shelf));
    let looks = Arc::clone(&lab);
    let survey = move || ready(listed(looks.survey()));
    let looks = Arc::clone(&lab);
    let macs = move || ready(listed(looks.macs()));
    let serve = move |bytes: Bytes| serve(Arc::clone(&lab), bytes);
    Front {
        prefix: "",
        routes: Router::new(),
        aliases: Vec::new(),
        consoles: Vec::new(),
        control: Some(
            Router::new()
                .route("/libvirt", post(serve))
                .route("/libvirt/survey", get(survey))
                .route("/libvirt/macs", get(macs)),
        ),
        store: Arc::new(shelf),
    }
}

fn listed<T: Serialize>(all: Result<Vec<T>, Fault>) -> Response {
    match all {
        Ok(all) => axum::Json(all).into_response(),
        Err(fault) => problem(&fault),
    }
}

async fn serve(lab: Arc<Lab>, bytes: Bytes) -> Response {
    let told = match serde_json::from_slice::<Call>(&bytes) {
        Ok(call) => lab.routes(call).await,
        Err(error) => {
            let message = format!("the lab's libvirt does not understand this: {error}");
            Err(Fault::bad_argument(message).hint(
                "{ \"call\": \"list\", \"arguments\": { \"all\": true, \"inactive\": false } }",
            ))
        }
    };
    match told {
        Ok(value) => axum::Json(value).into_response(),
        Err(fault) => problem(&fault),
    }
}

/// A record as it is told.
fn told<T: Serialize>(record: T) -> Result<Value, Fault> {
    serde_json::to_value(record).map_err(|e| Fault::internal(format!("a record: {e}")))
}

fn not_simulated(call: &Call) -> Fault {
    if let Call::ConsoleSend { .. } = call {
        let message = "a lab's machine takes no keys: its console only shows what it does";
        return Fault::new(Kind::Unsupported, message)
            .hint("node.run(NODE, COMMAND) runs a command on one that is up");
    }
    let name = call.spelled().0;
    let name = name.split(' ').next().unwrap_or_default();
    let message = format!(
        "virsh {name} is not simulated: a lab's machines have neither disks nor screens, and no memory to keep"
    );
    Fault::new(Kind::Unsupported, message)
        .hint("a real libvirt has it: virsh.connect \"qemu:///system\"; to try it without machines: \"test:///default\"")
}

impl Lab {
    /// All machines as they are.
    fn all(&self) -> Vec<Seen> {
        self.rack.all()
    }

    async fn routes(&self, call: Call) -> Result<Value, Fault> {
        self.settle()?;
        match call {
            Call::List { all, inactive } => told(self.list(all, inactive)),
            Call::Dominfo { domain } => told(self.dominfo(&domain)?),
            Call::Domiflist { domain } => told(self.domiflist(&domain)?),
            Call::Domifaddr { domain, source } => told(self.domifaddr(&domain, &source)?),
            Call::Dumpxml { domain, inactive } => told(self.dumpxml(&domain, inactive)?),
            Call::Domstats { domain } => told(self.domstats(domain.as_deref())?),
            Call::Define { xml, new } => told(self.define(&xml, new)?),
            Call::Create { xml } => told(self.create(&xml).await?),
            Call::Start { domain } => told(self.start(&domain).await?),
            Call::Shutdown { domain } => told(self.shutdown(&domain).await?),
            Call::Reboot { domain } => told(self.reboot(&domain).await?),
            Call::Reset { domain } => told(self.reset(&domain).await?),
            Call::Destroy { domain } => told(self.destroy(&domain).await?),
            Call::Undefine { domain, .. } => told(self.undefine(&domain)?),
            Call::Autostart { domain, disable } => told(self.autostart(&domain, !disable)?),
            Call::Setmem {
                domain,
                kib,
                change,
            } => told(self.setmem(&domain, kib, change)?),
            Call::Setvcpus {
                domain,
                count,
                change,
            } => told(self.setvcpus(&domain, count, change)?),
            Call::NetList { all, inactive } => told(self.net_list(all, inactive)),
            Call::NetDefine { xml } => told(self.net_define(&xml)?),
            Call::NetStart { network } => told(self.net_switch(&network, true)?),
            Call::NetDestroy { network } => told(self.net_switch(&network, false)?),
            Call::NetUndefine { network } => told(self.net_undefine(&network)?),
            Call::NetAutostart { network, disable } => {
                told(self.net_autostart(&network, !disable)?)
            }
            Call::NetDumpxml { network, inactive } => told(self.net_dumpxml(&network, inactive)?),
            Call::NetInfo { network } => told(self.net_info(&network)?),
            Call::NetDhcpLeases { network, mac } => {
                told(self.net_dhcp_leases(&network, mac.as_deref())?)
            }
            Call::PoolList { .. } => told(Vec::<Value>::new()),
            Call::Nodeinfo => told(nodeinfo()),
            Call::Capabilities => told(CAPABILITIES),
            Call::Version => told(version()),
            Call::Uri => told(URI),
            Call::ConsoleOpen { domain, .. } => told(self.console_open(&domain)?),
            Call::ConsoleRead { console, .. } => told(self.console_read(console)?),
            Call::ConsoleClose { console } => told(self.consoles.close(console)),
            Call::EventsOpen { domain } => told(self.events_open(domain)?),
            Call::EventsRead { events, .. } => told(self.events_read(events)?),
            Call::EventsClose { events } => told(self.watches.close(events)),
            other => Err(not_simulated(&other)),
        }
    }
}

/// The machine under the machines: as large as it must be.
fn nodeinfo() -> Nodeinfo {
    Nodeinfo {
        cpu_model: "x86_64".to_owned(),
        cpus: 16,
        cpu_frequency: 2400,
        cpu_sockets: 1,
        cores_per_socket: 8,
        threads_per_core: 2,
        numa_cells: 1,
        memory_size: 64 << 20,
    }
}

fn version() -> Version {
    Version {
        library: "9.0.0".to_owned(),
        hypervisor: "LAB".to_owned(),
        hypervisor_version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

const CAPABILITIES: &str = "<capabilities>
  <host>
    <cpu>
      <arch>x86_64</arch>
    </cpu>
  </host>
  <guest>
    <os_type>hvm</os_type>
    <arch name='x86_64'>
      <wordsize>64</wordsize>
      <domain type='qemu'/>
      <domain type='kvm'/>
    </arch>
  </guest>
</capabilities>
";
