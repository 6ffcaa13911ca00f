//! What things are called, for Tab: asked aside, so that nobody waits for it and nothing is told of it.
use super::{At, Client};
use crate::{
    fault::{Fault, Kind},
    services::libvirt::types::{Call, Listed, ListedNet, ListedPool, ListedVol, Snapshot},
};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError, atomic::Ordering},
    time::{Duration, Instant},
};

/// So many pools, and domains, are asked what is in them; of more nobody has the names in mind.
const POOLS: usize = 8;
const DOMAINS: usize = 16;

/// So long a pool that hung is not asked again.
const PAUSE: Duration = Duration::from_secs(300);

/// Pools that hung when their volumes were listed, since when: each of one libvirt, and its name there.
#[derive(Default)]
pub(super) struct Hung(Mutex<HashMap<Pool, Instant>>);

type Pool = (Option<String>, String);

impl Hung {
    fn all(&self) -> MutexGuard<'_, HashMap<Pool, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has(&self, pool: &Pool, now: Instant) -> bool {
        let mut all = self.all();
        all.retain(|_, since| now.saturating_duration_since(*since) < PAUSE);
        all.contains_key(pool)
    }

    fn add(&self, pool: Pool, now: Instant) {
        self.all().insert(pool, now);
    }

    pub(super) fn forget(&self) {
        self.all().clear();
    }
}

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
    let (hung, uri) = (&at.client.session.hung, at.client.named(None));
    let mut found = Vec::new();
    for pool in pools.iter().take(POOLS) {
        let this = (uri.clone(), pool.clone());
        if hung.has(&this, Instant::now()) {
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
                hung.add(this, Instant::now());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hung_is_left_alone_for_a_while_and_where_it_hung() {
        let (hung, begin) = (Hung::default(), Instant::now());
        let pool = |uri: &str| (Some(uri.to_owned()), "default".to_owned());
        hung.add(pool("qemu:///system"), begin);
        assert!(hung.has(&pool("qemu:///system"), begin));
        assert!(
            !hung.has(&pool("qemu:///session"), begin),
            "another libvirt"
        );
        assert!(
            !hung.has(&pool("qemu:///system"), begin + PAUSE),
            "it may be well again"
        );
        hung.add(pool("qemu:///system"), begin);
        hung.forget();
        assert!(!hung.has(&pool("qemu:///system"), begin));
    }
}
