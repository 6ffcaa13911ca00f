//! `set`: a record becomes what is given and nothing else.
//!
//! BSS's PUT keeps what is not given. So where an initrd or arguments would survive, the record is deleted first, and put
//! back should the PUT then fail. Nothing interrupts that: the two go on in a task of their own.
use super::super::types::BootParams;
use super::{
    Client, fault,
    params::{explained, need_kernel},
    wanted::{Config, Id, Wanted},
};
use crate::{
    call,
    fault::{Fault, Kind},
    services::many::Fates,
};
use std::collections::HashMap;

impl Client {
    pub async fn set_params(&self, wanted: Wanted) -> Result<Vec<BootParams>, Fault> {
        let ids = wanted.somebody()?;
        need_kernel(&wanted)?;
        self.write_whole(&ids, wanted.config())
            .await
            .map_err(|f| explained(f, &wanted))?;
        let mut fates = Fates::default();
        self.read_back(&ids, &wanted, true, &mut fates).await?;
        fates.settle("set")
    }

    /// Makes the records of these identities be so, and nothing else.
    pub(super) async fn write_whole(&self, ids: &[Id], config: Config) -> Result<(), Fault> {
        let before = self.current(ids).await?;
        let survives = |old: &str, new: &str| !old.is_empty() && new.is_empty();
        let stays = |old: &Config| {
            survives(&old.initrd, &config.initrd) || survives(&old.params, &config.params)
        };
        let known = ids.iter().filter_map(|id| before.get_key_value(id));
        let stale: HashMap<Id, Config> = known
            .filter(|(_, old)| stays(old))
            .map(|(id, old)| (id.clone(), old.clone()))
            .collect();
        if stale.is_empty() {
            self.put(ids, &config).await
        } else {
            let work = self.clone().replace(ids.to_vec(), config, stale);
            let lost = |_| Err(Fault::internal("a replacement ended without a result"));
            tokio::spawn(call::carried(work)).await.unwrap_or_else(lost)
        }
    }

    async fn replace(
        self,
        ids: Vec<Id>,
        config: Config,
        stale: HashMap<Id, Config>,
    ) -> Result<(), Fault> {
        let old: Vec<Id> = stale.keys().cloned().collect();
        let done = match self.erase(&old).await {
            Ok(()) => self.put(&ids, &config).await,
            Err(f) => Err(f),
        };
        let Err(f) = done else {
            return Ok(());
        };
        // one request for each configuration there was
        let mut groups: Vec<(Config, Vec<Id>)> = Vec::new();
        for (id, config) in stale {
            match groups.iter_mut().find(|(other, _)| *other == config) {
                Some((_, ids)) => ids.push(id),
                None => groups.push((config, vec![id])),
            }
        }
        for (config, ids) in groups {
            if let Err(again) = self.put(&ids, &config).await {
                let message = format!(
                    "{}; and the old records of {} identities, deleted before, could not be put back",
                    f.message,
                    ids.len()
                );
                return Err(fault(Kind::Refused, message).cause(again.message));
            }
        }
        Err(f)
    }
}
