//! Filters by membership: groups, partitions, one of each, or none (`NULL`).
use super::{Store, Trouble, group::is_label, said};

/// Which memberships are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sets {
    /// None: all components.
    All,
    /// Those in one of these groups.
    Groups(Vec<String>),
    /// Those in one of these partitions.
    Partitions(Vec<String>),
    /// Those in this group and in this partition.
    Both { group: String, partition: String },
    /// Those in no group.
    NoGroup,
    /// Those in no partition.
    NoPartition,
    /// Those in neither.
    Neither,
}

impl Sets {
    /// What is asked of groups and of partitions, if it makes sense together.
    pub(super) fn read(groups: Vec<String>, partitions: Vec<String>) -> Result<Self, Trouble> {
        let groups = labels(groups, said::NO_GROUP)?;
        let partitions = labels(partitions, said::NO_PARTITION)?;
        combined(groups, partitions)
    }

    /// Whether a component is asked for.
    pub(super) fn take(&self, store: &Store, id: &str) -> bool {
        let seated = |names: &[String]| {
            let partition = store.partition_of(id);
            partition.is_some_and(|name| names.iter().any(|wanted| wanted == name))
        };
        let grouped = |labels: &[String]| labels.iter().any(|label| store.is_member(label, id));
        match self {
            Self::All => true,
            Self::Groups(labels) => grouped(labels),
            Self::Partitions(names) => seated(names),
            Self::Both { group, partition } => {
                store.is_member(group, id) && store.partition_of(id) == Some(partition)
            }
            Self::NoGroup => store.labels_of(id).is_empty(),
            Self::NoPartition => store.partition_of(id).is_none(),
            Self::Neither => store.labels_of(id).is_empty() && store.partition_of(id).is_none(),
        }
    }
}

/// Labels and partition names: not negated, not empty.
fn labels(values: Vec<String>, refusal: Trouble) -> Result<Vec<String>, Trouble> {
    let good = |label: &String| label == "NULL" || is_label(label);
    if values.iter().all(good) {
        Ok(values)
    } else {
        Err(refusal)
    }
}

fn combined(mut groups: Vec<String>, mut partitions: Vec<String>) -> Result<Sets, Trouble> {
    if partitions.len() + groups.len() > 2 && !partitions.is_empty() && !groups.is_empty() {
        return Err(said::GROUP_AND_PARTITION);
    }
    let null = |names: &[String]| names == ["NULL"];
    match (null(&groups), null(&partitions)) {
        (true, true) => return Ok(Sets::Neither),
        (false, true) if !groups.is_empty() => return Err(said::NULL_PARTITION),
        (true, false) if !partitions.is_empty() => return Err(said::NULL_GROUP),
        (true, false) => return Ok(Sets::NoGroup),
        (false, true) => return Ok(Sets::NoPartition),
        (false, false) => {}
    }
    let mixed = |names: &[String]| names.iter().any(|name| name == "NULL");
    if mixed(&groups) {
        return Err(said::NULL_IN_GROUPS);
    }
    if mixed(&partitions) {
        return Err(said::NULL_IN_PARTITIONS);
    }
    Ok(match (groups.pop(), partitions.pop()) {
        (None, None) => Sets::All,
        (Some(group), Some(partition)) => Sets::Both { group, partition },
        (Some(group), None) => {
            groups.push(group);
            Sets::Groups(groups)
        }
        (None, Some(partition)) => {
            partitions.push(partition);
            Sets::Partitions(partitions)
        }
    })
}
