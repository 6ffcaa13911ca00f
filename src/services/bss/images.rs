//! BSS's records as the journal sees them: boot parameters by identity, for BSS groups them as it likes.
use super::{client::Client, types::BootParams};
use crate::{
    clock::Pending,
    fault::Fault,
    http::Http,
    journal::{Images, Records, Touch},
};
use std::{collections::BTreeMap, sync::Arc};

/// The one resource there is.
pub(super) const PARAMS: &str = "params";

struct Parameters(Client);

pub(super) fn images(http: &Http) -> Arc<dyn Images> {
    Arc::new(Parameters(Client::new(http)))
}

impl Images for Parameters {
    fn image<'a>(&'a self, touch: &'a Touch) -> Pending<'a, Result<Records, Fault>> {
        Box::pin(async {
            let found = self.0.identities(touch.ids.as_deref()).await?;
            let value = |(id, record)| Some((id, serde_json::to_value(record).ok()?));
            Ok(found.into_iter().filter_map(value).collect())
        })
    }

    fn put_back<'a>(&'a self, _: &'a str, records: &'a Records) -> Pending<'a, Result<(), Fault>> {
        Box::pin(async {
            let record = |(id, value): (&String, &serde_json::Value)| {
                Some((id.clone(), serde_json::from_value(value.clone()).ok()?))
            };
            let records: BTreeMap<String, BootParams> = records.iter().filter_map(record).collect();
            self.0.restore(&records).await
        })
    }

    fn take_away<'a>(&'a self, _: &'a str, ids: &'a [String]) -> Pending<'a, Result<(), Fault>> {
        Box::pin(self.0.forget(ids))
    }

    fn order(&self) -> &'static [&'static str] {
        &[PARAMS]
    }
}
