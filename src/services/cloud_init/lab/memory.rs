//! What the server makes up or picks up while it serves nodes, and forgets when it starts anew.
use super::node::BASE_URL;
use crate::services::cloud_init::{store::Store, types::InstanceInfo};
use std::{
    borrow::Cow,
    collections::HashSet,
    sync::{Mutex, PoisonError, RwLock},
};

/// Instance ids, which are made at first sight of a node. In a lab they follow from its seed and the node's name, so that
/// they need not be kept; who was seen counts, for from then on the id is not to be chosen any more.
pub(super) struct Instances {
    seed: u64,
    seen: RwLock<HashSet<String>>,
}

impl Instances {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            seen: RwLock::default(),
        }
    }

    pub(super) fn made(&self, id: &str) -> String {
        // FNV-1a, folded to the eight digits there are
        let bytes = self.seed.to_le_bytes().into_iter().chain(id.bytes());
        let mix = |sum: u64, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        let sum = bytes.fold(0xcbf2_9ce4_8422_2325, mix);
        format!("i-{:08x}", (sum >> 32) ^ (sum & 0xffff_ffff))
    }

    pub(super) fn is_seen(&self, id: &str) -> bool {
        let seen = self.seen.read().unwrap_or_else(PoisonError::into_inner);
        seen.contains(id)
    }

    /// A node's record, which it has from now on.
    pub(super) fn of<'a>(&self, store: &'a Store, id: &str) -> Cow<'a, InstanceInfo> {
        if let Some(info) = store.instance(id) {
            return Cow::Borrowed(info);
        }
        if !self.is_seen(id) {
            let mut seen = self.seen.write().unwrap_or_else(PoisonError::into_inner);
            seen.insert(id.to_owned());
        }
        Cow::Owned(InstanceInfo {
            instance_id: self.made(id),
            ..InstanceInfo::default()
        })
    }

    pub(super) fn forget(&self) {
        self.seen
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

/// The base URL each of the two handlers of vendor-data has in mind: what it was told last, by the cluster's defaults or
/// by any one node, it tells everybody from then on.
#[derive(Default)]
pub(super) struct Bases([Mutex<Option<String>>; 2]);

impl Bases {
    pub(super) fn next(&self, impersonated: bool, cluster: &str, own: &str) -> String {
        let kept = &self.0[usize::from(impersonated)];
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(told) = [own, cluster].into_iter().find(|url| !url.is_empty()) {
            *kept = Some(told.to_owned());
        }
        kept.clone().unwrap_or_else(|| BASE_URL.to_owned())
    }

    pub(super) fn forget(&self) {
        for kept in &self.0 {
            *kept.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }
}
