//! Asks libvirt, wherever it is: the lab's twin over HTTP, or any other through the helper `chami-virt`.
//!
//! libvirt's own protocol is closed to us, and its library is a large thing to load; so the helper, a program of its own,
//! speaks it (`helper`). What is asked and answered is the same on both ways (`types::Call`). Which way it goes: a URI
//! that the call or the session names leads to the helper; without one a lab's session goes to its twin.
mod helper;
mod interact;
mod names;
mod survey;
mod twin;

pub use interact::Visit;
pub use names::Names;

use super::{
    types::{Answer, Call, Dominfo, Domstats, LAB, Question},
    xml::{domain, install},
};
use crate::{
    call::{self, Planned},
    fault::{Fault, Kind},
    http::{Http, Told},
};
use helper::Helper;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use std::{
    env,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

#[cfg(test)]
pub(super) fn name_helper(path: std::path::PathBuf) {
    helper::NAMED.get_or_init(|| path);
}

/// What any call may say besides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Which libvirt is asked.
    pub uri: Option<String>,
}

/// What a session remembers: which libvirt it is connected to, and the helper that runs for it.
#[derive(Default)]
struct Session {
    uri: Mutex<Option<String>>,
    helper: Helper,
    /// Somebody has asked it.
    used: AtomicBool,
}

#[derive(Clone)]
pub struct Client {
    http: Http,
    session: Arc<Session>,
}

/// Who is asked.
enum Way {
    Twin,
    /// At this URI; none: libvirt chooses.
    Helper(Option<String>),
}

impl Client {
    pub fn new(http: &Http) -> Self {
        Self {
            http: http.clone(),
            session: http.kept::<Session>(),
        }
    }

    /// The same, at a URI of its own.
    pub fn at(&self, options: impl Into<Option<Options>>) -> At {
        let options: Option<Options> = options.into();
        At {
            client: self.clone(),
            uri: options.unwrap_or_default().uri,
        }
    }

    /// Calls go there from now on; none: where they went at first. Fails when nobody answers there.
    pub async fn connect(&self, uri: Option<String>) -> Result<String, Fault> {
        let at = At {
            client: self.clone(),
            uri: uri.clone(),
        };
        let found = match &uri {
            None => None,
            Some(_) => Some(at.ask::<String>(Call::Uri).await?),
        };
        let uri = uri.filter(|uri| uri != LAB);
        *self.chosen() = uri;
        match found {
            Some(found) => Ok(found),
            None => self.at(None).ask(Call::Uri).await,
        }
    }

    fn chosen(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.session
            .uri
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Which libvirt a call names, or the session; none: the target's own.
    pub fn named(&self, said: Option<&Options>) -> Option<String> {
        let said = said.and_then(|said| said.uri.clone());
        said.or_else(|| self.chosen().clone())
            .filter(|uri| uri != LAB)
    }

    async fn way(&self, said: Option<&str>) -> Result<Way, Fault> {
        let chosen = self.chosen().clone();
        let uri = said.map(str::to_owned).or(chosen);
        match uri.as_deref() {
            Some(LAB) | None if self.http.base().await?.is_lab() => Ok(Way::Twin),
            Some(LAB) => {
                let message =
                    format!("{LAB} is a lab's libvirt, and this session's target is no lab");
                Err(Fault::bad_argument(message).hint("chami --lab, or qemu:///system"))
            }
            Some(_) => Ok(Way::Helper(uri)),
            // libvirt knows the rest of the order: LIBVIRT_DEFAULT_URI, uri_default of its configuration, what it finds.
            None => Ok(Way::Helper(
                env::var("VIRSH_DEFAULT_CONNECT_URI")
                    .ok()
                    .filter(|uri| !uri.is_empty()),
            )),
        }
    }
}

/// A client at one libvirt.
#[derive(Clone)]
pub struct At {
    client: Client,
    uri: Option<String>,
}

impl At {
    /// Asks; in a plan what would change something is noted instead.
    pub async fn ask<T: DeserializeOwned>(&self, call: Call) -> Result<T, Fault> {
        let current = call::current();
        let plan = current.as_ref().and_then(|current| current.plan.as_ref());
        if let Some(plan) = plan.filter(|_| !call.reads()) {
            let (path, payload) = call.spelled();
            plan.add(Planned {
                method: "virsh".to_owned(),
                path,
                payload,
            });
            // It is the plan that is answered.
            return Err(Fault::new(Kind::NoEffect, "only planned"));
        }
        let (name, told) = (call.spelled().0, self.told(&call));
        let work = Box::pin(self.answer(call));
        let value = self.client.http.told(&told, work).await;
        read(value, &name)
    }

    /// Asks what nobody called for: who watches is not told.
    pub(super) async fn aside<T: DeserializeOwned>(&self, call: Call) -> Result<T, Fault> {
        let name = call.spelled().0;
        read(Box::pin(self.answer(call)).await, &name)
    }

    /// What is asked, for those who watch and for tapes: on these, one machine's libvirt is another's.
    fn told(&self, call: &Call) -> Told {
        let uri = self.uri.clone().or_else(|| self.client.chosen().clone());
        let at = uri.map_or_else(String::new, |uri| format!("-c {uri} "));
        Told {
            tool: "virsh",
            service: "libvirt",
            words: at + &call.command(),
            with: call.along(),
        }
    }

    async fn answer(&self, call: Call) -> Result<Value, Fault> {
        match self.client.way(self.uri.as_deref()).await? {
            Way::Twin => twin::ask(&self.client.http, &call).await,
            Way::Helper(uri) => {
                self.client.session.used.store(true, Ordering::Relaxed);
                let said = call::current().and_then(|current| current.patience.timeout);
                let patience = said.unwrap_or(self.client.http.options().timeout);
                self.client.session.helper.ask(uri, call, patience).await
            }
        }
    }

    pub async fn domstats(&self, domain: Option<String>) -> Result<Vec<Value>, Fault> {
        let all: Vec<Domstats> = self.ask(Call::Domstats { domain }).await?;
        let flat = |one: Domstats| {
            let mut record = one.stats;
            record.insert("domain".to_owned(), one.domain.into());
            Value::Object(record)
        };
        Ok(all.into_iter().map(flat).collect())
    }

    /// The document of a machine as it is ordered; how it runs goes by what libvirt says it can.
    pub async fn order(&self, order: &install::Order) -> Result<String, Fault> {
        let kind = match &order.kind {
            Some(_) => "",
            None => install::kind_of(&self.ask::<String>(Call::Capabilities).await?)?,
        };
        order.xml(kind)
    }

    /// Defines a machine as it is ordered, and starts it unless it is said otherwise.
    pub async fn install(&self, order: &install::Order) -> Result<Dominfo, Fault> {
        let domain = order.name.clone();
        let xml = self.order(order).await?;
        match self
            .ask::<Dominfo>(Call::Dominfo {
                domain: domain.clone(),
            })
            .await
        {
            Ok(there) => return Err(in_use(&there)),
            Err(fault) if fault.kind == Kind::NotFound => {}
            Err(fault) => return Err(fault),
        }
        let mut info = self.step(Call::Define { xml }).await?;
        if order.autostart == Some(true) {
            let domain = domain.clone();
            let disable = false;
            info = self
                .step(Call::Autostart { domain, disable })
                .await?
                .or(info);
        }
        if order.start != Some(false) {
            info = self.step(Call::Start { domain }).await?.or(info);
        }
        // What was planned is told in its place.
        info.ok_or_else(|| Fault::new(Kind::NoEffect, "only planned"))
    }

    /// One of several steps; of one that is only planned nothing comes back.
    async fn step(&self, call: Call) -> Result<Option<Dominfo>, Fault> {
        call::whole(self.ask(call).await.map(Some))
    }

    /// The MACs of each domain: who boots with which.
    pub async fn macs(&self) -> Result<Vec<(String, Vec<String>)>, Fault> {
        let mut all = Vec::new();
        for (one, root) in self.documents().await? {
            let macs = domain::interfaces(&root)
                .into_iter()
                .filter_map(|it| it.mac);
            all.push((one.name, macs.collect()));
        }
        Ok(all)
    }
}

fn read<T: DeserializeOwned>(value: Result<Value, Fault>, name: &str) -> Result<T, Fault> {
    let value = value.map_err(|fault| fault.service("libvirt"))?;
    serde_json::from_value(value).map_err(|error| {
        let message = format!("libvirt's answer to {name} cannot be read: {error}");
        Fault::new(Kind::Protocol, message)
            .hint("chami and chami-virt of one version belong together: chami --version")
    })
}

/// As virt-install, which does not touch a domain that is there.
fn in_use(there: &Dominfo) -> Fault {
    let name = &there.name;
    let message = format!(
        "there is a domain {name} already, and it is {}",
        there.state
    );
    Fault::new(Kind::Conflict, message).hint(format!(
        "virsh.start {name:?} starts it; virsh.undefine {name:?} makes room for a new one"
    ))
}

/// What stands in a line of the helper's.
fn answered(answer: Answer) -> Result<Value, Fault> {
    match answer.fault {
        Some(fault) => Err(fault),
        None => Ok(answer.result.unwrap_or_default()),
    }
}

fn question(id: u64, uri: Option<String>, call: Call) -> Question {
    Question { id, uri, call }
}
