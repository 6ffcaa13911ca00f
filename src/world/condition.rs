//! What can be wrong with the head node that is no service's data: how it is wired and run.
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    pub on: bool,
}

/// Name, whether it happens once instead of lasting, and what it means.
pub const CONDITIONS: &[(&str, bool, &str)] = &[
    (
        "nat",
        false,
        "the nodes' network translates addresses: cloud-init sees the bridge's, 10.89.2.1, for every node",
    ),
    (
        "impersonation_off",
        false,
        "cloud-init runs without IMPERSONATION=true: nobody can look through a node's eyes",
    ),
    (
        "cloud_init_lost",
        true,
        "cloud-init was restarted, and its memory store is empty",
    ),
    (
        "stale_groups",
        false,
        "cloud-init does not read SMD's groups anew once a minute",
    ),
    (
        "chain_https",
        false,
        "port 443 is not published, where BSS's scripts send a node that is to come again",
    ),
    (
        "coresmd_untrusting",
        false,
        "coresmd was restarted without the cluster's CA: it cannot read SMD, and takes every node for a stranger",
    ),
];
