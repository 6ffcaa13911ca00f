//! What things are called, for Tab: asked aside, so that nobody waits for it and nothing is told of it.
use super::{At, Client};
use crate::{
    fault::{Fault, Kind},
    services::libvirt::types::{Call, Listed, ListedNet, ListedPool, ListedVol, Snapshot},
};
use std::sync::{PoisonError, atomic::Ordering};

/// So many pools, and domains, are asked what is in them; of more nobody has the names in mind.
const POOLS: usize = 8;
const DOMAINS: usize = 16;

/// Names as the session's libvirt has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    pub domains: Vec<String>,
    pub networks: Vec<String>,
    pub pools: Vec<String>,
    pub vols: Vec<String>,
    /// Of domains.
    pub snapshots: Vec<String>,
}

impl Client {
    /// Whether somebody has asked a libvirt that is no lab's: until then none is looked for.
    pub fn is_used(&self) -> bool {
        self.session.used.load(Ordering::Relaxed)
    }

    pub async fn names(&self) -> Result<Names, Fault> {
        let (at, all, inactive) = (self.at(None), true, false);
        let domains: Vec<Listed> = at.aside(Call::List { all, inactive }).await?;
        let domains: Vec<String> = domains.into_iter().map(|it| it.name).collect();
        // Not every driver has all of the rest.
        let networks = at
            .aside::<Vec<ListedNet>>(Call::NetList { all, inactive })
            .await;
        let pools = at
            .aside::<Vec<ListedPool>>(Call::PoolList { all, inactive })
            .await;
        let pools = pools.unwrap_or_default().into_iter();
        let pools: Vec<String> = pools.map(|it| it.name).collect();
        let (vols, snapshots) = (vols(&at, &pools).await, snapshots(&at, &domains).await);
        let mut names = Names {
            networks: networks
                .unwrap_or_default()
                .into_iter()
                .map(|it| it.name)
                .collect(),
            domains,
            pools,
            vols,
            snapshots,
        };
        for list in [
            &mut names.domains,
            &mut names.networks,
            &mut names.vols,
            &mut names.snapshots,
        ] {
            list.sort_unstable();
            list.dedup();
        }
        Ok(names)
    }
}

async fn vols(at: &At, pools: &[String]) -> Vec<String> {
    let hung = || {
        let hung = at.client.session.hung.lock();
        hung.unwrap_or_else(PoisonError::into_inner)
    };
    let mut found = Vec::new();
    for pool in pools.iter().take(POOLS) {
        let pool = pool.clone();
        if hung().contains(&pool) {
            continue;
        }
        // One that is not up has none to tell.
        let vols = at
            .aside::<Vec<ListedVol>>(Call::VolList { pool: pool.clone() })
            .await;
        match vols {
            Ok(vols) => found.extend(vols.into_iter().map(|it| it.name)),
            // Each further question would hang as well, as one on a dead file server does.
            Err(fault) if fault.kind == Kind::Timeout => {
                hung().insert(pool);
            }
            Err(_) => {}
        }
    }
    found
}

async fn snapshots(at: &At, domains: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for domain in domains.iter().take(DOMAINS) {
        let domain = domain.clone();
        match at
            .aside::<Vec<Snapshot>>(Call::SnapshotList { domain })
            .await
        {
            Ok(all) => found.extend(all.into_iter().map(|it| it.name)),
            // A driver that has none has none of the next domain either.
            Err(_) => break,
        }
    }
    found
}
