//! libvirt's records as the journal sees them: definitions, what starts by itself, and what runs.
use super::{
    client::{At, Client},
    types::{Call, Dominfo, Listed, ListedNet, NetInfo, Nvram},
};
use crate::{
    clock::Pending,
    fault::{Fault, Kind},
    http::Http,
    journal::{self, Images, Records, Touch},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

pub(super) const DOMAIN: &str = "domain";
pub(super) const NETWORK: &str = "network";

/// A domain or network as it can be made again.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Kept {
    xml: String,
    autostart: bool,
    /// `running`, `shut off`; `active`, `inactive`.
    state: String,
}

struct Machines(Client);

pub(super) fn images(http: &Http) -> Arc<dyn Images> {
    Arc::new(Machines(Client::new(http)))
}

/// A name says at which libvirt it is, where that is not the session's own: `test:///default|compute1`.
pub(super) fn id(uri: Option<&str>, name: &str) -> String {
    match uri {
        Some(uri) => format!("{uri}|{name}"),
        None => name.to_owned(),
    }
}

fn parted(id: &str) -> (Option<String>, &str) {
    match id.rsplit_once('|') {
        Some((uri, name)) => (Some(uri.to_owned()), name),
        None => (None, id),
    }
}

impl Machines {
    fn at(&self, id: &str) -> (At, String) {
        let (uri, name) = parted(id);
        let at = self.0.at(Some(super::client::Options { uri }));
        (at, name.to_owned())
    }

    /// None: there is no such thing.
    async fn one(&self, resource: &str, id: &str) -> Result<Option<Kept>, Fault> {
        let (at, name) = self.at(id);
        let kept = if resource == NETWORK {
            network(&at, name).await
        } else {
            domain(&at, name).await
        };
        match kept {
            Ok(kept) => Ok(Some(kept)),
            Err(fault) if fault.kind == Kind::NotFound => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    async fn names(&self, resource: &str) -> Result<Vec<String>, Fault> {
        let at = self.0.at(None);
        let (all, inactive) = (true, false);
        if resource == NETWORK {
            let all: Vec<ListedNet> = at.ask(Call::NetList { all, inactive }).await?;
            return Ok(all.into_iter().map(|it| it.name).collect());
        }
        let all: Vec<Listed> = at.ask(Call::List { all, inactive }).await?;
        Ok(all.into_iter().map(|it| it.name).collect())
    }
}

async fn domain(at: &At, domain: String) -> Result<Kept, Fault> {
    let info: Dominfo = at
        .ask(Call::Dominfo {
            domain: domain.clone(),
        })
        .await?;
    let inactive = true;
    let xml = at.ask(Call::Dumpxml { domain, inactive }).await?;
    Ok(Kept {
        xml,
        autostart: info.autostart,
        state: info.state,
    })
}

async fn network(at: &At, network: String) -> Result<Kept, Fault> {
    let info: NetInfo = at
        .ask(Call::NetInfo {
            network: network.clone(),
        })
        .await?;
    let inactive = true;
    let xml = at.ask(Call::NetDumpxml { network, inactive }).await?;
    Ok(Kept {
        xml,
        autostart: info.autostart,
        state: if info.active { "active" } else { "inactive" }.to_owned(),
    })
}

/// Makes a domain be as it was. What ran on it before does not come back; that it runs does.
async fn restore_domain(
    at: &At,
    domain: String,
    kept: Kept,
    now: Option<Kept>,
) -> Result<(), Fault> {
    let runs = |state: &str| !matches!(state, "shut off" | "crashed");
    let was = now.as_ref().is_some_and(|now| runs(&now.state));
    if was && !runs(&kept.state) {
        at.ask::<Value>(Call::Destroy {
            domain: domain.clone(),
        })
        .await?;
    }
    if now.as_ref().is_none_or(|now| now.xml != kept.xml) {
        let (xml, new) = (kept.xml, false);
        at.ask::<Value>(Call::Define { xml, new }).await?;
    }
    if now.as_ref().is_some_and(|now| now.autostart) != kept.autostart {
        let disable = !kept.autostart;
        at.ask::<Value>(Call::Autostart {
            domain: domain.clone(),
            disable,
        })
        .await?;
    }
    if !was && runs(&kept.state) {
        at.ask::<Value>(Call::Start {
            domain: domain.clone(),
        })
        .await?;
    }
    let state = now
        .filter(|_| was)
        .map_or("running".to_owned(), |now| now.state);
    match (state.as_str(), kept.state.as_str()) {
        ("paused", "running") => at.ask(Call::Resume { domain }).await,
        ("running", "paused") => at.ask(Call::Suspend { domain }).await,
        _ => Ok(Value::Null),
    }
    .map(drop)
}

async fn restore_network(
    at: &At,
    network: String,
    kept: Kept,
    now: Option<Kept>,
) -> Result<(), Fault> {
    let was = now.as_ref().is_some_and(|now| now.state == "active");
    if now.as_ref().is_none_or(|now| now.xml != kept.xml) {
        at.ask::<Value>(Call::NetDefine { xml: kept.xml }).await?;
    }
    if now.as_ref().is_some_and(|now| now.autostart) != kept.autostart {
        let disable = !kept.autostart;
        at.ask::<Value>(Call::NetAutostart {
            network: network.clone(),
            disable,
        })
        .await?;
    }
    match (was, kept.state == "active") {
        (false, true) => at.ask(Call::NetStart { network }).await,
        (true, false) => at.ask(Call::NetDestroy { network }).await,
        _ => Ok(Value::Null),
    }
    .map(drop)
}

impl Images for Machines {
    fn image<'a>(&'a self, touch: &'a Touch) -> Pending<'a, Result<Records, Fault>> {
        Box::pin(async {
            let ids = match &touch.ids {
                Some(ids) => ids.clone(),
                None => self.names(&touch.resource).await?,
            };
            let mut records = Records::new();
            for id in ids {
                if let Some(kept) = self.one(&touch.resource, &id).await? {
                    let value = serde_json::to_value(kept).unwrap_or_default();
                    records.insert(id, value);
                }
            }
            Ok(records)
        })
    }

    fn put_back<'a>(
        &'a self,
        resource: &'a str,
        records: &'a Records,
    ) -> Pending<'a, Result<(), Fault>> {
        Box::pin(async move {
            for (id, value) in records {
                let kept: Kept = serde_json::from_value(value.clone())
                    .map_err(|e| Fault::internal(format!("a kept {resource}: {e}")))?;
                let now = self.one(resource, id).await?;
                let (at, name) = self.at(id);
                if resource == NETWORK {
                    restore_network(&at, name, kept, now).await?;
                } else {
                    restore_domain(&at, name, kept, now).await?;
                }
            }
            Ok(())
        })
    }

    fn take_away<'a>(
        &'a self,
        resource: &'a str,
        ids: &'a [String],
    ) -> Pending<'a, Result<(), Fault>> {
        Box::pin(async move {
            for id in ids {
                let Some(now) = self.one(resource, id).await? else {
                    continue;
                };
                let (at, name) = self.at(id);
                let runs = !matches!(now.state.as_str(), "shut off" | "inactive" | "crashed");
                if resource == NETWORK {
                    let network = name;
                    if runs {
                        at.ask::<Value>(Call::NetDestroy {
                            network: network.clone(),
                        })
                        .await?;
                    }
                    at.ask::<Value>(Call::NetUndefine { network }).await?;
                } else {
                    let (domain, nvram) = (name, Nvram::Remove);
                    if runs {
                        at.ask::<Value>(Call::Destroy {
                            domain: domain.clone(),
                        })
                        .await?;
                    }
                    match at.ask::<Value>(Call::Undefine { domain, nvram }).await {
                        // One that was only created went when it was switched off.
                        Err(fault) if runs && fault.kind == Kind::NotFound => {}
                        gone => drop(gone?),
                    }
                }
            }
            Ok(())
        })
    }

    fn order(&self) -> &'static [&'static str] {
        &[NETWORK, DOMAIN]
    }

    fn refuses(&self, resource: &str, change: &journal::Change) -> Option<String> {
        let xml = |of: &Option<Value>| Some(of.as_ref()?.get("xml")?.as_str()?.to_owned());
        let (before, after) = (xml(&change.before), xml(&change.after));
        if before != after && before.is_some_and(|it| it.contains("<graphics")) {
            let what = "its screen may have had a password, which libvirt does not hand out and the journal does not \
                        keep: virsh.define it with one";
            return Some(what.to_owned());
        }
        let was = change.before.as_ref()?.get("state")?.as_str()?;
        let now = change
            .after
            .as_ref()
            .and_then(|it| it.get("state")?.as_str());
        let lost = resource == DOMAIN
            && was == "running"
            && now != Some("running")
            && now != Some("paused");
        lost.then(|| "what ran on it is gone; virsh.start switches it on again".to_owned())
    }
}
