//! Asks libvirt, wherever it is: the lab's twin over HTTP, or any other through the helper `chami-virt`.
//!
//! libvirt's own protocol is closed to us, and its library is a large thing to load; so the helper, a program of its own,
//! speaks it (`helper`). What is asked and answered is the same on both ways (`types::Call`). Which way it goes: a URI
//! that the call or the session names leads to the helper; without one a lab's session goes to its twin.
mod define;
mod helper;
mod install;
mod interact;
mod names;
mod survey;
mod twin;

pub use interact::Visit;
use names::Hung;
pub use names::Names;

use super::{
    types::{Answer, Call, Domstats, LAB, Listed, Question},
    xml::domain,
};
use crate::{
    call::{self, Planned},
    fault::{Fault, Kind},
    http::{Http, Told},
    secret,
};
use helper::{Helper, Stuck};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use std::{
    env,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// Closing is waited for so long.
const SOON: Duration = Duration::from_secs(2);

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
    /// Pools that hung when their volumes were listed for Tab.
    hung: Hung,
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
        // Whoever connects may have mended what hung.
        self.session.hung.forget();
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
        self.tell(call, Stuck::Ends).await
    }

    async fn tell<T: DeserializeOwned>(&self, call: Call, stuck: Stuck) -> Result<T, Fault> {
        let (name, told) = (call.spelled().0, self.told(&call));
        let work = Box::pin(self.answer(call, stuck));
        let value = self.client.http.told(&told, work).await;
        read(value, &name)
    }

    /// Asks what nobody called for: who watches is not told, and what else is asked does not suffer when it hangs.
    pub(super) async fn aside<T: DeserializeOwned>(&self, call: Call) -> Result<T, Fault> {
        let name = call.spelled().0;
        read(Box::pin(self.answer(call, Stuck::Waits)).await, &name)
    }

    /// Closes something that is open; of what hangs nobody waits for it.
    pub async fn close(&self, call: Call) -> Result<Value, Fault> {
        let at = self.clone();
        let work = async move { at.tell::<Value>(call, Stuck::Waits).await };
        let work = tokio::spawn(call::carried(work));
        match tokio::time::timeout(SOON, work).await {
            Ok(Ok(closed)) => closed,
            Ok(Err(_)) | Err(_) => Ok(Value::Null),
        }
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

    async fn answer(&self, call: Call, stuck: Stuck) -> Result<Value, Fault> {
        match self.client.way(self.uri.as_deref()).await? {
            Way::Twin => twin::ask(&self.client.http, &call).await,
            Way::Helper(uri) => {
                self.client.session.used.store(true, Ordering::Relaxed);
                let said = call::current().and_then(|current| current.patience.timeout);
                let patience = said.unwrap_or(self.client.http.options().timeout);
                let helper = &self.client.session.helper;
                let ask = |call| helper.ask(uri.clone(), call, patience, stuck);
                let call = define::identified(call, ask).await?;
                ask(call).await
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

    /// The MACs of each domain: who boots with which. Told as one question, however many it takes.
    pub async fn macs(&self) -> Result<Vec<(String, Vec<String>)>, Fault> {
        let told = Told {
            tool: "virsh",
            service: "libvirt",
            words: "(MACs of all domains)".to_owned(),
            with: Value::Null,
        };
        let work = Box::pin(async {
            serde_json::to_value(self.owners().await?)
                .map_err(|e| Fault::internal(format!("MACs: {e}")))
        });
        read(self.client.http.told(&told, work).await, "macs")
    }

    async fn owners(&self) -> Result<Vec<(String, Vec<String>)>, Fault> {
        if let Way::Twin = self.client.way(self.uri.as_deref()).await? {
            return twin::macs(&self.client.http).await;
        }
        let (all, inactive) = (true, false);
        let listed: Vec<Listed> = self.aside(Call::List { all, inactive }).await?;
        let mut owners = Vec::new();
        for Listed { name, .. } in listed {
            let domain = name.clone();
            let xml: String = match self.aside(Call::Dumpxml { domain, inactive }).await {
                // Somebody removed it meanwhile.
                Err(fault) if fault.kind == Kind::NotFound => continue,
                xml => xml?,
            };
            owners.push((name, domain::macs(&domain::document(&xml, "domain")?)));
        }
        Ok(owners)
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

/// What stands in a line of the helper's.
fn answered(answer: Answer) -> Result<Value, Fault> {
    match answer.fault {
        Some(fault) => Err(hidden(fault)),
        None => Ok(answer.result.unwrap_or_default()),
    }
}

/// libvirt repeats the URI that it was given, with the password that may stand in it.
fn hidden(mut fault: Fault) -> Fault {
    let texts = [
        Some(&mut fault.message),
        fault.hint.as_mut(),
        fault.cause.as_mut(),
    ];
    for text in texts.into_iter().flatten() {
        *text = secret::hide(text).into_owned();
    }
    fault
}

fn question(id: u64, uri: Option<String>, call: Call) -> Question {
    Question { id, uri, call }
}
