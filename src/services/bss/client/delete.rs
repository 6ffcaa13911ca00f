//! Deleting: by identity, or by what is booted, and then only when it is said that all who boot it are meant.
use super::super::types::BootParams;
use super::{
    Client, fault,
    params::{PATH, explained, nothing_for, tidy},
    wanted::{Id, Wanted},
};
use crate::{
    fault::{Fault, Kind},
    services::many::Fates,
};

impl Client {
    /// Deletes records by identity, and returns what went.
    pub async fn delete_params(&self, wanted: &Wanted) -> Result<Vec<BootParams>, Fault> {
        not_empty(wanted)?;
        let ids = wanted.ids()?;
        let by_field =
            wanted.kernel.is_some() || wanted.initrd.is_some() || wanted.params.is_some();
        if by_field && !ids.is_empty() {
            return Err(Fault::bad_argument(
                "of who and what BSS looks only at who, and deletes all of it",
            )
            .hint("name identities, or { kernel = …, all = true }"));
        }
        if ids.is_empty() {
            return Err(Fault::bad_argument(
                "whose? without identities all who boot this lose their record",
            )
            .hint("name nodes, or say { kernel = …, all = true }"));
        }
        let before = self.current(&ids).await?;
        let (there, gone): (Vec<Id>, Vec<Id>) =
            ids.into_iter().partition(|id| before.contains_key(id));
        let mut fates = Fates::default();
        for id in &gone {
            fates.add(id.to_string(), Err(nothing_for(id)));
        }
        self.erase(&there).await?;
        let left = self.current(&there).await?;
        for id in &there {
            let result = match (left.contains_key(id), before.get(id)) {
                (false, Some(config)) => Ok(config.record(id)),
                _ => Err(still_there(id)),
            };
            fates.add(id.to_string(), result);
        }
        fates.settle("deleted")
    }

    /// Deletes every record, or every one that boots this; as BSS groups them.
    pub async fn delete_all_params(&self, wanted: &Wanted) -> Result<Vec<BootParams>, Fault> {
        not_empty(wanted)?;
        if !wanted.ids()?.is_empty() {
            return Err(Fault::bad_argument("some, or all?")
                .hint("name identities, or say { all = true } without them"));
        }
        if wanted.cloud_init.is_some() {
            return Err(
                Fault::bad_argument("nobody is found by cloud-init data").hint("leave them out")
            );
        }
        let config = wanted.config();
        let fits = |given: &str, has: &str| given.is_empty() || given == has;
        let mut records = self.params(super::Narrow::default()).await?;
        records.retain(|record| {
            fits(&config.kernel, &record.kernel)
                && fits(&config.initrd, &record.initrd)
                && fits(&config.params, &record.params)
        });
        if config.kernel.is_empty() && config.initrd.is_empty() && config.params.is_empty() {
            let ids: Vec<Id> = records.iter().flat_map(ids_of).collect();
            self.erase(&ids).await?;
        } else {
            let request = self.api.delete(PATH).json(&config.body(&[]));
            request.nothing().await.map_err(|f| explained(f, wanted))?;
        }
        let ids: Vec<Id> = records.iter().flat_map(ids_of).collect();
        let left = self.current(&ids).await?;
        match ids.iter().find(|id| left.contains_key(id)) {
            None => Ok(tidy(records)),
            Some(id) => Err(still_there(id)),
        }
    }
}

/// Refuses an empty text: a variable that was never set would be a field left out, and everything would go.
fn not_empty(wanted: &Wanted) -> Result<(), Fault> {
    let fields = [
        ("kernel", &wanted.kernel),
        ("initrd", &wanted.initrd),
        ("params", &wanted.params),
    ];
    let empty = fields.iter().find(|(_, v)| v.as_deref() == Some(""));
    let Some((name, _)) = empty else {
        return Ok(());
    };
    let message = format!("{name} is empty, and nobody is found by that");
    Err(Fault::bad_argument(message).hint("leave the field out"))
}

fn ids_of(record: &BootParams) -> Vec<Id> {
    let macs = record.macs.iter().cloned().map(Id::Mac);
    let hosts = record.hosts.iter().cloned().map(Id::Host);
    let nids = record.nids.iter().copied().map(Id::Nid);
    macs.chain(hosts).chain(nids).collect()
}

fn still_there(id: &Id) -> Fault {
    let message = format!("BSS accepted the delete, and {id} still has boot parameters");
    fault(Kind::NoEffect, message)
}
