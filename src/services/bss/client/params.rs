//! Boot parameters: reading them, adding and changing them.
use super::super::types::{BootParams, CloudInit};
use super::{
    Client, fault,
    wanted::{Config, Id, Wanted, named, sorts},
};
use crate::{
    fault::{Fault, Kind},
    nodeset::natural,
    services::many::Fates,
};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

pub(super) const PATH: &[&str] = &["bootparameters"];
/// Above this many identities everything is fetched and picked from: URLs have an end.
const IDS_IN_URL: usize = 50;

/// Filters of the list, by the query's own names in any case.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Narrow(BTreeMap<String, Words>);

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Words {
    Text(String),
    Number(i32),
    Texts(Vec<String>),
    Numbers(Vec<i32>),
}

impl Narrow {
    fn wanted(self) -> Result<Wanted, Fault> {
        let mut wanted = Wanted::default();
        for (name, words) in self.0 {
            let odd =
                || Fault::bad_argument(format!("filter \"{name}\": a name or a list of them"));
            match (name.to_ascii_lowercase().as_str(), words) {
                ("mac", Words::Text(mac)) => wanted.macs.push(mac),
                ("mac", Words::Texts(macs)) => wanted.macs = macs,
                ("name", Words::Text(name)) => wanted.hosts.push(name),
                ("name", Words::Texts(names)) => wanted.hosts = names,
                ("nid", Words::Number(nid)) => wanted.nids.push(nid),
                ("nid", Words::Numbers(nids)) => wanted.nids = nids,
                ("mac" | "name" | "nid", _) => return Err(odd()),
                _ => {
                    let fault = Fault::bad_argument(format!("no filter \"{name}\""));
                    return Err(fault.did_you_mean(&name, ["mac", "name", "nid"]));
                }
            }
        }
        Ok(wanted)
    }
}

/// Records in an order of their own, which BSS has none for; what is empty is left out.
pub(super) fn tidy(mut records: Vec<BootParams>) -> Vec<BootParams> {
    for record in &mut records {
        record.macs.sort_by(|a, b| natural(a, b));
        record.hosts.sort_by(|a, b| natural(a, b));
        record.nids.sort_unstable();
        let some = |cloud: &CloudInit| *cloud != CloudInit::default();
        record.cloud_init = record.cloud_init.take().filter(some);
    }
    let first = |record: &BootParams| {
        let nid = record.nids.first().map(i32::to_string);
        let name = record.macs.first().or(record.hosts.first()).cloned();
        name.or(nid).unwrap_or_default()
    };
    records.sort_by(|a, b| natural(&first(a), &first(b)));
    records
}

impl Client {
    /// Records as BSS groups them: all, or narrowed to some identities.
    pub async fn params(&self, narrow: Narrow) -> Result<Vec<BootParams>, Fault> {
        let ids = narrow.wanted()?.ids()?;
        Ok(tidy(self.fetch(&ids).await?))
    }

    /// One record for each identity that has one, in their order.
    pub async fn params_of(&self, wanted: &Wanted) -> Result<Vec<BootParams>, Fault> {
        let ids = wanted.ids()?;
        let known = self.current(&ids).await?;
        let record = |id: &Id| known.get(id).map(|config| config.record(id));
        Ok(ids.iter().filter_map(record).collect())
    }

    /// The record of one identity.
    pub async fn param(&self, wanted: &Wanted) -> Result<BootParams, Fault> {
        let ids = wanted.ids()?;
        let [id] = ids.as_slice() else {
            let message = format!("{} identities, and one is wanted", ids.len());
            return Err(Fault::bad_argument(message).hint("bss.boot.params.list takes several"));
        };
        let known = self.current(&ids).await?;
        let found = known.get(id).map(|config| config.record(id));
        found.ok_or_else(|| nothing_for(id))
    }

    async fn fetch(&self, ids: &[Id]) -> Result<Vec<BootParams>, Fault> {
        let request = self.api.get(PATH);
        let pair = |id: &Id| match id {
            Id::Mac(mac) => ("mac", mac.clone()),
            Id::Host(host) => ("name", host.clone()),
            Id::Nid(nid) => ("nid", nid.to_string()),
        };
        let query: Vec<(&str, String)> = ids.iter().map(pair).collect();
        match request.query(&query).send().await {
            Ok(found) => Ok(Option::unwrap_or_default(found)),
            Err(f) if f.kind == Kind::NotFound && !ids.is_empty() => Ok(Vec::new()),
            Err(f) => Err(f),
        }
    }

    /// What identities boot, with one request.
    pub(super) async fn current(&self, ids: &[Id]) -> Result<HashMap<Id, Config>, Fault> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        // a comma would be two names, and an apostrophe makes BSS find nobody
        let odd = |id: &Id| matches!(id, Id::Host(name) if name.contains([',', '\'']));
        let few = ids.len() <= IDS_IN_URL && !ids.iter().any(odd);
        Ok(each(self.fetch(if few { ids } else { &[] }).await?))
    }

    /// What every identity boots.
    pub(super) async fn all(&self) -> Result<HashMap<Id, Config>, Fault> {
        Ok(each(self.fetch(&[]).await?))
    }

    /// Reads back, once, and says of each identity what became of it.
    pub(super) async fn read_back(
        &self,
        ids: &[Id],
        wanted: &Wanted,
        whole: bool,
        fates: &mut Fates<BootParams>,
    ) -> Result<(), Fault> {
        let now = self.current(ids).await?;
        for id in ids {
            let has = now.get(id);
            let result = match (wanted.amiss(id, has, whole), has) {
                (Some(f), _) => Err(f),
                (None, Some(config)) => Ok(config.record(id)),
                (None, None) => Err(nothing_for(id)),
            };
            fates.add(id.to_string(), result);
        }
        Ok(())
    }

    /// Adds records. If one is known nothing is sent: BSS would add the others and say that all went well.
    pub async fn add_params(&self, wanted: &Wanted) -> Result<Vec<BootParams>, Fault> {
        let ids = wanted.somebody()?;
        need_kernel(wanted)?;
        let known = self.current(&ids).await?;
        let known: Vec<String> = ids
            .iter()
            .filter(|id| known.contains_key(id))
            .map(Id::to_string)
            .collect();
        if !known.is_empty() {
            let message = format!("boot parameters exist for {}", shortened(&known));
            let hint =
                "bss.boot.params.set replaces, bss.boot.params.update changes; nothing was sent";
            return Err(fault(Kind::Conflict, message).hint(hint));
        }
        let config = wanted.config();
        for sort in sorts(&ids) {
            let request = self.api.post(PATH).json(&config.body(&sort));
            request.nothing().await.map_err(|f| explained(f, wanted))?;
        }
        let mut fates = Fates::default();
        self.read_back(&ids, wanted, true, &mut fates).await?;
        fates.settle("added")
    }

    /// Changes the given fields of records that exist. Those that do not are told, and the others changed.
    pub async fn update_params(&self, wanted: &Wanted) -> Result<Vec<BootParams>, Fault> {
        let mut ids = wanted.somebody()?;
        wanted.changes()?;
        let config = wanted.config();
        let mut fates = Fates::default();
        let patch = |ids: &[Id]| self.api.patch(PATH).json(&config.body(ids)).nothing();
        if let Err(f) = patch(&ids).await {
            if f.kind != Kind::NotFound {
                return Err(explained(f, wanted));
            }
            let known = self.current(&ids).await?;
            let (there, gone): (Vec<Id>, Vec<Id>) =
                ids.into_iter().partition(|id| known.contains_key(id));
            if gone.is_empty() {
                return Err(explained(f, wanted));
            }
            for id in &gone {
                fates.add(id.to_string(), Err(nothing_for(id)));
            }
            if !there.is_empty() {
                patch(&there).await.map_err(|f| explained(f, wanted))?;
            }
            ids = there;
        }
        self.read_back(&ids, wanted, false, &mut fates).await?;
        fates.settle("changed")
    }

    /// Makes records exist with the given fields; returns those that were not so.
    pub async fn ensure_params(&self, wanted: &Wanted) -> Result<Vec<BootParams>, Fault> {
        let ids = wanted.somebody()?;
        wanted.changes()?;
        let now = self.current(&ids).await?;
        let differs = |id: &Id| wanted.amiss(id, now.get(id), false).is_some();
        let (ids, new): (Vec<Id>, bool) = {
            let ids: Vec<Id> = ids.into_iter().filter(differs).collect();
            let new = ids.iter().any(|id| !now.contains_key(id));
            (ids, new)
        };
        if new {
            need_kernel(wanted)?;
        }
        self.put(&ids, &wanted.config())
            .await
            .map_err(|f| explained(f, wanted))?;
        let mut fates = Fates::default();
        self.read_back(&ids, wanted, false, &mut fates).await?;
        fates.settle("changed")
    }

    /// One PUT, or one for each sort of identity.
    pub(super) async fn put(&self, ids: &[Id], config: &Config) -> Result<(), Fault> {
        for sort in sorts(ids) {
            let request = self.api.put(PATH).json(&config.body(&sort));
            request.nothing().await?;
        }
        Ok(())
    }

    /// Deletes the records of identities that have one.
    pub(super) async fn erase(&self, ids: &[Id]) -> Result<(), Fault> {
        for sort in sorts(ids) {
            self.api.delete(PATH).json(&named(&sort)).nothing().await?;
        }
        Ok(())
    }
}

/// Records taken apart by identity.
fn each(records: Vec<BootParams>) -> HashMap<Id, Config> {
    let mut found = HashMap::new();
    for record in records {
        let config = Config::of(&record);
        let macs = record.macs.into_iter().map(|m| Id::Mac(m.to_lowercase()));
        let hosts = record.hosts.into_iter().map(Id::Host);
        for id in macs
            .chain(hosts)
            .chain(record.nids.into_iter().map(Id::Nid))
        {
            found.insert(id, config.clone());
        }
    }
    found
}

/// BSS's `set` and `add` want a kernel.
pub(super) fn need_kernel(wanted: &Wanted) -> Result<(), Fault> {
    if wanted
        .kernel
        .as_ref()
        .is_some_and(|kernel| !kernel.is_empty())
    {
        return Ok(());
    }
    Err(Fault::bad_argument("a new record needs a kernel")
        .hint("bss.boot.params.update changes single fields of records that exist"))
}

pub(super) fn nothing_for(id: &Id) -> Fault {
    fault(Kind::NotFound, format!("no boot parameters for {id}"))
        .hint("bss.boot.params.list() shows all; bss.boot.params.set makes some")
}

/// At most a handful of names, and how many there are besides.
pub(super) fn shortened(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let more = names.len().saturating_sub(SHOWN);
    let shown = names[..names.len() - more].join(", ");
    match more {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// What BSS's own words leave out.
pub(super) fn explained(f: Fault, wanted: &Wanted) -> Fault {
    let fields = [&wanted.kernel, &wanted.initrd, &wanted.params];
    let quoted = |text: &&Option<String>| text.as_ref().is_some_and(|text| text.contains('\''));
    if fields.iter().any(quoted) && matches!(f.kind, Kind::Refused | Kind::NotFound) {
        // PATCH says 404 to whatever it cannot do
        let refused = Fault {
            kind: Kind::Refused,
            ..f
        };
        let hint = "BSS's database takes the apostrophe for the end of the text: \
                    write double quotes";
        return refused.hint(hint);
    }
    if f.message.contains("invalid xname") {
        return f.hint(
            r#"BSS knows no groups; the nodes of one: bss.boot.params.add("@compute", { … })"#,
        );
    }
    f
}
