//! cloud-init's records as the journal sees them: groups, and the cluster's defaults as one.
use super::{client::Client, types::Group};
use crate::{
    clock::Pending,
    fault::{Fault, Kind},
    http::Http,
    journal::{Change, Images, Records, Touch},
};
use serde_json::Value;
use std::sync::Arc;

pub(super) const GROUP: &str = "group";
pub(super) const DEFAULTS: &str = "defaults";
/// What the one record of defaults is called.
const CLUSTER: &str = "cluster";

struct Holdings(Client);

pub(super) fn images(http: &Http) -> Arc<dyn Images> {
    Arc::new(Holdings(Client::new(http)))
}

impl Images for Holdings {
    fn image<'a>(&'a self, touch: &'a Touch) -> Pending<'a, Result<Records, Fault>> {
        Box::pin(async {
            if touch.resource == DEFAULTS {
                let now = serde_json::to_value(self.0.defaults().await?).unwrap_or_default();
                return Ok([(CLUSTER.to_owned(), now)].into());
            }
            let wanted = |name: &String| touch.ids.as_ref().is_none_or(|ids| ids.contains(name));
            let groups = self.0.groups().await?.into_iter();
            let record = |group: Group| {
                let value = serde_json::to_value(&group).ok()?;
                Some((group.name, value))
            };
            Ok(groups
                .filter(|group| wanted(&group.name))
                .filter_map(record)
                .collect())
        })
    }

    fn put_back<'a>(
        &'a self,
        resource: &'a str,
        records: &'a Records,
    ) -> Pending<'a, Result<(), Fault>> {
        Box::pin(async move {
            for (name, record) in records {
                if let (DEFAULTS, Value::Object(members)) = (resource, record) {
                    self.0.restore_defaults(members).await?;
                } else if let Ok(group) = serde_json::from_value::<Group>(record.clone()) {
                    self.0.put_group(name, &group).await?;
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
            if resource == GROUP {
                self.0.delete_groups(ids.to_vec()).await?;
                return Ok(());
            }
            Err(Fault::new(
                Kind::Unsupported,
                "the defaults cannot be taken away",
            ))
        })
    }

    fn order(&self) -> &'static [&'static str] {
        &[DEFAULTS, GROUP]
    }

    /// The server takes an empty value for "leave it".
    fn refuses(&self, resource: &str, change: &Change) -> Option<String> {
        let (Some(Value::Object(before)), Some(Value::Object(after))) =
            (&change.before, &change.after)
        else {
            return None;
        };
        let set: Vec<&str> = after
            .keys()
            .filter(|name| !before.contains_key(*name))
            .map(String::as_str)
            .collect();
        (resource == DEFAULTS && !set.is_empty()).then(|| {
            format!(
                "cloud-init cannot clear {}, which was empty",
                set.join(", ")
            )
        })
    }
}
