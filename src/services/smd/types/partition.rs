//! partitions: parts of the machine that do not overlap, for a component is in one at most.
use super::group::Members;
use serde::{Deserialize, Serialize};

/// A partition. Its patch and its members have the forms of a group's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Partition {
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    pub members: Members,
}
